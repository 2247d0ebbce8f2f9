"""What robots may read, and how to tell us of a hole.

Offers and the pages of everybody are public; needs, drafts and anything of one person are not
for search engines.
"""

from datetime import datetime, timedelta

from app.i18n import LANGUAGES

PRIVATE = (
    "account", "desk", "drafts", "exchanges", "exit", "mailbox", "moderation", "needs", "p/",
    "proposals", "report", "reports", "sign-in", "x/",
)  # fmt: skip
_VALID = timedelta(days=180)


def robots_text() -> str:
    """Each private page, with and without a language before it."""
    prefixes = ["", *(f"/{language}" for language in LANGUAGES)]
    lines = [f"Disallow: {prefix}/{page}" for page in PRIVATE for prefix in prefixes]
    return "\n".join(["User-agent: *", *lines, "Disallow: /api/", ""])


def security_text(public_url: str, phone: str, today: datetime) -> str:
    """RFC 9116."""
    expires = (today + _VALID).strftime("%Y-%m-%dT00:00:00Z")
    return "\n".join(
        [
            f"Contact: {public_url}/report?about=page&code=security",
            f"Contact: tel:{phone.replace(' ', '-')}",
            f"Expires: {expires}",
            f"Preferred-Languages: {', '.join(LANGUAGES)}",
            f"Canonical: {public_url}/.well-known/security.txt",
            "",
        ]
    )

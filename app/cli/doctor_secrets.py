"""What `solidare doctor` says of passwords, keys on the wire, and people with power."""

from collections.abc import Iterator
from urllib.parse import parse_qs, unquote, urlsplit

from sqlalchemy import exists, func, select

from app.accounts.models import Factor, RoleGrant
from app.accounts.queries import is_held
from app.cli.findings import FAIL, OK, WARN, Finding
from app.db import ReadSession
from app.settings import Settings

SHORTEST_PASSWORD = 12
WELL_KNOWN = (
    "password",
    "postgres",
    "solidare",
    "changeme",
    "secret",
    "valkey",
    "redis",
    "example",
)
HERE = ("", "localhost", "127.0.0.1", "::1")


def examine_secrets(settings: Settings) -> Iterator[Finding]:
    """No password that others could guess, none that travels in the open."""
    for part, url in (
        ("database password", settings.database.url.reveal()),
        ("queue password", settings.redis_url.reveal()),
    ):
        address = urlsplit(url)
        guessable = is_guessable(unquote(address.password or ""))
        if guessable and (address.hostname or "") not in HERE:
            yield Finding(part, FAIL, "Missing, short or well known. Draw a long random one.")
        else:
            yield Finding(
                part, OK, "Not to be guessed" if not guessable else "Only on this machine"
            )
    token = settings.metrics_token.reveal()
    if token and is_guessable(token):
        yield Finding("metrics token", FAIL, "SOLIDARE_METRICS_TOKEN is short or well known.")
    mail = urlsplit(settings.mail.smtp_url.reveal())
    is_open = mail.scheme == "smtp" and parse_qs(mail.query).get("starttls") != ["1"]
    if mail.username and is_open and (mail.hostname or "") not in HERE:
        yield Finding("mail password", FAIL, "It travels in the open: add ?starttls=1.")


def is_guessable(password: str) -> bool:
    """Short, of few characters, or one of the words that stand in every manual."""
    plain = password.lower()
    few = len(set(plain)) < SHORTEST_PASSWORD // 2
    return len(plain) < SHORTEST_PASSWORD or few or plain.startswith(WELL_KNOWN)


async def examine_staff(reader: ReadSession, *, is_production: bool) -> Finding:
    """Everybody with a role has a second step; until then the role opens nothing."""
    has_factor = exists().where(
        Factor.person_id == RoleGrant.person_id, Factor.confirmed_at.is_not(None)
    )
    count = await reader.scalar(
        select(func.count(RoleGrant.person_id.distinct())).where(is_held(), ~has_factor)
    )
    if not count:
        return Finding("second step", OK, "Everybody with a role has one")
    words = f"{count} with a role have none: they set it up when they sign in, or lose the role."
    return Finding("second step", FAIL if is_production else WARN, words)

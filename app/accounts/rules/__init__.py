"""Who a visitor is, which roles there are, and how sign-in codes and sessions end.

A code has six digits, lives 15 minutes, works once, and only in the browser that asked for it.
Ten wrong tries per contact and day end sign-in by code for that day; a human helps on. A network
and the whole platform have hourly budgets too: they delay everybody a little and lock nobody out.
Sessions of people end after 14 idle days, of staff after 30 idle minutes.
"""

import re
from collections.abc import Collection
from dataclasses import dataclass, field
from datetime import timedelta
from enum import StrEnum

from app import crypto

CODE_DIGITS = 6
CODE_LIFE = timedelta(minutes=15)
TRIES_PER_DAY = 10
CODES_PER_DAY = 10
# A shelter shares one network, so these are wide; the last two hold whatever comes from anywhere.
CODES_PER_NETWORK_HOUR = 500
TRIES_PER_NETWORK_HOUR = 300
CODES_PER_HOUR = 5_000
SMS_PER_HOUR = 1_000
TRIES_PER_HOUR = 3_000
PERSON_IDLE = timedelta(days=14)
STAFF_IDLE = timedelta(minutes=30)
# A browser that signed in within this time is not announced as new.
DEVICE_MEMORY = timedelta(days=30)
NAME_LENGTH = 60
SCOPES = ("read", "write")
# The last use of a token is written down once an hour.
TOKEN_FRESHNESS = timedelta(hours=1)


class Purpose(StrEnum):
    """What a six-digit code is for: coming in, a fresh proof, a further contact."""

    SIGN_IN = "sign_in"
    PROOF = "proof"
    CONTACT = "contact"


# Changes with the words of the terms and of the privacy page.
WORDS_VERSION = "2026-11"


class Agreed(StrEnum):
    """What a person says yes to when they register."""

    ADULT = "adult"
    TERMS = "terms"


class Role(StrEnum):
    """Roles beyond person."""

    CASEWORKER = "caseworker"
    ORGANISATION_ADMIN = "organisation_admin"
    COORDINATOR = "coordinator"
    MODERATOR = "moderator"
    OPERATOR = "operator"


ORGANISATION_ROLES = frozenset({Role.CASEWORKER, Role.ORGANISATION_ADMIN})


@dataclass(frozen=True)
class Grant:
    """A role within its scope; it rests, and opens nothing, while its organisation is stopped."""

    role: Role
    organisation_id: int | None
    rests: bool = False


@dataclass(frozen=True)
class Visitor:
    """A signed-in person, or the program that acts for one."""

    person_id: int
    name: str
    language: str
    grants: frozenset[Grant] = frozenset()
    scopes: frozenset[str] = field(default=frozenset({"read", "write"}))
    session_id: int | None = None
    token_id: int | None = None
    # The last use of the session or token is old enough to be written down again.
    stale: bool = False
    level: int = 1
    # A code or factor was right within the last minutes.
    proven: bool = False
    # Roles that open nothing until the session has a second step.
    held: frozenset[Grant] = frozenset()

    @property
    def signed_in(self) -> bool:
        return True

    @property
    def roles(self) -> frozenset[str]:
        return frozenset(grant.role.value for grant in self.grants)

    @property
    def held_roles(self) -> frozenset[str]:
        """Roles that wait for a second step."""
        return frozenset(grant.role.value for grant in self.held)

    @property
    def organisation_ids(self) -> frozenset[int]:
        """Organisations this person works for."""
        return frozenset(
            grant.organisation_id
            for grant in self.grants
            if grant.role in ORGANISATION_ROLES
            and grant.organisation_id is not None
            and not grant.rests
        )


def may_work_for(visitor: Visitor, organisation_id: int | None) -> bool:
    return organisation_id is not None and organisation_id in visitor.organisation_ids


def may_lead(visitor: Visitor, organisation_id: int) -> bool:
    """True for an administrator of an organisation that is at work."""
    return Grant(Role.ORGANISATION_ADMIN, organisation_id) in visitor.grants


def idle_limit(grants: frozenset[Grant]) -> timedelta:
    return STAFF_IDLE if grants else PERSON_IDLE


def freshness(grants: frozenset[Grant]) -> timedelta:
    """How old the last use of a session may grow before it is written down again."""
    return idle_limit(grants) / 30


_SYSTEMS = (
    ("iPhone", "iPhone"),
    ("iPad", "iPad"),
    ("Android", "Android"),
    ("Windows", "Windows"),
    ("Mac OS X", "Mac"),
    ("Linux", "Linux"),
)
_BROWSERS = (
    ("Edg/", "Edge"),
    ("OPR/", "Opera"),
    ("SamsungBrowser/", "Samsung Internet"),
    ("Firefox/", "Firefox"),
    ("FxiOS/", "Firefox"),
    ("Chrome/", "Chrome"),
    ("CriOS/", "Chrome"),
    ("Safari/", "Safari"),
)


def device_name(user_agent: str) -> str:
    """Browser and system in two words that their owner recognises; nothing finer is kept."""
    browser = next((name for mark, name in _BROWSERS if mark in user_agent), "")
    system = next((name for mark, name in _SYSTEMS if mark in user_agent), "")
    return ", ".join(part for part in (browser, system) if part) or "?"


def clean_name(name: str) -> str:
    """A name without line breaks, tabs, control or direction marks and double spaces."""
    visible = "".join(char if char.isprintable() else " " for char in name)
    return re.sub(r"\s+", " ", visible).strip()[:NAME_LENGTH]


def contact_lookup(kind: str, value: str) -> bytes:
    """A keyed hash to find a contact by: the table alone tells nobody's address."""
    return crypto.sign("contact", f"{kind}:{value}")


def local_path(wanted: str, languages: Collection[str] = ()) -> str:
    """A path of our own to go to next, without its language; empty where it leads elsewhere."""
    if not re.fullmatch(r"/[A-Za-z0-9._~/-]*(\?[A-Za-z0-9._~/=&%+-]*)?", wanted):
        return ""
    first, _, rest = wanted.removeprefix("/").partition("/")
    path = f"/{rest}" if first in languages else wanted
    return "" if path.startswith("//") else path[:200]

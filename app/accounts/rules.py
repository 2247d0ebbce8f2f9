"""Who a visitor is, which roles there are, and how sign-in codes and sessions end.

A code has six digits, lives 15 minutes, works once, and only in the browser that asked for it.
Ten wrong tries per contact and day end sign-in by code for that day; a human helps on.
Sessions of people end after 14 idle days, of staff after 30 idle minutes.
"""

from dataclasses import dataclass, field
from datetime import timedelta
from enum import StrEnum

CODE_DIGITS = 6
CODE_LIFE = timedelta(minutes=15)
TRIES_PER_DAY = 10
CODES_PER_DAY = 10
PERSON_IDLE = timedelta(days=14)
STAFF_IDLE = timedelta(minutes=30)


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
    role: Role
    organisation_id: int | None


@dataclass(frozen=True)
class Visitor:
    """A signed-in person, or the program that acts for one."""

    person_id: int
    name: str
    language: str
    grants: frozenset[Grant] = frozenset()
    scopes: frozenset[str] = field(default=frozenset({"read", "write"}))
    session_id: int | None = None

    @property
    def signed_in(self) -> bool:
        return True

    @property
    def roles(self) -> frozenset[str]:
        return frozenset(grant.role.value for grant in self.grants)

    @property
    def organisation_ids(self) -> frozenset[int]:
        """Organisations this person works for."""
        return frozenset(
            grant.organisation_id
            for grant in self.grants
            if grant.role in ORGANISATION_ROLES and grant.organisation_id is not None
        )


def may_work_for(visitor: Visitor, organisation_id: int | None) -> bool:
    return organisation_id is not None and organisation_id in visitor.organisation_ids


def idle_limit(grants: frozenset[Grant]) -> timedelta:
    return STAFF_IDLE if grants else PERSON_IDLE

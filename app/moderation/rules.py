"""What may be reported, how often, and what a moderator may decide.

- Anyone may report, with or without an account; a person reads every report.
- "I do not feel safe" holds the other side's posts at once; a moderator releases or keeps the hold.
- Nobody decides about their own report or their own posts.
- Where the sides of an exchange disagree, that is a report by itself; coordinators read it too.
- A decision has a reason, which those concerned are told; a later decision may correct it.
- At most 5 reports an hour from one browser and 30 from one network: a shelter shares one.
"""

import ipaddress
from dataclasses import dataclass
from datetime import timedelta
from enum import StrEnum

LONGEST_WORDS = 4_000
LONGEST_CODE = 40
PER_BROWSER = 5
PER_NETWORK = 30
LIMIT_PERIOD = timedelta(hours=1)
SAME_AGAIN = timedelta(minutes=10)


class About(StrEnum):
    """What a report is about."""

    POST = "post"
    EXCHANGE = "exchange"
    PROPOSAL = "proposal"
    PAGE = "page"


class Reason(StrEnum):
    UNSAFE = "unsafe"
    ILLEGAL = "illegal"
    MONEY = "money"
    FALSE = "false"
    OTHER = "other"
    DISAGREE = "disagree"  # one side of an exchange says yes, the other no


# Nobody sends a dispute: it arises, and coordinators read it.
SENT = frozenset(Reason) - {Reason.DISAGREE}


class Stated(StrEnum):
    """On which side somebody without account says to stand."""

    RECEIVER = "receiver"
    GIVER = "giver"
    NEITHER = "neither"


class Choice(StrEnum):
    """What a moderator decides."""

    NONE = "none"
    HOLD = "hold"
    RELEASE = "release"
    SUSPEND = "suspend"


@dataclass(frozen=True)
class ReportDraft:
    """A report as it was sent; `code` is public code or path of what it is about."""

    about: About
    code: str
    reason: Reason
    words: str = ""
    contact: str | None = None
    stated: Stated | None = None


@dataclass(frozen=True)
class Origin:
    """Where a report came from: keyed hashes for counting, and the person where known."""

    device: bytes
    network: bytes
    person_id: int | None = None


@dataclass(frozen=True)
class DecisionDraft:
    choice: Choice
    reason: str


@dataclass(frozen=True)
class Side:
    """One post of a matter, its author and the organisation behind it."""

    post_id: int
    author_id: int
    organisation_id: int | None
    client_id: int | None


@dataclass(frozen=True)
class Matter:
    """What a report is about: one side for a post, two for a pairing, none for a page."""

    about: About
    row_id: int | None = None
    need: Side | None = None
    offer: Side | None = None

    @property
    def sides(self) -> tuple[Side, ...]:
        return tuple(side for side in (self.need, self.offer) if side is not None)

    @property
    def is_pairing(self) -> bool:
        return self.about in (About.EXCHANGE, About.PROPOSAL)


def reported_sides(
    matter: Matter, person_id: int | None, organisation_ids: frozenset[int], stated: Stated | None
) -> tuple[Side, ...]:
    """The sides a report is against: the other one where the reporter stands on one of them.

    Who neither is a side nor says so may speak for either: then both are meant.
    """
    if not matter.is_pairing:
        return matter.sides
    own = {
        side.post_id
        for side in matter.sides
        if side.author_id == person_id or side.organisation_id in organisation_ids
    }
    if not own and stated is Stated.RECEIVER and matter.need is not None:
        own = {matter.need.post_id}
    if not own and stated is Stated.GIVER and matter.offer is not None:
        own = {matter.offer.post_id}
    return tuple(side for side in matter.sides if side.post_id not in own)


def knows_side(matter: Matter, person_id: int | None, organisation_ids: frozenset[int]) -> bool:
    """True where the reporter need not be asked on which side they stand."""
    return not matter.is_pairing or any(
        side.author_id == person_id or side.organisation_id in organisation_ids
        for side in matter.sides
    )


def may_decide(moderator_id: int, reporter_id: int | None, reported_ids: frozenset[int]) -> bool:
    return moderator_id != reporter_id and moderator_id not in reported_ids


def network_of(address: str) -> str:
    """The network an address belongs to, coarse enough to be nobody's own."""
    try:
        ip = ipaddress.ip_address(address)
    except ValueError:
        return "unknown"
    return str(ipaddress.ip_network(f"{ip}/{24 if ip.version == 4 else 48}", strict=False))  # noqa: PLR2004 - IP's version

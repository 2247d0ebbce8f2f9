"""What a report says, what it is about, and whom it is against.

- At most 5 reports an hour from one browser and 30 from one network: a shelter shares one.
- Where the sides of an exchange disagree, that is a report by itself; coordinators read it too.
- A newcomer who asks many people at once is a report by itself too.
- Of child sexual abuse nobody is asked who they are, and nothing of it is kept.
"""

import re
from dataclasses import dataclass, field
from datetime import timedelta
from enum import StrEnum

LONGEST_WORDS = 4_000
LONGEST_CODE = 40
LONGEST_ADDRESS = 300
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
    PERSON = "person"  # a newcomer; nobody sends it


class Reason(StrEnum):
    UNSAFE = "unsafe"
    CHILD = "child"
    MONEY = "money"
    FALSE = "false"
    ILLEGAL = "illegal"
    OTHER = "other"
    DISAGREE = "disagree"  # one side of an exchange says yes, the other no
    NEWCOMER = "newcomer"  # somebody new asks or writes to many people


# The others arise by themselves.
SENT = frozenset(Reason) - {Reason.DISAGREE, Reason.NEWCOMER}
# Somebody may be in danger: read first, and moderators are told at once.
URGENT = frozenset({Reason.UNSAFE, Reason.CHILD})


class Stated(StrEnum):
    """On which side somebody without account says to stand."""

    RECEIVER = "receiver"
    GIVER = "giver"
    NEITHER = "neither"


@dataclass(frozen=True)
class ReportDraft:
    """A report as it was sent; `code` is public code or path of what it is about."""

    about: About
    code: str
    reason: Reason
    words: str = ""
    contact: str | None = None
    stated: Stated | None = None
    name: str | None = None
    address: str = ""


@dataclass(frozen=True)
class Origin:
    """Where a report came from: keyed hashes for counting, and the person where known."""

    device: bytes
    network: bytes
    person_id: int | None = None
    browser: str = "?"
    language: str = "fr"


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

    def own(self, person_id: int | None, organisation_ids: frozenset[int]) -> tuple[Side, ...]:
        """The sides on which the reporter stands."""
        return tuple(
            side
            for side in self.sides
            if side.author_id == person_id or side.organisation_id in organisation_ids
        )


def reported_sides(
    matter: Matter, person_id: int | None, organisation_ids: frozenset[int], stated: Stated | None
) -> tuple[Side, ...]:
    """The sides a report is against: the other one where the reporter stands on one of them.

    Who neither is a side nor says so may speak for either: then both are meant.
    """
    if not matter.is_pairing:
        return matter.sides
    own = {side.post_id for side in matter.own(person_id, organisation_ids)}
    if not own and stated is Stated.RECEIVER and matter.need is not None:
        own = {matter.need.post_id}
    if not own and stated is Stated.GIVER and matter.offer is not None:
        own = {matter.offer.post_id}
    return tuple(side for side in matter.sides if side.post_id not in own)


def knows_side(matter: Matter, person_id: int | None, organisation_ids: frozenset[int]) -> bool:
    """True where the reporter need not be asked on which side they stand."""
    return not matter.is_pairing or bool(matter.own(person_id, organisation_ids))


@dataclass(frozen=True)
class Seen:
    """What an address names: a thing by its code, and the token of a message where it has one."""

    about: About = About.PAGE
    code: str = ""
    link: str = field(default="", repr=False)


_PLACES = {
    "offers": About.POST,
    "needs": About.POST,
    "posts": About.POST,
    "exchanges": About.EXCHANGE,
    "proposals": About.PROPOSAL,
}
_LINKS = {"x": About.EXCHANGE, "stay": About.EXCHANGE, "p": About.PROPOSAL}
_PATH = re.compile(r"(?:https?://[^/\s]+)?/?(?:[a-z]{2}/)?([a-z]+)/([\w.-]+)(?:[/?#].*)?")
_CODE = re.compile(r"[2-9a-hjkmnp-z]{8}")


def read_address(text: str) -> Seen:
    """What a pasted address, path or code is about; a page where it names nothing of ours."""
    text = text.strip()
    match = _PATH.fullmatch(text)
    if match is None:
        return Seen(About.POST, text) if _CODE.fullmatch(text) else Seen(code=text[:LONGEST_CODE])
    place, rest = match.groups()
    if place in _LINKS:
        return Seen(_LINKS[place], rest.split(".")[0], rest)
    if place in _PLACES:
        return Seen(_PLACES[place], rest.split("-")[0][:LONGEST_CODE])
    return Seen(code=text[:LONGEST_CODE])

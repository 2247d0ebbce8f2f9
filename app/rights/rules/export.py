"""What a person takes along: everything of theirs, and of others only what they were shown.

The page, the file and the API give the same; what reaches a person, phone, e-mail and address,
leaves only by a page that asked for a fresh proof.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime


@dataclass(frozen=True)
class Account:
    name: str
    language: str
    languages: Sequence[str]
    created_at: datetime
    last_seen_at: datetime | None
    closing_at: datetime | None


@dataclass(frozen=True)
class OwnContact:
    kind: str
    value: str
    verified_at: datetime | None


@dataclass(frozen=True)
class OwnPlace:
    """A place as everybody knows it, and the address that its owner typed, if any."""

    municipality: str
    postcode: str | None
    lat: float
    lon: float
    address: str | None
    is_home: bool


@dataclass(frozen=True)
class OwnPost:
    kind: str
    code: str
    category: str
    note: str
    languages: Sequence[str]
    places: int
    unit: str
    municipality: str
    status: str
    created_at: datetime
    published_at: datetime | None
    ends_at: datetime


@dataclass(frozen=True)
class OwnProposal:
    code: str
    own_post: str
    category: str
    proposed_at: datetime
    accepted_at: datetime | None
    agreed_at: datetime | None


@dataclass(frozen=True)
class OwnMessage:
    text: str
    sent_at: datetime


@dataclass(frozen=True)
class Released:
    """What the other side may see of the person, until when, and when they looked."""

    field: str
    since: datetime
    until: datetime | None
    looks: Sequence[datetime]


@dataclass(frozen=True)
class OwnExchange:
    code: str
    own_post: str
    category: str
    side: str
    other_name: str
    status: str
    agreed_at: datetime
    meeting_at: datetime | None
    meeting_place: str | None
    said: str | None
    completed_at: datetime | None
    ledger_entry: int | None
    messages: Sequence[OwnMessage]
    released: Sequence[Released]


@dataclass(frozen=True)
class Agreed:
    """Something the person said yes to; `take_back` is the page where it ends."""

    what: str
    version: str
    since: datetime
    take_back: str


@dataclass(frozen=True)
class OwnRole:
    role: str
    organisation: str | None
    since: datetime
    ended_at: datetime | None


@dataclass(frozen=True)
class Device:
    name: str
    since: datetime
    last_seen_at: datetime


@dataclass(frozen=True)
class OwnToken:
    label: str
    scopes: Sequence[str]
    since: datetime
    revoked_at: datetime | None


@dataclass(frozen=True)
class OwnNotice:
    kind: str
    facts: dict[str, str]
    told_at: datetime
    read_at: datetime | None


@dataclass(frozen=True)
class Muted:
    topic: str
    channel: str
    wanted: bool


@dataclass(frozen=True)
class OwnReport:
    code: str
    about: str
    reason: str
    words: str
    sent_at: datetime
    decided_at: datetime | None


@dataclass(frozen=True)
class Attested:
    kind: str
    organisation: str | None
    asked_at: datetime
    confirmed_at: datetime | None


@dataclass(frozen=True)
class Look:
    """Somebody of the staff opened something about the person; `reason` as they gave it."""

    what: str
    who: str
    reason: str
    at: datetime


@dataclass(frozen=True)
class Export:
    """All that is kept about one person on one day."""

    made_on: date
    account: Account
    contacts: Sequence[OwnContact]
    places: Sequence[OwnPlace]
    posts: Sequence[OwnPost]
    proposals: Sequence[OwnProposal]
    exchanges: Sequence[OwnExchange]
    agreed: Sequence[Agreed]
    roles: Sequence[OwnRole]
    devices: Sequence[Device]
    tokens: Sequence[OwnToken]
    notices: Sequence[OwnNotice]
    muted: Sequence[Muted]
    reports: Sequence[OwnReport]
    attested: Sequence[Attested]
    looks: Sequence[Look]
    left_out: Sequence[str] = field(default=())


def without_reach(export: Export) -> Export:
    """The same for a program, whose token may be lost: nothing by which the person is reached."""
    return replace(
        export,
        contacts=[replace(one, value="") for one in export.contacts],
        places=[replace(one, address=None) for one in export.places],
        exchanges=[replace(one, meeting_place=None) for one in export.exchanges],
        left_out=["contacts.value", "places.address", "exchanges.meeting_place"],
    )

"""What a report is about as it stood at that moment: later edits change nothing of it.

Rows are named by their ids; no address and no released contact is ever part of it.
"""

import json
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any


@dataclass(frozen=True)
class PostSeen:
    """The words and numbers of a post in one version."""

    id: int
    code: str
    kind: str
    category: int
    note: str
    note_language: str | None
    places: int
    version: int
    author_id: int
    organisation_id: int | None
    client_id: int | None
    state: str


@dataclass(frozen=True)
class WordsSeen:
    """One message between the two sides."""

    side: str
    sent_at: str
    body: str

    @property
    def moment(self) -> datetime:
        return datetime.fromisoformat(self.sent_at)


@dataclass(frozen=True)
class Snapshot:
    """`pairing` holds when things happened; `messages` only where the reporter is one side."""

    address: str = ""
    posts: tuple[PostSeen, ...] = ()
    pairing: tuple[tuple[str, str], ...] = ()
    messages: tuple[WordsSeen, ...] = ()

    @property
    def moments(self) -> list[tuple[str, datetime]]:
        return [(name, datetime.fromisoformat(moment)) for name, moment in self.pairing]

    def text(self) -> str:
        return json.dumps(asdict(self), ensure_ascii=False)


def read_snapshot(text: str | None) -> Snapshot | None:
    """The snapshot that was written; None where none was taken or its time is over."""
    if not text:
        return None
    found: dict[str, Any] = json.loads(text)
    return Snapshot(
        found["address"],
        tuple(PostSeen(**post) for post in found["posts"]),
        tuple((name, moment) for name, moment in found["pairing"]),
        tuple(WordsSeen(**words) for words in found["messages"]),
    )

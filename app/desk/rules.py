"""What a desk shows of each client, and when it raises its voice.

- What a client has not heard as it stands calls at once: nobody sees it until then.
- A need that nobody was proposed for calls after a day, after four hours where it is for today.
- A mandate calls a month before it ends, a post three days before.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from app.posts.rules import PostStatus, Urgency

ALONE_FOR = timedelta(hours=24)
ALONE_TODAY = timedelta(hours=4)
EXPIRING = timedelta(days=3)
MANDATE_ENDING = timedelta(days=30)
INSURANCE_ENDING = timedelta(days=30)
MOST_BY_HAND = 3
MOST_UPLOADED_ROWS = 200
MOST_UPLOADED_BYTES = 2_000_000
ENDED = frozenset({PostStatus.WITHDRAWN, PostStatus.EXPIRED, PostStatus.FULFILLED})


class State(StrEnum):
    """Where a client's need stands, seen from the desk."""

    NONE = "none"
    UNREAD = "unread"
    LOOKING = "looking"
    ASKED = "asked"
    TO_ANSWER = "to_answer"
    PLACED = "placed"
    RESTING = "resting"
    ENDED = "ended"


class Alert(StrEnum):
    """What calls, the most pressing first."""

    TO_ANSWER = "to_answer"
    REQUEST = "request"
    UNREAD = "unread"
    CHECK_IN = "check_in"
    ALONE = "alone"
    EXPIRING = "expiring"
    MANDATE = "mandate"
    NOBODY = "nobody"


# Where nobody is looked for.
STILL = {
    PostStatus.UNREAD: State.UNREAD,
    PostStatus.PAUSED: State.RESTING,
    PostStatus.HELD: State.RESTING,
}


@dataclass(frozen=True)
class Facts:
    """What the state and the alerts of one line are read from."""

    status: PostStatus | None
    urgency: int
    waiting_since: datetime | None
    ends_at: datetime | None
    still_there_asked: bool
    live: int
    asked: int
    to_answer: bool
    placed: bool
    has_client: bool
    has_request: bool
    has_worker: bool
    mandate_until: datetime | None


def state_of(facts: Facts) -> State:
    if facts.status is None:
        return State.NONE
    if facts.status in ENDED:
        return State.ENDED
    if facts.placed:
        return State.PLACED
    if facts.to_answer:
        return State.TO_ANSWER
    return STILL.get(facts.status, State.ASKED if facts.live else State.LOOKING)


def alerts_of(facts: Facts, now: datetime) -> list[Alert]:
    state = state_of(facts)
    is_open = state in (State.LOOKING, State.ASKED, State.TO_ANSWER)
    calls = {
        Alert.TO_ANSWER: state is State.TO_ANSWER,
        Alert.REQUEST: facts.has_request,
        Alert.UNREAD: state is State.UNREAD,
        Alert.ALONE: state is State.LOOKING and facts.asked == 0 and _is_long(facts, now),
        Alert.EXPIRING: is_open and _ends_soon(facts, now),
        Alert.MANDATE: facts.has_client and _mandate_ends(facts, now),
        Alert.NOBODY: facts.has_client and not facts.has_worker,
    }
    return [alert for alert in Alert if calls.get(alert)]


def _is_long(facts: Facts, now: datetime) -> bool:
    if facts.waiting_since is None or facts.status is not PostStatus.PUBLISHED:
        return False
    patience = ALONE_TODAY if facts.urgency == Urgency.TODAY else ALONE_FOR
    return now - facts.waiting_since > patience


def _ends_soon(facts: Facts, now: datetime) -> bool:
    ending = facts.ends_at is not None and facts.ends_at - now < EXPIRING
    return facts.still_there_asked or (ending and facts.urgency != Urgency.TODAY)


def _mandate_ends(facts: Facts, now: datetime) -> bool:
    """Ending, or over while something still stands in the client's name."""
    if facts.mandate_until is None:
        return facts.status is not None and facts.status not in ENDED
    return facts.mandate_until - now < MANDATE_ENDING

"""Objecting to a decision.

- The affected person and the reporter may each object once to a decision, for six months.
- Somebody else than the first moderator looks again; the database refuses anything else.
- What a second reviewer decided is final here; courts and settlement bodies stay open.
"""

from datetime import datetime, timedelta
from enum import StrEnum

from app.moderation.rules.decision import STOPS, Choice

APPEAL_FOR = timedelta(days=183)


class Party(StrEnum):
    """Who reads of a report and may object."""

    AFFECTED = "affected"
    REPORTER = "reporter"


class Outcome(StrEnum):
    """What a second reviewer made of the first decision."""

    CONFIRMED = "confirmed"
    CHANGED = "changed"
    REVERSED = "reversed"


def may_appeal(decided_at: datetime, now: datetime, *, is_review: bool, has_appealed: bool) -> bool:
    return not is_review and not has_appealed and now - decided_at <= APPEAL_FOR


def may_review(moderator_id: int, first_id: int | None) -> bool:
    return moderator_id != first_id


def outcome_of(
    first: Choice, then: Choice, *, first_until: datetime | None, then_until: datetime | None
) -> Outcome:
    """Reversed where what was stopped is free or the other way round; else changed or the same."""
    if (first in STOPS) is not (then in STOPS):
        return Outcome.REVERSED
    same = first is then and first_until == then_until
    return Outcome.CONFIRMED if same else Outcome.CHANGED

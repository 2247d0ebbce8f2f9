"""What a moderator decides, by which rule, for how long, and who may.

- A colleague's report is theirs for half an hour, then anybody's again.
- A hold or a stopped account may end by itself, after a year at most.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

CLAIM_FOR = timedelta(minutes=30)
LONGEST_HOLD = timedelta(days=366)


class Choice(StrEnum):
    """What a moderator decides."""

    NONE = "none"
    WARN = "warn"
    HOLD = "hold"
    RELEASE = "release"
    SUSPEND = "suspend"


# Choices that keep posts or people from being matched.
STOPS = frozenset({Choice.HOLD, Choice.SUSPEND})


class Rule(StrEnum):
    """What a decision stands on: a paragraph of the terms, or the law."""

    SAFETY = "safety"
    MONEY = "money"
    TRUTH = "truth"
    PRIVACY = "privacy"
    CHILDREN = "children"
    LAW = "law"
    NOTHING = "nothing"


@dataclass(frozen=True)
class DecisionDraft:
    """`reason` holds the facts in plain words; `until` is when a hold ends by itself."""

    choice: Choice
    reason: str
    rule: Rule = Rule.NOTHING
    until: datetime | None = None
    language: str = "en"


@dataclass(frozen=True)
class Concerned:
    """Who stands on a side of a report: they and their colleagues do not decide about it."""

    person_ids: frozenset[int] = frozenset()
    organisation_ids: frozenset[int] = frozenset()


def may_decide(moderator_id: int, works_for: frozenset[int], concerned: Concerned) -> bool:
    """Nobody stands on both sides of one decision."""
    return moderator_id not in concerned.person_ids and not (works_for & concerned.organisation_ids)


def is_claimed(
    claimed_by: int | None, claimed_at: datetime | None, moderator_id: int, now: datetime
) -> bool:
    """True while a colleague holds the report."""
    return (
        claimed_by not in (None, moderator_id)
        and claimed_at is not None
        and claimed_at > now - CLAIM_FOR
    )

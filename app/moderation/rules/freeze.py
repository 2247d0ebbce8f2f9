"""When "I do not feel safe" stops somebody at once, before a moderator has read it.

- Who has to do with the other side is believed at once: they met, were put before each other,
  hold the code of the meeting, or the link of a message about it.
- A stranger is believed once about each person, until a moderator has decided: somebody in
  danger may have no account, and a wrong hold of a few hours costs less than a wrong trust.
- The same stranger stops two people in a day, all strangers together forty; after a moderator
  found nothing, strangers stop that person no more for thirty days.
- What is not stopped is read first, and moderators are told at once.
"""

from dataclasses import dataclass
from datetime import timedelta

FREEZE_PERIOD = timedelta(days=1)
FREEZES_PER_STRANGER = 2
FREEZES_ALL_STRANGERS = 40
TRUSTS_AGAIN = timedelta(days=30)


@dataclass(frozen=True)
class Strangers:
    """What strangers stopped within a day, and whether somebody looked at this person already."""

    by_this_one: int = 0
    by_all: int = 0
    looked_at: bool = False


def may_freeze(*, is_related: bool, strangers: Strangers) -> bool:
    """Whether a report of danger stops the other side at once."""
    return is_related or (
        not strangers.looked_at
        and strangers.by_this_one < FREEZES_PER_STRANGER
        and strangers.by_all < FREEZES_ALL_STRANGERS
    )

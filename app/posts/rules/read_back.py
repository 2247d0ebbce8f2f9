"""A client hears the public words before anybody else reads them.

- What stands for a client is on show only after it was read out; any edit voids that.
- What reveals health needs a yes of its own, one for each.
"""

from dataclasses import dataclass
from datetime import date

from app.posts.rules.draft import Feature, PostDraft
from app.posts.rules.taxonomy import by_number

STEP_FREE = "step_free"


@dataclass(frozen=True)
class ReadBack:
    """The text as it was heard, how the client agreed, and to which sensitive parts of it."""

    text: str
    language: str
    how: str
    day: date | None = None
    sensitive: frozenset[str] = frozenset()


def sensitive_in(draft: PostDraft) -> tuple[str, ...]:
    """What of a need lets others guess at somebody's health: a kind of help, a constraint."""
    category = by_number(draft.category)
    kinds = (category.code,) if category.is_sensitive else ()
    steps = (STEP_FREE,) if Feature.STEP_FREE in draft.required | draft.wished else ()
    return (*kinds, *steps)

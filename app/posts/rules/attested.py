"""Who may visit somebody at home, or be alone with a person who depends on others.

- An organisation saw who the helper is, or one person who knows the helper was asked.
- Before being alone with a child, two people who know the helper were asked.
- What an organisation publishes in its own name it answers for itself.
- The first time two people meet for a visit, a third person is there, or it is a public place.
"""

from dataclasses import dataclass
from enum import StrEnum

from app.posts.rules.taxonomy import CATEGORIES, Category

WITH_CHILDREN = frozenset({"home.child", "learn.homework"})
REFERENCES_FOR_CHILDREN = 2
VISITS = tuple(one.number for one in CATEGORIES if one.is_visit)


class Standing(StrEnum):
    """How somebody is known."""

    IDENTITY = "identity"
    REFERENCE = "reference"


@dataclass(frozen=True)
class Known:
    """What was confirmed about a helper."""

    identity: bool = False
    references: int = 0


def is_known_enough(category: Category, known: Known) -> bool:
    if not category.is_visit:
        return True
    if category.code in WITH_CHILDREN:
        return known.references >= REFERENCES_FOR_CHILDREN
    return known.identity or known.references > 0

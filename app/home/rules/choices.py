"""The first choices of the home page: the most needed help first, each one tap from a list."""

from dataclasses import dataclass

from app.i18n import lazy_gettext
from app.posts.rules.taxonomy import CATEGORIES, categories_in

FEWEST_SHOWN = 10


@dataclass(frozen=True)
class Choice:
    """A tile; `kind` is a category or a whole group of the taxonomy."""

    kind: str
    title: str
    icon: str

    @property
    def numbers(self) -> tuple[int, ...]:
        """The categories that this choice counts."""
        found = categories_in(self.kind) or [one for one in CATEGORIES if one.code == self.kind]
        return tuple(one.number for one in found)


CHOICES: tuple[Choice, ...] = (
    Choice("roof.bed", lazy_gettext("I need a bed"), "bed"),
    Choice("food", lazy_gettext("I need food"), "soup"),
    Choice("paper", lazy_gettext("Help with papers"), "file-text"),
    Choice("wash", lazy_gettext("I need a shower"), "shower-head"),
    Choice("goods", lazy_gettext("I need clothes"), "shirt"),
    Choice("company", lazy_gettext("I want to talk"), "coffee"),
)


def shown_count(count: int) -> int | None:
    """Small numbers say more about people than about help: they stay away."""
    return count if count >= FEWEST_SHOWN else None

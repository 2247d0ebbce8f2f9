"""Posts as templates need them: words ready, addresses made, nothing a viewer may not read."""

import re
from collections.abc import Sequence
from dataclasses import dataclass

from app.i18n import SOURCE, ngettext
from app.i18n import gettext as _
from app.paging import Page
from app.posts.pages import words
from app.posts.queries import Card
from app.posts.rules import PostKind, by_number
from app.posts.rules.taxonomy import public_icon, public_name
from app.web.templates import url

_NOT_PATH = re.compile(r"[^a-z0-9]+")


@dataclass(frozen=True)
class ShownCard:
    """The arguments of the card component."""

    title: str
    href: str
    icon: str
    where: str
    speaks: str | None
    dates: str | None
    people: str | None
    distance: str | None
    status: tuple[str, str] | None


def path_of(kind: PostKind, code: str, category: int, place: words.Named) -> str:
    """The page of a post; after the code only kind and municipality, for people's eyes."""
    name = f"{public_name(by_number(category), SOURCE)} {place.name_fr}".lower()
    return f"/{kind.value}s/{code}-{_NOT_PATH.sub('-', name).strip('-')}"


def shown_card(card: Card) -> ShownCard:
    """An offer in full, of a need only what and where."""
    is_need = card.kind is PostKind.NEED
    return ShownCard(
        title=words.title(card.category),
        href=url(path_of(card.kind, card.code, card.category, card)),
        icon=public_icon(by_number(card.category)),
        where=words.where(card),
        speaks=None if is_need else words.speaks(card.languages),
        dates=None if is_need else words.when(card.windows),
        people=None if is_need else words.how_many(card.free or card.places, card.unit),
        distance=words.distance(card.distance),
        status=None if is_need else _availability(card),
    )


def shown_cards(cards: Sequence[Card]) -> list[ShownCard]:
    return [shown_card(card) for card in cards]


def count_words(found: Page[Card]) -> str:
    """How many there are, exactly up to a thousand."""
    if found.more_than:
        return _("More than %(most)s", most=found.counted_to)
    return ngettext("%(n)s found", "%(n)s found", found.total)


def _availability(card: Card) -> tuple[str, str]:
    return (_("Available"), "ok") if card.free > 0 else (_("Taken"), "wait")

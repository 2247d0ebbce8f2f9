"""Who lives through the day: two people with browsers, the others with programs."""

import secrets
from collections.abc import Iterator
from dataclasses import dataclass, replace
from random import Random

from app.cli.demo.people import (
    ETTERBEEK,
    MOLENBEEK,
    SAINT_GILLES,
    SCHAERBEEK,
    Neighbour,
    neighbours,
)
from app.cli.demo.places import draw_place_in
from app.cli.demo.words import draw_note
from app.posts.rules import PostKind, category

FEWEST_PEOPLE = 6
COMMUNES = (MOLENBEEK, SAINT_GILLES, SCHAERBEEK, ETTERBEEK)
# Kinds of help that neighbours give each other without an organisation between them.
KINDS = (
    "paper.forms", "goods.clothes", "learn.language", "food.parcel", "move.house",
    "goods.baby", "paper.work", "goods.furniture", "paper.digital", "food.delivery",
    "goods.school", "move.errand",
)  # fmt: skip
COMMON = "fr"


@dataclass(frozen=True)
class Pair:
    """Somebody who helps and somebody who needs just that nearby."""

    helper: Neighbour
    asker: Neighbour
    kind: str

    def post(self, random: Random, kind: PostKind) -> dict[str, object]:
        """What the program of either sends."""
        author = self.helper if kind is PostKind.OFFER else self.asker
        note, language = draw_note(random, kind.value, self.kind, author.languages)
        return {
            "type": kind.value,
            "category": self.kind,
            "place": author.place.postcode,
            "places": 3 if kind is PostKind.OFFER else 1,
            "languages": list(author.languages),
            "note": note,
            "note_language": language,
            "urgency": "flexible" if kind is PostKind.OFFER else "this_week",
        }


def draw_pairs(random: Random, people: int) -> Iterator[Pair]:
    """Pairs of new people; each day has its own addresses, so that it can be lived again."""
    today = secrets.token_hex(4)
    drawn = [
        replace(
            one,
            email=f"{today}.{number}@example.org",
            phone=None,
            languages=tuple(dict.fromkeys((*one.languages, COMMON))),
        )
        for number, one in enumerate(neighbours(random, 0, people // 2 * 2))
    ]
    for number, (helper, asker) in enumerate(zip(drawn[::2], drawn[1::2], strict=True)):
        commune = COMMUNES[number % len(COMMUNES)]
        here = draw_place_in(random, commune)
        yield Pair(
            helper=replace(helper, place=here),
            asker=replace(asker, place=here),
            kind=category(KINDS[number % len(KINDS)]).code,
        )


def new_phone() -> str:
    """A test number that no one of the seeded town has."""
    return f"+3247000{5_000 + secrets.randbelow(5_000):04d}"


def new_email(name: str) -> str:
    return f"{name}.{secrets.token_hex(4)}@example.org"

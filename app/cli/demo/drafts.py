"""What people ask for and offer: drawn with believable frequencies, times, sizes and words."""

from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from random import Random

from app.cli.demo.people import Neighbour
from app.cli.demo.words import draw_note
from app.clock import BRUSSELS
from app.posts.rules import (
    Category,
    Feature,
    PostDraft,
    PostKind,
    Urgency,
    Window,
    category,
)
from app.posts.rules.party import Party

OFFERS_PER_NEED = 1.2

# How often a kind of help is asked for, and how often it is offered.
FREQUENCIES: dict[str, tuple[int, int]] = {
    "roof.bed": (14, 6), "roof.room": (18, 7), "roof.home": (10, 3), "roof.search": (22, 9),
    "wash.shower": (6, 5), "wash.laundry": (9, 7), "wash.storage": (8, 9),
    "food.meal": (28, 30), "food.parcel": (34, 16), "food.delivery": (16, 18),
    "food.garden": (6, 8),
    "goods.clothes": (30, 44), "goods.baby": (24, 30), "goods.furniture": (34, 34),
    "goods.household": (20, 28), "goods.device": (20, 12), "goods.school": (14, 14),
    "goods.aid": (8, 9),
    "move.house": (24, 16), "move.lift": (16, 18), "move.escort": (16, 14),
    "move.errand": (12, 18), "move.animal": (7, 11),
    "paper.forms": (36, 26), "paper.interpret": (26, 22), "paper.rights": (18, 9),
    "paper.work": (22, 18), "paper.digital": (20, 24),
    "learn.language": (38, 48), "learn.homework": (18, 22), "learn.reading": (9, 10),
    "company.talk": (24, 34), "company.call": (10, 16), "company.letter": (5, 9),
    "company.buddy": (12, 10),
    "home.repair": (20, 20), "home.chores": (16, 14), "home.child": (18, 14),
    "home.respite": (8, 7),
}  # fmt: skip

# unit: how many a need asks for, how many an offer has room for
SIZES: dict[str, tuple[tuple[int, ...], tuple[int, ...]]] = {
    "persons": ((1, 1, 1, 2, 2, 3, 4, 5), (1, 1, 2, 2, 3, 4, 6)),
    "items": ((1, 1, 1, 2, 2, 3), (1, 2, 3, 4, 6, 10)),
    "visits": ((1, 1, 1, 1, 2), (1, 2, 3, 4, 5)),
    "seats": ((1, 1, 2, 3), (1, 2, 3, 3, 4)),
}
# The oldest post of the demo, by urgency: what is needed today was written today.
OLDEST_HOURS = {Urgency.FLEXIBLE: 25 * 24, Urgency.THIS_WEEK: 60, Urgency.TODAY: 4}
DAYS = ("MO", "TU", "WE", "TH", "FR", "SA", "SU")
HOURS = ((9, 3), (10, 2), (14, 3), (16, 2), (18, 2), (19, 2))
FEATURES = (Feature.STEP_FREE, Feature.PETS_WELCOME, Feature.SMOKE_FREE)
HOUSEHOLDS = (Feature.FAMILY_HOUSEHOLD, Feature.WOMENS_HOUSEHOLD)


@dataclass(frozen=True)
class Times:
    """When, as a draft says it."""

    windows: tuple[Window, ...] = ()
    latest_by: date | None = None


def draw_kinds(random: Random, count: int) -> list[PostKind]:
    """Needs and offers in the proportion of a living place, in mixed order."""
    needs = round(count / (1 + OFFERS_PER_NEED))
    kinds = [PostKind.NEED] * needs + [PostKind.OFFER] * (count - needs)
    random.shuffle(kinds)
    return kinds


def draw_category(random: Random, kind: PostKind) -> Category:
    column = 0 if kind is PostKind.NEED else 1
    weights = [frequency[column] for frequency in FREQUENCIES.values()]
    return category(random.choices(list(FREQUENCIES), weights)[0])


def draw_draft(
    random: Random, author: Neighbour, kind: PostKind, help_: Category, today: date
) -> PostDraft:
    """One post of one person; valid on that day."""
    is_need = kind is PostKind.NEED
    note, language = draw_note(random, kind.value, help_.code, author.languages)
    times = _hosting_times(random, today) if help_.is_hosting else _times(random, kind, today)
    remote = help_.is_remote_only or (help_.remote and random.random() < 0.35)  # noqa: PLR2004 - a third
    sizes = SIZES[help_.unit.value]
    required, wished, features = _features(random, help_, is_need=is_need)
    size = random.choice(sizes[0] if is_need else sizes[1])
    return PostDraft(
        kind=kind,
        category=help_.number,
        place=author.place,
        places=size,
        party=_party(random, size) if is_need and help_.is_hosting else None,
        languages=author.languages,
        note=note,
        note_language=language,
        remote=remote,
        interpreter=is_need and random.random() < 0.1,  # noqa: PLR2004 - one in ten
        exclusive=help_.is_hosting and not is_need,
        urgency=_urgency(random) if is_need else Urgency.FLEXIBLE,
        latest_by=times.latest_by,
        windows=times.windows,
        required=required,
        wished=wished,
        features=features,
    )


def _party(random: Random, size: int) -> Party:
    """Who needs a roof: somebody alone, a couple, or a parent with children."""
    women = random.random() < 0.6  # noqa: PLR2004 - more than half
    couple = size > 1 and random.random() < 0.4  # noqa: PLR2004 - two in five
    adults = Party(women=1, men=1) if couple else Party(women=1) if women else Party(men=1)
    return Party(adults.women, adults.men, size - adults.size)


def _urgency(random: Random) -> Urgency:
    return random.choices((Urgency.FLEXIBLE, Urgency.THIS_WEEK, Urgency.TODAY), (70, 23, 7))[0]


def _features(
    random: Random, help_: Category, *, is_need: bool
) -> tuple[Feature, Feature, Feature]:
    """What a need requires and wishes, and what an offer has."""
    known = FEATURES + (HOUSEHOLDS if help_.is_hosting else ())
    if not is_need:
        chosen = [one for one in known if random.random() < 0.4]  # noqa: PLR2004 - two in five
        return Feature.NONE, Feature.NONE, _all_of(chosen)
    required = [one for one in known if random.random() < 0.05]  # noqa: PLR2004 - one in twenty
    wished = [one for one in known if one not in required and random.random() < 0.1]  # noqa: PLR2004 - one in ten
    return _all_of(required), _all_of(wished), Feature.NONE


def _all_of(features: list[Feature]) -> Feature:
    total = Feature.NONE
    for feature in features:
        total |= feature
    return total


def _times(random: Random, kind: PostKind, today: date) -> Times:
    weights = (40, 30, 8, 22) if kind is PostKind.NEED else (34, 22, 44, 0)
    shape = random.choices(("any", "some", "weekly", "until"), weights)[0]
    if shape == "any":
        return Times()
    if shape == "until":
        return Times(latest_by=today + timedelta(days=random.randint(5, 50)))
    hour, length = random.choice(HOURS)
    day = today + timedelta(days=random.randint(2, 21))
    if shape == "weekly":
        rule = f"FREQ=WEEKLY;BYDAY={DAYS[day.weekday()]}"
        return Times((_window(day, hour, length, rule),))
    days = sorted(random.sample(range(2, 28), random.randint(1, 3)))
    return Times(tuple(_window(today + timedelta(days=one), hour, length) for one in days))


def _hosting_times(random: Random, today: date) -> Times:
    """From an evening to a morning some nights or weeks later."""
    first = today + timedelta(days=random.randint(1, 20))
    last = first + timedelta(days=random.choice((3, 5, 7, 14, 30, 60, 90)))
    return Times((Window(_at(first, 18), _at(last, 10)),))


def _window(day: date, hour: int, length: int, rule: str | None = None) -> Window:
    return Window(_at(day, hour), _at(day, hour + length), rule)


def _at(day: date, hour: int) -> datetime:
    return datetime.combine(day, time(hour), BRUSSELS).astimezone(UTC)

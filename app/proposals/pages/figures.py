"""The engine's figures in words and bars; a count under five is only 'a few'."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from app.i18n import current_language, language_name, ngettext, sentence
from app.i18n import gettext as _
from app.posts.rules import by_number
from app.proposals.models import Shard
from app.proposals.queries import Bin, Effect, Gap, Grouping
from app.proposals.rules.figures import FEW, MOST_LOAD, Figures, Wait, is_few

WAITS = {
    Wait.DAY: sentence("Less than a day"),
    Wait.THREE_DAYS: sentence("One to three days"),
    Wait.WEEK: sentence("Three to seven days"),
    Wait.LONGER: sentence("More than a week"),
}
REASONS = {
    "none_near": sentence("Nobody offers it nearby"),
    "no_time": sentence("The times do not fit"),
    "no_language": sentence("No common language"),
    "no_fit": sentence("What is needed is not there, or not enough of it"),
    "all_full": sentence("Everything nearby is taken"),
    "contested": sentence("Others were more urgent, or waited longer"),
    "reserved": sentence("Kept free for urgent needs"),
    "held": sentence("A proposal waits for an answer"),
}
GROUPINGS = {
    Grouping.LANGUAGE: sentence("By language"),
    Grouping.HOUSEHOLD: sentence("By size of the household"),
    Grouping.COMMUNE: sentence("By commune"),
}
HOUSEHOLDS = {
    "1": sentence("One person"),
    "2": sentence("Two people"),
    "3": sentence("Three or four people"),
    "5": sentence("Five people or more"),
}
GAPS = {
    Grouping.LANGUAGE: sentence(
        "The largest gap is by language: %(best)s %(most)s served, %(worst)s %(least)s."
    ),
    Grouping.HOUSEHOLD: sentence(
        "The largest gap is by household: %(best)s %(most)s served, %(worst)s %(least)s."
    ),
    Grouping.COMMUNE: sentence(
        "The largest gap is by commune: %(best)s %(most)s served, %(worst)s %(least)s."
    ),
}


@dataclass(frozen=True)
class Line:
    """One row of a table with a bar: what it counts, the count in words, its share of the whole."""

    words: str
    count: str
    share: float


@dataclass(frozen=True)
class Seen:
    """A plan as the page shows it."""

    totals: Sequence[tuple[str, str]]
    categories: Sequence[Sequence[str]]
    served: Sequence[Line]
    loads: Sequence[Line]
    waits: Sequence[Line]
    reasons: Sequence[Line]
    proved: bool


def shown(count: int) -> str:
    """A count that points at nobody."""
    return _("a few") if is_few(count) else str(count)


def percent(share: float) -> str:
    return _("%(share)s%%", share=round(100 * share))


def seen(figures: Figures) -> Seen:
    total = figures.total
    return Seen(
        totals=[
            (_("Needs"), shown(total("needs"))),
            (_("Would get a place kept for them"), shown(total("served"))),
            (_("Would get a chance beside others"), shown(total("beside"))),
            (_("Have a proposal already"), shown(total("held"))),
            (_("Would still wait"), shown(total("waiting"))),
            (_("Urgent, with a place kept"), shown(total("pressing_served"))),
            (_("Urgent, without one"), shown(total("pressing") - total("pressing_served"))),
            (_("Proposals sent"), shown(total("proposals"))),
        ],
        categories=[
            [
                by_number(one.category).name(current_language()),
                *map(shown, (one.needs, one.served, one.beside, one.held, one.waiting)),
            ]
            for one in figures.categories
        ],
        served=[
            _line(
                by_number(one.category).name(current_language()),
                one.served,
                one.served + one.beside + one.waiting,
            )
            for one in figures.categories
        ],
        loads=_lines(figures.added("loads"), _load_words),
        waits=_lines({wait: figures.added("waits").get(wait, 0) for wait in Wait}, _wait_words),
        reasons=_lines(figures.added("reasons"), _reason_words),
        proved=all(one.proved for one in figures.categories),
    )


def written(shards: Sequence[Shard]) -> list[tuple[str, object, str, str]]:
    """When each category was balanced last, and what came of it."""
    return [
        (
            by_number(one.category).name(current_language()),
            one.planned_at,
            shown(one.written),
            shown(one.refused),
        )
        for one in shards
        if one.planned_at is not None
    ]


def bins(found: Sequence[Bin | None]) -> list[tuple[str, str, Line, Line]]:
    """Ten steps of chance: how many, what was said, what happened."""
    return [
        (
            _("%(low)s to %(high)s%%", low=10 * at, high=10 * at + 10),
            shown(one.count),
            Line(_("Said"), percent(one.said), one.said),
            Line(_("Happened"), percent(one.happened), one.happened),
        )
        for at, one in enumerate(found)
        if one is not None and one.count >= FEW
    ]


def effects(found: Mapping[Grouping, Sequence[Effect]]) -> list[tuple[str, list[list[str]]]]:
    """A table for each grouping that has groups large enough to be shown."""
    return [
        (
            _(GROUPINGS[grouping]),
            [
                [
                    group_name(grouping, one),
                    str(one.needs),
                    percent(one.proposed),
                    percent(one.answered),
                    percent(one.served),
                    _hours(one.wait_h),
                ]
                for one in groups
            ],
        )
        for grouping, groups in found.items()
        if groups
    ]


def gap_words(gap: Gap | None) -> str | None:
    """Where people are served least alike, in one sentence."""
    if gap is None:
        return None
    return _(
        GAPS[gap.grouping],
        best=group_name(gap.grouping, gap.best),
        most=percent(gap.best.served),
        worst=group_name(gap.grouping, gap.worst),
        least=percent(gap.worst.served),
    )


def group_name(grouping: Grouping, group: Effect) -> str:
    if grouping is Grouping.LANGUAGE:
        return language_name(group.key)
    if grouping is Grouping.HOUSEHOLD:
        return _(HOUSEHOLDS[group.key])
    return group.name_nl if current_language() == "nl" else group.name_fr


def _lines(counts: Mapping[str, int], words: Callable[[str], str]) -> list[Line]:
    whole = sum(counts.values())
    return [_line(words(key), count, whole) for key, count in counts.items()]


def _line(words: str, count: int, whole: int) -> Line:
    """Where the count is not told, its bar does not tell it either."""
    told = 0 if is_few(count) else count
    return Line(words, shown(count), told / whole if whole else 0.0)


def _load_words(load: str) -> str:
    number = int(load)
    if number >= MOST_LOAD:
        return _("Four or more proposals")
    return ngettext("%(n)s proposal", "%(n)s proposals", number)


def _wait_words(wait: str) -> str:
    return _(WAITS[Wait(wait)])


def _reason_words(reason: str) -> str:
    return _(REASONS[reason])


def _hours(hours: float | None) -> str:
    if hours is None:
        return _("none yet")
    if hours < 1:
        return _("under an hour")
    return ngettext("%(n)s hour", "%(n)s hours", round(hours))

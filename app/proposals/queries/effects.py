"""Whether every group of people is served alike: needs of the last three months, by group."""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

from sqlalchemy import CTE, ColumnElement, Integer, case, cast, func, literal_column, select, text

from app.db import ReadSession
from app.posts.models import Post
from app.proposals.models import Proposal
from app.territories.models import Place

NEWEST = 20_000
# A group smaller than this could be somebody.
SMALLEST_GROUP = 10
_SINCE = text("interval '90 days'")


class Grouping(StrEnum):
    """By what needs are told apart; none of it enters the score."""

    LANGUAGE = "language"
    HOUSEHOLD = "household"
    COMMUNE = "commune"


@dataclass(frozen=True)
class Effect:
    """One group: how many needs, and what came of them; `wait_h` until the first proposal."""

    key: str
    name_fr: str
    name_nl: str
    needs: int
    proposed: float
    answered: float
    served: float
    wait_h: float | None


@dataclass(frozen=True)
class Gap:
    """The two groups of one grouping that are served most and least alike."""

    grouping: Grouping
    best: Effect
    worst: Effect

    @property
    def width(self) -> float:
        return self.best.served - self.worst.served


async def read_effects(reader: ReadSession) -> dict[Grouping, Sequence[Effect]]:
    """For each grouping its groups, the largest first; small ones are left out."""
    needs = _needs()
    keys = {
        Grouping.LANGUAGE: needs.c.language,
        Grouping.HOUSEHOLD: needs.c.household,
        Grouping.COMMUNE: needs.c.nis,
    }
    return {grouping: await _groups(reader, needs, key) for grouping, key in keys.items()}


def largest_gap(effects: dict[Grouping, Sequence[Effect]]) -> Gap | None:
    """Where people are served least alike; None while there is nothing to compare."""
    gaps = [
        Gap(
            grouping,
            max(groups, key=lambda one: one.served),
            min(groups, key=lambda one: one.served),
        )
        for grouping, groups in effects.items()
        if len(groups) > 1
    ]
    widest = max(gaps, key=lambda gap: gap.width, default=None)
    return widest if widest is not None and widest.width > 0 else None


def _needs() -> CTE:
    """The newest needs, each with what came of it."""
    household = case(
        (Post.places == 1, "1"),
        (Post.places == 2, "2"),  # noqa: PLR2004 - a couple
        (Post.places <= 4, "3"),  # noqa: PLR2004 - a family
        else_="5",
    )
    recent = (
        select(
            Post.id,
            Post.published_at,
            literal_column("post.languages[1]").label("language"),
            household.label("household"),
            Place.nis,
            Place.name_fr,
            Place.name_nl,
        )
        .join(Place, Place.id == Post.place_id)
        .where(Post.kind == "need", Post.published_at > func.now() - _SINCE)
        .order_by(Post.published_at.desc())
        .limit(NEWEST)
        .cte("recent")
    )
    said = func.coalesce(
        Proposal.declined_at, Proposal.need_accepted_at, Proposal.offer_accepted_at
    )
    first = func.min(Proposal.proposed_at)
    return (
        select(
            *(recent.c[name] for name in ("language", "household", "nis", "name_fr", "name_nl")),
            _as_number(first.is_not(None)).label("proposed"),
            _as_number(func.count(said) > 0).label("answered"),
            _as_number(func.count(Proposal.agreed_at) > 0).label("served"),
            (func.extract("epoch", first - recent.c.published_at) / 3600).label("wait_h"),
        )
        .outerjoin(Proposal, Proposal.need_id == recent.c.id)
        .group_by(*recent.c)
        .cte("needs")
    )


def _as_number(fact: ColumnElement[bool]) -> ColumnElement[int]:
    return cast(fact, Integer)


async def _groups(reader: ReadSession, needs: CTE, key: ColumnElement[str]) -> list[Effect]:
    count = func.count()
    rows = await reader.execute(
        select(
            key,
            func.max(needs.c.name_fr),
            func.max(needs.c.name_nl),
            count,
            *(func.avg(needs.c[name]) for name in ("proposed", "answered", "served")),
            func.percentile_cont(0.5).within_group(needs.c.wait_h),
        )
        .group_by(key)
        .having(count >= SMALLEST_GROUP)
        .order_by(count.desc(), key)
    )
    return [
        Effect(
            key=str(row[0]),
            name_fr=row[1],
            name_nl=row[2],
            needs=row[3],
            proposed=float(row[4]),
            answered=float(row[5]),
            served=float(row[6]),
            wait_h=None if row[7] is None else float(row[7]),
        )
        for row in rows
    ]

"""What a desk did in each month: the table for the subsidy file; numbers only, no names."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, datetime

from sqlalchemy import Date, SQLColumnExpression, cast, func, select, text

from app.db import ReadSession
from app.exchanges.models import Exchange
from app.posts.models import Post
from app.posts.rules import PostKind, by_number
from app.posts.rules.taxonomy import Unit


@dataclass
class MonthCount:
    """One month of one group of help; `clients` is the set of those behind its needs."""

    month: date
    group: str
    clients: set[int] = field(default_factory=set)
    helped: set[int] = field(default_factory=set)
    needs: int = 0
    completed: int = 0
    units: int = 0
    visits: int = 0


async def monthly_counts(reader: ReadSession, organisation_id: int) -> Sequence[MonthCount]:
    """The last twelve months, the newest first, by group of help."""
    found: dict[tuple[date, str], MonthCount] = {}

    def of(month: date, category: int) -> MonthCount:
        group = by_number(category).group.code
        return found.setdefault((month, group), MonthCount(month, group))

    for month, category, client_id in await _posted(reader, organisation_id):
        count = of(month, category)
        count.needs += 1
        count.clients |= _known(client_id)
    for month, category, client_id, unit, units in await _completed(reader, organisation_id):
        count = of(month, category)
        count.completed += 1
        count.helped |= _known(client_id)
        if unit == Unit.VISITS.value:
            count.visits += units
        else:
            count.units += units
    return sorted(found.values(), key=lambda one: (-one.month.toordinal(), one.group))


def _known(client_id: int | None) -> set[int]:
    return set() if client_id is None else {client_id}


def _month(moment: SQLColumnExpression[datetime | None]) -> SQLColumnExpression[date]:
    local = func.timezone("Europe/Brussels", moment)
    return cast(func.date_trunc("month", local), Date)


def _a_year_ago() -> SQLColumnExpression[date]:
    return cast(_month(func.now()) - text("interval '11 months'"), Date)


async def _posted(
    reader: ReadSession, organisation_id: int
) -> Sequence[tuple[date, int, int | None]]:
    month = _month(Post.published_at)
    rows = await reader.execute(
        select(month, Post.category, Post.client_id).where(
            Post.organisation_id == organisation_id,
            Post.kind == PostKind.NEED.value,
            month >= _a_year_ago(),
        )
    )
    return [(month, number, client_id) for month, number, client_id in rows]


async def _completed(
    reader: ReadSession, organisation_id: int
) -> Sequence[tuple[date, int, int | None, str, int]]:
    month = _month(Exchange.completed_at)
    rows = await reader.execute(
        select(month, Post.category, Post.client_id, Post.unit, Exchange.units)
        .join(Post, Post.id == Exchange.need_id)
        .where(Post.organisation_id == organisation_id, month >= _a_year_ago())
    )
    return [(when, kind, client_id, unit, units) for when, kind, client_id, unit, units in rows]

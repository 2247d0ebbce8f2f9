"""The latest plans drawn for people, and what there is to plan."""

from sqlalchemy import ARRAY, SmallInteger, column, func, literal, literal_column, select

from app.db import ReadSession
from app.posts.models import Post
from app.posts.rules import CATEGORIES
from app.proposals.models import Plan, Shard
from app.proposals.rules import REGION


async def newest_plan(reader: ReadSession, region: str = REGION) -> Plan | None:
    """The plan asked for last."""
    found: Plan | None = await reader.scalar(
        select(Plan)
        .where(Plan.region == region)
        .order_by(Plan.asked_at.desc(), Plan.id.desc())
        .limit(1)
    )
    return found


async def newest_drawn(reader: ReadSession, region: str = REGION) -> Plan | None:
    """The latest plan that has its figures."""
    found: Plan | None = await reader.scalar(
        select(Plan)
        .where(Plan.region == region, Plan.drawn_at.is_not(None))
        .order_by(Plan.asked_at.desc(), Plan.id.desc())
        .limit(1)
    )
    return found


async def needed_categories(reader: ReadSession) -> list[int]:
    """Numbers of the categories in which somebody needs something."""
    numbers = [category.number for category in CATEGORIES]
    one = (
        func.unnest(literal(numbers, ARRAY(SmallInteger)))
        .table_valued(column("category", SmallInteger))
        .render_derived(name="one")
    )
    needed = (
        select(Post.id)
        .where(literal_column("post.kind = 'need' AND post.is_open"))
        .where(Post.category == one.c.category)
        .exists()
    )
    rows = await reader.scalars(select(one.c.category).where(needed).order_by(one.c.category))
    return list(rows)


async def shards_of(reader: ReadSession, region: str = REGION) -> list[Shard]:
    """Every shard with its last plan."""
    rows = await reader.scalars(
        select(Shard).where(Shard.region == region).order_by(Shard.category)
    )
    return list(rows)

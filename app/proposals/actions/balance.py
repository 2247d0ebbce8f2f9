"""Re-balancing: asked for by shard, written in parts, each part under the shard's own row.

A part takes the shard's row, then the posts in ascending order of id. Where the version is not
the one expected, somebody else wrote a plan meanwhile: the rest of this one is worth nothing.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import func, update
from sqlalchemy.dialects.postgresql import insert

from app import outbox
from app.db import Session
from app.outbox import Job
from app.proposals.actions.look_again import look_again
from app.proposals.actions.propose import propose
from app.proposals.actions.propose_many import Basis, propose_many
from app.proposals.models import Shard
from app.proposals.queries.plans import needed_categories
from app.proposals.rules import REGION
from matching.pair import Pairing


@dataclass(frozen=True)
class Written:
    """How much of a plan stands in the database, and how much no longer held."""

    made: int = 0
    refused: int = 0

    def __add__(self, other: "Written") -> "Written":
        return Written(self.made + other.made, self.refused + other.refused)


async def ask_balance(session: Session, region: str = REGION) -> list[int]:
    """Ask for a new plan of each shard in which somebody needs something; the shards' ids."""
    categories = await needed_categories(session)
    if not categories:
        return []
    rows = await session.scalars(
        insert(Shard)
        .values([{"region": region, "category": category} for category in categories])
        .on_conflict_do_update(
            index_elements=[Shard.region, Shard.category], set_={"asked_at": func.now()}
        )
        .returning(Shard.id)
    )
    shards = sorted(rows)
    for shard_id in shards:
        await outbox.defer_once(session, Job.BALANCE_SHARD, shard_id)
    return shards


async def write_part(
    session: Session, shard_id: int, version: int, pairings: Sequence[Pairing], basis: Basis
) -> Written | None:
    """Put a part of a plan before both sides; None where the plan is stale.

    Needs whose pairing no longer holds are looked at again, each by itself.
    """
    shard = await session.get_one(Shard, shard_id, with_for_update=True, populate_existing=True)
    if shard.version != version:
        return None
    shard.version += 1
    once = [pairing for pairing in pairings if not pairing.occurrence]
    by_day = [pairing for pairing in pairings if pairing.occurrence]
    made = await propose_many(session, once, basis)
    dated = await propose(session, by_day, basis.weights)
    kept = {(one.need_id, one.offer_id) for one in made}
    kept |= {(one.need_id, one.offer_id) for one in dated}
    refused = [one.need for one in pairings if (one.need, one.offer) not in kept]
    await look_again(session, *refused)
    return Written(len(kept), len(pairings) - len(kept))


async def close_plan(session: Session, shard_id: int, as_of: datetime, written: Written) -> None:
    """Remember what the plan made from the snapshot of this moment came to."""
    await session.execute(
        update(Shard)
        .where(Shard.id == shard_id)
        .values(planned_at=as_of, written=written.made, refused=written.refused)
    )

"""One planner for each shard: a snapshot, a plan with nothing locked, and its parts written.

The planner holds an advisory lock on a connection of its own, for as long as it plans. Who finds
it held has nothing to do: whoever holds it looks once more after letting it go.
"""

import structlog

from app.db import held_alone, reading, transaction
from app.proposals import actions, queries
from app.proposals.actions import Basis, Written
from app.proposals.queries import ShardStand, Snapshot
from matching.pair import Pairing
from workers.engine import plan_beside
from workers.protocol import Tools

log = structlog.get_logger()

# Short enough that nobody who answers a proposal waits noticeably for the locks of a part.
PART = 250


async def balance_shard(tools: Tools, shard_id: int) -> None:
    """Plan the shard anew, and again if somebody asked while it was planned."""
    async with reading(tools.maker) as reader:
        lock_name = (await queries.read_shard(reader, shard_id)).lock_name
    while True:
        async with held_alone(tools.settings.database, lock_name) as held:
            snapshot = await _balance(tools, shard_id) if held else None
        if snapshot is None:
            return
        async with reading(tools.maker) as reader:
            if not await queries.is_asked_since(reader, shard_id, snapshot.as_of):
                return


async def _balance(tools: Tools, shard_id: int) -> Snapshot:
    async with reading(tools.maker) as reader:
        shard = await queries.read_shard(reader, shard_id)
    async with reading(tools.maker) as reader:
        snapshot = await queries.read_snapshot(reader, shard.category)
    weights = await tools.weights.read(tools.maker)
    plan = await plan_beside(snapshot.market, weights)
    basis = Basis(snapshot.versions, weights.version)
    written = await write(tools, shard, plan.pairings, basis)
    async with transaction(tools.maker) as session:
        await actions.close_plan(session, shard.id, snapshot.as_of, written)
    log.info("shard_balanced", category=shard.category, made=written.made, left=written.refused)
    return snapshot


async def write(
    tools: Tools, shard: ShardStand, pairings: tuple[Pairing, ...], basis: Basis
) -> Written:
    """Write a plan part by part, until all of it stands or somebody else has planned meanwhile."""
    written = Written()
    for number, part in enumerate(_parts(pairings)):
        async with transaction(tools.maker) as session:
            done = await actions.write_part(session, shard.id, shard.version + number, part, basis)
        if done is None:
            log.warning("plan_stale", category=shard.category)
            break
        written += done
    return written


def _parts(pairings: tuple[Pairing, ...]) -> list[tuple[Pairing, ...]]:
    return [pairings[start : start + PART] for start in range(0, len(pairings), PART)]

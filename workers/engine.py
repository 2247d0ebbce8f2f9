"""The engine as workers use it: compiled before the first job, computing beside the loop."""

import asyncio
import gc
import time
from dataclasses import replace

import structlog

from app.db import SessionMaker, reading
from app.proposals.queries import current_weights
from matching.market import Market, NeedRow, OfferRow, market_of
from matching.plan import Result, match
from matching.policy import Policy
from matching.score import PRIOR, Weights

log = structlog.get_logger()

POLICY = Policy()
# Around one post nobody waits for the child process that proves groups: the moves answer.
AT_ONCE = replace(POLICY, prove_s=0.0)
# In a large shard the proof for groups takes longer than it is worth before the next plan.
IN_TIME = replace(POLICY, prove_s=3.0)
PROVED_NEEDS = 500
WEIGHTS_SECONDS = 60
# A meal somewhere in Brussels: any market with an answer makes every part of the engine run.
_NEED = NeedRow(id=1, owner=1, category=7, lat=50.85, lon=4.35, radius=5.0, radius_asked=5.0)
_OFFER = OfferRow(id=9, owner=9, category=7, lat=50.85, lon=4.35, radius=5.0, radius_asked=5.0)


def warm_up() -> None:
    """Let everything compile that a plan needs, so that no person waits for it."""
    started = time.perf_counter()
    needs = [replace(_NEED, id=1 + n, size=1 + n % 2) for n in range(4)]
    offers = [replace(_OFFER, id=11 + n, free=2) for n in range(3)]
    # The compiler makes millions of small things and keeps them: looking for litter among them
    # takes a sixth of its time.
    gc.disable()
    try:
        match(market_of(needs, offers), PRIOR, POLICY)
    finally:
        gc.enable()
    log.info("engine_ready", seconds=round(time.perf_counter() - started, 2))


async def match_beside(market: Market, weights: Weights, policy: Policy = POLICY) -> Result:
    """The plan of this market, made in a thread: the compiled parts let the loop go on."""
    return await asyncio.to_thread(match, market, weights, policy)


async def plan_beside(market: Market, weights: Weights) -> Result:
    """The plan of a whole shard, proved where that is a matter of seconds."""
    policy = IN_TIME if len(market.needs) <= PROVED_NEEDS else AT_ONCE
    return await match_beside(market, weights, policy)


class CurrentWeights:
    """The version in use, asked of the database once a minute."""

    def __init__(self) -> None:
        self._weights = PRIOR
        self._read_at = -float("inf")

    async def read(self, maker: SessionMaker) -> Weights:
        if time.monotonic() - self._read_at > WEIGHTS_SECONDS:
            async with reading(maker) as reader:
                self._weights = await current_weights(reader)
            self._read_at = time.monotonic()
        return self._weights

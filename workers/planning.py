"""What a re-balance of a region would change, drawn without changing anything."""

from collections import Counter

import numpy as np
import structlog

from app.db import reading
from app.proposals import queries
from app.proposals.rules.figures import MOST_LOAD, CategoryFigures, wait_of
from matching.market import Market
from matching.plan import Result
from workers.engine import plan_beside
from workers.protocol import Tools

log = structlog.get_logger()


async def draw(tools: Tools) -> list[CategoryFigures] | None:
    """The figures of every category in which somebody needs something; None where it failed."""
    try:
        weights = await tools.weights.read(tools.maker)
        async with reading(tools.maker) as reader:
            categories = await queries.needed_categories(reader)
        figures = []
        for category in categories:
            async with reading(tools.maker) as reader:
                market = (await queries.read_snapshot(reader, category)).market
            figures.append(figures_of(category, market, await plan_beside(market, weights)))
    except Exception:
        # Whoever asked sees that it failed and can ask again; nobody else waits for it.
        log.exception("plan_failed")
        return None
    return figures


def figures_of(category: int, market: Market, plan: Result) -> CategoryFigures:
    """Counts of one category, before and after the plan."""
    needs = market.needs
    ids = needs.id
    held = np.isin(ids, market.live[:, 0])
    asked_now = np.isin(ids, [one.need for one in plan.pairings]) & ~held
    waiting = ~(held | asked_now)
    served = sum(plan.statistics.served.values())
    asked = Counter((one.offer, one.occurrence) for one in plan.pairings)
    asked.update((offer, day) for _need, offer, day, _rank in market.live.tolist())
    rows = zip(market.offers.id.tolist(), market.offers.occurrence.tolist(), strict=True)
    loads = Counter(min(MOST_LOAD, asked[row]) for row in rows)
    return CategoryFigures(
        category=category,
        needs=len(needs),
        offers=len(market.offers),
        held=int(held.sum()),
        served=served,
        beside=int(asked_now.sum()) - served,
        pressing=plan.statistics.urgent_served + plan.statistics.urgent_waiting,
        pressing_served=plan.statistics.urgent_served,
        waiting=int(waiting.sum()),
        proposals=len(plan.pairings),
        proved=plan.statistics.proved,
        loads={str(load): count for load, count in sorted(loads.items())},
        waits=dict(Counter(wait_of(float(hours)).value for hours in needs.waited_h[waiting])),
        reasons=_reasons(plan, set(ids[waiting].tolist())),
    )


def _reasons(plan: Result, waiting: set[int]) -> dict[str, int]:
    """Why those that would still wait have nobody."""
    codes = Counter(one.code.value for one in plan.unmatched if one.need in waiting)
    return dict(sorted(codes.items()))

"""The policies that are compared: what people do today, what is obvious, and ours."""

from collections.abc import Callable
from dataclasses import replace
from itertools import pairwise

import numpy as np

from matching.candidates import Edges
from matching.columns import F64, I64
from matching.market import Market, canonical
from matching.plan.book import Book
from matching.plan.first import first_choices
from matching.plan.proposals import fill_ups, first_proposals, in_order
from matching.plan.reserve import floors, reserve
from matching.policy import Policy
from matching.waiting import bands, level
from tests.benchmarks.matching.replay_game import TICK, Game
from tests.benchmarks.matching.replay_world import DAY, KNOWN, TOWNS, World

Order = Callable[[Game, int], tuple[float, ...]]
BATCH_H = 0.25
_OPENS, _SHUTS = 9, 18
_ACTS_PER_HOUR = 10
_RECENT_H = 96.0


def oldest(game: Game, need: int) -> tuple[float, ...]:
    """Who came first."""
    return (game.world.comes[need], need)


def most_pressing(game: Game, need: int) -> tuple[float, ...]:
    """The highest level, then who came first."""
    needs = game.world.market.needs
    waited = np.array([game.now - game.world.comes[need]], dtype=np.float32)
    return (-float(level(needs.urgency[need : need + 1], waited)[0]), *oldest(game, need))


class OneByOne:
    """Needs in an order; each without an open proposal asks the first `width` rows of its list.

    `checked`: only rows that may meet it, and one row is not promised twice. `office`: by hand,
    in office hours, ten acts an hour in each city.
    """

    def __init__(
        self,
        world: World,
        *,
        order: Order,
        by: F64,
        width: int = 1,
        checked: bool = True,
        office: bool = False,
    ) -> None:
        edges = world.edges
        count = world.feasible if checked else len(edges)
        ranked = np.lexsort((edges.row[:count], by[:count], edges.need[:count]))
        cut = np.searchsorted(edges.need[ranked], np.arange(len(world.comes) + 1))
        self._lists = [ranked[a:b] for a, b in pairwise(cut)]
        self._of_row: list[list[int]] = [[] for _ in world.opens]
        for need, row in zip(edges.need[:count].tolist(), edges.row[:count].tolist(), strict=True):
            self._of_row[row].append(need)
        self._order, self._width, self._promise = order, width, checked and width == 1
        self._due: set[int] = set()
        self._office = office
        self._busy_until = np.zeros(TOWNS)

    def act(self, game: Game) -> None:
        """Ask for each need for which something changed."""
        self._due |= game.changed
        for row in game.freed:
            self._due.update(self._of_row[row])
        game.changed.clear()
        game.freed.clear()
        open_ = {n for n in self._due if n in game.waiting and not game.live_of_need[n]}
        left = set()
        for need in sorted(open_, key=lambda n: self._order(game, n)):
            found = self._found(game, need)
            if found and self._office and not self._has_time(game, need):
                left.add(need)
                continue
            for edge in found:
                game.send(edge)
        self._due = left

    def _has_time(self, game: Game, need: int) -> bool:
        """Whether the coordinator of that city has an act left; it is used up."""
        town = game.world.town[need]
        if not _OPENS <= game.now % DAY < _SHUTS or self._busy_until[town] > game.now:
            return False
        self._busy_until[town] = max(game.now, self._busy_until[town]) + 1 / _ACTS_PER_HOUR
        return True

    def _found(self, game: Game, need: int) -> list[int]:
        found: list[int] = []
        for edge in self._lists[need].tolist():
            row = int(game.world.edges.row[edge])
            if game.asked[edge] or row not in game.present:
                continue
            if self._room(game, row) >= game.world.market.needs.size[need]:
                found.append(edge)
                if len(found) == self._width:
                    break
        return found

    def _room(self, game: Game, row: int) -> int:
        promised = game.live_of_row[row] if self._promise else ()
        return int(game.free[row]) - sum(int(game.world.market.needs.size[n]) for n in promised)


class _Known:
    """The pairs of a world, as the plan asks for them: all at once, so that none is left."""

    def __init__(self, edges: Edges) -> None:
        self._edges = edges

    def best(self) -> Edges:
        return self._edges

    def priced(self, *_facts: object) -> Callable[[I64, I64], Edges]:
        none = self._edges.take(np.zeros(0, dtype=np.int64))
        return lambda _y, _price: none


class Ours:
    """The engine's batch plan, every fifteen minutes; `phi` = 0 keeps no reserve."""

    def __init__(self, world: World, *, phi: float) -> None:
        self._policy = Policy(phi=phi, explore=0, prove_s=0)
        self._worth = np.array(self._policy.gain)[
            bands(level(world.market.needs.urgency, np.zeros(len(world.comes), dtype=np.float32)))
        ]

    def act(self, game: Game) -> None:
        """Plan anew if anything changed."""
        if round(game.now / TICK) % round(BATCH_H / TICK) or not (game.changed or game.freed):
            return
        game.changed.clear()
        game.freed.clear()
        needs, rows = (
            np.array(sorted(each), dtype=np.int64) for each in (game.waiting, game.present)
        )
        if not len(needs) or not len(rows):
            return
        market, policy = canonical(_snapshot(game, needs, rows, self._recent(game))), self._policy
        book = Book(market, KNOWN, policy)
        prices = reserve(market.recent, policy)
        edges, names = _open_edges(game, market, floors(market.needs, prices, policy), policy)
        first = first_choices(market, _Known(edges), book, policy)
        start = first_proposals(first.edges, first.chosen, book)
        sent = in_order(first.edges, start, fill_ups(market, first.edges, book, policy))
        key = {
            (n, r): e
            for n, r, e in zip(edges.need.tolist(), edges.row.tolist(), names, strict=True)
        }
        told = first.edges.take(sent.edge)
        for need, row in zip(told.need.tolist(), told.row.tolist(), strict=True):
            game.send(key[need, row])

    def _recent(self, game: Game) -> F64:
        """Arrivals of the last 96 h, each need with the best pair it could have had until now."""
        world = game.world
        asked = np.flatnonzero((world.comes <= game.now) & (world.comes > game.now - _RECENT_H))
        offered = np.flatnonzero((world.opens <= game.now) & (world.opens > game.now - _RECENT_H))
        edges = world.edges.take(np.arange(world.feasible))
        edges = edges.take(world.opens[edges.row] <= game.now)
        best = np.zeros(len(world.comes))
        np.maximum.at(best, edges.need, edges.p)
        table = np.zeros((len(asked) + len(offered), 4))
        table[: len(asked), 0] = world.market.needs.category[asked]
        table[: len(asked), 1] = world.market.needs.size[asked]
        table[: len(asked), 3] = best[asked] * self._worth[asked]
        table[len(asked) :, 0] = world.market.offers.category[offered]
        table[len(asked) :, 2] = game.capacity[offered]
        return table


def _snapshot(game: Game, needs: I64, rows: I64, recent: F64) -> Market:
    world = game.world
    asked, offered = world.market.needs.take(needs), world.market.offers.take(rows)
    quiet = np.array([game.recent(r) < 2 * (game.capacity[r] + 1) for r in rows.tolist()])
    live = [
        (int(asked.id[i]), int(world.market.offers.id[row]), 0, rank + 1)
        for i, need in enumerate(needs.tolist())
        for rank, row in enumerate(game.live_of_need[need])
    ]
    return replace(
        world.market,
        needs=replace(asked, waited_h=(game.now - world.comes[needs]).astype(np.float32)),
        offers=replace(
            offered,
            free=game.free[rows].astype(np.int16),
            live_cap=np.where(quiet, 32767, 0).astype(np.int16),
            ends_h=(world.closes[rows] - game.now).astype(np.float32),
        ),
        live=np.array(live, dtype=np.int64).reshape(-1, 4),
        recent=recent,
    )


def _open_edges(game: Game, market: Market, floor: F64, policy: Policy) -> tuple[Edges, list[int]]:
    """The pairs of this moment in the snapshot's numbers, and what they are called in the world."""
    world = game.world
    need_at = np.full(len(world.comes), -1)
    need_at[market.needs.id - 1] = np.arange(len(market.needs))
    row_at = np.full(len(world.opens), -1)
    row_at[market.offers.id - 1] = np.arange(len(market.offers))
    name = np.arange(world.feasible)
    need, row = need_at[world.edges.need[name]], row_at[world.edges.row[name]]
    ok = (need >= 0) & (row >= 0) & ~game.asked[name]
    ok &= market.offers.free[row] >= market.needs.size[need]
    ending = market.offers.ends_h[row] <= policy.last_chance_h
    ok &= (world.edges.p[name] >= floor[need]) | ending
    kept = world.edges.take(name[ok])
    edges = Edges(need[ok], row[ok], kept.km, kept.p, kept.q)
    order = np.lexsort((edges.row, -edges.p, edges.need))
    return edges.take(order), name[ok][order].tolist()

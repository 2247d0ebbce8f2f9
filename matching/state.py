"""What the engine remembers between events: who is there, who waits, who stands where.

Parties of one go into the net, where every event ends in a proven optimum. A larger party is
placed by hand on a row whose units it then holds, and the net plans around it; the next batch
proves anew.
"""

from collections import Counter, defaultdict
from collections.abc import Mapping

import numpy as np

from matching.assign import Assignment, Problem, flow, worth
from matching.candidates import Edges, candidates
from matching.columns import F64, I64, Bool, frozen
from matching.growing import Growing, Key, keys_of
from matching.index import Absent, index, top
from matching.market import Market, Needs
from matching.net import (
    ABSENT,
    AHEAD,
    AT,
    CAPACITY,
    HELD,
    LENGTH,
    NOWHERE,
    PRICE,
    Net,
    Y,
    net_of,
    pairs_in,
)
from matching.plan.reserve import floors, reserve
from matching.policy import Policy, caps
from matching.score import Weights
from matching.waiting import level

_SPARE = 4


class State:
    """Belongs to its caller; only `matching.incremental` changes it.

    Needs and rows have slots. `live` holds the open proposals of a need with their ranks,
    `spoken` the units of a row that proposals or larger parties hold, `taken` who holds them,
    `waiting` the larger parties without a row that could stand on one. Another version of the
    weights, the policy or the taxonomy than `versions` asks for a new start.
    """

    def __init__(self, market: Market, weights: Weights, policy: Policy) -> None:
        self.weights, self.policy = weights, policy
        self.prices: Mapping[int, float] = reserve(market.recent, policy)
        self.versions = market.versions
        self.needs, self.rows = Growing(market.needs), Growing(market.offers)
        self.live: dict[int, dict[Key, int]] = defaultdict(dict)
        self.spoken: Counter[Key] = Counter()
        self.taken: dict[int, tuple[Key, int]] = {}
        self.barred: dict[int, set[int]] = _listed(market.barred)
        self.blocked: dict[int, set[int]] = _listed(
            np.concatenate((market.blocks, market.blocks[:, ::-1]))
        )
        self.waiting: dict[int, set[int]] = defaultdict(set)
        self._read_live(market)
        self.level = np.zeros(len(self.needs.view), dtype=np.int64)
        self.level[: len(market.needs)] = level(market.needs.urgency, market.needs.waited_h)
        self.net = self._planned(market)

    def _read_live(self, market: Market) -> None:
        """Each need's best live proposal speaks for its units; all of them load their rows."""
        for need, offer, occurrence, rank in market.live.tolist():
            self.live[need][offer, occurrence] = rank
        loads = Counter(key for asked in self.live.values() for key in asked)
        for key, load in loads.items():
            slot = self.rows.slot.get(key)
            if slot is not None:
                self.rows.change(slot, "live", max(load, int(self.rows.view.live[slot])))
        for need, asked in self.live.items():
            slot = self.needs.slot.get((need, 0))
            if slot is not None:
                self.needs.change(slot, "live", max(len(asked), int(self.needs.view.live[slot])))
            self.speak(need)

    def _planned(self, market: Market) -> Net:
        """The proven plan over the likeliest rows of each party of one that nothing holds."""
        held = (self.needs.view.live[: len(market.needs)] > 0) | (market.needs.size > 1)
        asked = np.flatnonzero(~held)
        floor = self.floor(market.needs)
        edges = top(
            index(market.offers, self.weights),
            market.needs.take(asked),
            floor[asked],
            self.policy.shortlist,
            absent=Absent.of(market),
        )
        need = asked[edges.need]
        capacity = np.zeros(len(self.rows.view), dtype=np.int64)
        every = np.arange(len(market.offers))
        capacity[every] = self.places(every)
        w = worth(self.level[need], edges.q)
        n = len(self.level)
        problem = Problem(need.astype(np.int32), edges.row.astype(np.int32), w, capacity, n)
        net = net_of(need, edges.row, w, capacity, n, both_ways=True, spare=_SPARE)
        _adopt(net, problem, flow(problem), asked)
        return net

    def floor(self, needs: Needs) -> F64:
        """The least p of each of these needs."""
        return floors(needs, self.prices, self.policy)

    def market(self) -> Market:
        """All slots, with nobody barred: who must not meet is taken out later."""
        pair, four = np.zeros((0, 2), dtype=np.int64), np.zeros((0, 4), dtype=np.int64)
        return Market(self.needs.view, self.rows.view, pair, pair, four, 0, {})

    def places(self, rows: I64) -> I64:
        """How many parties of one each row may still be first for."""
        offers = self.rows.view.take(rows)
        spoken = np.array([self.spoken[key] for key in keys_of(offers)], dtype=np.int64)
        units = np.where(offers.exclusive & (spoken > 0), 0, offers.free - spoken)
        room = np.where(offers.exclusive, 1, offers.free)
        room = np.minimum(room, caps(offers) - offers.live)
        return np.asarray(np.maximum(0, np.minimum(units, room)), dtype=np.int64)

    def units(self, rows: I64) -> I64:
        """How many units a larger party could hold there if it moved others."""
        offers = self.rows.view.take(rows)
        spoken = np.array([self.spoken[key] for key in keys_of(offers)], dtype=np.int64)
        units = np.where(offers.exclusive & (spoken > 0), 0, offers.free - spoken)
        return np.asarray(np.where(caps(offers) > offers.live, units, 0), dtype=np.int64)

    def set_level(self, slot: int) -> None:
        """How pressing a need is by its columns."""
        if slot >= len(self.level):
            self.level = np.resize(self.level, len(self.needs.view))
        needs = self.needs.view
        self.level[slot] = level(needs.urgency[slot : slot + 1], needs.waited_h[slot : slot + 1])[0]

    def held(self, slot: int) -> bool:
        """Whether a live proposal keeps this need out of the plan."""
        return bool(self.needs.view.live[slot] > 0)

    def speak(self, need: int) -> set[int]:
        """Let the best live proposal of a need speak for its units; slots of rows this changes."""
        changed = self.fall_silent(need)
        asked = self.live.get(need)
        if asked:
            key = min(asked, key=lambda each: (asked[each], each))
            slot = self.needs.slot.get((need, 0))
            units = 1 if slot is None else int(self.needs.view.size[slot])
            changed |= self.take(need, key, units)
        return changed

    def take(self, need: int, key: Key, units: int) -> set[int]:
        """Let a need hold units of a row."""
        self.taken[need] = (key, units)
        self.spoken[key] += units
        return {self.rows.slot[key]} if key in self.rows.slot else set()

    def fall_silent(self, need: int) -> set[int]:
        """Let a need hold nothing; slots of rows this changes."""
        key, units = self.taken.pop(need, ((0, 0), 0))
        self.spoken[key] -= units
        return {self.rows.slot[key]} if units and key in self.rows.slot else set()

    def pairs_of_need(self, slot: int) -> Edges:
        """All rows that this need may meet, likeliest first."""
        needs, offers = self.needs.view, self.rows.view
        where = int(needs.category[slot]), needs.xyz[slot], float(needs.radius[slot])
        rows = self.rows.near(*where, remote=bool(needs.remote[slot]))
        return self._allowed(np.array([slot]), rows[offers.free[rows] > 0], len(rows))

    def pairs_of_row(self, slot: int) -> Edges:
        """All present needs that may meet this row."""
        offers = self.rows.view
        where = int(offers.category[slot]), offers.xyz[slot], float(offers.radius[slot])
        needs = self.needs.near(*where, remote=bool(offers.remote[slot]))
        present = needs[self.net.needs[needs, AT] != ABSENT]
        return self._allowed(present, np.array([slot]), 1)

    def _allowed(self, needs: I64, rows: I64, k: int) -> Edges:
        least = self.policy.p_min
        found = candidates(self.market(), self.weights, needs=needs, rows=rows, k=k, floor=least)
        asked, first = np.unique(found.need, return_inverse=True)
        floor = self.floor(self.needs.view.take(asked))[first]
        ending = self.rows.view.ends_h[found.row] <= self.policy.last_chance_h
        found = found.take(ending | (found.p >= floor))
        return found.take(~self._apart(found)) if self.barred or self.blocked else found

    def _apart(self, edges: Edges) -> Bool:
        """Pairs that are barred, or of owners who block one another."""
        needs, offers = self.needs.view, self.rows.view
        apart = np.zeros(len(edges), dtype=np.bool_)
        for need in np.unique(edges.need).tolist():
            never = self.barred.get(int(needs.id[need]))
            enemies = self.blocked.get(int(needs.owner[need]))
            if never or enemies:
                own = np.flatnonzero(edges.need == need)
                row = edges.row[own]
                apart[own] |= np.isin(offers.id[row], list(never or ()))
                apart[own] |= np.isin(offers.owner[row], list(enemies or ()))
        return apart

    def problem(self) -> tuple[Problem, Assignment]:
        """The net as a problem, with its plan and prices; needs and rows by slot."""
        net = self.net
        need, row, w = pairs_in(net.needs, AHEAD, net.ahead)
        present = (net.needs[need, AT] != ABSENT) & (net.rows[row, CAPACITY] > 0)
        need, row, w = need[present], row[present], w[present]
        capacity = net.rows[:, CAPACITY].copy()
        used = np.flatnonzero(net.needs[need, AT] == row)
        edge = np.full(len(net.needs), -1, dtype=np.int64)
        edge[need[used]] = used
        y, price = net.needs[:, Y], net.rows[:, PRICE]
        value, bound = int(w[used].sum()), int(y.sum() + (price * capacity).sum())
        problem = Problem(need.astype(np.int32), row.astype(np.int32), w, capacity, len(edge))
        return problem, Assignment(edge, frozen(y), frozen(price), value, bound, value == bound)

    def planned(self, need: int) -> Key | None:
        """The row that the plan has for a need without live proposals."""
        slot = self.needs.slot.get((need, 0))
        if slot is None or self.live.get(need):
            return None
        if need in self.taken:
            return self.taken[need][0]
        return self.key(int(self.net.needs[slot, AT]))

    def key(self, row: int) -> Key | None:
        """What the row of this slot is called; None for no row."""
        offers = self.rows.view
        return (int(offers.id[row]), int(offers.occurrence[row])) if row >= 0 else None

    def plan(self) -> dict[int, Key]:
        """The row of each need that the plan serves, live proposals left out."""
        rows = {need: self.planned(need) for need, _ in self.needs.slot}
        return {need: key for need, key in rows.items() if key is not None}


def _listed(pairs: I64) -> dict[int, set[int]]:
    listed: dict[int, set[int]] = defaultdict(set)
    for left, right in pairs.tolist():
        listed[left].add(right)
    return listed


def _adopt(net: Net, problem: Problem, plan: Assignment, present: I64) -> None:
    """Stand everyone where a proven plan has them, at its prices."""
    net.needs[present, AT] = NOWHERE
    served = np.flatnonzero(plan.edge >= 0)
    used = plan.edge[served]
    net.needs[served, AT] = problem.row[used]
    net.needs[:, Y] = plan.y
    net.rows[:, PRICE] = np.where(problem.capacity > 0, plan.price, 0)
    order = used[np.argsort(problem.row[used], kind="stable")]
    rows, first, count = np.unique(problem.row[order], return_index=True, return_counts=True)
    slot = net.rows[problem.row[order], HELD] + np.arange(len(order)) - np.repeat(first, count)
    net.held[slot] = np.column_stack((problem.need[order], problem.w[order]))
    net.rows[rows, HELD + LENGTH] = count

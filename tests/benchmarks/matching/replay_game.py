"""One policy lives through a world: proposals go out, answers come back, people leave."""

from collections.abc import Iterator
from heapq import heappop, heappush
from math import exp
from typing import Protocol

import numpy as np

from tests.benchmarks.matching.replay_world import AFTER, BEFORE, DAY, DAYS, World

TICK = 5 / 60
_FADE_H = 48.0
_MUTES = 0.05
COME, OPEN, LEAVE, CLOSE, ANSWER = range(5)


class Rule(Protocol):
    """A policy: called whenever something changed, or when it asked to be called again."""

    def act(self, game: "Game") -> None:
        """Send proposals."""


class Game:
    """What is so at `now`; a rule reads it and calls `send`."""

    def __init__(self, world: World) -> None:
        n, m = len(world.comes), len(world.opens)
        self.world, self.now = world, -BEFORE * DAY
        self.waiting: set[int] = set()
        self.present: set[int] = set()
        self.free = world.market.offers.free.astype(np.int64)
        self.capacity = self.free.copy()
        self.live_of_need: list[dict[int, int]] = [{} for _ in range(n)]  # row -> edge
        self.live_of_row: list[set[int]] = [set() for _ in range(m)]
        self.asked = np.zeros(len(world.edges), dtype=np.bool_)
        self.served = np.zeros(n, dtype=np.bool_)
        self.sent = 0
        self.flooded = np.zeros(m, dtype=np.bool_)
        self.changed: set[int] = set()  # needs for which something changed
        self.freed: set[int] = set()  # rows that may be asked again
        self._recent = np.zeros(m)
        self._recent_at = np.zeros(m)
        self._events: list[tuple[float, int, int, int]] = []
        for kind, times in ((COME, world.comes), (OPEN, world.opens)):
            for one, time in enumerate(times.tolist()):
                heappush(self._events, (time, kind, one, 0))
        for kind, times in ((LEAVE, world.leaves), (CLOSE, world.closes)):
            for one, time in enumerate(times.tolist()):
                heappush(self._events, (time, kind, one, 0))

    def play(self, rule: Rule) -> None:
        """From two days before the first need to three days after the last."""
        for tick in ticks():
            self.now = tick
            while self._events and self._events[0][0] <= tick:
                _, kind, one, edge = heappop(self._events)
                self._happen(kind, one, edge)
            rule.act(self)

    def recent(self, row: int) -> float:
        """Proposals this owner got, fading over 48 h."""
        return float(self._recent[row]) * exp((self._recent_at[row] - self.now) / _FADE_H)

    def send(self, edge: int) -> None:
        """One proposal; its answer is drawn already, but tired people say yes less often."""
        world = self.world
        need, row = int(world.edges.need[edge]), int(world.edges.row[edge])
        self._recent[row] = self.recent(row) + 1
        self._recent_at[row] = self.now
        tired = max(0.0, self._recent[row] - 2 * self.capacity[row] - 1)
        if self._recent[row] > 6 + 2 * self.capacity[row]:
            self.flooded[row] = True
        self.sent += 1
        self.asked[edge] = True
        self.live_of_need[need][row] = edge
        self.live_of_row[row].add(need)
        yes = world.luck[edge] < world.truth[edge] / (1 + tired / 2)
        heappush(self._events, (self.now + world.delay[edge], ANSWER, int(yes), edge))

    def _happen(self, kind: int, one: int, edge: int) -> None:
        if kind == COME:
            self.waiting.add(one)
            self.changed.add(one)
        elif kind == OPEN:
            self.present.add(one)
            self.freed.add(one)
        elif kind == LEAVE:
            self._gone(one)
        elif kind == CLOSE:
            self._closed(one)
        else:
            self._answered(edge, yes=bool(one))

    def _withdraw(self, need: int, row: int) -> None:
        del self.live_of_need[need][row]
        self.live_of_row[row].discard(need)
        self.freed.add(row)
        self.changed.add(need)

    def _gone(self, need: int) -> None:
        self.waiting.discard(need)
        for row in list(self.live_of_need[need]):
            self._withdraw(need, row)

    def _closed(self, row: int) -> None:
        self.present.discard(row)
        for need in list(self.live_of_row[row]):
            self._withdraw(need, row)

    def _answered(self, edge: int, *, yes: bool) -> None:
        world = self.world
        need, row = int(world.edges.need[edge]), int(world.edges.row[edge])
        if self.live_of_need[need].get(row) != edge:
            return
        self._withdraw(need, row)
        if self.flooded[row] and world.mutes[row] < _MUTES:
            self._closed(row)
        elif yes and self.free[row] >= world.market.needs.size[need]:
            self.served[need] = True
            self.free[row] -= world.market.needs.size[need]
            self._gone(need)
            for other in list(self.live_of_row[row]):
                if world.market.needs.size[other] > self.free[row]:
                    self._withdraw(other, row)


def ticks() -> Iterator[float]:
    """Every five minutes, in hours."""
    for tick in range(round((DAYS + AFTER + BEFORE) * DAY / TICK) + 1):
        yield tick * TICK - BEFORE * DAY

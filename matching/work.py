"""The steps that one event sets off, and the pairings that moved by it."""

from dataclasses import dataclass

import numpy as np

from matching.assign import worth
from matching.augment import run
from matching.candidates import Edges
from matching.columns import I64
from matching.growing import Key
from matching.net import (
    AHEAD,
    AT,
    BACK,
    CAPACITY,
    CLOSE,
    ENTER,
    HELD,
    LENGTH,
    MOVED,
    OPEN,
    PAIR,
    PRICE,
    START,
    Y,
    steps_of,
    with_room,
)
from matching.state import State

_BEST_NOW = 4  # pairs of a need that gain most at today's prices, beside its likeliest
_ROW_GAINS = 40  # pairs of a row, likewise
_ROW_LIKELY = 20
_EJECT = 4  # rows on which a larger party may try to move others


@dataclass(frozen=True)
class Move:
    """A need, and the row the plan had and has for it."""

    need: int
    before: Key | None
    after: Key | None


Delta = tuple[Move, ...]


class Work:
    """The steps of one event, and what they moved."""

    def __init__(self, state: State) -> None:
        self.state = state
        self._steps: list[I64] = []
        self._before: dict[int, Key | None] = {}
        self._freed: set[int] = set()

    def add(self, what: int, *, need: I64 | int = 0, row: I64 | int = 0, w: I64 | int = 0) -> None:
        self._steps.append(steps_of(what, need=need, row=row, w=w))

    def run(self) -> None:
        """Take the steps so far."""
        state = self.state
        none = np.zeros((0, 4), dtype=np.int64)
        steps = np.concatenate((none, *self._steps))
        self._steps = []
        state.net = with_room(state.net, steps, len(state.needs.view), len(state.rows.view))
        if not len(steps):
            return
        run(state.net, steps)
        for slot, row in state.net.moves[: state.net.clock[MOVED]].tolist():
            self._before.setdefault(int(state.needs.view.id[slot]), state.key(row))

    def settle(self, rows: set[int]) -> None:
        """Open and close places until each row has what its facts allow."""
        self.run()
        named = np.array(sorted(rows), dtype=np.int64)
        more = self.state.places(named) - self.state.net.rows[named, CAPACITY]
        for row, count in zip(named.tolist(), more.tolist(), strict=True):
            if count > 0:
                self._freed.add(row)
            self.add(OPEN if count > 0 else CLOSE, row=np.full(abs(count), row))
        self.run()

    def enter(self, slot: int) -> None:
        """Bring a need in, with the likeliest rows and those that are worth most now."""
        state = self.state
        if state.held(slot):
            return
        if state.needs.view.size[slot] > 1:
            self.place_party(slot)
            return
        edges = state.pairs_of_need(slot)
        rows = state.net.rows
        now = edges.q - rows[edges.row, PRICE]
        now[rows[edges.row, CAPACITY] == 0] = -1
        k = state.policy.shortlist
        best = np.argsort(-now, kind="stable")[:_BEST_NOW]
        edges = edges.take(np.union1d(np.arange(min(k, len(edges))), best[now[best] > 0]))
        self.add(PAIR, need=slot, row=edges.row, w=worth(state.level[[slot]], edges.q))
        self.add(ENTER, need=slot)

    def pair_row(self, slot: int) -> None:
        """Give a closed row its pairs: who would gain most, and who is likeliest."""
        state, net = self.state, self.state.net
        edges = state.pairs_of_row(slot)
        if slot < len(net.rows):
            first = net.rows[slot, BACK + START]
            known = net.back[first : first + net.rows[slot, BACK + LENGTH], 0]
            edges = edges.take(~np.isin(edges.need, known))
        w = worth(state.level[edges.need], edges.q)
        gain = w - net.needs[edges.need, Y]
        most = np.argsort(-gain, kind="stable")[:_ROW_GAINS]
        likely = np.argsort(-edges.p, kind="stable")[:_ROW_LIKELY]
        chosen = np.union1d(most[gain[most] > 0], likely)
        self.add(PAIR, need=edges.need[chosen], row=slot, w=w[chosen])

    def place_party(self, slot: int) -> None:
        """Let a larger party hold units: where they are free, else where most is gained by it."""
        state = self.state
        size, id_ = int(state.needs.view.size[slot]), int(state.needs.view.id[slot])
        edges = state.pairs_of_need(slot)
        edges = edges.take(self._roomy(edges, size))
        self.remember(id_)
        free = state.places(edges.row) - state.net.rows[edges.row, HELD + LENGTH] >= size
        order = np.concatenate((np.flatnonzero(free)[:1], np.flatnonzero(~free)[:_EJECT]))
        for i in order.tolist():
            row = int(edges.row[i])
            if self._tried(id_, row, size, int(size * worth(state.level[slot], edges.q[i]))):
                return
        for row in edges.row.tolist():
            state.waiting[row].add(id_)

    def _roomy(self, edges: Edges, size: int) -> I64:
        """Edges whose row could take the party if it moved others."""
        return np.flatnonzero(self.state.units(edges.row) >= size)

    def _tried(self, need: int, row: int, size: int, gain: int) -> bool:
        """Take the units; give them back if others lose more by it."""
        state = self.state
        key = state.key(row)
        if key is None:
            return False
        seen, self._before = self._before, {}
        self.settle(state.take(need, key, size))
        lost = self._lost()
        if lost >= gain:
            self.settle(state.fall_silent(need))
        self._before |= seen
        return lost < gain

    def _lost(self) -> int:
        """By how much the pairings that moved since are worth less."""
        state, net = self.state, self.state.net
        lost = 0
        for id_, before in self._before.items():
            slot = state.needs.slot[id_, 0]
            first = net.needs[slot, AHEAD + START]
            pairs = net.ahead[first : first + net.needs[slot, AHEAD + LENGTH]]
            was = state.rows.slot[before] if before else -1
            lost += int(pairs[pairs[:, 0] == was, 1].sum())
            lost -= int(pairs[pairs[:, 0] == net.needs[slot, AT], 1].sum())
        return lost

    def remember(self, need: int) -> None:
        """Where the plan has a need before this event moves it by hand."""
        self._before.setdefault(need, self.state.planned(need))

    def retry(self) -> None:
        """Larger parties that wait for a row which has places again."""
        state = self.state
        waiting = {need for row in self._freed for need in state.waiting.pop(row, ())}
        slots = [state.needs.slot[need, 0] for need in waiting if (need, 0) in state.needs.slot]
        for slot in sorted(slots, key=lambda each: (-state.level[each], each)):
            if not state.held(slot) and int(state.needs.view.id[slot]) not in state.taken:
                self.place_party(slot)

    def delta(self) -> Delta:
        """What moved, by need."""
        now = ((need, was, self.state.planned(need)) for need, was in self._before.items())
        return tuple(Move(*each) for each in sorted(now) if each[1] != each[2])

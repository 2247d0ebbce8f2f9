"""A market in which things happen: it draws events that make sense and keeps its own books."""

from collections.abc import Callable, Sequence
from dataclasses import replace

import numpy as np

from matching.columns import I64
from matching.growing import Key, keys_of
from matching.incremental import Event, EventKind
from matching.market import Market, Needs, canonical

Planned = Callable[[int], Key | None]


class Pool:
    """Numbers, from which one is drawn in no time."""

    def __init__(self, numbers: I64) -> None:
        self.numbers = numbers.tolist()
        self._place = {number: place for place, number in enumerate(self.numbers)}

    def draw(self, draw: np.random.Generator) -> int:
        return int(self.numbers[draw.integers(len(self.numbers))])

    def add(self, number: int) -> None:
        self._place[number] = len(self.numbers)
        self.numbers.append(number)

    def drop(self, number: int) -> None:
        place, last = self._place.pop(number), self.numbers.pop()
        if last != number:
            self.numbers[place] = last
            self._place[last] = place

    def __contains__(self, number: int) -> bool:
        return number in self._place

    def __len__(self) -> int:
        return len(self.numbers)


class World:
    """Part of a market is there at first; `draw_event` names what happens, `take` writes it down.

    Kept apart from the engine's state: `market` is the snapshot a fresh engine would be given.
    """

    def __init__(self, market: Market, seed: int, kinds: Sequence[EventKind]) -> None:
        self.draw = np.random.default_rng(seed)
        self.kinds = list(kinds)
        self.all = market
        self.needs, self.absent = self._split(len(market.needs))
        self.rows, self.paused = self._split(len(market.offers))
        self.free = market.offers.free.copy()
        self.waited = market.needs.waited_h.copy()
        self.need_of = {int(id_): place for place, id_ in enumerate(market.needs.id)}
        self.row_of = {key: place for place, key in enumerate(keys_of(market.offers))}
        self.live: dict[tuple[int, Key], int] = {}
        for need, offer, occurrence, rank in market.live.tolist():
            self.live[need, (offer, occurrence)] = rank
        self.barred = set(map(tuple, market.barred.tolist()))

    def _split(self, count: int) -> tuple[Pool, Pool]:
        there = self.draw.random(count) < 0.8
        return Pool(np.flatnonzero(there)), Pool(np.flatnonzero(~there))

    def market(self) -> Market:
        """What is there now."""
        needs = replace(self.all.needs, waited_h=self.waited)
        offers = replace(self.all.offers, free=self.free)
        live = [(need, *key, rank) for (need, key), rank in self.live.items()]
        now = replace(
            self.all,
            needs=needs.take(np.array(sorted(self.needs.numbers), dtype=np.int64)),
            offers=offers.take(np.array(sorted(self.rows.numbers), dtype=np.int64)),
            live=np.array(live, dtype=np.int64).reshape(-1, 4),
            barred=np.array(sorted(self.barred), dtype=np.int64).reshape(-1, 2),
        )
        return canonical(now)

    def draw_event(self, planned: Planned) -> Event | None:
        """One thing that could happen now, or None; `planned` names the row of a need."""
        kind = self.kinds[self.draw.integers(len(self.kinds))]
        match kind:
            case EventKind.NEED_POSTED:
                return self._of_need(kind, self.absent)
            case EventKind.NEED_WITHDRAWN | EventKind.LEVEL_CHANGED:
                return self._of_need(kind, self.needs)
            case EventKind.OFFER_POSTED:
                return self._of_offer(kind, self.paused)
            case EventKind.PLACE_FREED | EventKind.PLACE_LOST | EventKind.OFFER_PAUSED:
                return self._of_offer(kind, self.rows)
            case EventKind.PROPOSAL_SENT:
                return self._of_plan(kind, planned)
            case _:
                known = [pair for pair in self.live if pair[1] in self.row_of]
                need, key = known[self.draw.integers(len(known))] if known else (0, (0, 0))
                return Event(kind, need, offer=key) if known else None

    def _of_plan(self, kind: EventKind, planned: Planned) -> Event | None:
        for _ in range(20 if len(self.needs) else 0):
            need = int(self.all.needs.id[self.needs.draw(self.draw)])
            key = planned(need)
            if key is not None:
                rank = 1 + sum(asked == need for asked, _ in self.live)
                return Event(kind, need, offer=key, rank=rank)
        return None

    def _of_offer(self, kind: EventKind, pool: Pool) -> Event | None:
        if not len(pool):
            return None
        place = pool.draw(self.draw)
        one = replace(self.all.offers, free=self.free).take(np.array([place]))
        return Event(kind, int(one.id[0]), one, offer=keys_of(one)[0])

    def _of_need(self, kind: EventKind, pool: Pool) -> Event | None:
        if not len(pool):
            return None
        place = pool.draw(self.draw)
        id_ = int(self.all.needs.id[place])
        waited = float(self.waited[place])
        if kind is EventKind.LEVEL_CHANGED:
            waited = max(0.0, waited + float(self.draw.integers(-60, 400)))
        one = self.all.needs.take(np.array([place]))
        return Event(kind, id_, replace(one, waited_h=np.array([waited], dtype=np.float32)))

    def take(self, event: Event) -> None:  # noqa: C901 - one case per kind of event
        """Write down what happened."""
        kind, key = event.kind, event.offer
        place, row = self.need_of.get(event.id, -1), self.row_of.get(key, -1)
        match kind:
            case EventKind.NEED_POSTED:
                self._move(place, self.absent, self.needs)
            case EventKind.NEED_WITHDRAWN:
                self._gone(event.id)
            case EventKind.LEVEL_CHANGED:
                assert isinstance(event.columns, Needs)
                self.waited[place] = event.columns.waited_h[0]
            case EventKind.PROPOSAL_SENT:
                self.live[event.id, key] = event.rank
            case EventKind.PROPOSAL_REFUSED:
                del self.live[event.id, key]
                self.barred.add((event.id, key[0]))
            case EventKind.PROPOSAL_CLOSED:
                del self.live[event.id, key]
            case EventKind.AGREED:
                left = self.free[row] - (self.all.needs.size[place] if place >= 0 else 1)
                self.free[row] = max(0, 0 if self.all.offers.exclusive[row] else left)
                self._gone(event.id)
            case EventKind.OFFER_POSTED:
                self._move(row, self.paused, self.rows)
            case EventKind.OFFER_PAUSED:
                for place in np.flatnonzero(self.all.offers.id == event.id).tolist():
                    self._move(place, self.rows, self.paused)
            case EventKind.PLACE_FREED:
                self.free[row] += 1
            case EventKind.PLACE_LOST:
                self.free[row] = max(0, self.free[row] - 1)

    def _gone(self, need: int) -> None:
        self._move(self.need_of.get(need, -1), self.needs, self.absent)
        for pair in [pair for pair in self.live if pair[0] == need]:
            del self.live[pair]

    @staticmethod
    def _move(number: int, source: Pool, target: Pool) -> None:
        if number in source:
            source.drop(number)
            target.add(number)

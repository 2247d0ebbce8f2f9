"""The plan kept up to date: each event ends in a proven optimum, after a path or a few.

Unsent pairings may move; a need with a live proposal has left the plan together with its place.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from enum import StrEnum

import numpy as np

from matching.assign import LEVEL_BITS, NotOptimalError, certify
from matching.columns import I64
from matching.growing import Key
from matching.market import Market, Needs, Offers
from matching.net import (
    ABSENT,
    AHEAD,
    AT,
    BACK,
    CAPACITY,
    CLOSE,
    HELD,
    LEAVE,
    LENGTH,
    PART,
    RAISE,
    SEND,
    START,
    pairs_in,
)
from matching.policy import Policy
from matching.score import Weights
from matching.state import State
from matching.work import Delta, Work


class EventKind(StrEnum):
    """What may happen to a market."""

    NEED_POSTED = "need_posted"  # or edited
    NEED_WITHDRAWN = "need_withdrawn"
    LEVEL_CHANGED = "level_changed"
    PROPOSAL_SENT = "proposal_sent"
    PROPOSAL_REFUSED = "proposal_refused"  # or expired: this pair is barred
    PROPOSAL_CLOSED = "proposal_closed"  # taken back: this pair may meet again
    AGREED = "agreed"
    OFFER_POSTED = "offer_posted"  # or edited, resumed, widened
    OFFER_PAUSED = "offer_paused"  # or withdrawn: all its occurrences
    PLACE_FREED = "place_freed"
    PLACE_LOST = "place_lost"


@dataclass(frozen=True)
class Event:
    """`id` is the need's, or the offer's for the events of offers.

    `columns` is one row, for what was posted or changed; `offer` names id and occurrence where
    a pair or one occurrence is meant; `rank` is the proposal's.
    """

    kind: EventKind
    id: int
    columns: Needs | Offers | None = None
    offer: Key = (0, 0)
    rank: int = 1


def start(market: Market, weights: Weights, policy: Policy) -> State:
    """The proven plan of a canonical snapshot, ready for events."""
    state = State(market, weights, policy)
    work = Work(state)
    for slot in np.flatnonzero(market.needs.size > 1).tolist():
        if not state.held(slot):
            work.place_party(slot)
    return state


def apply(state: State, event: Event) -> Delta:
    """Take one event in; every pairing that moved, by need."""
    work = Work(state)
    work.remember(event.id)
    _HANDLERS[event.kind](state, work, event)
    work.run()
    work.retry()
    return work.delta()


def _post_need(state: State, work: Work, event: Event) -> None:
    changed: set[int] = set()
    if (event.id, 0) in state.needs.slot:
        changed = _forget_need(state, work, event.id)
    if not isinstance(event.columns, Needs):
        raise TypeError("a need comes with its columns")
    slot = state.needs.put(event.columns)
    state.set_level(slot)
    asked = len(state.live.get(event.id, ()))
    state.needs.change(slot, "live", max(asked, int(state.needs.view.live[slot])))
    work.settle(changed | state.speak(event.id))
    work.enter(slot)


def _forget_need(state: State, work: Work, need: int) -> set[int]:
    """Take a need out; its proposals stay. Rows whose places change by it."""
    slot = state.needs.slot[need, 0]
    work.add(LEAVE, need=slot)
    work.run()
    state.needs.drop((need, 0))
    return state.fall_silent(need)


def _end_proposals(state: State, need: int) -> set[int]:
    """All live proposals of a need end; rows whose load changes."""
    rows = {state.rows.slot[key] for key in state.live.pop(need, {}) if key in state.rows.slot}
    for row in rows:
        state.rows.change(row, "live", int(state.rows.view.live[row]) - 1)
    return rows


def _withdraw_need(state: State, work: Work, event: Event) -> None:
    changed = _forget_need(state, work, event.id) if (event.id, 0) in state.needs.slot else set()
    work.settle(changed | _end_proposals(state, event.id) | state.fall_silent(event.id))


def _change_level(state: State, work: Work, event: Event) -> None:
    slot = state.needs.slot.get((event.id, 0))
    if slot is None or not isinstance(event.columns, Needs):
        return
    old = int(state.level[slot])
    state.needs.change(slot, "urgency", int(event.columns.urgency[0]))
    state.needs.change(slot, "waited_h", float(event.columns.waited_h[0]))
    state.set_level(slot)
    if state.net.needs[slot, AT] != ABSENT and state.level[slot] != old:
        work.add(RAISE, need=slot, w=(int(state.level[slot]) - old) << LEVEL_BITS)


def _send(state: State, work: Work, event: Event) -> None:
    need, row = state.needs.slot.get((event.id, 0)), state.rows.slot.get(event.offer)
    if event.offer in state.live[event.id]:
        return
    state.live[event.id][event.offer] = event.rank
    changed = state.speak(event.id)
    if need is not None:
        state.needs.change(need, "live", int(state.needs.view.live[need]) + 1)
        if state.net.needs[need, AT] != ABSENT:
            together = state.net.needs[need, AT] == row
            work.add(SEND if together else LEAVE, need=need)
    if row is not None:
        state.rows.change(row, "live", int(state.rows.view.live[row]) + 1)
        changed.add(row)
    work.settle(changed)


def _end(state: State, work: Work, event: Event) -> None:
    need, row = state.needs.slot.get((event.id, 0)), state.rows.slot.get(event.offer)
    if event.kind is EventKind.PROPOSAL_REFUSED:
        state.barred.setdefault(event.id, set()).add(event.offer[0])
    if state.live[event.id].pop(event.offer, None) is None:
        return
    changed = state.speak(event.id)
    if row is not None:
        state.rows.change(row, "live", int(state.rows.view.live[row]) - 1)
        changed.add(row)
    work.settle(changed)
    if need is not None:
        state.needs.change(need, "live", int(state.needs.view.live[need]) - 1)
        work.enter(need)


def _agree(state: State, work: Work, event: Event) -> None:
    slot, row = state.needs.slot.get((event.id, 0)), state.rows.slot.get(event.offer)
    size = 1 if slot is None else int(state.needs.view.size[slot])
    changed = _forget_need(state, work, event.id) if slot is not None else set()
    changed |= _end_proposals(state, event.id) | state.fall_silent(event.id)
    if row is not None:
        free = 0 if state.rows.view.exclusive[row] else int(state.rows.view.free[row]) - size
        state.rows.change(row, "free", max(0, free))
        changed.add(row)
    work.settle(changed)


def _post_offer(state: State, work: Work, event: Event) -> None:
    if not isinstance(event.columns, Offers):
        raise TypeError("an offer comes with its columns")
    key = int(event.columns.id[0]), int(event.columns.occurrence[0])
    moved = _forget_row(state, work, key) if key in state.rows.slot else []
    slot = state.rows.put(event.columns)
    asked = sum(key in live for live in state.live.values())
    state.rows.change(slot, "live", max(asked, int(state.rows.view.live[slot])))
    work.pair_row(slot)
    work.settle({slot})
    for need in moved:
        work.place_party(state.needs.slot[need, 0])


def _forget_row(state: State, work: Work, key: Key) -> list[int]:
    """Take a row out; its proposals stay. Larger parties that stood there."""
    slot = state.rows.slot[key]
    work.add(CLOSE, row=np.full(state.net.rows[slot, CAPACITY], slot))
    first = state.net.rows[slot, BACK + START]
    needs = state.net.back[first : first + state.net.rows[slot, BACK + LENGTH], 0].copy()
    work.add(PART, need=needs, row=slot)
    work.run()
    state.rows.drop(key)
    state.waiting.pop(slot, None)
    moved = [
        need for need, (at, _) in state.taken.items() if at == key and not state.live.get(need)
    ]
    for need in moved:
        work.remember(need)
        state.fall_silent(need)
    return moved


def _pause_offer(state: State, work: Work, event: Event) -> None:
    for key in sorted(state.rows.keys.get(event.id, ())):
        for need in _forget_row(state, work, key):
            work.place_party(state.needs.slot[need, 0])


def _change_places(state: State, work: Work, event: Event) -> None:
    row = state.rows.slot.get(event.offer)
    if row is None:
        return
    step = 1 if event.kind is EventKind.PLACE_FREED else -1
    state.rows.change(row, "free", max(0, int(state.rows.view.free[row]) + step))
    if step > 0 and state.net.rows[row, CAPACITY] == 0:
        work.pair_row(row)
    work.settle({row})


_HANDLERS: Mapping[EventKind, Callable[[State, Work, Event], None]] = {
    EventKind.NEED_POSTED: _post_need,
    EventKind.NEED_WITHDRAWN: _withdraw_need,
    EventKind.LEVEL_CHANGED: _change_level,
    EventKind.PROPOSAL_SENT: _send,
    EventKind.PROPOSAL_REFUSED: _end,
    EventKind.PROPOSAL_CLOSED: _end,
    EventKind.AGREED: _agree,
    EventKind.OFFER_POSTED: _post_offer,
    EventKind.OFFER_PAUSED: _pause_offer,
    EventKind.PLACE_FREED: _change_places,
    EventKind.PLACE_LOST: _change_places,
}


def check(state: State) -> None:
    """NotOptimalError unless the plan is proven best and the lists agree with one another."""
    problem, assignment = state.problem()
    certify(problem, assignment)
    net = state.net
    if not np.array_equal(
        _sorted(net.needs, AHEAD, net.ahead, 0), _sorted(net.rows, BACK, net.back, 1)
    ):
        raise NotOptimalError("a pair is listed from one end only")
    need, row, _ = _sorted(net.rows, HELD, net.held, 1)
    used = np.flatnonzero(net.needs[:, AT] >= 0)
    if not np.array_equal(need, used) or not np.array_equal(net.needs[used, AT], row):
        raise NotOptimalError("a row and a need do not agree on who stands where")
    rows = np.array(sorted(state.rows.slot.values()), dtype=np.int64)
    if not np.array_equal(net.rows[rows, CAPACITY], state.places(rows)):
        raise NotOptimalError("a row has more or fewer places than its facts allow")


def _sorted(table: I64, column: int, arena: I64, key_is: int) -> I64:
    """All pairs of a table as need, row, w, by need and row."""
    key, item, w = pairs_in(table, column, arena)
    need, row = (item, key) if key_is else (key, item)
    return np.array((need, row, w))[:, np.lexsort((row, need))]

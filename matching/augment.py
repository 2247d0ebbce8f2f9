"""Compiled: one shortest augmenting path at a time, in whole numbers, so nothing is ever rounded.

Reduced costs y + price - w are never negative, and 0 on every pair that holds. A search settles
rows by distance; then prices move by what is left to the best end, and the pairs along the path
shift by one. Chains shift from their far end, so no row is ever overfull. Ties: first found.
A kernel kept on disk does not notice a change in net.py or nearest.py: touch this file too.
"""

from matching.columns import I64
from matching.compiled import bare, compiled
from matching.nearest import (
    BEST,
    DISTANCE,
    END,
    ONTO,
    OTHER,
    VIA,
    begin,
    end_at,
    nearest,
    reach,
    reprice,
)
from matching.net import (
    ABSENT,
    AHEAD,
    AT,
    BACK,
    CAPACITY,
    CLOSE,
    ENTER,
    EVENT,
    HELD,
    LEAVE,
    LENGTH,
    MOVED,
    NOWHERE,
    OPEN,
    PAIR,
    PART,
    PRICE,
    RAISE,
    SEND,
    START,
    Net,
    Y,
    append,
    find,
    place,
    remove,
    take,
)


@bare
def _top(net: Net, need: int) -> int:
    """What a need would gain at today's prices."""
    top = 0
    first = net.needs[need, AHEAD + START]
    for slot in range(first, first + net.needs[need, AHEAD + LENGTH]):
        row = net.ahead[slot, 0]
        if net.rows[row, CAPACITY] > 0:
            top = max(top, net.ahead[slot, 1] - net.rows[row, PRICE])
    return top


@bare
def _look_ahead(net: Net, u: int, d: int) -> None:
    """From a need reached at distance d to the rows it could move to."""
    rows, ahead = net.rows, net.ahead
    base = d + net.needs[u, Y]
    first = net.needs[u, AHEAD + START]
    for slot in range(first, first + net.needs[u, AHEAD + LENGTH]):
        row = ahead[slot, 0]
        far = base + rows[row, PRICE] - ahead[slot, 1]
        if far >= net.clock[BEST] or rows[row, CAPACITY] == 0:
            continue
        if rows[row, HELD + LENGTH] < rows[row, CAPACITY]:
            rows[row, VIA] = u
            end_at(net, far, row, -1)
        else:
            reach(net, row, far, u, -1)


@bare
def _insert(net: Net, need: int) -> None:
    """Bring in a need that nothing serves: to a free place, or instead of the cheapest to drop."""
    top = _top(net, need)
    net.needs[need, Y] = top
    begin(net, top, -1, need)
    if top > 0:
        _look_ahead(net, need, 0)
    row = nearest(net)
    while row >= 0:
        d = net.rows[row, DISTANCE]
        for turn in range(net.rows[row, HELD + LENGTH]):
            u = net.held[net.rows[row, HELD + START] + turn, 0]
            if d + net.needs[u, Y] < net.clock[BEST]:
                end_at(net, d + net.needs[u, Y], row, u)
            _look_ahead(net, u, d)
        row = nearest(net)
    reprice(net, 1)
    net.needs[need, Y] = top - net.clock[BEST]
    if net.clock[OTHER] != need:
        _shift_in(net, need)


@bare
def _shift_in(net: Net, need: int) -> None:
    """Drop who is to be dropped, then move everyone on the path, from its end back to `need`."""
    row, dropped = net.clock[END], net.clock[OTHER]
    if dropped >= 0:
        remove(net.rows, HELD, net.held, row, dropped)
        place(net, dropped, NOWHERE)
    u = -1
    while u != need:
        u = net.rows[row, VIA]
        came_from = net.needs[u, AT]
        if u != need:
            remove(net.rows, HELD, net.held, came_from, u)
        take(net, u, row)
        row = came_from


@bare
def _look_back(net: Net, k: int) -> None:
    """From a row with a place to give to the needs that could move there."""
    base = net.rows[k, DISTANCE] + net.rows[k, PRICE]
    first = net.rows[k, BACK + START]
    for slot in range(first, first + net.rows[k, BACK + LENGTH]):
        u = net.back[slot, 0]
        row = net.needs[u, AT]
        far = base + net.needs[u, Y] - net.back[slot, 1]
        if far >= net.clock[BEST] or (row - k) * (row - ABSENT) == 0:
            continue
        if row == NOWHERE:
            end_at(net, far, k, u)
            continue
        reach(net, row, far, u, k)
        if net.rows[row, DISTANCE] + net.rows[row, PRICE] < net.clock[BEST]:
            end_at(net, net.rows[row, DISTANCE] + net.rows[row, PRICE], row, -1)


@bare
def _refill(net: Net, row: int) -> None:
    """Use a place that stands empty at a price: by a need from outside, or by moving one on."""
    if net.rows[row, PRICE] == 0 or net.rows[row, HELD + LENGTH] >= net.rows[row, CAPACITY]:
        return
    begin(net, net.rows[row, PRICE], row, -1)
    reach(net, row, 0, -1, -1)
    k = nearest(net)
    while k >= 0:
        _look_back(net, k)
        k = nearest(net)
    reprice(net, -1)
    _shift_on(net, row)


@bare
def _shift_on(net: Net, row: int) -> None:
    """Move everyone on the path, from its end back to the place that stood empty."""
    end, newcomer = net.clock[END], net.clock[OTHER]
    while end != row:
        u = net.rows[end, VIA]
        remove(net.rows, HELD, net.held, end, u)
        if newcomer >= 0:
            take(net, newcomer, end)
        newcomer, end = u, net.rows[end, ONTO]
    if newcomer >= 0:
        take(net, newcomer, row)


@bare
def _leave(net: Net, need: int) -> None:
    row = net.needs[need, AT]
    if row == ABSENT:
        return
    place(net, need, ABSENT)
    net.needs[need, Y] = 0
    if row >= 0:
        remove(net.rows, HELD, net.held, row, need)
        _refill(net, row)


@bare
def _send(net: Net, need: int) -> None:
    """A need and its place leave together: nothing else moves."""
    row = net.needs[need, AT]
    if row < 0:
        _leave(net, need)
        return
    place(net, need, ABSENT)
    net.needs[need, Y] = 0
    remove(net.rows, HELD, net.held, row, need)
    net.rows[row, CAPACITY] -= 1
    if net.rows[row, CAPACITY] == 0:
        net.rows[row, PRICE] = 0


@bare
def _clear(net: Net, need: int) -> None:
    """Forget the pairs of an absent need."""
    first = net.needs[need, AHEAD + START]
    for slot in range(first, first + net.needs[need, AHEAD + LENGTH]):
        remove(net.rows, BACK, net.back, net.ahead[slot, 0], need)
    net.needs[need, AHEAD + LENGTH] = 0


@bare
def _enter(net: Net, need: int) -> None:
    if net.needs[need, AT] == ABSENT:
        place(net, need, NOWHERE)
        _insert(net, need)


@bare
def _pair(net: Net, need: int, row: int, w: int) -> None:
    """One more pair; a present need that would gain by it leaves, and has to enter again."""
    if net.rows[row, CAPACITY] > 0 and w > net.needs[need, Y] + net.rows[row, PRICE]:
        _leave(net, need)
    append(net.needs, AHEAD, net.ahead, need, row, w)
    append(net.rows, BACK, net.back, row, need, w)


@bare
def _part(net: Net, need: int, row: int) -> None:
    """One pair less; a need that stands there leaves, and has to enter again."""
    if net.needs[need, AT] == row:
        _leave(net, need)
    remove(net.needs, AHEAD, net.ahead, need, row)
    remove(net.rows, BACK, net.back, row, need)


@bare
def _open(net: Net, row: int) -> None:
    """A place more; at price 0 a row that reopens would never see who gains by it."""
    rows, needs, back = net.rows, net.needs, net.back
    if rows[row, CAPACITY] == 0:
        dear = 0
        first = rows[row, BACK + START]
        for slot in range(first, first + rows[row, BACK + LENGTH]):
            u = back[slot, 0]
            if needs[u, AT] != ABSENT:
                dear = max(dear, back[slot, 1] - needs[u, Y])
        rows[row, PRICE] = dear
    rows[row, CAPACITY] += 1
    _refill(net, row)


@bare
def _close(net: Net, row: int) -> None:
    """A place less; if all are taken, the holder of smallest w looks for another."""
    rows, held = net.rows, net.held
    if rows[row, CAPACITY] == 0:
        return
    rows[row, CAPACITY] -= 1
    out = -1
    if rows[row, HELD + LENGTH] > rows[row, CAPACITY]:
        first = rows[row, HELD + START]
        least = first
        for slot in range(first, first + rows[row, HELD + LENGTH]):
            if held[slot, 1] < held[least, 1]:
                least = slot
        out = held[least, 0]
        remove(rows, HELD, held, row, out)
        place(net, out, NOWHERE)
    if rows[row, CAPACITY] == 0:
        rows[row, PRICE] = 0
    if out >= 0:
        _insert(net, out)


@bare
def _raise(net: Net, need: int, by: int) -> None:
    """All pairs of a need are worth more, or less; a need that stands and gains stays."""
    needs, rows, ahead = net.needs, net.rows, net.ahead
    row = needs[need, AT]
    stays = row >= 0 and by > 0
    if not stays:
        _leave(net, need)
    first = needs[need, AHEAD + START]
    for slot in range(first, first + needs[need, AHEAD + LENGTH]):
        ahead[slot, 1] += by
        net.back[find(rows, BACK, net.back, ahead[slot, 0], need), 1] += by
    if stays:
        needs[need, Y] += by
        net.held[find(rows, HELD, net.held, row, need), 1] += by
    elif row != ABSENT:
        _enter(net, need)


@compiled
def bring_in(net: Net, steps: I64) -> None:
    """Take each step (ENTER or PAIR, need, row, w): all that a plan made at once takes."""
    net.clock[EVENT] += 1
    net.clock[MOVED] = 0
    for step in range(len(steps)):
        what, need, row, w = steps[step, 0], steps[step, 1], steps[step, 2], steps[step, 3]
        if what == ENTER:
            _enter(net, need)
        else:
            _pair(net, need, row, w)


@compiled
def run(net: Net, steps: I64) -> None:
    """Take any step (what, need, row, w), in lists with room; then the plan is best again."""
    net.clock[EVENT] += 1
    net.clock[MOVED] = 0
    for step in range(len(steps)):
        what, need, row, w = steps[step, 0], steps[step, 1], steps[step, 2], steps[step, 3]
        if what == ENTER:
            _enter(net, need)
        elif what == LEAVE:
            _leave(net, need)
            _clear(net, need)
        elif what == SEND:
            _send(net, need)
            _clear(net, need)
        elif what == PAIR:
            _pair(net, need, row, w)
        elif what == PART:
            _part(net, need, row)
        elif what == OPEN:
            _open(net, row)
        elif what == CLOSE:
            _close(net, row)
        elif what == RAISE:
            _raise(net, need, w)

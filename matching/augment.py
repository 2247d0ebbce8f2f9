"""Compiled: one shortest augmenting path at a time, in whole numbers, so nothing is ever rounded.

Reduced costs y + price - w are never negative, and 0 on every pair that holds. A search settles
rows by distance; then prices move by what is left to the best end, and the pairs along the path
shift by one. Chains shift from their far end, so no row is ever overfull. Ties: first found.
The kernel kept on disk does not notice a change in net.py: touch this file too.
"""

from matching.columns import I64
from matching.compiled import bare, compiled
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
    SPARE_COLUMN,
    SPARE_COUNTER,
    START,
    Net,
    Y,
    append,
    find,
    place,
    remove,
    take,
)

# columns of a row that serve one search: which, how far, where in the heap, who comes whereto
SEEN, DISTANCE, PLACE, VIA, ONTO = range(SPARE_COLUMN, SPARE_COLUMN + 5)
# counters: which search, its best end so far and who is dropped or comes in there, how many rows
# wait in the heap, how many are settled
SEARCH, BEST, END, OTHER, WAITING, SETTLED = range(SPARE_COUNTER, SPARE_COUNTER + 6)


@bare
def _before(rows: I64, one: int, other: int) -> bool:
    near, far = rows[one, DISTANCE], rows[other, DISTANCE]
    return near < far or (near == far and one < other)


@bare
def _rise(heap: I64, rows: I64, spot: int) -> None:
    row = heap[spot]
    while spot > 0:
        above = (spot - 1) // 2
        if not _before(rows, row, heap[above]):
            break
        heap[spot] = heap[above]
        rows[heap[spot], PLACE] = spot
        spot = above
    heap[spot] = row
    rows[row, PLACE] = spot


@bare
def _end_at(net: Net, best: int, end: int, other: int) -> None:
    net.clock[BEST], net.clock[END], net.clock[OTHER] = best, end, other


@bare
def _begin(net: Net, best: int, end: int, other: int) -> None:
    """A new search: the best end known so far, and nothing reached."""
    net.clock[SEARCH] += 1
    net.clock[WAITING], net.clock[SETTLED] = 0, 0
    _end_at(net, best, end, other)


@bare
def _reach(net: Net, row: int, far: int, via: int, onto: int) -> None:
    """Note a way to a row if none so short is known."""
    rows, heap = net.rows, net.heap
    fresh = rows[row, SEEN] != net.clock[SEARCH]
    if not fresh and far >= rows[row, DISTANCE]:
        return
    rows[row, DISTANCE], rows[row, VIA], rows[row, ONTO] = far, via, onto
    if fresh:
        rows[row, SEEN] = net.clock[SEARCH]
        rows[row, PLACE] = net.clock[WAITING]
        heap[net.clock[WAITING]] = row
        net.clock[WAITING] += 1
    _rise(heap, rows, rows[row, PLACE])


@bare
def _nearest(net: Net) -> int:
    """Settle the nearest row that waits; -1 when none lies before the best end."""
    rows, heap = net.rows, net.heap
    nearest = heap[0]
    if net.clock[WAITING] == 0 or rows[nearest, DISTANCE] >= net.clock[BEST]:
        return -1
    net.settled[net.clock[SETTLED]] = nearest
    net.clock[SETTLED] += 1
    net.clock[WAITING] -= 1
    size = net.clock[WAITING]
    row = heap[size]
    spot = 0
    while 2 * spot + 1 < size:
        below = 2 * spot + 1
        if below + 1 < size and _before(rows, heap[below + 1], heap[below]):
            below += 1
        if not _before(rows, heap[below], row):
            break
        heap[spot] = heap[below]
        rows[heap[spot], PLACE] = spot
        spot = below
    heap[spot] = row
    rows[row, PLACE] = spot
    return int(nearest)


@bare
def _reprice(net: Net, sign: int) -> None:
    """What is left to the best end goes on the price of each settled row and off its holders."""
    for spot in range(net.clock[SETTLED]):
        row = net.settled[spot]
        rest = sign * (net.clock[BEST] - net.rows[row, DISTANCE])
        net.rows[row, PRICE] += rest
        first = net.rows[row, HELD + START]
        for slot in range(first, first + net.rows[row, HELD + LENGTH]):
            net.needs[net.held[slot, 0], Y] -= rest


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
            _end_at(net, far, row, -1)
        else:
            _reach(net, row, far, u, -1)


@bare
def _insert(net: Net, need: int) -> None:
    """Bring in a need that nothing serves: to a free place, or instead of the cheapest to drop."""
    top = _top(net, need)
    net.needs[need, Y] = top
    _begin(net, top, -1, need)
    if top > 0:
        _look_ahead(net, need, 0)
    row = _nearest(net)
    while row >= 0:
        d = net.rows[row, DISTANCE]
        for turn in range(net.rows[row, HELD + LENGTH]):
            u = net.held[net.rows[row, HELD + START] + turn, 0]
            if d + net.needs[u, Y] < net.clock[BEST]:
                _end_at(net, d + net.needs[u, Y], row, u)
            _look_ahead(net, u, d)
        row = _nearest(net)
    _reprice(net, 1)
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
            _end_at(net, far, k, u)
            continue
        _reach(net, row, far, u, k)
        if net.rows[row, DISTANCE] + net.rows[row, PRICE] < net.clock[BEST]:
            _end_at(net, net.rows[row, DISTANCE] + net.rows[row, PRICE], row, -1)


@bare
def _refill(net: Net, row: int) -> None:
    """Use a place that stands empty at a price: by a need from outside, or by moving one on."""
    if net.rows[row, PRICE] == 0 or net.rows[row, HELD + LENGTH] >= net.rows[row, CAPACITY]:
        return
    _begin(net, net.rows[row, PRICE], row, -1)
    _reach(net, row, 0, -1, -1)
    k = _nearest(net)
    while k >= 0:
        _look_back(net, k)
        k = _nearest(net)
    _reprice(net, -1)
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
def run(net: Net, steps: I64) -> None:
    """Take each step (what, need, row, w), in lists with room; then the plan is best again."""
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

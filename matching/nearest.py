"""Compiled: rows settled one after the other by distance, until none lies before the best end."""

from matching.columns import I64
from matching.compiled import bare
from matching.net import HELD, LENGTH, PRICE, SPARE_COLUMN, SPARE_COUNTER, START, Net, Y

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
def end_at(net: Net, best: int, end: int, other: int) -> None:
    net.clock[BEST], net.clock[END], net.clock[OTHER] = best, end, other


@bare
def begin(net: Net, best: int, end: int, other: int) -> None:
    """A new search: the best end known so far, and nothing reached."""
    net.clock[SEARCH] += 1
    net.clock[WAITING], net.clock[SETTLED] = 0, 0
    end_at(net, best, end, other)


@bare
def reach(net: Net, row: int, far: int, via: int, onto: int) -> None:
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
def nearest(net: Net) -> int:
    """Settle the nearest row that waits; -1 when none lies before the best end."""
    rows, heap = net.rows, net.heap
    next_ = heap[0]
    if net.clock[WAITING] == 0 or rows[next_, DISTANCE] >= net.clock[BEST]:
        return -1
    net.settled[net.clock[SETTLED]] = next_
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
    return int(next_)


@bare
def reprice(net: Net, sign: int) -> None:
    """What is left to the best end goes on the price of each settled row and off its holders."""
    for spot in range(net.clock[SETTLED]):
        row = net.settled[spot]
        rest = sign * (net.clock[BEST] - net.rows[row, DISTANCE])
        net.rows[row, PRICE] += rest
        first = net.rows[row, HELD + START]
        for slot in range(first, first + net.rows[row, HELD + LENGTH]):
            net.needs[net.held[slot, 0], Y] -= rest

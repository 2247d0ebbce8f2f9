"""The graph that the compiled searches walk, in a few flat tables of whole numbers.

Needs and rows are numbered from 0. A list is a stretch of an arena of (item, w), and its owner
writes down start, length and room; spare room means that an event seldom has to move a list.
"""

from typing import NamedTuple

import numpy as np

from matching.columns import I64
from matching.compiled import bare, compiled

NOWHERE = -1  # present, but no row serves it
ABSENT = -2  # not in the plan

START, LENGTH, ROOM = range(3)  # of a list, counted from its first column
# columns of a need: its pairs, its dual, its row, and the event in which it last moved
AHEAD, Y, AT, MOVED_AT = 0, 3, 4, 5
NEED_COLUMNS = 6
_SPARE = 4
# columns of a row: holders, all pairs, places, price, and what one search notes
HELD, BACK, CAPACITY, PRICE, SPARE_COLUMN = 0, 3, 6, 7, 8
ROW_COLUMNS = 13
EVENT, MOVED, SPARE_COUNTER = range(3)  # counters in `clock`: which event, how many moved in it
COUNTERS = 9

# steps of `augment.run`: what, need, row, w
ENTER, LEAVE, SEND, PAIR, PART, OPEN, CLOSE, RAISE = range(8)


class Net(NamedTuple):
    """`ahead` lists (row, w) by need, `back` (need, w) by row, `held` (need, w) on a row's places.

    `heap` and `settled` serve one search; `moves` holds who moved in an event, and from where.
    """

    needs: I64
    rows: I64
    ahead: I64
    back: I64
    held: I64
    heap: I64
    settled: I64
    moves: I64
    clock: I64


@bare
def append(table: I64, column: int, arena: I64, key: int, item: int, w: int) -> None:  # noqa: PLR0917 - a kernel
    slot = table[key, column + START] + table[key, column + LENGTH]
    arena[slot, 0] = item
    arena[slot, 1] = w
    table[key, column + LENGTH] += 1


@bare
def find(table: I64, column: int, arena: I64, key: int, item: int) -> int:
    first = table[key, column + START]
    for slot in range(first, first + table[key, column + LENGTH]):
        if arena[slot, 0] == item:
            return slot
    return -1


@bare
def remove(table: I64, column: int, arena: I64, key: int, item: int) -> None:
    """Take an item out of its list; those behind it move up."""
    slot = find(table, column, arena, key, item)
    if slot < 0:
        return
    table[key, column + LENGTH] -= 1
    for spot in range(slot, table[key, column + START] + table[key, column + LENGTH]):
        arena[spot, 0] = arena[spot + 1, 0]
        arena[spot, 1] = arena[spot + 1, 1]


@bare
def place(net: Net, need: int, row: int) -> None:
    """Write down where a need stands now and, once per event, where it stood before."""
    needs = net.needs
    if needs[need, MOVED_AT] != net.clock[EVENT]:
        needs[need, MOVED_AT] = net.clock[EVENT]
        net.moves[net.clock[MOVED], 0] = need
        net.moves[net.clock[MOVED], 1] = needs[need, AT]
        net.clock[MOVED] += 1
    needs[need, AT] = row


@bare
def take(net: Net, need: int, row: int) -> None:
    w = net.ahead[find(net.needs, AHEAD, net.ahead, need, row), 1]
    append(net.rows, HELD, net.held, row, need, w)
    place(net, need, row)


def net_of(
    need: I64, row: I64, w: I64, capacity: I64, n: int, *, both_ways: bool, spare: int = 0
) -> Net:
    """These pairs, in the order given; nobody present, all prices 0.

    Without `both_ways` needs can only be brought in. Each list has `spare` room.
    """
    m = len(capacity)
    needs = np.zeros((n, NEED_COLUMNS), dtype=np.int64)
    needs[:, AT] = ABSENT
    rows = np.zeros((m, ROW_COLUMNS), dtype=np.int64)
    rows[:, CAPACITY] = capacity
    rows[:, HELD + ROOM] = np.minimum(capacity, n)
    for table, column, key in ((needs, AHEAD, need), (rows, BACK, row)):
        table[:, column + ROOM] = spare + np.bincount(key, minlength=len(table)) if spare else 0
    back = len(w) if both_ways else 0
    return Net(
        needs=needs,
        rows=rows,
        ahead=_listed(needs, AHEAD, need, row, w),
        back=_listed(rows, BACK, row[:back], need[:back], w[:back]),
        held=_listed(rows, HELD, row[:0], need[:0], w[:0]),
        heap=np.zeros(m, dtype=np.int64),
        settled=np.zeros(m, dtype=np.int64),
        moves=np.zeros((n, 2), dtype=np.int64),
        clock=np.zeros(COUNTERS, dtype=np.int64),
    )


@compiled
def _fill(table: I64, column: int, arena: I64, key: I64, item: I64, w: I64) -> None:  # noqa: PLR0917 - a kernel
    for place in range(len(key)):
        k = key[place]
        slot = table[k, column + START] + table[k, column + LENGTH]
        arena[slot, 0] = item[place]
        arena[slot, 1] = w[place]
        table[k, column + LENGTH] += 1


def _listed(table: I64, column: int, key: I64, item: I64, w: I64) -> I64:
    """An arena with these pairs by key; each list has the room asked for, or what it needs.

    The last entry of an arena says how much of it belongs to lists.
    """
    room = np.maximum(table[:, column + ROOM], np.bincount(key, minlength=len(table)))
    table[:, column + ROOM] = room
    table[:, column + START] = np.cumsum(room) - room
    table[:, column + LENGTH] = 0
    used = int(room.sum())
    arena = np.zeros((used + 1, 2), dtype=np.int64)
    arena[-1, 0] = used
    _fill(table, column, arena, key, item, w)
    return arena


def pairs_in(table: I64, column: int, arena: I64) -> tuple[I64, I64, I64]:
    """Key, item and w of all lists, by key."""
    length = table[:, column + LENGTH]
    key = np.repeat(np.arange(len(table)), length)
    first = np.cumsum(length) - length
    slot = np.arange(len(key)) + np.repeat(table[:, column + START] - first, length)
    return key, arena[slot, 0], arena[slot, 1]


def widened(net: Net, need: I64, row: I64) -> Net:
    """The same net with room for one more pair each time a need and a row are named."""
    key, item, w = pairs_in(net.needs, AHEAD, net.ahead)
    for table, column, more in ((net.needs, AHEAD, need), (net.rows, BACK, row)):
        length = np.bincount(key if table is net.needs else item, minlength=len(table))
        table[:, column + ROOM] = length + np.bincount(more, minlength=len(table))
    return net._replace(
        ahead=_listed(net.needs, AHEAD, key, item, w),
        back=_listed(net.rows, BACK, item, key, w),
    )


def steps_of(what: int, *, need: I64 | int = 0, row: I64 | int = 0, w: I64 | int = 0) -> I64:
    """Steps of one kind, as many as the longest column."""
    return np.column_stack(np.broadcast_arrays(np.int64(what), np.atleast_1d(need), row, w))


def with_room(net: Net, steps: I64, needs: int, rows: int) -> Net:
    """The same net with room for what the steps add, and for so many needs and rows at least."""
    net = _with_slots(net, needs, rows)
    paired, opened = steps[steps[:, 0] == PAIR], steps[steps[:, 0] == OPEN]
    ahead = (net.needs, AHEAD, AHEAD + LENGTH, net.ahead, paired[:, 1])
    back = (net.rows, BACK, BACK + LENGTH, net.back, paired[:, 2])
    held = (net.rows, HELD, CAPACITY, net.held, opened[:, 2])
    return net._replace(ahead=_roomy(*ahead), back=_roomy(*back), held=_roomy(*held))


def _with_slots(net: Net, n: int, m: int) -> Net:
    old_n, old_m = len(net.needs), len(net.rows)
    if n <= old_n and m <= old_m:
        return net
    needs = np.zeros((max(n, old_n), NEED_COLUMNS), dtype=np.int64)
    needs[:, AT] = ABSENT
    needs[:old_n] = net.needs
    rows = np.zeros((max(m, old_m), ROW_COLUMNS), dtype=np.int64)
    rows[:old_m] = net.rows
    work = np.zeros((2, len(rows)), dtype=np.int64)
    moves = np.zeros((len(needs), 2), dtype=np.int64)
    return net._replace(needs=needs, rows=rows, heap=work[0], settled=work[1], moves=moves)


def _roomy(table: I64, column: int, filled: int, arena: I64, keys: I64) -> I64:
    """The arena after lists that would overflow, one more item per key named, moved to its end."""
    named, more = np.unique(keys, return_counts=True)
    wanted = table[named, filled] + more
    short = wanted > table[named, column + ROOM]
    for key, most in zip(named[short].tolist(), wanted[short].tolist(), strict=True):
        room = 2 * most + _SPARE
        if arena[-1, 0] + room >= len(arena):
            wider = np.zeros((len(arena) * 3 // 2 + room + 1, 2), dtype=np.int64)
            wider[: len(arena)] = arena
            wider[-1, 0] = arena[-1, 0]
            arena = wider
        start, length = table[key, column + START], table[key, column + LENGTH]
        end = arena[-1, 0]
        arena[end : end + length] = arena[start : start + length]
        table[key, column + START], table[key, column + ROOM] = end, room
        arena[-1, 0] += room
    return arena

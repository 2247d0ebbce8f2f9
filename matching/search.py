"""The compiled search: which rows of a category might be among a need's best.

Distances are taken in float32, so an answer may hold a few pairs too many, never one too few:
what lies within the margin of the last place, or of the edge of a circle, is handed on to be
judged exactly. Rows of a cell stand by `base`, the best first, so a cell is left early.
"""

from math import exp, floor, log1p, sqrt
from typing import Any

import numpy as np

from matching.columns import F64, I32, I64
from matching.compiled import bare, compiled, pasted
from matching.geo import EARTH_KM
from matching.records import FAR, FREE, FRESH, HARD, INTERPRETER, REMOTE, Task

_1, _2, _4, _56 = np.uint64(1), np.uint64(2), np.uint64(4), np.uint64(56)
_ODD, _PAIRS = np.uint64(0x5555555555555555), np.uint64(0x3333333333333333)
_FOURS, _ONES = np.uint64(0x0F0F0F0F0F0F0F0F), np.uint64(0x0101010101010101)


@bare
def _cost(km: float, kind: Any) -> Any:  # noqa: ANN401 - a record of KIND, a number
    far = km * kind.scale
    return kind.near * far + kind.log_near * log1p(far) if kind.log_near else kind.near * far


@bare
def _key(score: float, price: float, priced: bool) -> float:
    """By what pairs compete: the score itself, or q - price."""
    return 100_000 / (1 + exp(-score)) - price if priced else score


@bare
def _bits(mask: Any) -> Any:  # noqa: ANN401 - uint64
    """How many bits are set."""
    mask = mask - ((mask >> _1) & _ODD)
    mask = (mask & _PAIRS) + ((mask >> _2) & _PAIRS)
    return (((mask + (mask >> _4)) & _FOURS) * _ONES) >> _56


@bare
def _enter(heap: F64, key: float) -> None:
    """Put a key in the place of the least one."""
    at, size = 0, len(heap)
    while 2 * at + 1 < size:
        child = 2 * at + 1
        if child + 1 < size and heap[child + 1] < heap[child]:
            child += 1
        if heap[child] >= key:
            break
        heap[at] = heap[child]
        at = child
    heap[at] = key


@bare
def _apart(need: Any, row: Any) -> float:  # noqa: ANN401 - records of NEED and ROW
    """Chord in km."""
    x, y, z = need.x - row.x, need.y - row.y, need.z - row.z
    return sqrt(x * x + y * y + z * z)


@bare
def _arc(chord: float) -> float:
    """Great circle of a chord, by a series good to a centimetre up to 3,000 km."""
    half = chord / (2 * EARTH_KM)
    if half > 0.25:  # noqa: PLR2004 - where the series gets poor
        return 2 * EARTH_KM * float(np.arcsin(min(1.0, half)))
    s = half * half
    return chord * (1 + s * (1 / 6 + s * (3 / 40 + s * (15 / 336 + s * (105 / 3456)))))


@bare
def _fits(need: Any, row: Any) -> bool:  # noqa: ANN401 - records of NEED and ROW
    """Every filter that needs no distance and no owner; without branches, they would mislead."""
    flags = need.flags | row.flags
    understood = (
        (flags & HARD == 0) | (flags & INTERPRETER != 0) | (row.languages & need.languages != 0)
    )
    return bool(
        (row.has & need.asks == need.asks)
        & (row.windows & need.windows != 0)
        & (row.free >= need.size)
        & understood
    )


@bare
def _score(need: Any, row: Any, kind: Any, km: float) -> Any:  # noqa: ANN401 - records
    score = row.base - _cost(km, kind)
    score += kind.time * min(1.0, _bits(row.windows & need.windows) / need.quarters)
    if row.languages & need.languages:
        score += kind.speak
    if need.wishes:
        score += kind.soft * _bits(row.has & need.soft) / need.wishes
    else:
        score += kind.soft
    return score + (kind.fit if row.free == need.size else kind.fit / 2)


@bare
def _absent(task: Task, n: int, row: int) -> bool:
    """Own, blocked or barred."""
    barred, owner = task.barred, task.rows.owner[row]
    if owner == task.needs[n].owner:
        return True
    for i in range(barred.owners[n], barred.owners[n + 1]):
        if barred.owner[i] == owner:
            return True
    for i in range(barred.offers[n], barred.offers[n + 1]):
        if barred.offer[i] == task.rows.id[row]:
            return True
    return False


@bare
def _weigh(need: Any, row: Any, kind: Any, part: int, slack: float) -> tuple[float, int]:  # noqa: ANN401 - records
    """Score of a pair that fits, and whether it is near enough: no, perhaps, surely (0, 1, 2).

    Pairs remote on both sides stand in two parts: the nearer in cells, the others by base.
    """
    chord = _apart(need, row)
    if need.flags & row.flags & FAR:
        km = _arc(chord)
        far = km >= kind.remote_km
        if (part == FREE and far) or (part == REMOTE and not far):
            return 0.0, 0
        return _score(need, row, kind, min(km, kind.remote_km)), 2
    reach = min(need.chord, row.chord)
    if chord > reach + slack:
        return 0.0, 0
    return _score(need, row, kind, _arc(chord)), 1 if chord > reach - slack else 2


@pasted
def _scan(task: Task, n: int, stretch: tuple[int, int], part: int, bound: float) -> None:
    """One stretch of rows, best base first; `bound` is the most that a pair there can add to it."""
    need, best, priced = task.needs[n], task.best, len(task.prices.row) > 0
    kind = task.rows.kinds[need.kind]
    price = 0.0
    for at in range(stretch[0], stretch[1]):
        row, name = task.rows.record[at], task.rows.row[at]
        if priced:
            price = task.prices.row[name] - need.budget
            if price >= 100_000:  # noqa: PLR2004 - no pair is likelier than certain
                continue
        elif row.base + bound + need.margin < best.heap[0]:
            break
        if not _fits(need, row):
            continue
        score, near = _weigh(need, row, kind, part, task.slack)
        key = _key(score, price, priced)
        if near == 0 or key + need.margin < best.heap[0] or score + need.doubt < need.least:
            continue
        if _absent(task, n, name):
            continue
        best.kept[best.number[0]], best.keys[best.number[0]] = name, key
        best.number[0] += 1
        if near == 2 and key > best.heap[0]:  # noqa: PLR2004 - surely
            _enter(best.heap, key)


@pasted
def _cell(task: Task, n: int, cell: int, km: float, perfect: float) -> None:
    """The rows of one cell, if any of them can still matter."""
    rows, need = task.rows, task.needs[n]
    first, last = rows.cells[cell], rows.cells[cell + 1]
    if first == last:
        return
    price = 0.0
    if len(task.prices.cell):
        price = task.prices.cell[cell] - need.budget
        if price >= 100_000:  # noqa: PLR2004 - no pair is likelier than certain
            return
    bound = perfect - _cost(km, rows.kinds[need.kind])
    likeliest = rows.record[first].base + bound
    if _key(likeliest, price, len(task.prices.row) > 0) + need.margin >= task.best.heap[0]:
        _scan(task, n, (first, last), FREE, bound)


@pasted
def _rings(task: Task, n: int, perfect: float) -> None:
    """The cells around a need, ring by ring, until neither its radius nor hope reaches further."""
    need, kind = task.needs[n], task.rows.kinds[task.needs[n].kind]
    limit = max(need.radius, kind.remote_km) if need.flags & FAR else need.radius
    reach = (limit + task.slack) / need.shrink / kind.cell
    x, y = (need.east - kind.east) / kind.cell, (need.north - kind.north) / kind.cell
    left, right = max(0, floor(x - reach)), min(kind.columns - 1, floor(x + reach))
    low, high = max(0, floor(y - reach)), min(kind.lines - 1, floor(y + reach))
    if left > right or low > high:
        return
    column, line = floor(x), floor(y)
    inside = min(x - column, column + 1 - x, y - line, line + 1 - y)
    nearest = max(0, left - column, column - right, low - line, line - high)
    furthest = max(column - left, right - column, line - low, high - line)
    for ring in range(nearest, furthest + 1):
        km = max(0.0, (ring - 1 + inside) * kind.cell * need.shrink - task.slack)
        likeliest = kind.base + perfect - _cost(km, kind)
        if len(task.prices.row) == 0 and likeliest + need.margin < task.best.heap[0]:
            return
        for v in range(max(low, line - ring), min(high, line + ring) + 1):
            step = 1 if abs(v - line) == ring else 2 * ring
            up = max(0.0, v - y, y - v - 1)
            for u in range(column - ring, column + ring + 1, step):
                if u < left or u > right:
                    continue
                across = max(0.0, u - x, x - u - 1)
                km = sqrt(across * across + up * up) * kind.cell * need.shrink - task.slack
                if km <= limit:
                    cell = kind.first_cell + v * kind.columns + u
                    _cell(task, n, cell, max(0.0, km), perfect)


@bare
def _look(task: Task, n: int) -> None:
    """Everywhere that rows for this need can stand."""
    need, best = task.needs[n], task.best
    kind = task.rows.kinds[need.kind]
    perfect = kind.time + kind.speak + kind.soft + kind.fit
    best.heap[:] = 0.0 if len(task.prices.row) else need.least
    best.number[0] = 0
    _rings(task, n, perfect)
    if need.flags & FAR:
        remote = perfect - _cost(kind.remote_km, kind)
        _scan(task, n, (kind.remote, kind.remote_end), REMOTE, remote)
    _scan(task, n, (kind.fresh, kind.fresh_end), FRESH, perfect)


@compiled
def search(task: Task) -> tuple[I32, I32]:
    """Needs and rows of all pairs that may be among the best, need by need."""
    need_of, row_of, size = np.empty(64, np.int32), np.empty(64, np.int32), 0
    best = task.best
    for n in range(len(task.needs)):
        _look(task, n)
        while size + best.number[0] > len(need_of):
            need_of = np.concatenate((need_of, need_of))
            row_of = np.concatenate((row_of, row_of))
        for i in range(best.number[0]):
            if best.keys[i] + task.needs[n].margin >= best.heap[0]:
                need_of[size], row_of[size] = n, best.kept[i]
                size += 1
    return need_of[:size], row_of[:size]


@compiled
def ranked(need: I64, row: I64, falling: F64, k: int) -> I64:
    """Places of the k least of each need, ties by row; `need` must be ascending."""
    chosen = np.empty(len(need), np.int64)
    begin, size = 0, 0
    for at in range(len(need)):
        if at and need[at] != need[at - 1]:
            begin = size
        place = size
        while place > begin:
            other = chosen[place - 1]
            if (falling[other], row[other]) < (falling[at], row[at]):
                break
            if place < begin + k:
                chosen[place] = other
            place -= 1
        if place < begin + k:
            chosen[place] = at
            size = min(size + 1, begin + k)
    return chosen[:size]

"""Moves that make room: a need takes a place by moving one holder, or by leaving out a lesser."""

from typing import NamedTuple

import numpy as np

from matching.assign import Problem
from matching.columns import I32, I64
from matching.compiled import bare, compiled

_PASSES = 8
_NOBODY = -1


class _Board(NamedTuple):
    """Edges by need, the worthiest first (`first` says where each need's begin); who sits where.

    `holder` is the first holder of each row, `after` the next one of the same row.
    """

    first: I64
    row: I32
    value: I64
    size: I64
    at: I64
    units: I64
    parties: I64
    holder: I64
    after: I64


def settle(problem: Problem, size: I64, units: I64, parties: I64, value: I64) -> I64:
    """The edge of each need after all moves that add value, the worthiest needs first; -1: none."""
    order = np.lexsort((problem.row, -value, problem.need))
    need = problem.need[order]
    best = np.zeros(problem.n, dtype=np.int64)
    np.maximum.at(best, need, value[order])
    board = _Board(
        first=np.searchsorted(need, np.arange(problem.n + 1)),
        row=problem.row[order],
        value=value[order],
        size=size.astype(np.int64),
        at=np.full(problem.n, _NOBODY),
        units=units.astype(np.int64),
        parties=parties.astype(np.int64),
        holder=np.full(len(units), _NOBODY),
        after=np.full(problem.n, _NOBODY),
    )
    _move(board, np.argsort(-best, kind="stable"))
    return np.asarray(np.append(order, _NOBODY)[board.at])


@bare
def _leave(board: _Board, need: int) -> None:
    row = board.row[board.at[need]]
    before = board.holder[row]
    if before == need:
        board.holder[row] = board.after[need]
    else:
        while board.after[before] != need:
            before = board.after[before]
        board.after[before] = board.after[need]
    board.units[row] += board.size[need]
    board.parties[row] += 1
    board.at[need] = _NOBODY


@bare
def _sit(board: _Board, need: int, edge: int) -> None:
    row = board.row[edge]
    board.after[need], board.holder[row] = board.holder[row], need
    board.units[row] -= board.size[need]
    board.parties[row] -= 1
    board.at[need] = edge


@bare
def _elsewhere(board: _Board, need: int) -> int:
    """The worthiest edge of a holder to another row with room for it."""
    here = board.row[board.at[need]]
    for edge in range(board.first[need], board.first[need + 1]):
        row = board.row[edge]
        if row != here and board.parties[row] > 0 and board.units[row] >= board.size[need]:
            return edge
    return _NOBODY


@bare
def _chance(board: _Board, need: int) -> tuple[int, int, int]:
    """The edge that gains most, who leaves for it, and where that one goes; or nobody."""
    gain, best, leaver, to = 0, _NOBODY, _NOBODY, _NOBODY
    for edge in range(board.first[need], board.first[need + 1]):
        row, worth = board.row[edge], board.value[edge]
        lack = board.size[need] - board.units[row]
        if board.parties[row] > 0 and lack <= 0 and worth > gain:
            gain, best, leaver, to = worth, edge, _NOBODY, _NOBODY
        holder = board.holder[row]
        while holder != _NOBODY:
            if board.size[holder] >= lack:
                other = _elsewhere(board, holder)
                more = worth - board.value[board.at[holder]]
                more += 0 if other == _NOBODY else board.value[other]
                if more > gain:
                    gain, best, leaver, to = more, edge, holder, other
            holder = board.after[holder]
    return best, leaver, to


@compiled
def _move(board: _Board, order: I64) -> None:
    for _ in range(_PASSES):
        changed = False
        for need in order:
            if board.at[need] != _NOBODY:
                continue
            edge, leaver, to = _chance(board, need)
            if edge == _NOBODY:
                continue
            changed = True
            if leaver != _NOBODY:
                _leave(board, leaver)
            if to != _NOBODY:
                _sit(board, leaver, to)
            _sit(board, need, edge)
        if not changed:
            break

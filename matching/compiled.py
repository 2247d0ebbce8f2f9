"""The one door to the compiler, typed: what it decorates runs compiled, or plainly without it.

Compiled code is kept on disk beside its module, so a worker compiles once per release. A kept
kernel does not notice a change in another module that it calls: kernels that call one another
stand in one file.
"""

from collections.abc import Callable
from importlib import import_module
from importlib.util import find_spec
from typing import Any, ParamSpec, TypeVar, cast

AVAILABLE = find_spec("numba") is not None
njit: Any = import_module("numba").njit if AVAILABLE else None

_Parameters = ParamSpec("_Parameters")
_Answer = TypeVar("_Answer")


def compiled(function: Callable[_Parameters, _Answer]) -> Callable[_Parameters, _Answer]:
    """The same function, compiled at its first call: no fast mathematics, no global lock held."""
    if not AVAILABLE:
        return function
    made = njit(cache=True, nogil=True)(function)
    return cast("Callable[_Parameters, _Answer]", made)


def inlined(function: Callable[_Parameters, _Answer]) -> Callable[_Parameters, _Answer]:
    """A part of one kernel file, compiled together with the kernels there that call it."""
    if not AVAILABLE:
        return function
    made = njit(nogil=True)(function)
    return cast("Callable[_Parameters, _Answer]", made)


def bare(function: Callable[_Parameters, _Answer]) -> Callable[_Parameters, _Answer]:
    """As `inlined`, for parts that make no array: counting references would double their time."""
    if not AVAILABLE:
        return function
    made = njit(nogil=True, _nrt=False)(function)
    return cast("Callable[_Parameters, _Answer]", made)


def pasted(function: Callable[_Parameters, _Answer]) -> Callable[_Parameters, _Answer]:
    """The same, written out inside its callers: for parts that are handed much at each call."""
    if not AVAILABLE:
        return function
    made = njit(nogil=True, inline="always")(function)
    return cast("Callable[_Parameters, _Answer]", made)

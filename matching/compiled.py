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
_numba: Any = import_module("numba") if AVAILABLE else None

# No part divides by what may be zero, so nothing need look for it.
_EVERYWHERE = {"nogil": True, "error_model": "numpy"}
# Parts are called by kernels alone: ways in from outside are a third of their compilation. They
# make no array, and counting references to those they are handed would double their time.
_PART = {"no_cpython_wrapper": True, "no_cfunc_wrapper": True, "_nrt": False}

_Parameters = ParamSpec("_Parameters")
_Answer = TypeVar("_Answer")


def compiled(function: Callable[_Parameters, _Answer]) -> Callable[_Parameters, _Answer]:
    """The same function, compiled at its first call: no fast mathematics, no global lock held."""
    if not AVAILABLE:
        return function
    made = _numba.njit(cache=True, **_EVERYWHERE)(function)
    return cast("Callable[_Parameters, _Answer]", made)


def bare(function: Callable[_Parameters, _Answer]) -> Callable[_Parameters, _Answer]:
    """A part of one kernel file that makes no array, compiled with the kernels that call it."""
    return _once(function, forced=False)


def pasted(function: Callable[_Parameters, _Answer]) -> Callable[_Parameters, _Answer]:
    """The same, written out inside its callers: for parts that are handed much at each call."""
    return _once(function, forced=True)


def _once(
    function: Callable[_Parameters, _Answer], *, forced: bool
) -> Callable[_Parameters, _Answer]:
    """A part that is compiled once: by itself it would be again for each number written in a call.

    A worker that starts without anything kept waits for every one of these.
    """
    if not AVAILABLE:
        return function
    made = _numba.njit(**_EVERYWHERE, **_PART, forceinline=forced)(function)
    template = made.get_call_template

    def plain(args: Any, named: Any) -> Any:  # noqa: ANN401 - the compiler's own types
        return template(tuple(map(_numba.types.unliteral, args)), named)

    made.get_call_template = plain
    return cast("Callable[_Parameters, _Answer]", made)

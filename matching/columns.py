"""Read-only numpy columns whose dtype is the one their annotation names."""

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any, ClassVar, Self, TypeVar, get_args, get_origin, get_type_hints

import numpy as np
from numpy.typing import NDArray

Bool = NDArray[np.bool_]
F32 = NDArray[np.float32]
F64 = NDArray[np.float64]
I8 = NDArray[np.int8]
I16 = NDArray[np.int16]
I32 = NDArray[np.int32]
I64 = NDArray[np.int64]
U32 = NDArray[np.uint32]
U64 = NDArray[np.uint64]

_Scalar = TypeVar("_Scalar", bound=np.generic)

WIDE = MappingProxyType({"xyz": 3})


class MarketError(ValueError):
    """A snapshot that breaks its contract; names the column, never a value (masks are private)."""


def frozen(array: NDArray[_Scalar]) -> NDArray[_Scalar]:
    """The same values in an array that nobody can write to."""
    if not array.flags.writeable and array.flags.c_contiguous:
        return array
    own = np.array(array, order="C")
    own.flags.writeable = False
    return own


@dataclass(frozen=True, eq=False, repr=False)
class Columns:
    """One row per post; refuses a wrong dtype or length, and prints nothing of its content."""

    dtypes: ClassVar[Mapping[str, np.dtype[Any]]]

    id: I64
    owner: I64

    def __init_subclass__(cls) -> None:
        cls.dtypes = MappingProxyType(
            {
                name: np.dtype(get_args(get_args(hint)[1])[0])
                for name, hint in get_type_hints(cls).items()
                if get_origin(hint) is np.ndarray
            },
        )

    def __post_init__(self) -> None:
        length = len(self.id) if isinstance(self.id, np.ndarray) else -1
        for name, dtype in self.dtypes.items():
            array = getattr(self, name)
            shape = (length, WIDE[name]) if name in WIDE else (length,)
            if not isinstance(array, np.ndarray) or array.dtype != dtype or array.shape != shape:
                raise MarketError(f"column {name} must be {dtype} of shape {shape}")
            object.__setattr__(self, name, frozen(array))

    def __len__(self) -> int:
        return len(self.id)

    def take(self, rows: I64) -> Self:
        """The given rows, in the given order."""
        return type(self)(**{name: getattr(self, name)[rows] for name in self.dtypes})

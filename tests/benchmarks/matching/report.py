"""What a benchmark part hands back, and how it is judged, written and drawn.

Each part is a module with `run(options: Options) -> Findings`.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Literal

Figure = float | int | str
Slack = Literal["none", "ratio", "time"]
_CI_RATIO = 0.02
_CI_TIME = 2.0


@dataclass(frozen=True)
class Options:
    """What to run: `size` needs, `scarcity` needs per place, `offers` for candidates alone."""

    part: str = "plan"
    size: int = 1_000
    scarcity: int = 1
    seed: int = 1
    offers: int = 1_000_000
    ci: bool = False

    @property
    def instance(self) -> str:
        """How the tables call this market."""
        thousands, rest = divmod(self.size, 1000)
        return f"{self.size if rest else f'{thousands}k'} {self.scarcity}:1"


@dataclass(frozen=True)
class Row:
    """The figures of one method on one instance, in the order in which they are shown."""

    part: str
    instance: str
    method: str
    figures: Mapping[str, Figure]


@dataclass(frozen=True)
class Target:
    """A promise: `value` at least (or at most) `target`.

    Under --ci a ratio may miss by 2 %, a time by a factor of two; what is exact may not.
    """

    name: str
    value: float
    target: float
    at_least: bool = True
    slack: Slack = "none"

    def met(self, *, ci: bool) -> bool:
        """Whether it holds, with the slack of a shared machine under --ci."""
        share = {"none": 1.0, "ratio": 1 + _CI_RATIO, "time": _CI_TIME}[self.slack] if ci else 1.0
        if self.at_least:
            return self.value * share >= self.target
        return self.value <= self.target * share


@dataclass(frozen=True)
class Findings:
    """Rows and targets of a part; `series` are the numbers behind its plots, by plot name."""

    rows: tuple[Row, ...] = ()
    targets: tuple[Target, ...] = ()
    series: Mapping[str, Mapping[str, tuple[float, ...]]] = field(default_factory=dict)


Part = Callable[[Options], Findings]

"""What was done to the platform and what was found, for people and for machines."""

from collections import Counter
from dataclasses import asdict, dataclass, field

from rich.console import Console
from rich.table import Table


@dataclass(frozen=True)
class Injected:
    """One injection: when it began, how long it lasted, how soon the platform was ready again."""

    at: float
    what: str
    lasted: float
    ready_after: float | None
    writes_after: float | None


@dataclass
class Report:
    """`breaches` is empty where every promise held."""

    seed: int
    minutes: float
    injected: list[Injected] = field(default_factory=list)
    not_injected: dict[str, str] = field(default_factory=dict)
    kills: dict[str, int] = field(default_factory=dict)
    figures: dict[str, float | None] = field(default_factory=dict)
    breaches: list[str] = field(default_factory=list)

    @property
    def is_good(self) -> bool:
        return not self.breaches

    def as_json(self) -> dict[str, object]:
        return {**asdict(self), "good": self.is_good}

    def show(self, console: Console) -> None:
        console.print(self._injections())
        for what, why in self.not_injected.items():
            console.print(f"Not injected: {what}: {why}")
        figures = Table("figure", "value", title="Figures")
        kills = ", ".join(f"{count} {part}" for part, count in sorted(self.kills.items()))
        figures.add_row("kills", f"{sum(self.kills.values())} ({kills})")
        for name, value in self.figures.items():
            figures.add_row(name, "none" if value is None else f"{value:g}")
        console.print(figures)
        for breach in self.breaches:
            console.print(f"[red]BROKEN[/]  {breach}")
        console.print("Every promise held." if self.is_good else "Promises were broken.")

    def _injections(self) -> Table:
        table = Table("what", "times", "lasted", "ready after", "slowest", title="Injected")
        times = Counter(one.what for one in self.injected)
        for what, count in times.most_common():
            same = [one for one in self.injected if one.what == what]
            ready = sorted(one.ready_after for one in same if one.ready_after is not None)
            table.add_row(
                what,
                str(count),
                f"{max(one.lasted for one in same):.1f} s",
                f"{ready[len(ready) // 2]:.1f} s" if ready else "never",
                f"{ready[-1]:.1f} s" if ready else "never",
            )
        return table

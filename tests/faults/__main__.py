"""`python -m tests.faults --minutes N --seed S --json FILE`: exit 1 where a promise broke."""

import asyncio
import json
import tempfile
from pathlib import Path

import click
from rich.console import Console

from tests.faults.run import Wishes, run


@click.command()
@click.option("--minutes", default=2.0, show_default=True, type=click.FloatRange(min=0.1))
@click.option("--seed", default=1, show_default=True, help="The same faults in the same order.")
@click.option("--json", "target", type=click.Path(path_type=Path, dir_okay=False))
@click.option("--at-once", default=6, show_default=True, help="How many act at the same time.")
@click.option(
    "--naive", type=click.Choice(["plain-id"]), help="A control in place of the real thing."
)
def main(minutes: float, seed: int, target: Path | None, at_once: int, naive: str | None) -> None:
    """Hurt a whole platform at random, under load, and look from outside what it lost."""
    console = Console(width=110)
    wishes = Wishes(minutes, seed, at_once, words=[naive] if naive else [])
    with tempfile.TemporaryDirectory(prefix="faults-", ignore_cleanup_errors=True) as folder:
        report = asyncio.run(run(wishes, Path(folder), console.print))
        if target is not None:
            target.write_text(json.dumps(report.as_json(), indent=1, ensure_ascii=False))
    report.show(console)
    raise SystemExit(0 if report.is_good else 1)


if __name__ == "__main__":
    main()

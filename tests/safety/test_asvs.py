"""The table of OWASP ASVS 5.0.0: each requirement of levels 1 and 2 has an answer, and it is true.

The ids and levels are those of the standard (CC BY-SA 4.0, see /credits); the words are ours.
"""

import csv
import re
from collections import Counter
from dataclasses import dataclass
from pathlib import Path

import pytest

from tests.safety.conftest import Figures

TABLE = Path(__file__).parent / "asvs.csv"
STATUS = ("met", "not applicable", "exception", "open")
# Levels 1 and 2 without OAuth and WebRTC, by chapter; then those of level 3 that we chose.
CHAPTERS = {
    1: 27, 2: 11, 3: 19, 4: 10, 5: 9, 6: 35, 7: 18, 8: 7, 9: 7, 11: 14, 12: 9, 13: 13, 14: 9,
    15: 13, 16: 16,
}  # fmt: skip
CHOSEN = {
    "V2.3.5", "V2.4.2", "V3.5.8", "V6.3.8", "V8.3.2", "V14.2.6", "V14.2.7", "V14.2.8",
    "V15.4.1", "V15.4.2", "V15.4.3", "V15.4.4",
}  # fmt: skip
NAMED = re.compile(r"(?<![\w/.])((?:app|tests|templates|workers|docs|requirements)/[\w/.-]*\w)")
TEST = re.compile(r"(tests/[\w/.]+\.py)::(\w+)")
WHOLE = re.compile(r"(?<![\w/.])(README\.md|compose\.yaml|Dockerfile|\.dockerignore|\.ci/run)")


@dataclass(frozen=True)
class Row:
    id: str
    level: str
    requirement: str
    status: str
    evidence: str


def rows() -> list[Row]:
    with TABLE.open(encoding="utf-8", newline="") as table:
        return [Row(**one) for one in csv.DictReader(table)]


def complaints(row: Row) -> list[str]:
    """What is missing or untrue about a row."""
    found = [name for name, value in vars(row).items() if not value.strip()]
    if row.status not in STATUS:
        found.append("status")
    paths = [*NAMED.findall(row.evidence), *WHOLE.findall(row.evidence)]
    found += [path for path in paths if not Path(path).exists()]
    for path, name in TEST.findall(row.evidence):
        if Path(path).exists() and f"def {name}(" not in Path(path).read_text(encoding="utf-8"):
            found.append(f"{path}::{name}")
    if row.status == "met" and not paths:
        found.append("no evidence")
    if row.status != "met" and len(row.evidence) < len("no GraphQL"):
        found.append("no reason")
    return found


def test_every_requirement_has_an_answer_that_exists(figures: Figures) -> None:
    table = rows()
    assert {row.id: complaints(row) for row in table if complaints(row)} == {}
    count = Counter(row.status for row in table)
    figures("ASVS 5.0.0: " + ", ".join(f"{count[one]} {one}" for one in STATUS))


def test_no_requirement_is_left_out() -> None:
    ids = [row.id for row in rows()]
    assert len(set(ids)) == len(ids)
    basic = [row for row in rows() if row.level in ("1", "2")]
    assert Counter(int(row.id[1:].split(".")[0]) for row in basic) == CHAPTERS
    assert {row.id for row in rows() if row.level == "3"} == CHOSEN


@pytest.mark.parametrize(
    "row",
    [
        Row("V1.1.1", "1", "Something", "met", ""),
        Row("V1.1.1", "1", "Something", "met", "we are sure of it"),
        Row("V1.1.1", "1", "Something", "met", "app/nowhere.py"),
        Row("V1.1.1", "1", "Something", "met", "tests/safety/test_asvs.py::test_of_nobody"),
        Row("V1.1.1", "1", "Something", "perhaps", "app/db.py"),
        Row("V1.1.1", "1", "Something", "not applicable", "no"),
    ],
)
def test_control_an_empty_promise_is_seen(row: Row) -> None:
    assert complaints(row)

"""The only files taken are tables; nothing in them unfolds, reaches out or runs."""

import io
import tracemalloc
import zipfile
from pathlib import Path

import pytest
from openpyxl import Workbook

from app.posts.forms.spreadsheet import SpreadsheetError, read_sheet

ROWS = [["kind", "category", "place"], ["offer", "food.meal", "1060"]]
SHEET = "xl/worksheets/sheet1.xml"


def workbook() -> bytes:
    book = Workbook()
    assert book.active is not None
    for row in ROWS:
        book.active.append(row)
    content = io.BytesIO()
    book.save(content)
    return content.getvalue()


def repacked(change: dict[str, bytes]) -> bytes:
    """The same workbook with some of its parts replaced or added."""
    made = io.BytesIO()
    with (
        zipfile.ZipFile(io.BytesIO(workbook())) as old,
        zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED) as new,
    ):
        for name in old.namelist():
            new.writestr(name, change.pop(name, b"") or old.read(name))
        for name, content in change.items():
            new.writestr(name, content)
    return made.getvalue()


def test_the_control_is_a_good_workbook() -> None:
    assert len(read_sheet("a.xlsx", repacked({})).rows) == 1


@pytest.mark.parametrize("part", [SHEET, "xl/media/image1.png"])
def test_a_bomb_is_refused_before_it_unfolds(part: str) -> None:
    bomb = repacked({part: b"0" * 300_000_000})
    assert len(bomb) < 2_000_000
    tracemalloc.start()
    with pytest.raises(SpreadsheetError):
        read_sheet("a.xlsx", bomb)
    _now, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert peak < 50_000_000


def test_a_book_of_countless_parts_is_refused() -> None:
    with pytest.raises(SpreadsheetError):
        read_sheet("a.xlsx", repacked({f"x/{number}": b"" for number in range(5_000)}))


@pytest.mark.parametrize(
    "head",
    [
        '<!DOCTYPE x [<!ENTITY e SYSTEM "file:///etc/hostname">]>',
        '<!DOCTYPE x [<!ENTITY e SYSTEM "http://127.0.0.1:9/">]>',
        "<!DOCTYPE x [<!ENTITY a 'aaaaaaaaaa'>"
        + "".join(f"<!ENTITY {chr(98 + n)} '{('&' + chr(97 + n) + ';') * 10}'>" for n in range(8))
        + "<!ENTITY e '&i;'>]>",
    ],
    ids=["file", "network", "laughs"],
)
def test_no_workbook_reaches_outside_itself(head: str) -> None:
    body = (
        '<worksheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><sheetData>'
        '<row r="1"><c r="A1" t="inlineStr"><is><t>&e;</t></is></c></row></sheetData></worksheet>'
    )
    planted = repacked({SHEET: f"<?xml version='1.0'?>{head}{body}".encode()})
    with pytest.raises(SpreadsheetError):
        read_sheet("a.xlsx", planted)


def test_the_only_files_taken_are_tables() -> None:
    """A page that asks for a file says so; a new one must be looked at here."""
    folder = Path("templates")
    asking = {
        str(path.relative_to(folder))
        for path in folder.rglob("*.html")
        if 'type="file"' in path.read_text(encoding="utf-8")
    }
    assert asking == {"desk/import.html"}

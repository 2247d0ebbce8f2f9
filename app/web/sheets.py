"""Tables that leave for a spreadsheet: no cell of them can run as a formula."""

import csv
import io
import re
from collections.abc import Iterable, Sequence

from litestar import Response
from openpyxl import Workbook

FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r", "\n")
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
# Excel opens a file of western Europe with semicolons, and with this mark reads it as UTF-8.
BOM = b"\xef\xbb\xbf"
_CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f]")

Cell = str | int | float | None


def escaped(cell: Cell) -> Cell:
    """Text that a spreadsheet would take for a formula gets a sign before it; numbers stay."""
    if not isinstance(cell, str):
        return cell
    text = _CONTROL.sub(" ", cell)
    return f"'{text}" if text.lstrip(" ").startswith(FORMULA_STARTS) else text


def csv_of(rows: Iterable[Sequence[Cell]]) -> bytes:
    text = io.StringIO(newline="")
    writer = csv.writer(text, delimiter=";")
    writer.writerows([escaped(cell) for cell in row] for row in rows)
    return BOM + text.getvalue().encode()


def xlsx_of(title: str, rows: Iterable[Sequence[Cell]]) -> bytes:
    book = Workbook(write_only=True)
    sheet = book.create_sheet(re.sub(r"[\[\]:*?/\\]", " ", title)[:31])
    for row in rows:
        sheet.append([escaped(cell) for cell in row])
    content = io.BytesIO()
    book.save(content)
    return content.getvalue()


def download(name: str, kind: str, rows: Iterable[Sequence[Cell]]) -> Response[bytes]:
    """The table as a file; `kind` is csv or xlsx."""
    is_xlsx = kind == "xlsx"
    return Response(
        xlsx_of(name, rows) if is_xlsx else csv_of(rows),
        media_type=XLSX if is_xlsx else "text/csv; charset=utf-8",
        headers={"content-disposition": f'attachment; filename="{name}.{kind}"'},
    )

"""The spreadsheet a coordinator really has: CSV or XLSX, headers in French, Dutch or English.

Nothing here looks up a place or a person: rows come out as texts in known columns, with the
line and the column of everything that cannot be read.
"""

import csv
import hashlib
import io
import json
import unicodedata
import warnings
import zipfile
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from openpyxl import load_workbook
from openpyxl.utils.exceptions import InvalidFileException
from openpyxl.worksheet.formula import ArrayFormula, DataTableFormula

from app.errors import SolidareError
from app.i18n import sentence

MOST_ROWS = 20_000
MOST_COLUMNS = 60
MOST_BYTES = 20_000_000
MOST_UNPACKED = 100_000_000
MOST_PARTS = 1_000
LONGEST_CELL = 2_000

HEADERS: dict[str, tuple[str, ...]] = {
    "kind": ("kind", "type", "genre", "soort", "besoin ou offre", "nood of aanbod"),
    "category": ("category", "categorie", "help", "aide", "hulp", "soort hulp", "type d aide"),
    "place": (
        "place",
        "lieu",
        "plaats",
        "postcode",
        "code postal",
        "commune",
        "gemeente",
        "address",
        "adresse",
        "adres",
        "where",
        "ou",
        "waar",
        "localite",
    ),
    "places": (
        "places",
        "number",
        "nombre",
        "aantal",
        "people",
        "personnes",
        "personen",
        "capacity",
        "capacite",
        "capaciteit",
        "plaatsen",
    ),
    "note": (
        "note",
        "notes",
        "remarque",
        "remarques",
        "opmerking",
        "opmerkingen",
        "description",
        "comment",
        "commentaire",
        "beschrijving",
    ),
    "languages": ("languages", "language", "langues", "langue", "talen", "taal"),
    "urgency": ("urgency", "urgence", "dringend", "urgentie", "spoed"),
    "from": ("from", "du", "des", "a partir du", "vanaf", "van", "debut", "begin", "start"),
    "to": ("to", "until", "au", "jusqu au", "tot", "tot en met", "fin", "einde", "end"),
    "radius": ("radius", "rayon", "straal", "km", "distance", "afstand"),
    "name": ("name", "nom", "prenom", "naam", "voornaam", "first name", "contact"),
    "phone": ("phone", "telephone", "tel", "telefoon", "gsm", "mobile", "numero"),
    "email": ("email", "e mail", "mail", "courriel", "e mailadres"),
}
NEEDED = ("kind", "category", "place")


class SpreadsheetError(SolidareError):
    """The file as a whole cannot be read; the sentence says why."""


@dataclass(frozen=True)
class SheetRow:
    """One line of the file: the texts of the columns that we know."""

    line: int
    cells: dict[str, str]

    @property
    def fingerprint(self) -> bytes:
        """The same for the same facts, however they are spaced and their columns ordered."""
        facts = {name: plain_words(text) for name, text in self.cells.items() if text}
        return hashlib.sha256(json.dumps(facts, sort_keys=True).encode()).digest()


@dataclass(frozen=True)
class Sheet:
    """What was read: rows, the header words of each column, and columns that say nothing to us."""

    rows: tuple[SheetRow, ...]
    headers: dict[str, str]
    unknown: tuple[str, ...]


def plain_words(text: str) -> str:
    """Lower case without accents, punctuation and double spaces."""
    bare = unicodedata.normalize("NFKD", text.casefold())
    kept = "".join(
        char if char.isalnum() else " " for char in bare if not unicodedata.combining(char)
    )
    return " ".join(kept.split())


def read_sheet(name: str, content: bytes) -> Sheet:
    """`SpreadsheetError` where the file is no spreadsheet, is cut off, or lacks columns or rows."""
    if len(content) > MOST_BYTES:
        raise SpreadsheetError(sentence("This file is larger than 20 MB. Split it."))
    if not content.strip():
        raise SpreadsheetError(sentence("This file is empty."))
    lines = _xlsx(content) if _is_xlsx(name, content) else _csv(content)
    return _sheet(lines)


def _is_xlsx(name: str, content: bytes) -> bool:
    if content.startswith(b"PK") or name.lower().endswith((".xlsx", ".xlsm")):
        return True
    if content.startswith((b"\xd0\xcf\x11\xe0", b"%PDF", b"\x89PNG", b"\xff\xd8\xff")):
        raise SpreadsheetError(sentence("This is not a CSV or XLSX file. Save it as one of these."))
    return False


def _xlsx(content: bytes) -> Iterator[tuple[int, list[str]]]:
    """Lines of the first sheet."""
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # openpyxl warns of styles that it leaves out
            _refuse_swollen(content)
            book = load_workbook(io.BytesIO(content), read_only=True)
            cells = book.worksheets[0].iter_rows(
                values_only=True, max_row=MOST_ROWS + 2, max_col=MOST_COLUMNS
            )
            rows = [list(row) for row in cells]
            book.close()
    except (
        InvalidFileException,
        zipfile.BadZipFile,
        KeyError,
        ValueError,
        OSError,
        EOFError,
        IndexError,
        TypeError,
        SyntaxError,
    ) as error:
        raise SpreadsheetError(
            sentence("This XLSX file is damaged or cut off. Save it again and retry.")
        ) from error
    for number, row in enumerate(rows, start=1):
        yield number, [_cell(value) for value in row]


def _refuse_swollen(content: bytes) -> None:
    """A small file that unpacks into gigabytes is no spreadsheet of a person's."""
    with zipfile.ZipFile(io.BytesIO(content)) as packed:
        parts = packed.infolist()
        if len(parts) > MOST_PARTS or sum(part.file_size for part in parts) > MOST_UNPACKED:
            raise SpreadsheetError(sentence("This file is larger than 20 MB. Split it."))


def is_formula(text: str) -> bool:
    """True for what a spreadsheet would run; a phone number or a negative number is none."""
    return text.startswith(("=", "@")) or bool(text[:1] in "+-" and text[1:2].isalpha())


def _cell(value: object) -> str:
    if value is None:
        return ""
    if isinstance(value, ArrayFormula | DataTableFormula):
        return "="
    if isinstance(value, datetime):
        return value.date().isoformat()
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    return str(value).strip()


def _csv(content: bytes) -> Iterator[tuple[int, list[str]]]:
    text = _decoded(content)
    first = text.partition("\n")[0]
    delimiter = max(";,\t", key=first.count)
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True)
    line = 1
    while True:
        try:
            row = next(reader)
        except StopIteration:
            return
        except csv.Error as error:
            raise SpreadsheetError(
                sentence("From line %(line)s on the file is cut off or a quote never closes."),
                line=line,
            ) from error
        yield line, [cell.strip() for cell in row]
        line = reader.line_num + 1


def _decoded(content: bytes) -> str:
    """UTF-8, also with its mark, else what Excel writes in western Europe."""
    for bom, encoding in ((b"\xff\xfe", "utf-16"), (b"\xfe\xff", "utf-16")):
        if content.startswith(bom):
            return _or_refuse(content, encoding)
    if b"\x00" in content:
        raise SpreadsheetError(sentence("This is not a CSV or XLSX file. Save it as one of these."))
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError:
        return _or_refuse(content, "cp1252")


def _or_refuse(content: bytes, encoding: str) -> str:
    try:
        return content.decode(encoding)
    except UnicodeDecodeError as error:
        raise SpreadsheetError(
            sentence("The letters of this file cannot be read. Save it as CSV in UTF-8.")
        ) from error


def _sheet(lines: Iterator[tuple[int, list[str]]]) -> Sheet:
    header = next(((line, row) for line, row in lines if any(row)), None)
    if header is None:
        raise SpreadsheetError(sentence("This file is empty."))
    columns = [_column(words) for words in header[1]]
    missing = [name for name in NEEDED if name not in columns]
    if missing:
        raise SpreadsheetError(
            sentence("These columns are missing: %(columns)s. Name them in the first line."),
            columns=", ".join(missing),
        )
    rows = tuple(SheetRow(line, _cells(columns, row)) for line, row in lines if any(row))
    if not rows:
        raise SpreadsheetError(sentence("There is a header, but no rows follow."))
    if len(rows) > MOST_ROWS:
        raise SpreadsheetError(sentence("There are more than 20,000 rows. Split the file."))
    words = dict(zip(columns, header[1], strict=True))
    unknown = tuple(
        word for column, word in zip(columns, header[1], strict=True) if not column and word
    )
    return Sheet(rows, {name: word for name, word in words.items() if name}, unknown)


def _column(header: str) -> str:
    plain = plain_words(header)
    return next((name for name, words in HEADERS.items() if plain in words), "")


def _cells(columns: Sequence[str], row: Sequence[str]) -> dict[str, str]:
    """The first filled cell of each known column."""
    cells: dict[str, str] = {}
    for name, text in zip(columns, row, strict=False):
        if name and text and name not in cells:
            cells[name] = text[:LONGEST_CELL]
    return cells

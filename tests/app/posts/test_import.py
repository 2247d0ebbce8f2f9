"""A coordinator's messy spreadsheet: good rows are kept, bad ones named, nothing enters twice."""

import asyncio
import io
import json
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result
from openpyxl import Workbook
from sqlalchemy import func, select

from app.cli.import_posts import import_
from app.db import SessionMaker, transaction
from app.posts.forms.spreadsheet import SpreadsheetError, read_sheet
from app.posts.models import Post
from tests.factories.accounts import a_person

FRENCH = (
    "Besoin ou offre;Catégorie;Code postal;Nombre;Langues;Urgence;Du;Au;Remarque;"
    "Prénom;GSM;Couleur\n"
    "Offre;Un repas;1060;4;français, néerlandais;;;;Soupe du jeudi;Anne;0470 12 34 56;bleu\n"
    "besoin;food.parcel;Ixelles;2;arabe;aujourd'hui;;;;Brahim;0470 12 34 57;\n"
    "offre;Douche;1000;1;klingon;;;;;Chloé;0470 12 34 58;\n"
    "offre;Voler;Atlantide;10000000000000000000000;;;31/02/2026;;;Denis;pas de gsm;\n"
    ";;;;;;;;;;;\n"
    "offre;Un repas;1060;4;français;;;;Appelez 0470 12 34 56;Eva;eva@example.org;\n"
)


async def run(servers: dict[str, str], *arguments: str) -> Result:
    """The command as an operator types it, in a thread since it has a loop of its own."""
    return await asyncio.to_thread(
        CliRunner().invoke, import_, ["posts", *arguments], env=servers, catch_exceptions=False
    )


async def count(maker: SessionMaker) -> int:
    async with transaction(maker) as session:
        return await session.scalar(select(func.count()).select_from(Post)) or 0


def written(folder: Path, content: bytes | str, name: str = "posts.csv") -> str:
    path = folder / name
    path.write_bytes(content if isinstance(content, bytes) else content.encode())
    return str(path)


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "cp1252", "utf-16"])
async def test_good_rows_are_kept_and_bad_ones_named(
    servers: dict[str, str], maker: SessionMaker, tmp_path: Path, encoding: str
) -> None:
    file = written(tmp_path, FRENCH.encode(encoding))
    result = await run(servers, file, "--json", "--language", "en")
    summary: dict[str, Any] = json.loads(result.stdout)
    assert result.exit_code == 3
    assert (summary["rows"], summary["imported"], summary["refused"]) == (5, 2, 3)
    places = {(problem["line"], problem["column"]) for problem in summary["problems"]}
    assert (4, "languages") in places
    assert {(5, "category"), (5, "place"), (5, "places"), (5, "from"), (5, "phone")} <= places
    assert (7, "note") in places
    assert all(problem["reason"] for problem in summary["problems"])
    assert await count(maker) == 2
    again = json.loads((await run(servers, file, "--json")).stdout)
    assert (again["imported"], again["already"]) == (0, 2)
    assert await count(maker) == 2


async def test_dry_run_keeps_nothing(
    servers: dict[str, str], maker: SessionMaker, tmp_path: Path
) -> None:
    result = await run(servers, written(tmp_path, FRENCH), "--dry-run", "--json")
    assert json.loads(result.stdout)["imported"] == 2
    assert await count(maker) == 0


async def test_rows_without_a_contact_need_an_author(
    servers: dict[str, str], maker: SessionMaker, tmp_path: Path
) -> None:
    file = written(tmp_path, "kind,category,place\noffer,A meal,1060\n")
    refused = json.loads((await run(servers, file, "--json")).stdout)
    assert refused["problems"][0]["column"] == "phone"
    await a_person(maker, email="desk@example.org")
    kept = await run(servers, file, "--json", "--author", "desk@example.org")
    assert (kept.exit_code, json.loads(kept.stdout)["imported"]) == (0, 1)
    assert await count(maker) == 1


async def test_more_than_a_persons_daily_posts(
    servers: dict[str, str], maker: SessionMaker, tmp_path: Path
) -> None:
    rows = "".join(f"aanbod,Een maaltijd,1060,{number}\n" for number in range(1, 41))
    await a_person(maker, email="desk@example.org")
    file = written(tmp_path, f"soort,categorie,gemeente,aantal\n{rows}")
    result = await run(servers, file, "--json", "--author", "desk@example.org")
    assert json.loads(result.stdout)["imported"] == 40


async def test_a_table_for_people(
    servers: dict[str, str], maker: SessionMaker, tmp_path: Path
) -> None:
    result = await run(servers, written(tmp_path, FRENCH), "--language", "en")
    assert "Couleur" in result.stdout
    assert "5 rows: 2 imported, 0 imported before, 3 refused." in result.stdout


def workbook(rows: list[list[object]]) -> bytes:
    book = Workbook()
    for row in rows:
        book.active.append(row)  # type: ignore[union-attr] # a new book has a sheet
    file = io.BytesIO()
    book.save(file)
    return file.getvalue()


def test_xlsx_with_numbers_and_dates() -> None:
    content = workbook(
        [
            ["Kind", "Category", "Postcode", "Places", "GSM"],
            ["need", "A meal", 1060, 3.0, 470123456],
        ]
    )
    [row] = read_sheet("x.xlsx", content).rows
    assert row.cells == {
        "kind": "need",
        "category": "A meal",
        "place": "1060",
        "places": "3",
        "phone": "470123456",
    }


@pytest.mark.parametrize(
    ("name", "content", "words"),
    [
        ("a.csv", b"", "empty"),
        ("a.csv", b" \n\n", "empty"),
        ("a.csv", b"kind,category,place\n", "no rows"),
        ("a.csv", b"one,two\n1,2\n", "missing"),
        ("a.csv", b'kind,category,place\noffer,"A meal,1060\n', "cut off"),
        ("a.csv", b"kind\x00,category", "not a CSV"),
        ("a.pdf", b"%PDF-1.7 and more", "not a CSV"),
        ("a.xls", b"\xd0\xcf\x11\xe0 and more", "not a CSV"),
        ("a.xlsx", b"no zip at all", "damaged"),
        (
            "a.xlsx",
            workbook([["kind", "category", "place"], ["offer", "A meal", 1060]])[:900],
            "damaged",
        ),
    ],
)
def test_a_file_that_cannot_be_read(name: str, content: bytes, words: str) -> None:
    with pytest.raises(SpreadsheetError, match=words):
        read_sheet(name, content)


async def test_a_wrong_file_ends_with_one_clear_line(
    servers: dict[str, str], maker: SessionMaker, tmp_path: Path
) -> None:
    result = await run(servers, written(tmp_path, b"%PDF-1.7", "a.pdf"), "--language", "en")
    assert result.exit_code == 1
    assert "not a CSV or XLSX file" in result.output
    assert "Traceback" not in result.output


def test_the_same_facts_have_one_fingerprint() -> None:
    one = read_sheet("a.csv", b"kind,category,place\noffer,A meal,1060\n").rows[0]
    two = read_sheet("a.csv", b"place;kind;category\n1060; Offer ;a  MEAL\n").rows[0]
    other = read_sheet("a.csv", b"kind,category,place\noffer,A meal,1050\n").rows[0]
    assert one.fingerprint == two.fingerprint != other.fingerprint

"""A spreadsheet at the desk: read before it is published, nothing runs, nothing is lost, once."""

import csv
import io

import httpx
from openpyxl import Workbook
from sqlalchemy import func, select, update

from app.db import SessionMaker, transaction
from app.organisations.models import Registration, Upload
from app.posts.models import Post
from tests.app.posts.browsing import Walker, read_page
from tests.conftest import SignIn
from tests.factories.desk import Desk, a_desk

SHEET = """soort;categorie;postcode;opmerking;naam;gsm
aanbod;food.meal;1060;Soep op vrijdag;;
nood;food.parcel;1070;=HYPERLINK("http://x");;
aanbod;food.meal;1060;Bel 0470 12 34 56;;
aanbod;goods.clothes;1030;Kinderkleren;Maria;+32470009902
nood;food.parcel;Atlantis;;;
"""


async def upload(walk: Walker, name: str, content: bytes) -> httpx.Response:
    """Choose a file and press the button, as a browser does."""
    await walk.open("/en/desk/import")
    form = next(one for one in read_page(walk.html).forms if "import" in one.action)
    data = {name_: values[0] for name_, values in form.values.items() if name_ != "file"}
    walk.answer = await walk.client.post(
        form.action, data=data, files={"file": (name, content)}, follow_redirects=True
    )
    return walk.answer


async def at_desk(
    client: httpx.AsyncClient, maker: SessionMaker, sign_in: SignIn
) -> tuple[Walker, Desk]:
    async with transaction(maker) as session:
        desk = await a_desk(session, 0)
    await sign_in(client, desk.worker.id)
    return Walker(client), desk


async def test_every_row_is_read_before_it_is_published(
    client: httpx.AsyncClient, maker: SessionMaker, sign_in: SignIn
) -> None:
    walk, desk = await at_desk(client, maker, sign_in)
    await upload(walk, "lijst.csv", SHEET.encode())
    rows = walk.html.split("<tbody>")[1]
    for line, column, reason in (
        ("3", "opmerking", "This is a formula"),
        ("4", "opmerking", "Take phone numbers"),
        ("6", "postcode", "We do not know this place"),
    ):
        cell = rows.split(f"</span> {line}</th>")[1].split("</tr>")[0]
        assert column in cell, line
        assert reason in cell, line
    async with transaction(maker) as session:
        assert await session.scalar(select(func.count()).select_from(Post)) == 0
        sealed = await session.scalar(select(func.count()).select_from(Upload))
        assert sealed == 1
    page = walk.path
    left = (await client.get(f"{page}/left/csv")).content.decode("utf-8-sig")
    kept = list(csv.reader(io.StringIO(left), delimiter=";"))
    assert [row[2] for row in kept] == ["postcode", "1070", "1060", "Atlantis"]
    assert kept[1][3] == '\'=HYPERLINK("http://x")'  # what comes back runs neither
    await walk.press("Publish 2 rows")
    assert "2 rows are published" in walk.html
    async with transaction(maker) as session:
        ours, marias = (await session.scalars(select(Post).order_by(Post.id))).all()
        assert (ours.organisation_id, ours.author_id) == (desk.organisation.id, desk.worker.id)
        assert marias.organisation_id is None
        noted = await session.get_one(Registration, marias.author_id)
        assert noted.worker_id == desk.worker.id
    await upload(walk, "again.csv", SHEET.encode())
    assert "Publish" not in walk.html.split("<main")[1].split("</main>")[0].replace("Published", "")
    async with transaction(maker) as session:
        assert await session.scalar(select(func.count()).select_from(Post)) == 2


async def test_formulas_of_a_workbook_are_refused(
    client: httpx.AsyncClient, maker: SessionMaker, sign_in: SignIn
) -> None:
    walk, _desk = await at_desk(client, maker, sign_in)
    book = Workbook()
    assert book.active is not None
    book.active.append(["kind", "category", "place", "places"])
    book.active.append(["offer", "food.meal", 1060, "=1+1"])
    content = io.BytesIO()
    book.save(content)
    await upload(walk, "a.xlsx", content.getvalue())
    assert "This is a formula" in walk.html
    assert "Publish 1 row" not in walk.html


async def test_what_is_no_small_spreadsheet_is_refused_in_words(
    client: httpx.AsyncClient, maker: SessionMaker, sign_in: SignIn
) -> None:
    walk, _desk = await at_desk(client, maker, sign_in)
    many = "kind,category,place\n" + "offer,food.meal,1060\n" * 201
    files = {
        "empty.csv": (b"", "Choose a file"),
        "x.png": (b"\x89PNG\r\n", "not a CSV or XLSX file"),
        "many.csv": (many.encode(), "more than 200 rows"),
        "large.csv": (b"kind,category,place\n" + b"x" * 2_000_001, "larger than 2 MB"),
        "head.csv": (b"name\nx", "These columns are missing"),
    }
    for name, (content, words) in files.items():
        answer = await upload(walk, name, content)
        assert answer.status_code == 422, name
        assert words in answer.text or "This file is empty" in answer.text, name
    huge = await upload(walk, "huge.csv", b"x" * 3_000_000)
    assert huge.status_code == 413


async def test_a_sheet_is_its_readers_own_for_a_day(
    client: httpx.AsyncClient, maker: SessionMaker, sign_in: SignIn
) -> None:
    walk, desk = await at_desk(client, maker, sign_in)
    await upload(walk, "a.csv", SHEET.encode())
    page = walk.path
    await sign_in(client, desk.lead.id)
    assert (await client.get(page)).status_code == 404
    await sign_in(client, desk.worker.id)
    assert (await client.get(page)).status_code == 200
    async with transaction(maker) as session:
        await session.execute(
            update(Upload).values(uploaded_at=func.now() - func.make_interval(0, 0, 0, 2))
        )
    assert (await client.get(page)).status_code == 404

"""The mailbox of development shows letters, and is not there in production."""

import time
from dataclasses import replace
from email.message import EmailMessage
from pathlib import Path

import httpx
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import select

from app.accounts.models import SignInCode
from app.db import SessionMaker, reading, transaction
from app.home.rules.mailbox import linked
from app.main import create_app
from app.settings import Settings
from tests.conftest import new_client
from tests.factories.accounts import ask_for_code, last_code
from workers import letters


def write_letter(folder: Path, name: str, subject: str, body: str) -> None:
    letter = EmailMessage()
    letter["To"], letter["Subject"] = "amal@example.org", subject
    letter.set_content(body)
    (folder / f"{name}.eml").write_bytes(letter.as_bytes())


async def test_newest_first_with_code_and_link(
    client: httpx.AsyncClient, settings: Settings
) -> None:
    folder = settings.mail.folder
    assert folder is not None
    write_letter(folder, "1", "Votre code", "Code: 123456 é")
    write_letter(folder, "2", "مرحبا", "See http://localhost:8000/en/p/abc.\n<b>no</b>")
    (folder / "3.sms").write_text("To: +32470123456\n\nSolidare: Привіт", encoding="utf-8")
    (folder / "4.part").write_text("not finished")
    page = (await client.get("/en/mailbox")).text
    for path in folder.iterdir():
        path.unlink()
    order = [page.index(words) for words in ("Привіт", "مرحبا", "123456 é")]
    assert order == sorted(order)
    assert '<a href="http://localhost:8000/en/p/abc">' in page
    assert "<b>no</b>" not in page
    assert "+32470123456" in page
    assert "not finished" not in page


async def test_a_code_sent_to_a_phone_can_be_read(
    client: httpx.AsyncClient, maker: SessionMaker, settings: Settings
) -> None:
    folder = settings.mail.folder
    assert folder is not None
    await ask_for_code(client, "0470 12 34 56")
    code = await last_code(maker, "+32470123456")
    async with transaction(maker) as session:
        row = (await session.scalars(select(SignInCode))).one()
    async with reading(maker) as reader:
        outgoing = await letters.compose_code(reader, settings, row.id)
    assert outgoing is not None
    write_letter(folder, f"{time.time_ns():020d}-000000", "An earlier letter", "words")
    await letters.deliver(settings, outgoing, "job-1")
    page = (await client.get("/en/mailbox")).text
    for path in folder.iterdir():
        path.unlink()
    assert "+32470123456" in page
    assert page.index(code) < page.index("An earlier letter")


async def test_without_letters_it_says_so(client: httpx.AsyncClient) -> None:
    assert "No letter yet" in (await client.get("/en/mailbox")).text


async def test_production_has_no_mailbox(settings: Settings) -> None:
    for changes in ({"environment": "production"}, {"mail": replace(settings.mail, folder=None)}):
        app = create_app(replace(settings, **changes))
        async with new_client(app) as client:
            assert (await client.get("/en/mailbox")).status_code == 404
        await app.state.maker.kw["bind"].dispose()


@given(st.text() | st.from_regex(r"see https?://[a-z/.?=&]{1,20}\)? and", fullmatch=True))
def test_no_letter_of_the_text_is_lost(text: str) -> None:
    pieces = linked(text)
    assert "".join(piece.text for piece in pieces) == text
    assert all(piece.href in ("", piece.text) for piece in pieces)
    assert all(piece.href.startswith(("http://", "https://", "")) for piece in pieces)

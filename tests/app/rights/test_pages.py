"""One's own data to read and take along, leaving without JavaScript, and the privacy page."""

import json

import httpx
from litestar import Litestar
from markupsafe import escape

from app.accounts.actions import issue_token
from app.accounts.models import Person
from app.db import SessionMaker, transaction
from app.i18n import LANGUAGES, speaking
from app.rights.rules.retention import RETENTION
from app.rights.rules.terms import BASES
from tests.app.rights.leaving import MEETING, NAME, NOTE, PHONE, REPORT, STREET, WORDS, a_life
from tests.conftest import SignIn, new_client
from tests.factories.accounts import submit
from tests.factories.clients import a_client_town, a_desk
from tests.factories.exchanges import an_exchange

OWN = (NAME, PHONE, STREET, NOTE, WORDS, MEETING, REPORT, "my own program")


async def test_a_person_reads_and_takes_along_all_of_theirs(
    client: httpx.AsyncClient, maker: SessionMaker, sign_in: SignIn
) -> None:
    life = await a_life(maker)
    await sign_in(client, life.zorba.person_id)
    shown = (await client.get("/en/account/data")).text
    assert [one for one in OWN if str(escape(one)) not in shown] == []
    file = await client.get("/en/account/data/file")
    assert file.headers["content-disposition"].startswith("attachment")
    found = json.loads(file.content)
    assert [one for one in OWN if one not in file.text] == []
    assert found["exchanges"][0]["ledger_entry"] == 1
    assert len(found["exchanges"][0]["released"][0]["looks"]) == 1
    assert {one["what"] for one in found["agreed"]} == {
        "adult",
        "terms",
        "release_contact",
        "program",
    }
    assert {one["what"] for one in found["agreed"] if one["version"]} >= {"adult", "terms"}


async def test_nobody_takes_along_what_is_anothers(
    client: httpx.AsyncClient, maker: SessionMaker, sign_in: SignIn
) -> None:
    """Amal was shown Zorba's name; words, contacts, address and notes of his are not hers."""
    life = await a_life(maker)
    await sign_in(client, life.amal.person_id)
    file = (await client.get("/en/account/data/file")).text
    leaked = [one for one in (PHONE, STREET, NOTE, WORDS, REPORT, "my own program") if one in file]
    assert leaked == []
    assert (NAME in file, MEETING in file) == (True, True)


async def test_a_program_gets_no_contact_and_no_address(app: Litestar, maker: SessionMaker) -> None:
    life = await a_life(maker)
    async with transaction(maker) as session:
        token = await issue_token(session, life.zorba.person_id, "reader", ("read",))
    async with new_client(app) as program:
        answer = await program.get("/api/v1/me/data", headers={"authorization": f"Bearer {token}"})
    assert answer.status_code == 200
    assert (NAME in answer.text, NOTE in answer.text, WORDS in answer.text) == (True, True, True)
    assert [one for one in (PHONE, STREET, MEETING) if one in answer.text] == []
    assert answer.json()["left_out"]


async def test_leaving_says_what_holds_back_and_the_way_back_works(
    client: httpx.AsyncClient, maker: SessionMaker, sign_in: SignIn
) -> None:
    pair, code = await an_exchange(maker)
    await sign_in(client, pair.giver.person_id)
    held = (await client.get("/en/account/erase")).text
    assert f"/en/exchanges/{code}" in held
    assert 'action="/en/account/erase"' not in held
    refused = await submit(client, "/en/account", to="/en/account/erase")
    assert refused.status_code == 409
    assert "Somebody counts on you" in refused.text
    await submit(client, f"/en/exchanges/{code}/cancel")
    gone = await submit(client, "/en/account/erase")
    assert gone.status_code == 303
    closing = (await client.get("/en/account/erase")).text
    assert "Keep my account" in closing
    assert (
        await submit(client, "/en/account/erase", to="/en/account/erase/stay")
    ).status_code == 303
    async with transaction(maker) as session:
        assert (await session.get_one(Person, pair.giver.person_id)).closing_at is None


async def test_a_client_erases_everything_with_the_code(
    client: httpx.AsyncClient, maker: SessionMaker
) -> None:
    async with transaction(maker) as session:
        town = await a_client_town(session)
    assert (await client.get("/en/code/erase")).headers["location"] == "/en/code"
    await submit(client, "/en/code", code=town.digits)
    assert "/en/code/erase" in (await client.get("/en/code/mine")).text
    done = await submit(client, "/en/code/erase")
    assert done.headers["location"] == "/en/code"
    assert (await client.get("/en/code/mine")).headers["location"] == "/en/code"


async def test_the_desk_erases_its_own_clients_alone(
    client: httpx.AsyncClient, maker: SessionMaker, sign_in: SignIn
) -> None:
    async with transaction(maker) as session:
        mine, other = await a_client_town(session), await a_desk(session)
    await sign_in(client, mine.desk.worker.id)
    strange = await client.get(f"/en/desk/clients/{other.client.alias}/erase")
    assert strange.status_code == 404
    done = await submit(client, f"/en/desk/clients/{mine.desk.client.alias}/erase")
    assert (done.status_code, done.headers["location"]) == (303, "/en/desk")


async def test_the_privacy_page_is_the_table_in_every_language(client: httpx.AsyncClient) -> None:
    for language in LANGUAGES:
        shown = (await client.get(f"/{language}/privacy")).text
        with speaking(language):
            missing = [
                kept.key
                for kept in RETENTION
                for words in (kept.what, kept.why, kept.seen_by, kept.until, BASES[kept.basis])
                if str(escape(words)) not in shown
            ]
        assert missing == [], language

"""What a desk, a helper or a client may get wrong: told in words, logged without them, not lost."""

import httpx
import pytest
from sqlalchemy import func, select, update

from app.db import SessionMaker, reading, transaction
from app.exchanges.actions import client_word
from app.exchanges.models import Exchange
from app.organisations.models import Mandate
from app.organisations.rules import RevokedVia
from app.posts.models import Post
from tests.app.desk.test_import import upload
from tests.app.posts.browsing import Walker
from tests.conftest import SignIn
from tests.factories.accounts import make_person
from tests.factories.clients import Desk, a_desk, client_need
from tests.factories.exchanges import a_proposal, visitor_of
from tests.factories.organisations import a_caseworker, an_organisation
from tests.factories.posts import an_offer

PHONE, NATIONAL, FORMULA = "0470 12 34 56", "85.07.30-033.28", '=HYPERLINK("http://x","Samira")'
CODE = "1234567890"


async def put_before_jan(maker: SessionMaker) -> tuple[Desk, int, str]:
    """A client's need and Jan's offer; nobody has answered."""
    async with transaction(maker) as session:
        desk = await a_desk(session)
        jan = visitor_of(await make_person(session, name="Jan"))
        need, offer = await client_need(session, desk), await an_offer(session, jan)
        return desk, jan.person_id, (await a_proposal(session, need, offer)).code


async def says_yes(client: httpx.AsyncClient, code: str) -> Walker:
    walk = await Walker(client).open(f"/en/proposals/{code}/confirm?answer=accept")
    return await walk.press("Yes, I accept") if "Yes, I accept" in walk.html else walk


async def test_a_consent_taken_back_in_the_middle_ends_the_proposal_in_words(
    client: httpx.AsyncClient, maker: SessionMaker, sign_in: SignIn
) -> None:
    desk, jan, code = await put_before_jan(maker)
    await sign_in(client, jan)
    asked = await Walker(client).open(f"/en/proposals/{code}/confirm?answer=accept")
    async with transaction(maker) as session:  # between the question and the answer
        assert await client_word.revoke(session, desk.client, RevokedVia.PHONE) == 1
    await asked.press("Yes, I accept")
    assert asked.answer is not None
    assert asked.answer.status_code == 410
    assert "has ended" in asked.html
    assert "organisation" in (await Walker(client).open(f"/en/proposals/{code}")).html
    async with reading(maker) as reader:
        assert await reader.scalar(select(func.count()).select_from(Exchange)) == 0


async def test_a_mandate_that_ran_out_is_said_to_the_desk_and_kept_from_the_helper(
    client: httpx.AsyncClient, maker: SessionMaker, sign_in: SignIn
) -> None:
    desk, jan, code = await put_before_jan(maker)
    async with transaction(maker) as session:
        await session.execute(update(Mandate).values(expires_at=func.now()))
    await sign_in(client, desk.worker.id)
    assert "Record a new one first" in (await says_yes(client, code)).html
    await sign_in(client, jan)
    told = (await says_yes(client, code)).html
    assert "has ended" in told
    assert "mandate" not in told.split("<main")[1].split("</main>")[0]


async def test_what_is_refused_is_kept_on_the_page_and_out_of_the_log(
    client: httpx.AsyncClient,
    maker: SessionMaker,
    sign_in: SignIn,
    capfd: pytest.CaptureFixture[str],
) -> None:
    async with transaction(maker) as session:
        desk = await a_desk(session)
        other = await a_caseworker(session, await an_organisation(session, "Elsewhere"))
    await sign_in(client, desk.worker.id)
    walk = await Walker(client).open(f"/en/desk/clients/{desk.client.alias}")
    await walk.press("New need")
    await walk.fill(category="food.meal").press("Continue")
    await walk.open(walk.path.rsplit("/", 1)[0] + "/note")
    for words, told in ((PHONE, "Take the phone number out"), (NATIONAL, "a national number")):
        await walk.fill(note=f"Call Samira {words}").press("Continue")
        assert walk.answer is not None
        assert walk.answer.status_code == 422, words
        assert told in walk.html
        assert f"Call Samira {words}" in walk.html
    sheet = f"kind,category,place,note\nneed,food.parcel,1070,{FORMULA!r}\n"
    await upload(walk, "a.csv", sheet.encode())
    await sign_in(client, other.id)
    assert (await client.get(f"/en/desk/clients/{desk.client.alias}")).status_code == 404
    await walk.open("/en/code")
    for number in range(6):
        await walk.fill(code=CODE).press("Continue")
        assert walk.answer is not None
        assert walk.answer.status_code == (422 if number < 5 else 429), number
    assert "call the desk on your paper" in walk.html
    logged = "".join(capfd.readouterr())
    for secret in (PHONE, NATIONAL, "Samira", CODE, desk.client.alias):
        assert secret not in logged, secret
    async with reading(maker) as reader:
        assert await reader.scalar(select(func.count()).select_from(Post)) == 0

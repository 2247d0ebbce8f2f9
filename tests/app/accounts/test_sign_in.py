"""A code proves a contact, once, in time, in the browser that asked; nothing else comes in."""

import asyncio
import re
from typing import Any

import httpx
import pytest
from litestar import Litestar
from sqlalchemy import event, func, select, text, update
from sqlalchemy.ext.asyncio import AsyncEngine

from app import crypto
from app.accounts import actions
from app.accounts.models import Contact, Person, PersonSession, SignInCode
from app.accounts.rules import TRIES_PER_DAY
from app.db import SessionMaker, transaction
from app.outbox import Job, JobRow
from tests.conftest import new_client
from tests.factories.accounts import (
    a_person,
    ask_for_code,
    come_in,
    csrf_token,
    last_code,
    submit,
)

AMINA = "amina@example.org"
CODE_PAGE = "/en/sign-in/code"


async def count(maker: SessionMaker, table: type) -> int:
    async with transaction(maker) as session:
        return await session.scalar(select(func.count()).select_from(table)) or 0


async def test_a_known_person_comes_in_and_goes_where_they_wanted(
    client: httpx.AsyncClient, maker: SessionMaker
) -> None:
    person = await a_person(maker, email=AMINA)
    asked = await submit(client, "/en/sign-in?next=/offers", contact=" Amina@example.org ")
    assert (asked.status_code, asked.headers["location"]) == (303, f"{CODE_PAGE}?next=/offers")
    code = await last_code(maker, AMINA)
    spaced = f"{code[:3]} {code[3:]}"
    answer = await submit(client, f"{CODE_PAGE}?next=/offers", code=spaced)
    assert (answer.status_code, answer.headers["location"]) == (303, "/en/offers")
    async with transaction(maker) as session:
        row = (await session.scalars(select(PersonSession))).one()
        sid = client.cookies["sid"]
        assert (row.person_id, row.token_hash) == (person.id, crypto.token_hash(sid))
        assert (await session.scalars(select(JobRow.kind))).first() == Job.SEND_CODE
    assert "Amina" in (await client.get("/en/account")).text


async def test_a_new_person_gives_a_name_after_the_code(
    client: httpx.AsyncClient, maker: SessionMaker
) -> None:
    await ask_for_code(client, "0470 12 34 56")
    answer = await submit(client, CODE_PAGE, code=await last_code(maker, "+32470123456"))
    assert answer.headers["location"] == "/en/sign-in/name"
    page = await client.get("/en/sign-in/name")
    assert re.search(r'value="en"[^>]* checked', page.text), "the page's language is prefilled"
    refused = await submit(client, "/en/sign-in/name", name="  ", languages=["xx"])
    assert refused.status_code == 422
    assert "18" in refused.text
    fields: dict[str, Any] = {"name": " Jan ", "languages": ["nl", "fr"], "adult": "y"}
    came = await submit(client, "/en/sign-in/name", **fields)
    assert came.headers["location"] == "/en/proposals"
    async with transaction(maker) as session:
        person = (await session.scalars(select(Person))).one()
        contact = (await session.scalars(select(Contact))).one()
        assert (person.name, person.languages, person.language) == ("Jan", ["nl", "fr"], "en")
        assert person.adult_attested_at is not None
        assert (contact.kind, contact.value) == ("phone", "+32470123456")
        stored = (await session.execute(text("SELECT value FROM contact"))).scalar_one()
        assert b"470123456" not in stored


async def test_a_name_without_a_proven_code_makes_nobody(
    client: httpx.AsyncClient, maker: SessionMaker
) -> None:
    await ask_for_code(client, AMINA)
    fields: dict[str, Any] = {"name": "Eve", "languages": ["en"], "adult": "y"}
    answer = await submit(client, "/en/sign-in/name", **fields)
    assert answer.headers["location"] == "/en/sign-in"
    assert await count(maker, Person) == 0


def shown_difference(one: httpx.Response, other: httpx.Response) -> set[str]:
    """What an onlooker could tell two answers apart by, beside random tokens."""

    def seen(answer: httpx.Response) -> dict[str, str]:
        body = re.sub(r'name="_(?:csrf_token|key)" value="[^"]*"', "", answer.text)
        body = re.sub(r"(known|unknown)@example\.org", "contact", body)
        headers = {
            name: re.sub(r"(sid|device|flash)=[^;]*", r"\1=", value)
            for name, value in answer.headers.items()
            if name not in ("content-length", "date")
        }
        return {"status": str(answer.status_code), "body": body, **headers}

    first, second = seen(one), seen(other)
    return {name for name in {*first, *second} if first.get(name) != second.get(name)}


async def test_known_and_unknown_contacts_are_answered_alike(
    app: Litestar, maker: SessionMaker, engine: AsyncEngine
) -> None:
    await a_person(maker, email="known@example.org")
    seen: dict[str, list[httpx.Response]] = {}
    work: dict[str, list[str]] = {}
    for name in ("known", "unknown"):
        statements: list[str] = []
        async with new_client(app) as browser:
            await browser.get("/en/sign-in")
            listener = lambda *call: statements.append(call[2])  # noqa: B023, E731 - ends below
            pool = app.state.maker.kw["bind"].sync_engine
            event.listen(pool, "before_cursor_execute", listener)
            asked = await ask_for_code(browser, f"{name}@example.org")
            shown = await browser.get(CODE_PAGE)
            wrong = await browser.post(
                CODE_PAGE, data={"_csrf_token": csrf_token(shown.text), "code": "000000"}
            )
            event.remove(pool, "before_cursor_execute", listener)
        seen[name], work[name] = [asked, shown, wrong], statements
    for one, other in zip(seen["known"], seen["unknown"], strict=True):
        assert shown_difference(one, other) == set()
    assert work["known"] == work["unknown"]
    assert len(work["known"]) > 5


async def test_the_onlooker_sees_a_leak_when_there_is_one() -> None:
    """The control: the comparison above is not blind."""
    kind = httpx.Response(303, headers={"location": "/en/sign-in/code"}, text="sent")
    for leak in (
        httpx.Response(303, headers={"location": "/en/sign-in/name"}, text="sent"),
        httpx.Response(422, headers={"location": "/en/sign-in/code"}, text="sent"),
        httpx.Response(303, headers={"location": "/en/sign-in/code"}, text="unknown address"),
    ):
        assert shown_difference(kind, leak)


async def test_a_wrong_code_is_counted_with_its_422(
    client: httpx.AsyncClient, maker: SessionMaker
) -> None:
    await a_person(maker, email=AMINA)
    await ask_for_code(client, AMINA)
    code = await last_code(maker, AMINA)
    wrong = f"{(int(code) + 1) % 1_000_000:06d}"
    answer = await submit(client, CODE_PAGE, code=wrong)
    assert answer.status_code == 422
    assert f'value="{wrong}"' in answer.text
    shapeless = await submit(client, CODE_PAGE, code="12ab")
    assert shapeless.status_code == 422
    async with transaction(maker) as session:
        assert await session.scalar(select(SignInCode.tries)) == 1
    assert (await submit(client, CODE_PAGE, code=code)).status_code == 303


async def test_the_eleventh_try_is_refused_over_all_codes(
    client: httpx.AsyncClient, maker: SessionMaker
) -> None:
    await a_person(maker, email=AMINA)
    for _ in range(2):
        await ask_for_code(client, AMINA)
        code = await last_code(maker, AMINA)
        for _ in range(TRIES_PER_DAY // 2):
            wrong = f"{(int(code) + 1) % 1_000_000:06d}"
            assert (await submit(client, CODE_PAGE, code=wrong)).status_code == 422
    eleventh = await submit(client, CODE_PAGE, code=code)
    assert eleventh.status_code == 422
    assert "Too many wrong codes" in eleventh.text
    assert await count(maker, PersonSession) == 0


async def test_parallel_tries_do_not_pass_the_limit_together(
    app: Litestar, maker: SessionMaker
) -> None:
    await a_person(maker, email=AMINA)
    async with transaction(maker) as session:
        await actions.ask_code(session, kind="email", value=AMINA, device="d", language="en")

    async def wrong_try() -> str:
        async with transaction(maker) as session:
            return (await actions.enter_code(session, code="x", device="d")).problem

    problems = await asyncio.gather(*(wrong_try() for _ in range(TRIES_PER_DAY + 5)))
    assert sum("not the code" in problem for problem in problems) == TRIES_PER_DAY
    async with transaction(maker) as session:
        assert await session.scalar(select(SignInCode.tries)) == TRIES_PER_DAY


async def test_the_parallel_hunt_catches_a_naive_count(maker: SessionMaker) -> None:
    """The control: read, try, write, without taking turns, lets every one of them through."""
    async with transaction(maker) as session:
        await actions.ask_code(session, kind="email", value=AMINA, device="d", language="en")
    everybody = asyncio.Barrier(TRIES_PER_DAY + 5)

    async def naive_try() -> bool:
        async with transaction(maker) as session:
            row = (await session.scalars(select(SignInCode))).one()
            await everybody.wait()
            return row.tries < TRIES_PER_DAY

    tried = await asyncio.gather(*(naive_try() for _ in range(TRIES_PER_DAY + 5)))
    assert sum(tried) > TRIES_PER_DAY


async def test_a_code_of_another_browser_does_not_exist(
    app: Litestar, client: httpx.AsyncClient, maker: SessionMaker
) -> None:
    await a_person(maker, email=AMINA)
    await ask_for_code(client, AMINA)
    code = await last_code(maker, AMINA)
    async with new_client(app) as thief:
        await ask_for_code(thief, "thief@example.org")
        answer = await submit(thief, CODE_PAGE, code=code)
        assert answer.status_code == 422
        assert "sid" not in thief.cookies


@pytest.mark.parametrize("way", ["expired", "used", "replaced"])
async def test_a_code_ends(client: httpx.AsyncClient, maker: SessionMaker, way: str) -> None:
    await a_person(maker, email=AMINA)
    await ask_for_code(client, AMINA)
    code = await last_code(maker, AMINA)
    page = await client.get(CODE_PAGE)
    async with transaction(maker) as session:
        if way == "expired":
            await session.execute(update(SignInCode).values(expires_at=func.now()))
        if way == "used":
            await session.execute(update(SignInCode).values(used_at=func.now()))
    if way == "replaced":
        await submit(client, CODE_PAGE, to=f"{CODE_PAGE}/resend")
        assert await last_code(maker, AMINA) != code or pytest.skip("one in a million")
    answer = await client.post(CODE_PAGE, data={"_csrf_token": csrf_token(page.text), "code": code})
    assert "sid" not in client.cookies
    assert answer.status_code == (303 if way == "used" else 422)
    assert await count(maker, PersonSession) == 0


async def test_too_many_codes_for_one_contact_end_for_the_day(
    client: httpx.AsyncClient, maker: SessionMaker
) -> None:
    for _ in range(10):
        assert (await ask_for_code(client, AMINA)).status_code == 303
    answer = await ask_for_code(client, AMINA)
    assert answer.status_code == 429
    assert "Too many codes" in answer.text
    async with transaction(maker) as session:
        await session.execute(
            update(SignInCode).values(created_at=func.now() - text("interval '25 hours'"))
        )
    assert (await ask_for_code(client, AMINA)).status_code == 303


async def is_adopted(maker: SessionMaker, client: httpx.AsyncClient, planted: str) -> bool:
    """Whether an id that somebody else chose now opens an account."""
    client.cookies.set("sid", planted, domain="localhost.local")
    async with transaction(maker) as session:
        hashes = (await session.scalars(select(PersonSession.token_hash))).all()
    known = crypto.token_hash(planted) in hashes
    return known or (await client.get("/en/account")).status_code == 200


async def test_a_planted_session_id_is_never_adopted(
    client: httpx.AsyncClient, maker: SessionMaker
) -> None:
    await a_person(maker, email=AMINA)
    client.cookies.set("sid", "planted-by-somebody", domain="localhost.local")
    await come_in(client, maker, AMINA)
    assert client.cookies["sid"] != "planted-by-somebody"
    assert not await is_adopted(maker, client, "planted-by-somebody")


async def test_the_fixation_hunt_catches_a_naive_sign_in(
    client: httpx.AsyncClient, maker: SessionMaker
) -> None:
    """The control: a sign-in that keeps the id it was sent."""
    person = await a_person(maker, email=AMINA)
    async with transaction(maker) as session:
        hashed = crypto.token_hash("planted")
        session.add(PersonSession(token_hash=hashed, person_id=person.id, device_name="?"))
    assert await is_adopted(maker, client, "planted")


async def test_signing_in_replaces_the_session_that_was_there(
    client: httpx.AsyncClient, maker: SessionMaker
) -> None:
    """A session fixed or planted by somebody who has an account dies when its victim signs in."""
    await a_person(maker, email="mallory@example.org", name="Mallory")
    await a_person(maker, email=AMINA)
    await come_in(client, maker, "mallory@example.org")
    planted = client.cookies["sid"]
    signed_out_page = await client.get("/en/account")
    token = csrf_token(signed_out_page.text)
    await client.post("/en/sign-in", data={"_csrf_token": token, "contact": AMINA})
    code = await last_code(maker, AMINA)
    await client.post(CODE_PAGE, data={"_csrf_token": token, "code": code})
    assert client.cookies["sid"] != planted
    async with transaction(maker) as session:
        rows = (await session.scalars(select(PersonSession.token_hash))).all()
    assert rows == [crypto.token_hash(client.cookies["sid"])]


async def test_a_stopped_person_stays_outside(
    client: httpx.AsyncClient, maker: SessionMaker
) -> None:
    await a_person(maker, email=AMINA)
    await come_in(client, maker, AMINA)
    async with transaction(maker) as session:
        await session.execute(update(Person).values(suspended_at=func.now()))
    assert (await client.get("/en/account")).status_code == 303, "at once, not at the next sign-in"
    answer = await come_in(client, maker, AMINA)
    assert answer.status_code == 422
    assert "stopped" in answer.text


async def test_only_a_new_browser_is_announced(
    app: Litestar, client: httpx.AsyncClient, maker: SessionMaker
) -> None:
    await a_person(maker, email=AMINA)

    async def announced() -> int:
        async with transaction(maker) as session:
            kind = Job.TELL_NEW_DEVICE.value
            jobs = await session.scalars(select(JobRow).where(JobRow.kind == kind))
            return len(jobs.all())

    await come_in(client, maker, AMINA)
    assert await announced() == 1
    client.cookies.delete("sid")
    await come_in(client, maker, AMINA)
    assert await announced() == 1
    async with new_client(app) as other:
        await come_in(other, maker, AMINA)
    assert await announced() == 2


@pytest.mark.parametrize("contact", ["", "nothing", "a\x00b@example.org", "1" * 30_000])
async def test_bad_contacts_are_refused_in_words(
    client: httpx.AsyncClient, maker: SessionMaker, contact: str
) -> None:
    answer = await ask_for_code(client, contact)
    assert answer.status_code == 422
    assert await count(maker, SignInCode) == 0

"""A role opens nothing before a second step; its answers work once; a lost device is no end."""

import re
import time
from collections.abc import Awaitable, Callable

import httpx
import pyotp
import pytest
from sqlalchemy import func, select, text, update

from app import crypto
from app.accounts import actions, queries
from app.accounts.models import Factor, FactorTry, PersonSession, RecoveryCode, SecurityLetter
from app.accounts.rules import Role
from app.accounts.rules.factors import FACTOR_TRIES_PER_DAY, RECOVERY_CODES
from app.db import SessionMaker, transaction
from tests.conftest import SignIn
from tests.factories.accounts import a_person, ask_for_code, come_in, csrf_token, last_code, submit

MAIL = "claire@example.org"
FACTOR = "/en/sign-in/factor"
SECRET = pyotp.random_base32()
Send = Callable[..., Awaitable[httpx.Response]]


def app_says(secret: str = SECRET, steps: int = 0) -> str:
    return pyotp.HOTP(secret).at(int(time.time()) // 30 + steps)


async def a_moderator(maker: SessionMaker, *, with_app: bool = True) -> int:
    person = await a_person(maker, name="Claire", email=MAIL)
    async with transaction(maker) as session:
        await actions.grant(session, person.id, Role.MODERATOR)
        if with_app:
            await actions.set_app(session, person.id, SECRET)
    return person.id


async def post_with_token(client: httpx.AsyncClient, path: str, **fields: str) -> httpx.Response:
    shown = await client.get("/en/account")
    return await client.post(path, data={"_csrf_token": csrf_token(shown.text), **fields})


async def test_the_first_sign_in_with_a_role_leads_to_the_set_up(
    client: httpx.AsyncClient, maker: SessionMaker
) -> None:
    person_id = await a_moderator(maker, with_app=False)
    came = await come_in(client, maker, MAIL)
    assert came.headers["location"] == "/en/account/factors"
    refused = await client.get("/en/moderation?stage=new")
    assert refused.status_code == 303
    assert refused.headers["location"] == ("/en/account/factors?next=/moderation%3Fstage%3Dnew")
    page = await client.get("/en/account")
    assert "Your role needs a second step" in page.text
    assert 'href="/en/moderation"' not in page.text
    begun = await post_with_token(client, "/en/account/factors/app?next=/moderation")
    secret = re.sub(r"\s", "", re.findall(r'translate="no">([A-Z2-7 ]{32,})<', begun.text)[0])
    before = client.cookies["sid"]
    confirm = "/en/account/factors/app/confirm?next=/moderation"
    wrong = await post_with_token(client, confirm, code="000000")
    assert wrong.status_code == 422
    assert secret[:4] in wrong.text, "the same key stays on the page"
    done = await post_with_token(client, confirm, code=app_says(secret))
    assert (done.status_code, done.text.count("<li><bdi")) == (200, RECOVERY_CODES)
    assert client.cookies["sid"] != before
    assert (await client.get("/en/moderation")).status_code == 200
    async with transaction(maker) as session:
        stored = (await session.execute(text("SELECT secret FROM factor"))).scalar_one()
        assert secret.encode() not in stored
        assert await queries.recovery_codes_left(session, person_id) == RECOVERY_CODES
        told = (await session.scalars(select(SecurityLetter.change))).all()
        assert told == ["step_added"]


async def test_the_second_step_comes_before_any_session(
    client: httpx.AsyncClient, maker: SessionMaker
) -> None:
    await a_moderator(maker)
    half = await come_in(client, maker, MAIL)
    assert half.headers["location"] == FACTOR
    assert "sid" not in client.cookies
    assert (await submit(client, FACTOR, code="abc")).status_code == 422
    wrong = await submit(client, FACTOR, code="000000")
    assert (wrong.status_code, "sid" in client.cookies) == (422, False)
    right = await submit(client, FACTOR, code=app_says())
    assert right.status_code == 303
    assert (await client.get("/en/moderation")).status_code == 200
    async with transaction(maker) as session:
        assert await session.scalar(select(PersonSession.level)) == 2
        assert await session.scalar(select(func.count()).select_from(FactorTry)) == 1


async def sign_in_with(client: httpx.AsyncClient, maker: SessionMaker, answer: str) -> int:
    client.cookies.delete("sid")
    await come_in(client, maker, MAIL)
    return (await submit(client, FACTOR, code=answer)).status_code


async def test_each_code_of_the_app_works_once(
    client: httpx.AsyncClient, maker: SessionMaker
) -> None:
    await a_moderator(maker)
    said = app_says()
    assert await sign_in_with(client, maker, said) == 303
    assert await sign_in_with(client, maker, said) == 422, "replayed within its half minute"
    assert await sign_in_with(client, maker, app_says(steps=-1)) == 422, "older than the last"
    assert await sign_in_with(client, maker, app_says(steps=3)) == 422, "too early"
    async with transaction(maker) as session:
        await session.execute(update(Factor).values(counter=0))
    assert await sign_in_with(client, maker, said) == 303, "control: only its use had ended it"


async def test_recovery_codes_work_once_and_are_told(
    client: httpx.AsyncClient, maker: SessionMaker
) -> None:
    person_id = await a_moderator(maker)
    async with transaction(maker) as session:
        codes = await actions.renew_recovery_codes(session, person_id)
        stored = (await session.scalars(select(RecoveryCode.code_hash))).all()
        assert not [code for code in codes if code.encode() in b"".join(stored)]
    typed = f" {codes[0][:5].upper()}-{codes[0][5:]} "
    assert await sign_in_with(client, maker, typed) == 303
    assert await sign_in_with(client, maker, codes[0]) == 422
    async with transaction(maker) as session:
        assert await queries.recovery_codes_left(session, person_id) == RECOVERY_CODES - 1
        assert (await session.scalars(select(SecurityLetter.change))).all() == ["recovered"]


async def test_wrong_answers_are_counted_and_a_human_helps(
    client: httpx.AsyncClient, maker: SessionMaker
) -> None:
    person_id = await a_moderator(maker)
    async with transaction(maker) as session:
        session.add_all(FactorTry(person_id=person_id) for _ in range(FACTOR_TRIES_PER_DAY - 1))
    assert await sign_in_with(client, maker, "000000") == 422
    stopped = await submit(client, FACTOR, code=app_says())
    assert "Too many wrong codes today" in stopped.text
    async with transaction(maker) as session:
        past = func.now() - text("interval '25 hours'")
        await session.execute(update(FactorTry).values(created_at=past))
    assert (await submit(client, FACTOR, code=app_says())).status_code == 303


async def test_the_last_step_of_a_role_stays(
    client: httpx.AsyncClient, maker: SessionMaker, sign_in: SignIn
) -> None:
    person_id = await a_moderator(maker)
    await sign_in(client, person_id)
    async with transaction(maker) as session:
        factor_id = await session.scalar(select(Factor.id))
    path = f"/en/account/factors/{factor_id}/remove"
    assert (await post_with_token(client, path)).status_code == 409
    other = await a_person(maker, email="jan@example.org")
    async with transaction(maker) as session:
        await actions.set_app(session, other.id, SECRET)
        own = await session.scalar(select(Factor.id).where(Factor.person_id == other.id))
    assert (await post_with_token(client, f"/en/account/factors/{own}/remove")).status_code == 404
    await sign_in(client, other.id)
    assert (await post_with_token(client, f"/en/account/factors/{own}/remove")).status_code == 303
    async with transaction(maker) as session:
        assert await session.scalar(select(func.count()).select_from(Factor)) == 1


@pytest.mark.parametrize("role", [Role.CASEWORKER, Role.COORDINATOR, Role.OPERATOR])
async def test_with_one_factor_a_role_is_nothing(
    client: httpx.AsyncClient, maker: SessionMaker, role: Role
) -> None:
    person = await a_person(maker)
    async with transaction(maker) as session:
        await actions.grant(session, person.id, role, 7 if role is Role.CASEWORKER else None)
        weak = await actions.open_session(session, person.id, "Test")
        strong = await actions.open_session(session, person.id, "Test", level=2)
        seen = await queries.find_visitor(session, "session", weak)
        assert seen is not None
        assert (seen.roles, seen.organisation_ids) == (frozenset(), frozenset())
        assert seen.held_roles == {role.value}
        full = await queries.find_visitor(session, "session", strong)
        assert full is not None
        assert (set(full.roles), set(full.held_roles)) == ({role.value}, set())
    page = "/en/jobs" if role is Role.OPERATOR else "/en/desk"
    client.cookies.set("sid", weak, domain="localhost.local")
    assert "/account/factors" in (await client.get(page)).headers["location"]
    client.cookies.set("sid", strong, domain="localhost.local")
    assert "/account/factors" not in (await client.get(page)).headers.get("location", "")


@pytest.mark.parametrize(
    "said",
    ["", "{}", "[]", '{"id":"a","rawId":"a","type":"public-key","response":{}}', "\x00", "9"],
)
async def test_words_that_no_passkey_says_open_nothing(
    client: httpx.AsyncClient, maker: SessionMaker, said: str
) -> None:
    await a_moderator(maker)
    answer = await submit(client, "/en/sign-in/passkey", credential=said)
    assert answer.headers["location"] == "/en/sign-in"
    assert "sid" not in client.cookies


async def test_a_draft_of_somebody_with_a_second_step_waits_for_it(
    client: httpx.AsyncClient, maker: SessionMaker
) -> None:
    """Publishing proves a contact by code; that alone opens no session here."""
    await a_moderator(maker)
    await ask_for_code(client, MAIL)
    async with transaction(maker) as session:
        device = client.cookies["device"]
        outcome = await actions.enter_code(
            session, code=await last_code(maker, MAIL), device=device, name="Somebody"
        )
        assert (outcome.person, outcome.factor_needed) == (None, True)
        assert await queries.half_signed_in(session, device) is not None
        assert await queries.half_signed_in(session, crypto.new_token()) is None

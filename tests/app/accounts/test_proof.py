"""What cannot be undone asks for a fresh proof; what was typed waits; contacts are told."""

import re

import httpx
import pytest
from sqlalchemy import func, select, text, update

from app.accounts import actions, queries
from app.accounts.models import ApiToken, Contact, PersonSession, SecurityLetter
from app.db import SessionMaker, transaction
from app.outbox import Job, JobRow
from app.settings import Settings
from tests.app.accounts.test_second_step import SECRET, app_says
from tests.conftest import SignIn
from tests.factories.accounts import a_person, csrf_token, last_code, submit
from workers.security import compose_warning

AMINA, NEW = "amina@example.org", "+32470123456"
PROOF, CONTACTS = "/en/account/proof", "/en/account/contacts"


async def grow_old(maker: SessionMaker, minutes: int = 11) -> None:
    async with transaction(maker) as session:
        past = func.now() - text(f"interval '{minutes} minutes'")
        await session.execute(update(PersonSession).values(proven_at=past))


async def test_a_stale_session_proves_itself_and_goes_on_with_what_was_typed(
    client: httpx.AsyncClient, maker: SessionMaker, sign_in: SignIn
) -> None:
    person = await a_person(maker, email=AMINA)
    await sign_in(client, person.id)
    await grow_old(maker)
    asked = await submit(client, "/en/account/tokens", label="<My> script", scope="read")
    assert asked.headers["location"].startswith(f"{PROOF}?next=/account/proof/continue")
    async with transaction(maker) as session:
        assert (await session.scalars(select(ApiToken))).all() == []
        raw = (await session.execute(text("SELECT kept_form FROM person_session"))).scalar_one()
        assert b"script" not in raw
    page = await client.get(asked.headers["location"])
    assert "a…@example.org" in page.text
    assert AMINA not in page.text
    await submit(client, asked.headers["location"], to=f"{PROOF}/send?next=/account/proof/continue")
    before = client.cookies["sid"]
    code = await last_code(maker, AMINA)
    wrong = await submit(client, asked.headers["location"], code=f"{(int(code) + 1) % 10**6:06d}")
    assert wrong.status_code == 422
    right = await submit(client, asked.headers["location"], code=code)
    assert right.headers["location"] == "/en/account/proof/continue"
    assert client.cookies["sid"] != before
    kept = await client.get("/en/account/proof/continue")
    fields = dict(re.findall(r'type="hidden" name="([a-z]+)" value="([^"]*)"', kept.text))
    assert fields == {"label": "&lt;My&gt; script", "scope": "read"}
    answer = await client.post(
        "/en/account/tokens",
        data={"_csrf_token": csrf_token(kept.text), "label": "<My> script", "scope": "read"},
    )
    assert answer.status_code == 200
    assert "Your new token" in answer.text


@pytest.mark.parametrize("minutes", [9, 11])
async def test_a_proof_holds_for_ten_minutes(
    client: httpx.AsyncClient, maker: SessionMaker, sign_in: SignIn, minutes: int
) -> None:
    person = await a_person(maker, email=AMINA)
    await sign_in(client, person.id)
    await grow_old(maker, minutes)
    answer = await client.get("/en/account/factors/passkey?next=/posts")
    assert answer.status_code == (200 if minutes < 10 else 303)
    if minutes > 10:
        following = "/account/factors/passkey%3Fnext%3D/posts"
        assert answer.headers["location"] == f"{PROOF}?next={following}"


async def test_whoever_has_a_second_step_proves_that(
    client: httpx.AsyncClient, maker: SessionMaker, sign_in: SignIn
) -> None:
    """A thief of the mailbox gets no further by a code to it."""
    person = await a_person(maker, email=AMINA)
    async with transaction(maker) as session:
        await actions.set_app(session, person.id, SECRET)
    await sign_in(client, person.id)
    await grow_old(maker)
    await submit(client, PROOF, to=f"{PROOF}/send")
    code = await last_code(maker, AMINA)
    assert (await submit(client, PROOF, code=code)).status_code == 422
    assert (await submit(client, PROOF, code=app_says())).headers["location"] == "/en/account"


async def test_a_code_for_one_end_serves_no_other(
    client: httpx.AsyncClient, maker: SessionMaker, sign_in: SignIn
) -> None:
    person = await a_person(maker, email=AMINA)
    await sign_in(client, person.id)
    await submit(client, PROOF, to=f"{PROOF}/send")
    code = await last_code(maker, AMINA)
    client.cookies.delete("sid")
    answer = await client.get("/en/sign-in/code")
    assert answer.headers["location"] == "/en/sign-in", "no sign-in code was asked for"
    async with transaction(maker) as session:
        outcome = await actions.enter_code(session, code=code, device=client.cookies["device"])
        assert outcome.person is None


async def add_second(client: httpx.AsyncClient, maker: SessionMaker) -> httpx.Response:
    assert (await submit(client, CONTACTS, contact="0470 12 34 56")).status_code == 303
    return await submit(client, f"{CONTACTS}/code", code=await last_code(maker, NEW))


async def test_a_second_contact_is_proven_and_all_are_told(
    client: httpx.AsyncClient, maker: SessionMaker, sign_in: SignIn, settings: Settings
) -> None:
    person = await a_person(maker, email=AMINA)
    await sign_in(client, person.id)
    before = client.cookies["sid"]
    assert (await submit(client, CONTACTS, contact="nothing")).status_code == 422
    assert (await add_second(client, maker)).headers["location"] == CONTACTS
    assert client.cookies["sid"] != before
    shown = (await client.get(CONTACTS)).text
    assert NEW in shown
    assert "You have two contacts" in shown
    async with transaction(maker) as session:
        old = await session.scalar(select(Contact.id).where(Contact.kind == "email"))
    await submit(client, CONTACTS, to=f"{CONTACTS}/{old}/remove")
    last = await submit(client, CONTACTS, to=f"{CONTACTS}/{old}/remove")
    assert last.status_code == 404
    async with transaction(maker) as session:
        only = await session.scalar(select(Contact.id))
        assert (await session.scalars(select(Contact.kind))).all() == ["phone"]
        rows = (await session.scalars(select(SecurityLetter).order_by(SecurityLetter.id))).all()
        told = [(row.change, row.kind, row.value) for row in rows]
        assert told == [
            ("contact_added", "email", AMINA),
            ("contact_removed", "email", AMINA),
            ("contact_removed", "phone", NEW),
        ], "the one that goes is told too"
        waiting = await session.scalars(
            select(JobRow.id).where(JobRow.kind == Job.SEND_WARNING.value)
        )
        assert len(waiting.all()) == len(told)
        letter = await compose_warning(session, settings, rows[1].id)
        assert letter is not None
        assert (letter.to, "was removed from your account" in letter.text) == (AMINA, True)
        assert settings.contact.phone in letter.text
        text_message = await compose_warning(session, settings, rows[2].id)
        assert text_message is not None
        assert "\n" not in text_message.text
    assert (await submit(client, CONTACTS, to=f"{CONTACTS}/{only}/remove")).status_code == 409


async def test_somebody_elses_contact_is_not_taken(
    client: httpx.AsyncClient, maker: SessionMaker, sign_in: SignIn
) -> None:
    """Only who holds the phone learns that it has an account."""
    await a_person(maker, name="Jan", phone=NEW)
    person = await a_person(maker, email=AMINA)
    await sign_in(client, person.id)
    answer = await add_second(client, maker)
    assert answer.status_code == 422
    assert "belongs to another account" in answer.text
    async with transaction(maker) as session:
        assert len(await queries.contacts_of(session, person.id)) == 1
        assert (await session.scalars(select(SecurityLetter))).all() == []


async def test_a_program_cannot_prove_anything(
    client: httpx.AsyncClient, maker: SessionMaker
) -> None:
    person = await a_person(maker, email=AMINA)
    async with transaction(maker) as session:
        token = await actions.issue_token(session, person.id, "script")
        visitor = await queries.find_visitor(session, "api", token)
        assert visitor is not None
        assert (visitor.proven, visitor.session_id) == (False, None)
    bearer = {"authorization": f"Bearer {token}"}
    assert (await client.get("/api/v1/me", headers=bearer)).status_code == 200
    async with transaction(maker) as session:
        used = await session.scalar(select(ApiToken.last_used_at))
        assert used is not None
        assert (used.minute, used.second) == (0, 0), "to the hour"

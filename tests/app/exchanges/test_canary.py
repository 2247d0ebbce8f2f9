"""Canary contacts over every page and API of exchanges and ledger, for everybody, in every state.

They may appear to the other side on the page and in the API of an agreed exchange, nowhere else.
"""

import re
from collections.abc import Iterator
from datetime import timedelta

import httpx
import pytest
from litestar import Litestar
from sqlalchemy import Text, cast, func, literal_column, select, update

from app.accounts.models import RoleGrant
from app.db import Base, SessionMaker, transaction
from app.exchanges import actions
from app.exchanges import api as exchanges_api
from app.exchanges import pages as exchanges_pages
from app.exchanges.models import ContactRelease, Exchange
from app.exchanges.rules import Answer, Side
from app.ledger import api as ledger_api
from app.ledger import pages as ledger_pages
from app.notifications.rules import LinkPurpose, SignedLink, write_link
from tests.app.exchanges.test_api import bearer
from tests.conftest import SignIn, new_client
from tests.factories.accounts import make_person
from tests.factories.exchanges import (
    GIVER_PHONE,
    RECEIVER_EMAIL,
    Pair,
    a_pair,
    agree,
    answer,
    stand_of,
)

CANARIES = {Side.GIVER: GIVER_PHONE, Side.RECEIVER: RECEIVER_EMAIL}
BEFORE = ["proposed", "half"]
SHOWN = ["agreed", "asked", "disputed", "completed"]
AFTER = ["expired", "cancelled", "not_done", "blocked", "swept"]


async def reach(maker: SessionMaker, state: str) -> tuple[Pair, str]:
    """A pair in this state, and the code of its exchange if there is one."""
    async with transaction(maker) as session:
        pair = await a_pair(session)
        if state == "half":
            await actions.accept(session, pair.giver, pair.code)
        if state in BEFORE:
            return pair, "nothing"
        code = (await agree(session, pair)).code
    words = {
        "asked": (Answer.YES,),
        "disputed": (Answer.YES, Answer.NO),
        "completed": (Answer.YES, Answer.YES),
        "expired": (Answer.YES, Answer.YES),
        "swept": (Answer.YES, Answer.YES),
        "not_done": (Answer.NO, Answer.NO),
    }.get(state, ())
    for side, word in zip(Side, words, strict=False):
        await answer(maker, pair, code, side, word)
    await _end(maker, pair, code, state)
    return pair, code


async def _end(maker: SessionMaker, pair: Pair, code: str, state: str) -> None:
    async with transaction(maker) as session:
        stand = await stand_of(session, pair, code, Side.RECEIVER)
        if state == "cancelled":
            await actions.cancel(session, stand)
        if state == "blocked":
            await actions.block_other(session, stand, pair.receiver.person_id)
        if state in ("expired", "swept"):
            await session.execute(update(ContactRelease).values(until=func.now()))
            past = func.now() - timedelta(days=30)
            await session.execute(update(Exchange).values(completed_at=past))
        if state == "swept":
            await actions.tidy_exchanges(session)


def addresses(pair: Pair, code: str) -> Iterator[str]:
    """Every GET address of both domains, filled in."""
    tokens = [
        write_link(SignedLink(purpose, ref, person.person_id))
        for person in (pair.giver, pair.receiver)
        for purpose, ref in ((LinkPurpose.EXCHANGE, code), (LinkPurpose.PROPOSAL, pair.code))
    ]
    rooms = (exchanges_pages, exchanges_api, ledger_pages, ledger_api)
    for handler in (one for room in rooms for one in room.handlers):
        for path in handler.paths if "GET" in handler.http_methods else ():
            named = re.sub(r"\{code(:str)?\}", code, path)
            named = re.sub(r"\{number(:int)?\}", "1", named)
            if "{token" not in named:
                yield named
                continue
            for token in tokens:
                yield re.sub(r"\{token(:str)?\}", token, named)


async def seen_by(
    client: httpx.AsyncClient, paths: Iterator[str], headers: dict[str, str]
) -> set[tuple[str, str]]:
    """(address without codes, canary) wherever a canary shows."""
    found = set()
    for path in paths:
        is_api = path.startswith("/api/")
        shown = await client.get(
            path if is_api else f"/en{path}", headers=headers if is_api else {}
        )
        assert shown.status_code < 500, path
        everything = shown.text + str(dict(shown.headers))
        found |= {(path, canary) for canary in CANARIES.values() if canary in everything}
    return found


@pytest.mark.parametrize("state", [*BEFORE, *SHOWN, *AFTER])
async def test_contacts_show_to_the_other_side_while_released_and_nowhere_else(
    app: Litestar, maker: SessionMaker, sign_in: SignIn, state: str
) -> None:
    pair, code = await reach(maker, state)
    async with transaction(maker) as session:
        stranger = await make_person(session, name="Eve")
        session.add(RoleGrant(person_id=stranger.id, role="coordinator"))
    people = {
        pair.giver.person_id: Side.GIVER,
        pair.receiver.person_id: Side.RECEIVER,
        stranger.id: None,
        None: None,
    }
    for person_id, side in people.items():
        browser, headers = new_client(app), {}
        if person_id is not None:
            await sign_in(browser, person_id)
            headers = await bearer(maker, person_id)
        found = await seen_by(browser, addresses(pair, code), headers)
        expected = set()
        if side is not None and state in SHOWN:
            other = CANARIES[side.other]
            expected = {
                (f"/exchanges/{code}", other),
                (f"/api/v1/exchanges/{code}", other),
            }
        assert found == expected, (state, side)


@pytest.mark.parametrize("state", ["half", "agreed", "completed", "blocked"])
async def test_no_row_of_the_database_holds_a_contact_in_clear(
    maker: SessionMaker, state: str
) -> None:
    await reach(maker, state)
    async with transaction(maker) as session:
        for table in Base.metadata.sorted_tables:
            row = cast(literal_column(f'"{table.name}"'), Text)
            for canary in CANARIES.values():
                # Columns of bytes are written as hexadecimal digits.
                for form in (canary.removeprefix("+"), canary.removeprefix("+").encode().hex()):
                    hits = select(func.count()).select_from(table).where(row.contains(form))
                    assert await session.scalar(hits) == 0, table.name


async def test_control_an_unguarded_page_would_be_caught(
    client: httpx.AsyncClient, maker: SessionMaker, sign_in: SignIn
) -> None:
    """The harness finds a contact where one is shown: the agreed page itself."""
    pair, code = await reach(maker, "agreed")
    await sign_in(client, pair.giver.person_id)
    found = await seen_by(client, iter([f"/exchanges/{code}"]), {})
    assert found == {(f"/exchanges/{code}", RECEIVER_EMAIL)}

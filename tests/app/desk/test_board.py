"""Thirty clients at a glance: in few statements, with what calls, and as files without traps."""

import csv
import io
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date, timedelta

import httpx
import pytest
from litestar import Litestar
from openpyxl import load_workbook
from sqlalchemy import event, update

from app.accounts.actions import grant
from app.accounts.rules import Role
from app.clock import now
from app.db import Session, SessionMaker, transaction
from app.exchanges.models import CheckIn, Exchange, Stay
from app.organisations.actions import ask_desk
from app.organisations.models import ClientNote, Mandate, Organisation
from app.posts import actions as posts
from app.posts.models import Post
from app.posts.rules import Urgency
from app.posts.rules.party import Party
from app.web.sheets import csv_of, escaped, xlsx_of
from tests.app.posts.browsing import Walker
from tests.conftest import SignIn
from tests.factories.accounts import a_person
from tests.factories.desk import Desk, a_desk, add_client
from tests.factories.hosting import a_hosting, a_stay
from tests.factories.posts import BED, MEAL, an_offer, in_days
from tests.factories.proposals import find_pairings

MOST_STATEMENTS = 16
MOST_KILOBYTES = 60


@contextmanager
def statements(app: Litestar) -> Iterator[list[str]]:
    """Whatever the pages ask of the database meanwhile."""
    engine = app.state.maker.kw["bind"].sync_engine
    seen: list[str] = []

    def note(_conn: object, _cursor: object, statement: str, *_rest: object) -> None:
        seen.append(statement)

    event.listen(engine, "before_cursor_execute", note)
    try:
        yield seen
    finally:
        event.remove(engine, "before_cursor_execute", note)


async def a_full_desk(maker: SessionMaker, clients: int) -> Desk:
    async with transaction(maker) as session:
        return await a_desk(session, clients)


async def test_thirty_clients_cost_no_more_statements_than_three(
    app: Litestar, client: httpx.AsyncClient, maker: SessionMaker, sign_in: SignIn
) -> None:
    desk = await a_full_desk(maker, 3)
    await sign_in(client, desk.worker.id)
    with statements(app) as few:
        assert (await client.get("/en/desk")).status_code == 200
    async with transaction(maker) as session:
        for _ in range(27):
            await add_client(session, desk)
    with statements(app) as many:
        answer = await client.get("/en/desk", headers={"accept-encoding": "identity"})
    assert len(many) == len(few) <= MOST_STATEMENTS, many
    assert all(one.alias in answer.text for one in desk.clients)
    assert len(answer.content) <= MOST_KILOBYTES * 1024


async def a_calling_desk(session: Session) -> Desk:
    """Ten clients; for each of the first nine something else is due."""
    desk = await a_desk(session, 10)
    _answer, alone, ending, noted, mandate, nobody, urgent, _unread, asking = desk.clients[:9]
    long_ago = now() - timedelta(days=2)
    await session.execute(
        update(Post).where(Post.client_id == alone.id).values(waiting_since=long_ago)
    )
    await session.execute(
        update(Post).where(Post.client_id == ending.id).values(ends_at=now() + timedelta(days=1))
    )
    await session.execute(
        update(Mandate)
        .where(Mandate.client_id == mandate.id)
        .values(expires_at=now() + timedelta(days=5))
    )
    await session.execute(
        update(Post).where(Post.client_id == urgent.id).values(urgency=Urgency.TODAY.value)
    )
    session.add(ClientNote(client_id=noted.id, worker_id=desk.worker.id, body="by phone"))
    await posts.ask_to_read_again(session, desk.needs[7])
    await ask_desk(session, asking.id, desk.needs[8].id, "We are five now")
    nobody.worker_id = None
    await an_offer(session, category=MEAL)
    await find_pairings(session, desk.needs[0].id)
    return desk


async def test_what_calls_stands_first_and_filters_leave_out(
    client: httpx.AsyncClient, maker: SessionMaker, sign_in: SignIn
) -> None:
    async with transaction(maker) as session:
        desk = await a_calling_desk(session)
    answer, alone, ending, _noted, mandate, nobody, urgent, unread, asking = desk.clients[:9]
    await sign_in(client, desk.worker.id)
    walk = await Walker(client).open("/en/desk")
    calls = walk.html.split('class="calls"')[1].split("</section>")[0]
    for words, one in (
        ("Somebody may help: answer", answer),
        ("The client asks to put something right", asking),
        ("To be read out to the client", unread),
        ("Nobody was asked yet", alone),
        ("Ends soon", ending),
        ("The mandate ends", mandate),
        ("Nobody looks after this client", nobody),
    ):
        line = calls.split(words)[1].split("</li>")[0]
        assert one.alias in line, words
    assert "by phone" not in walk.html  # the mark of a note, never the note
    shown = (await client.get("/en/desk?show=urgent")).text.split("<tbody")[1]
    assert urgent.alias in shown
    assert answer.alias not in shown
    shown = (await client.get(f"/en/desk?colleague={desk.lead.id}")).text
    assert "Nobody fits these wishes" in shown
    for odd in ("show=x", "colleague=x", "group=nothing", "show=to_answer&group=food"):
        assert (await client.get(f"/en/desk?{odd}")).status_code == 200


async def test_a_guest_to_be_called_stands_on_the_desk_with_the_way_to_write_it_down(
    client: httpx.AsyncClient, maker: SessionMaker, sign_in: SignIn
) -> None:
    async with transaction(maker) as session:
        hosting = await a_hosting(session)
        stay = await a_stay(session, hosting)
        await session.execute(update(CheckIn).values(due_at=now() - timedelta(hours=1)))
    await sign_in(client, hosting.house.fatou.person_id)
    walk = await Walker(client).open("/en/desk")
    line = walk.html.split("Ask how the stay goes")[1].split("</li>")[0]
    assert f"/en/desk/stays/{stay.code}" in line
    assert "Amal" in line
    assert (await client.get(f"/en/desk/stays/{stay.code}")).status_code == 200
    async with transaction(maker) as session:
        await session.execute(update(Stay).values(left_at=now()))
    assert "Ask how the stay goes" not in (await client.get("/en/desk")).text


async def test_the_last_need_is_copied_within_the_budget(
    client: httpx.AsyncClient, maker: SessionMaker, sign_in: SignIn
) -> None:
    async with transaction(maker) as session:
        desk = await a_desk(
            session, 1, category=BED, places=3, party=Party(women=1, children=2),
            windows=(in_days(1, 48),),
        )  # fmt: skip
        await posts.withdraw(session, desk.visitor, desk.needs[0])
    await sign_in(client, desk.worker.id)
    walk = await Walker(client).open("/en/desk")
    await walk.press("Copy")
    day = (date.today() + timedelta(days=9)).isoformat()  # noqa: DTZ011 - the wall clock of the desk
    await walk.fill(from_day=day, stay="5").press("Continue")
    assert walk.path.endswith("/check"), walk.html
    await walk.press("Publish for the client")
    assert walk.path.endswith("/done"), walk.html
    assert (walk.clicks, walk.fields, walk.pages) == (3, 2, 3)
    async with transaction(maker) as session:
        first, second = [await session.get_one(Post, number) for number in (1, 2)]
    assert (second.client_id, second.category, second.places) == (first.client_id, BED, 3)
    assert second.latest_by is not None
    assert second.latest_by.isoformat() > day


async def test_another_organisations_need_is_not_copied(
    client: httpx.AsyncClient, maker: SessionMaker, sign_in: SignIn
) -> None:
    async with transaction(maker) as session:
        ours, theirs = await a_desk(session), await a_desk(session, name="Elsewhere")
        await session.execute(
            update(Mandate)
            .where(Mandate.client_id == ours.clients[0].id)
            .values(expires_at=now() - timedelta(days=1))
        )
    await sign_in(client, ours.worker.id)
    walk = await Walker(client).open("/en/desk")
    assert "The mandate ends or has ended" in walk.html
    await walk.press("Copy")
    assert walk.answer is not None
    assert walk.answer.status_code == 409
    assert "Record a mandate first" in walk.html
    page = (await client.get("/en/desk")).text
    token = page.split('name="_csrf_token" value="')[1].split('"')[0]
    code = theirs.needs[0].code
    for path in (f"/en/desk/needs/{code}/copy", f"/en/desk/needs/{code}/propose"):
        sent = await client.post(path, data={"_csrf_token": token, "offers": "x"})
        assert sent.status_code == 404
    assert (await client.get(f"/en/desk/needs/{code}")).status_code == 404


@pytest.mark.parametrize("kind", ["csv", "xlsx"])
async def test_no_cell_of_a_file_runs(
    kind: str, client: httpx.AsyncClient, maker: SessionMaker, sign_in: SignIn
) -> None:
    async with transaction(maker) as session:
        desk = await a_desk(session, 2)
        desk.worker.name = '=HYPERLINK("http://x")'
        session.add(desk.worker)
        need = await session.get_one(Post, desk.needs[0].id)
        offer = await an_offer(session, category=MEAL)
        (proposal,) = await find_pairings(session, need.id)
        session.add(
            Exchange(
                code="done", reference="0" * 32, proposal_id=proposal.id, need_id=need.id,
                offer_id=offer.id, units=4, giver_said="yes", receiver_said="yes",
                completed_at=now(),
            )
        )  # fmt: skip
    await sign_in(client, desk.worker.id)
    table = _read(kind, (await client.get(f"/en/desk/table/{kind}")).content)
    assert len(table) == 1 + len(desk.clients)
    assert {row[1] for row in table[1:]} == {'\'=HYPERLINK("http://x")'}
    counts = _read(kind, (await client.get(f"/en/desk/counts/{kind}")).content)
    assert [str(cell) for cell in counts[1][1:]] == ["Food", "2", "2", "1", "1", "4", "0"]
    assert "Food" in (await client.get("/en/desk/counts")).text
    assert (await client.get("/en/desk/table/exe")).status_code == 404


def _read(kind: str, content: bytes) -> list[list[object]]:
    if kind == "csv":
        return [
            list(row) for row in csv.reader(io.StringIO(content.decode("utf-8-sig")), delimiter=";")
        ]
    book = load_workbook(io.BytesIO(content))
    assert all(cell.data_type != "f" for row in book.worksheets[0].iter_rows() for cell in row)
    return [list(row) for row in book.worksheets[0].iter_rows(values_only=True)]


def test_every_beginning_of_a_formula_is_escaped() -> None:
    starts = ["=1+1", "+32", "-1", "@x", "\tx", "\rx", "\nx", " =1", "\x00=1"]
    assert all(str(escaped(start)).startswith("'") for start in starts)
    assert escaped(-1) == -1
    assert csv_of([starts]).count(b"'") == len(starts)
    (row,) = load_workbook(io.BytesIO(xlsx_of("a/b", [starts]))).worksheets[0].iter_rows()
    assert {cell.data_type for cell in row} == {"s"}


async def test_an_insurance_that_ended_is_said_aloud(
    client: httpx.AsyncClient, maker: SessionMaker, sign_in: SignIn
) -> None:
    desk = await a_full_desk(maker, 1)
    await sign_in(client, desk.worker.id)
    assert "insurance" not in (await client.get("/en/desk")).text
    for days, words in ((10, "ends on"), (-2, "Renew it before anybody helps")):
        async with transaction(maker) as session:
            ends = now().date() + timedelta(days=days)
            await session.execute(update(Organisation).values(insured_until=ends))
        assert words in (await client.get("/en/desk")).text


async def test_a_coordinator_sees_lonely_needs_and_never_a_client(
    client: httpx.AsyncClient, maker: SessionMaker, sign_in: SignIn
) -> None:
    desk = await a_full_desk(maker, 1)
    person = await a_person(maker, name="Hilde")
    async with transaction(maker) as session:
        await grant(session, person.id, Role.COORDINATOR)
    await sign_in(client, person.id)
    page = await client.get("/en/desk")
    assert desk.needs[0].code in page.text
    choices = await client.get(f"/en/desk/needs/{desk.needs[0].code}")
    assert choices.status_code == 200
    for text in (page.text, choices.text):
        assert desk.clients[0].alias not in text

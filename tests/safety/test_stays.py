"""Three yeses, calls that the host never sees, a way out at any hour, and visits in company."""

import re
from collections.abc import Sequence
from datetime import date, timedelta

import httpx
import pytest
from litestar import Litestar
from sqlalchemy import func, select, update

from app.accounts.rules import Visitor
from app.clock import now
from app.db import Base, Session, SessionMaker, transaction
from app.errors import ConflictError, InvalidError, NotFoundError
from app.exchanges import actions, queries
from app.exchanges.forms import Said, read_meeting
from app.exchanges.models import CheckIn, ContactRelease, Exchange, Stay
from app.exchanges.queries import stays
from app.exchanges.queries.visits import is_first_visit
from app.exchanges.rules import Answer, Company, Doing, Side, check_in_days
from app.moderation.actions import report_stay
from app.moderation.models import Report
from app.notifications.models import Notice
from app.notifications.rules import LinkPurpose, SignedLink, write_link
from app.outbox import Job, JobRow
from app.posts.actions import attest as attesting
from app.posts.models import Post
from app.posts.rules import category
from app.posts.rules.attested import Standing
from app.proposals.queries import market_around
from tests.app.posts.browsing import Walker
from tests.conftest import SignIn, new_client
from tests.factories.accounts import csrf_token, make_person
from tests.factories.exchanges import a_pair, agree, visitor_of
from tests.factories.hosting import Hosting, a_hosting, a_house, a_plan, a_stay
from tests.factories.posts import an_offer

FORBIDDEN = re.compile(
    r"price|money|amount|rent|deposit|fee\b|cost|payment|currency|iban|"
    r"national_?(?:number|id)|nationality|residence|papers|visa|asylum|birth|religion|"
    r"^status$|legal_status"
)
HOSTING_ROOMS = re.compile(r"app\.(posts|proposals|exchanges|organisations)\b")
TALK = {"answer": "talk"}


async def test_all_three_say_yes_and_the_plan_comes_first(session: Session) -> None:
    hosting = await a_hosting(session)
    code, worker = hosting.proposal.code, hosting.house.fatou
    with pytest.raises(ConflictError, match="last day"):
        await actions.accept(session, worker, code)
    with pytest.raises(NotFoundError):  # neither host nor guest writes the plan
        await actions.write_plan(session, hosting.host, code, a_plan())
    for voice in (hosting.host, hosting.guest):
        assert (await actions.accept(session, voice, code)).exchange is None
    assert await session.scalar(select(func.count()).select_from(ContactRelease)) == 0
    await actions.write_plan(session, worker, code, a_plan(35))
    opened = (await actions.accept(session, worker, code)).exchange
    assert opened is not None
    days = await session.scalars(select(CheckIn.day).order_by(CheckIn.day))
    assert list(days) == [1, 7, 30]


def test_check_ins_come_at_1_7_30_and_monthly() -> None:
    first = date(2026, 11, 20)
    assert check_in_days(first, first + timedelta(days=100)) == [1, 7, 30, 60, 90]
    assert check_in_days(first, first + timedelta(days=1)) == [1]


async def test_everybody_reads_about_benefits_before_saying_yes(
    client: httpx.AsyncClient, maker: SessionMaker, sign_in: SignIn
) -> None:
    async with transaction(maker) as session:
        hosting = await a_hosting(session)
    page = f"/en/proposals/{hosting.proposal.code}"
    for voice in (hosting.guest, hosting.host):
        await sign_in(client, voice.person_id)
        confirm = (await client.get(f"{page}/confirm?answer=accept")).text
        assert "CPAS or OCMW" in confirm
    await sign_in(client, hosting.house.fatou.person_id)
    walk = await Walker(client).open(f"{page}/confirm?answer=accept")
    await walk.press("Yes, I accept")
    assert walk.path.endswith("/plan"), walk.path  # not before the plan stands
    await walk.fill(ends_on="yesterday").press("Save")
    assert walk.answer is not None
    assert walk.answer.status_code == 422
    ends_on = f"{now() + timedelta(days=20):%Y-%m-%d}"
    await walk.fill(ends_on=ends_on, move_on="The housing agency calls.").press("Save")
    assert "Guest and host answer now" in walk.html


def test_nobody_asks_for_money_or_status() -> None:
    """No column and no form field of hosting can hold either."""

    def found(names: Sequence[str]) -> list[str]:
        return [name for name in names if FORBIDDEN.search(name)]

    columns = [
        column.name
        for mapper in Base.registry.mappers
        if HOSTING_ROOMS.match(mapper.class_.__module__)
        for column in mapper.local_table.columns
    ]
    assert len(columns) > 150
    assert found(columns) == []
    assert found(["rent_per_night", "status", "nationality"]) != []  # the control


async def said(client: httpx.AsyncClient, paths: Sequence[str]) -> str:
    """All that these addresses answer, without what differs from request to request."""
    answers = [await client.get(path) for path in paths]
    plain = [re.sub(r'value="[^"]{30,}"', "", f"{one.status_code}{one.text}") for one in answers]
    return "\n".join(plain)


async def test_the_host_sees_nothing_of_check_ins(
    app: Litestar, maker: SessionMaker, sign_in: SignIn
) -> None:
    async with transaction(maker) as session:
        hosting = await a_hosting(session)
        stay = await a_stay(session, hosting)
        await session.execute(update(CheckIn).values(due_at=now() - timedelta(days=1)))
    paths = [
        f"/en/exchanges/{stay.code}",
        "/en/exchanges",
        "/en/notices",
        f"/en/exchanges/{stay.code}/stay",
        f"/en/desk/stays/{stay.code}",
        f"/en/offers/{hosting.offer.code}",
    ]
    async with new_client(app) as host, new_client(app) as guest:
        await sign_in(host, hosting.host.person_id)
        await said(host, paths)  # what a first look marks as seen
        before = await said(host, paths)
        async with transaction(maker) as session:
            assert await actions.ask_check_ins(session) == 3
        await sign_in(guest, hosting.guest.person_id)
        walk = await Walker(guest).open(f"/en/exchanges/{stay.code}/stay")
        await walk.press("I need to talk")
        assert "calls you today" in walk.html
        assert await said(host, paths) == before
        assert before.count("404") >= 1
        for verb in ("check-in", "leave"):
            token = csrf_token((await host.get(paths[0])).text)
            data = {"_csrf_token": token, **TALK}
            answer = await host.post(f"/en/exchanges/{stay.code}/stay/{verb}", data=data)
            assert answer.status_code == 404
    async with transaction(maker) as session:
        kinds = await session.execute(select(Notice.person_id, Notice.kind))
        told = {(row.person_id, row.kind) for row in kinds}
        assert (hosting.guest.person_id, "check_in") in told
        assert (hosting.house.fatou.person_id, "call_guest") in told
        assert not {kind for who, kind in told if who == hosting.host.person_id} & {
            "check_in",
            "call_guest",
            "stay",
        }


async def test_silence_calls_a_worker_and_a_client_is_called(session: Session) -> None:
    hosting = await a_hosting(session)
    stay = await a_stay(session, hosting)
    ours = hosting.house.organisation.id
    day = timedelta(days=1)
    assert await stays.due_check_ins(session, ours) == []
    await session.execute(update(CheckIn).where(CheckIn.day == 1).values(due_at=now() - day))
    assert await actions.ask_check_ins(session) == 1
    assert await actions.ask_check_ins(session) == 0
    assert await _calls(session) == 0
    await session.execute(update(CheckIn).values(asked_at=CheckIn.asked_at - 3 * day))
    assert await actions.ask_check_ins(session) == 1
    assert await _calls(session) == 1
    (due,) = await stays.due_check_ins(session, ours)
    assert (due.exchange, due.day, due.who) == (stay.code, 1, "Amal")
    assert await stays.due_check_ins(session, ours + 1) == []
    asked = await stays.to_record(session, stay.id)
    assert asked is not None
    await actions.answer_check_in(session, stay, asked, Doing.FINE, hosting.house.fatou.person_id)
    assert await stays.due_check_ins(session, ours) == []


async def _calls(session: Session) -> int:
    calls = select(func.count()).select_from(Notice).where(Notice.kind == "call_guest")
    return await session.scalar(calls) or 0


def stay_link(hosting: Hosting, code: str, person: Visitor | None = None) -> str:
    who = person or hosting.guest
    return f"/en/stay/{write_link(SignedLink(LinkPurpose.STAY, code, who.person_id))}"


async def test_the_guest_leaves_by_link_without_signing_in(
    client: httpx.AsyncClient, maker: SessionMaker
) -> None:
    async with transaction(maker) as session:
        hosting = await a_hosting(session)
        stay = await a_stay(session, hosting)
        another = await an_offer(session, hosting.host)
    assert (await client.get(stay_link(hosting, stay.code, hosting.host))).status_code == 404
    link = stay_link(hosting, stay.code)
    assert (await client.get(f"{link}x")).status_code == 404
    for _twice in range(2):
        token = csrf_token((await client.get("/en/report")).text)
        answer = await client.post(f"{link}/leave", data={"_csrf_token": token})
        assert answer.status_code == 303, answer.text
    page = (await client.get(link)).text
    assert "You have left" in page
    assert 'href="tel:+3225123456"' in page
    async with transaction(maker) as session:
        await _assert_left(session, hosting, stay.code, another.id)


async def _assert_left(session: Session, hosting: Hosting, code: str, another: int) -> None:
    stay = (await session.scalars(select(Exchange).where(Exchange.code == code))).one()
    need = await session.get_one(Post, stay.need_id)
    assert stay.cancelled_at is not None
    assert (need.taken, need.urgency, need.is_open) == (0, 2, True)
    assert await market_around(session, need.id) is not None
    for post_id in (stay.offer_id, another):
        assert (await session.get_one(Post, post_id)).held_at is not None
    jobs = list(await session.scalars(select(JobRow.ref).where(JobRow.kind == Job.REPORT_STAY)))
    assert jobs == [stay.id]
    for _again in range(2):
        await report_stay(session, stay.id)
    report = (await session.scalars(select(Report))).one()
    assert (report.reason, report.froze, report.post_ids) == ("unsafe", True, [stay.offer_id])
    rows = await session.execute(select(Notice.person_id, Notice.kind))
    told = [(row.person_id, row.kind) for row in rows]
    assert told.count((hosting.house.fatou.person_id, "guest_left")) == 1
    assert told.count((hosting.host.person_id, "cancelled")) == 1  # neutral, and nothing else
    shown = select(ContactRelease).where(ContactRelease.until > func.now())
    assert await session.scalar(shown) is None


async def test_leaving_works_after_both_said_that_it_happened(session: Session) -> None:
    hosting = await a_hosting(session)
    stay = await a_stay(session, hosting)
    for side, person in ((Side.GIVER, hosting.host), (Side.RECEIVER, hosting.guest)):
        stand = await queries.stand(session, person, stay.code)
        assert stand.side is side
        await actions.say(session, stand, person.person_id, Said(Answer.YES))
    duty = await actions.leave_now(session, stay, "code")
    assert duty is not None
    await session.refresh(hosting.need)
    assert (hosting.need.fulfilled_at, hosting.need.urgency) == (None, 2)
    left = await session.scalar(select(Stay.left_via))
    assert left == "code"


TALKING, CHILDREN = category("company.talk").number, category("home.child").number


async def test_visitors_are_known_first(session: Session) -> None:
    house = await a_house(session)
    jan = visitor_of(await make_person(session, name="Jan"))
    visit = await an_offer(session, jan, category=TALKING)
    minding = await an_offer(session, jan, category=CHILDREN)
    for post in (visit, minding):
        assert await market_around(session, post.id) is None
    referees = ("Marie, 0470 00 00 00", "Paul, 0470 00 00 01")
    codes = [
        (await attesting.ask_attestation(session, jan.person_id, Standing.REFERENCE, one)).code
        for one in referees
    ]
    with pytest.raises(NotFoundError):
        await attesting.attest(session, house.fatou, "nobody", house.organisation.id)
    await attesting.attest(session, house.fatou, codes[0], house.organisation.id)
    assert await market_around(session, visit.id) is not None
    assert await market_around(session, minding.id) is None  # one is not enough with children
    await attesting.attest(session, house.nadia, codes[1], house.organisation.id)
    assert await market_around(session, minding.id) is not None
    later = await an_offer(session, jan, category=CHILDREN)
    assert await market_around(session, later.id) is not None
    await attesting.revoke_attestations(session, jan.person_id)
    assert await market_around(session, visit.id) is None


async def test_the_first_visit_is_in_company(session: Session) -> None:
    pair = await a_pair(session)
    exchange = await agree(session, pair)
    code = exchange.code
    await session.execute(update(Post).values(category=TALKING))
    session.expunge_all()
    stand = await queries.stand(session, pair.receiver, code)
    tomorrow = now() + timedelta(days=1)
    with pytest.raises(InvalidError) as refused:
        await actions.arrange(session, stand, read_meeting(tomorrow, "At my place"))
    assert set(refused.value.fields) == {"company"}
    await actions.arrange(session, stand, read_meeting(tomorrow, "The café", Company.PUBLIC))
    await session.execute(
        update(Exchange).values(giver_said="yes", receiver_said="yes", completed_at=func.now())
    )
    assert not await is_first_visit(session, stand)


async def test_what_tells_of_health_cannot_be_told_apart(
    client: httpx.AsyncClient, maker: SessionMaker
) -> None:
    aid, pots = category("goods.aid"), category("goods.household")
    async with transaction(maker) as session:
        codes = {(await an_offer(session, category=one.number)).code for one in (aid, pots)}
    listed = (await client.get("/api/v1/posts?type=offer")).json()["items"]
    assert {(one["group"], one["category"]) for one in listed} == {("goods", None)}
    for kind in ("goods.household", "goods.aid"):
        page = (await client.get(f"/en/offers?kind={kind}")).text
        assert all(code in page for code in codes), kind
        assert "Mobility" not in re.sub(r"<select.*?</select>", "", page, flags=re.DOTALL)
    for code in codes:
        page = (await client.get(f"/en/offers/{code}")).text
        assert "<h1>Things" in page.replace("\n", ""), page[:2000]

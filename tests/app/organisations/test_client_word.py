"""Fatou's client: heard before anybody reads, seen and ended by a code, taken over."""

import re

import httpx
import pytest
from litestar import Litestar
from sqlalchemy import func, select, update

from app.accounts.models import Person
from app.db import Session, SessionMaker, transaction
from app.errors import GoneError, InvalidError
from app.exchanges import actions as exchanges
from app.exchanges.actions import client_word
from app.exchanges.models import ContactRelease, Exchange
from app.notifications.models import Notice
from app.organisations.models import Consent, Mandate
from app.organisations.rules import RevokedVia
from app.posts import actions as posts
from app.posts import queries as post_queries
from app.posts.models import Post
from app.posts.rules import Feature, PostStatus
from app.posts.rules.read_back import ReadBack
from app.proposals.models import Proposal
from tests.app.posts.browsing import Walker
from tests.conftest import SignIn, new_client
from tests.factories.accounts import last_code, make_person
from tests.factories.clients import NOTE, ClientTown, a_client_town, a_desk, agreed, client_need
from tests.factories.exchanges import a_proposal, visitor_of
from tests.factories.organisations import a_caseworker, an_organisation
from tests.factories.posts import AID, an_offer


async def test_nothing_is_on_show_before_it_was_heard_and_an_edit_asks_again(
    session: Session,
) -> None:
    desk = await a_desk(session)
    need = await client_need(session, desk)
    assert (need.status, need.is_open) == (PostStatus.PUBLISHED, True)
    said, _place = await post_queries.draft_of_post(session, need)
    await posts.edit(session, desk.visitor, need, said)
    assert (need.status, need.is_open, need.is_listed) == (PostStatus.UNREAD, False, False)
    live = select(Consent).where(Consent.revoked_at.is_(None))
    assert not (await session.scalars(live)).all()
    heard = ReadBack("Somebody needs four meals.", "ar", "interpreter")
    await posts.edit(session, desk.visitor, need, said, heard)
    assert (need.status, need.is_open) == (PostStatus.PUBLISHED, True)
    consent = (await session.scalars(live)).one()
    assert (consent.text_read, consent.language, consent.interpreter) == (heard.text, "ar", True)
    unheard = await posts.publish(session, desk.visitor, said)
    assert (unheard.status, unheard.is_open) == (PostStatus.UNREAD, False)


async def test_what_reveals_health_needs_a_yes_of_its_own(session: Session) -> None:
    desk = await a_desk(session)
    need = await client_need(session, desk, category=AID, required=Feature.STEP_FREE)
    rows = await session.scalars(select(Consent.about).where(Consent.purpose == "sensitive"))
    assert sorted(one for one in rows if one) == ["goods.aid", "step_free"]
    said, _place = await post_queries.draft_of_post(session, need)
    with pytest.raises(InvalidError) as refused:
        await posts.publish(session, desk.visitor, said, ReadBack("x", "fr", "oral"))
    assert list(refused.value.fields) == ["sensitive"]
    await client_word.unsay_sensitive(session, desk.client, need, RevokedVia.CODE)
    assert need.status is PostStatus.UNREAD


async def test_words_that_tell_too_much_need_a_reason_on_a_clients_post(session: Session) -> None:
    desk = await a_desk(session)
    for note, fields in (
        ("Elle est diabétique", ["note"]),
        ("Appelez le 0470 12 34 56", ["note"]),
        ("85.07.30-033.28", ["note"]),
    ):
        with pytest.raises(InvalidError) as refused:
            await client_need(session, desk, note=note, note_reason=None)
        assert list(refused.value.fields) == fields
    need = await client_need(
        session, desk, note="Elle est diabétique", note_reason="The cook must know"
    )
    assert need.note_reason == "The cook must know"
    with pytest.raises(InvalidError):  # what is forbidden has no reason
        await client_need(session, desk, note="0470 12 34 56", note_reason="She wants it")


async def test_the_note_has_no_way_into_a_post(session: Session) -> None:
    """Whatever a desk writes down, no column of a post, a consent or a notice can hold it."""
    desk = await a_desk(session)
    exchange = await agreed(session, desk)
    assert not hasattr(desk.client, "note")
    kept = [await session.get_one(Post, exchange.need_id)]
    texts = [str(vars(row)) for row in [*kept, *(await session.scalars(select(Consent))).all()]]
    texts += [str(one.facts) for one in await session.scalars(select(Notice))]
    assert not [text for text in texts if "Ndiaye" in text or desk.client.alias in text]
    with pytest.raises(InvalidError):  # somebody copies it by hand
        await client_need(session, desk, note=NOTE)


async def test_an_expired_mandate_stops_a_yes_and_is_swept(session: Session) -> None:
    desk = await a_desk(session)
    jan = visitor_of(await make_person(session, name="Jan"))
    need = await client_need(session, desk)
    proposal = await a_proposal(session, need, await an_offer(session, jan))
    await exchanges.accept(session, jan, proposal.code)
    await session.execute(update(Mandate).values(expires_at=func.now()))
    with pytest.raises(GoneError, match="Record a new one first"):
        await exchanges.accept(session, desk.visitor, proposal.code)
    assert await client_word.end_past_mandates(session) == 1
    await session.refresh(proposal)
    await session.refresh(need)
    assert need.withdrawn_at is not None
    assert proposal.withdrawn_at is not None


async def the_town(maker: SessionMaker) -> ClientTown:
    async with transaction(maker) as session:
        return await a_client_town(session)


async def come_by_code(client: httpx.AsyncClient, digits: str) -> Walker:
    walk = await Walker(client).open("/en/code")
    return await walk.fill(code=f"{digits[:4]} {digits[4:7]}-{digits[7:]}").press("Continue")


async def test_a_client_sees_puts_right_and_takes_everything_back_by_code(
    client: httpx.AsyncClient, maker: SessionMaker
) -> None:
    town = await the_town(maker)
    walk = await come_by_code(client, town.digits)
    assert walk.path == "/en/code/mine"
    for words in ("speaks for you", "A meal", "Piet", "What is agreed", "I do not feel safe"):
        assert words in walk.html, words
    for secret in ("Ndiaye", "470222222", "@example", town.desk.client.alias):
        assert secret not in walk.html.split("<main")[1].split("</main")[0], secret
    assert "no-store" in str(walk.answer and walk.answer.headers["cache-control"])
    await walk.follow("Something is wrong")
    await walk.press("Send")
    assert "Say in a few words" in walk.html
    await walk.fill(words="We are five now").press("Send")
    assert "To be read out" in walk.html
    await walk.press("Hide the phone numbers again")
    async with transaction(maker) as session:
        assert all(one.until for one in await session.scalars(select(ContactRelease)))
    await walk.follow("Take everything back")
    await walk.press("Yes, take everything back")
    assert "Everything is taken back" in walk.html
    async with transaction(maker) as session:
        assert all(one.withdrawn_at for one in await own_needs(session))
        assert all(one.cancelled_at for one in await session.scalars(select(Exchange)))
        assert all(
            not one.is_live
            for one in await session.scalars(select(Proposal).where(Proposal.agreed_at.is_(None)))
        )
        mandate = (await session.scalars(select(Mandate))).one()
        assert mandate.revoked_via == "code"
        told = {one.kind for one in await session.scalars(select(Notice)) if one.facts.get("by")}
        assert told == {"cancelled", "proposal_withdrawn"}
    await walk.press("Close these pages")
    assert (await walk.open("/en/code/mine")).path == "/en/code"


async def own_needs(session: Session) -> list[Post]:
    return list(await session.scalars(select(Post).where(Post.kind == "need")))


async def test_a_client_takes_over(
    client: httpx.AsyncClient, maker: SessionMaker, app: Litestar, sign_in: SignIn
) -> None:
    town = await the_town(maker)
    walk = await come_by_code(client, town.digits)
    await walk.follow("Speak for myself")
    await walk.fill(contact="0470 55 66 77").press("Send me a code")
    code = await last_code(maker, "+32470556677")
    await walk.fill(code="000000", name="Awa", adult="y").press("It is mine")
    assert "not the code that we sent" in walk.html or code == "000000"
    await walk.fill(code=code, name="Awa", adult="y").press("It is mine")
    assert walk.path == "/en/posts"
    async with transaction(maker) as session:
        awa = (await session.scalars(select(Person).where(Person.name == "Awa"))).one()
        needs = await own_needs(session)
        assert {(one.author_id, one.client_id, one.organisation_id) for one in needs} == {
            (awa.id, None, None)
        }
    assert (await walk.open(f"/en/exchanges/{town.exchange}")).answer.status_code == 200  # type: ignore[union-attr] # just opened
    async with new_client(app) as browser:
        await sign_in(browser, town.desk.worker.id)
        assert (await browser.get(f"/en/exchanges/{town.exchange}")).status_code == 404
        card = await browser.get(f"/en/desk/clients/{town.desk.client.alias}")
        assert "speaks for themselves" in card.text
        gone = await come_by_code(browser, town.digits)
        assert "We do not know this code" in gone.html


async def test_papers_speak_the_clients_language_and_show_the_code_once(
    client: httpx.AsyncClient, maker: SessionMaker, sign_in: SignIn, app: Litestar
) -> None:
    async with transaction(maker) as session:
        desk = await a_desk(session)
        exchange = (await agreed(session, desk)).code
        other = await a_caseworker(session, await an_organisation(session, "Elsewhere"))
    await sign_in(client, desk.worker.id)
    walk = await Walker(client).open(f"/en/desk/clients/{desk.client.alias}")
    assert NOTE in walk.html.replace("&#39;", "'")
    assert 'class="read-back" lang="ar" dir="rtl"' in walk.html
    await walk.press("Print the client's paper")
    paper = walk.html.split("<article")[1].split("</article")[0]
    assert 'lang="fr" dir="ltr"' in paper  # as it was read out
    assert "Ce que nous demandons" in paper or "What we ask for you" in paper
    digits = re.findall(r"slip-digits\"><bdi dir=\"ltr\">([\d ]+)<", paper)
    assert len(digits) == 1
    await walk.open(f"/en/desk/clients/{desk.client.alias}")
    await walk.press("Print the client's paper")
    assert "slip-digits" not in walk.html
    meeting = await client.get(f"/en/desk/exchanges/{exchange}/slip")
    for words in ('lang="ar" dir="rtl"', "Jan", "+32470222222", "+3225123456", "<svg", exchange):
        assert words in meeting.text, words
    assert "Ndiaye" not in meeting.text
    async with new_client(app) as browser:
        await sign_in(browser, other.id)
        assert (await browser.get(f"/en/desk/exchanges/{exchange}/slip")).status_code == 404
        opened = await come_by_code(browser, digits[0].replace(" ", ""))
        assert opened.path == "/en/code/mine"
    await walk.open(f"/en/desk/clients/{desk.client.alias}")
    await walk.fill(via="phone").press("End the mandate")
    assert (await client.get(f"/en/desk/exchanges/{exchange}/slip")).status_code == 410
    async with transaction(maker) as session:
        assert (await session.scalars(select(Mandate.revoked_via))).one() == "phone"


async def test_wrong_codes_are_told_the_same_and_then_refused(client: httpx.AsyncClient) -> None:
    walk = await Walker(client).open("/en/code")
    await walk.fill(code="12 34").press("Continue")
    assert "Type the ten digits" in walk.html
    for _time in range(5):
        await walk.fill(code="0000000000").press("Continue")
        assert walk.answer is not None
        assert walk.answer.status_code == 422
        assert "We do not know this code" in walk.html
    await walk.fill(code="0000000000").press("Continue")
    assert walk.answer is not None
    assert walk.answer.status_code == 429
    assert "call the desk on your paper" in walk.html
    for verb in ("revoke", "take-over", "mine", "posts/x/change", "take-over/prove"):
        assert (await Walker(client).open(f"/en/code/{verb}")).path == "/en/code"


async def test_a_need_kept_for_later_is_read_out_from_the_card(
    client: httpx.AsyncClient, maker: SessionMaker, sign_in: SignIn
) -> None:
    async with transaction(maker) as session:
        desk = await a_desk(session)
    await sign_in(client, desk.worker.id)
    walk = await Walker(client).open(f"/en/desk/clients/{desk.client.alias}")
    await walk.press("New need")
    await walk.fill(category="goods.aid").press("Continue")
    await walk.press("Continue")
    await walk.press("Continue")
    await walk.fill(how="oral").press("Continue")
    assert "Ask the client about each of these" in walk.html
    await walk.fill(how="oral", sensitive=["goods.aid"]).press("Continue")
    assert 'lang="ar" dir="rtl"' in walk.html
    await walk.open(f"{walk.path.replace('/check', '/note')}")
    await walk.fill(note="Elle est diabétique").press("Continue")
    assert "tells of somebody&#39;s health" in walk.html
    await walk.fill(reason="The aid depends on it").press("Continue")
    await walk.press("Keep it: I read it out later")
    assert "not on show" in walk.html
    await walk.open(f"/en/desk/clients/{desk.client.alias}")
    await walk.press("Read it out and publish")
    await walk.fill(how="interpreter", sensitive=["goods.aid"]).press("Continue")
    await walk.open(f"{walk.path}?read_in=pt")
    await walk.press("Publish for the client")
    async with transaction(maker) as session:
        need = (await session.scalars(select(Post))).one()
        rows = (await session.scalars(select(Consent).order_by(Consent.id))).all()
    assert (need.status, need.note_reason) == (PostStatus.PUBLISHED, "The aid depends on it")
    assert [(one.purpose, one.language, one.interpreter) for one in rows] == [
        ("publish", "pt", True),
        ("sensitive", "pt", True),
    ]
    assert "diabétique" in (rows[0].text_read or "")
    assert desk.client.alias not in (rows[0].text_read or "")

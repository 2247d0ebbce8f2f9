"""Evidence stays as it was; one moderator at a time; contacts for a reason that is kept."""

import httpx
from sqlalchemy import select, text, update

from app.accounts.actions import grant
from app.accounts.models import Contact
from app.accounts.rules import Role
from app.db import SessionMaker, reading, transaction
from app.exchanges import actions as exchanges
from app.exchanges.rules import Side
from app.moderation.models import ContactLook, Report
from app.moderation.rules.receipt import receipt_secret
from app.posts.models import Post
from tests.app.moderation.test_decide import a_moderator, decide, report_offer
from tests.app.moderation.test_report import send
from tests.conftest import SignIn
from tests.factories.accounts import submit
from tests.factories.exchanges import Pair, an_exchange, stand_of
from tests.factories.organisations import a_caseworker, an_organisation

MAIN = "<main"


async def talk(maker: SessionMaker) -> tuple[Pair, str]:
    pair, code = await an_exchange(maker)
    async with transaction(maker) as session:
        stand = await stand_of(session, pair, code, Side.GIVER)
        await exchanges.send_message(session, stand, pair.giver.person_id, "Come at midnight")
    return pair, code


async def test_what_was_reported_is_kept_as_it_was_and_sealed(
    client: httpx.AsyncClient, maker: SessionMaker, sign_in: SignIn
) -> None:
    code, offer = await report_offer(client, maker, "money")
    async with transaction(maker) as session:
        await session.execute(update(Post).values(note="Nothing to see here"))
    await a_moderator(client, maker, sign_in)
    page = (await client.get(f"/en/moderation/{code}")).text
    assert "Soup every Friday" in page
    assert "Nothing to see here" in page
    assert "These words were changed after the report." in page
    async with reading(maker) as reader:
        report = (await reader.scalars(select(Report))).one()
        assert report.evidence
        assert f'"author_id": {offer.author_id}' in report.evidence
        raw = await reader.scalar(text("SELECT row_to_json(report)::text FROM report"))
        assert raw
        assert b"Soup".hex() not in raw


async def test_messages_are_evidence_only_where_a_side_shows_them(
    client: httpx.AsyncClient, maker: SessionMaker, sign_in: SignIn
) -> None:
    pair, exchange = await talk(maker)
    await send(client, "exchange", exchange, "other", words="Look.", stated="receiver")
    await sign_in(client, pair.receiver.person_id)
    await send(client, "exchange", exchange, "other", words="Look again.")
    async with reading(maker) as reader:
        rows = (await reader.scalars(select(Report).order_by(Report.id))).all()
    assert ["Come at midnight" in (row.evidence or "") for row in rows] == [False, True]
    await a_moderator(client, maker, sign_in)
    assert "Come at midnight" in (await client.get(f"/en/moderation/{rows[1].code}")).text


async def test_one_works_on_it_and_the_others_wait(
    client: httpx.AsyncClient, maker: SessionMaker, sign_in: SignIn
) -> None:
    code, _ = await report_offer(client, maker, "money")
    page = f"/en/moderation/{code}"
    first = await a_moderator(client, maker, sign_in)
    assert (await submit(client, page, f"{page}/claim")).status_code == 303
    assert code in (await client.get("/en/moderation?stage=mine")).text
    await a_moderator(client, maker, sign_in)
    assert "Nadia works on this report." in (await client.get(page)).text
    assert (await decide(client, code, "none", rule="nothing")).status_code == 409
    await sign_in(client, first.id)
    assert (await submit(client, page, f"{page}/let-go")).status_code == 303
    await a_moderator(client, maker, sign_in)
    assert (await decide(client, code, "none", rule="nothing")).status_code == 303


async def test_contacts_are_shown_for_a_reason_that_is_kept(
    client: httpx.AsyncClient, maker: SessionMaker, sign_in: SignIn
) -> None:
    pair, exchange = await talk(maker)
    await send(client, "exchange", exchange, stated="receiver", contact="canary@example.org")
    await a_moderator(client, maker, sign_in)
    async with reading(maker) as reader:
        code = (await reader.scalars(select(Report.code))).one()
        phone = await reader.scalar(
            select(Contact.value).where(Contact.person_id == pair.giver.person_id)
        )
    page = f"/en/moderation/{code}"
    before = (await client.get(page)).text
    assert phone
    assert phone[-6:] not in before
    assert "canary@example.org" not in before
    refused = await submit(client, page, f"{page}/contacts", party="affected", purpose="")
    assert refused.status_code == 422
    why = "I call to hear his side."
    shown = await submit(client, page, f"{page}/contacts", party="affected", purpose=why)
    assert phone[-6:] in shown.text.replace(" ", "").replace("\u00a0", "")
    given = await submit(client, page, f"{page}/contacts", party="reporter", purpose=why)
    assert "canary@example.org" in given.text
    async with reading(maker) as reader:
        assert set(await reader.scalars(select(ContactLook.reason))) == {why}
    assert why in (await client.get(page)).text


async def test_colleagues_of_either_side_do_not_even_read_it(
    client: httpx.AsyncClient, maker: SessionMaker, sign_in: SignIn
) -> None:
    code, offer = await report_offer(client, maker, "money")
    async with transaction(maker) as session:
        organisation = await an_organisation(session)
        colleague = await a_caseworker(session, organisation)
        await grant(session, colleague.id, Role.MODERATOR)
        await session.execute(
            update(Post).where(Post.id == offer.id).values(organisation_id=organisation.id)
        )
    await sign_in(client, colleague.id)
    refused = await client.get(f"/en/moderation/{code}")
    assert refused.status_code == 403
    assert "He shouts." not in refused.text


async def test_who_reported_is_not_named_and_no_contact_is_written_down(
    client: httpx.AsyncClient, maker: SessionMaker, sign_in: SignIn
) -> None:
    pair, exchange = await talk(maker)
    await sign_in(client, pair.receiver.person_id)
    await send(client, "exchange", exchange)
    async with reading(maker) as reader:
        code = (await reader.scalars(select(Report.code))).one()
    await a_moderator(client, maker, sign_in)
    for reason in ("Amal says that you shouted.", "Call 0470 11 11 11 to explain."):
        assert (await decide(client, code, "warn", reason)).status_code == 422
    nothing = await decide(client, code, "hold", "Money was asked.", rule="nothing")
    assert "must read which rule" in nothing.text
    assert (await decide(client, code, "warn", "Money was asked.")).status_code == 303


async def test_authorities_are_one_tap_away_and_whom_we_told_is_kept(
    client: httpx.AsyncClient, maker: SessionMaker, sign_in: SignIn
) -> None:
    code, _ = await report_offer(client, maker, "unsafe")
    await a_moderator(client, maker, sign_in)
    page = f"/en/moderation/{code}"
    assert "tel:112" in (await client.get(f"{page}/authorities")).text.split(MAIN)[1]
    note = "Police Midi, call 4711, 14:05"
    await submit(client, f"{page}/authorities", f"{page}/pass-on", words=note)
    assert note in (await client.get(page)).text


async def test_a_report_is_followed_by_number_and_secret_without_account(
    client: httpx.AsyncClient, maker: SessionMaker
) -> None:
    code, _ = await report_offer(client, maker, "money")
    secret = receipt_secret(code)
    wrong = await submit(client, "/en/reports", "/en/reports/find", number=code, secret="abcd")
    assert wrong.status_code == 422
    spelled = secret.upper().replace("-", " ")
    found = await submit(client, "/en/reports", "/en/reports/find", number=code, secret=spelled)
    assert found.status_code == 303
    assert secret in (await client.get(found.headers["location"])).text


async def test_public_numbers_hide_small_ones(
    client: httpx.AsyncClient, maker: SessionMaker
) -> None:
    code, _ = await report_offer(client, maker, "money")
    page = await client.get("/en/decisions")
    assert page.status_code == 200
    assert code not in page.text
    assert "fewer than 10" not in page.text, "this month is not told yet"

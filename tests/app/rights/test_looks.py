"""A person reads who of the staff looked, when and why; an open matter warns nobody."""

from sqlalchemy import func, update

from app.accounts.rules import Visitor
from app.db import Session
from app.exchanges.actions import read_contacts
from app.exchanges.rules import Side
from app.moderation import actions as moderation
from app.moderation.models import ContactLook, Report
from app.moderation.rules import About, Origin, Party, Reason, ReportDraft
from app.posts.models import GuestCall, HostFileView
from app.rights.queries import export, looks
from tests.factories.accounts import make_person
from tests.factories.exchanges import a_pair, agree, stand_of, visitor_of
from tests.factories.hosting import a_hosting
from tests.factories.posts import an_offer

WHY = "They write from another phone"


async def a_look(session: Session, party: Party) -> tuple[Visitor, Visitor, Report]:
    """A moderator opened the contact of one party: who reported, whom, and the report."""
    affected = visitor_of(await make_person(session, name="Jan"))
    reporter = visitor_of(await make_person(session, name="Amal"))
    offer = await an_offer(session, affected)
    draft = ReportDraft(About.POST, offer.code, Reason.OTHER, "Look at this")
    origin = Origin(b"device", b"network", reporter.person_id)
    report = await moderation.send_report(session, draft, origin)
    session.add(ContactLook(report_id=report.id, party=party.value, reason=WHY))
    await session.flush()
    return reporter, affected, report


async def test_a_moderators_look_is_told_once_it_endangers_nobody(session: Session) -> None:
    reporter, affected, report = await a_look(session, Party.AFFECTED)
    assert await looks(session, affected.person_id) == []
    await session.execute(
        update(Report).where(Report.id == report.id).values(decided_at=func.now())
    )
    told = await looks(session, affected.person_id)
    assert [(one.what, one.reason) for one in told] == [("contact", WHY)]
    assert await looks(session, reporter.person_id) == []


async def test_who_reported_reads_at_once_that_their_contact_was_opened(session: Session) -> None:
    reporter, affected, _report = await a_look(session, Party.REPORTER)
    assert [one.reason for one in await looks(session, reporter.person_id)] == [WHY]
    assert await looks(session, affected.person_id) == []


async def test_host_and_guest_read_which_organisation_looked(session: Session) -> None:
    hosting = await a_hosting(session)
    worker, house = hosting.house.fatou.person_id, hosting.house.organisation
    session.add_all(
        [
            HostFileView(post_id=hosting.offer.id, worker_id=worker, section="adults"),
            GuestCall(post_id=hosting.need.id, worker_id=worker, organisation_id=house.id),
        ]
    )
    await session.flush()
    of_host = {(one.what, one.who) for one in await looks(session, hosting.host.person_id)}
    of_guest = {(one.what, one.who) for one in await looks(session, hosting.guest.person_id)}
    assert of_host == {("host_file", house.name)}
    assert of_guest == {("phone", house.name)}


async def test_each_look_at_a_released_contact_is_in_the_export(session: Session) -> None:
    pair = await a_pair(session)
    exchange = await agree(session, pair)
    for _look in range(2):
        stand = await stand_of(session, pair, exchange.code, Side.RECEIVER)
        await read_contacts(session, stand, pair.receiver.person_id)
    own = await export(session, pair.giver.person_id)
    other = await export(session, pair.receiver.person_id)
    assert [len(one.looks) for one in own.exchanges[0].released] == [2]
    assert [len(one.looks) for one in other.exchanges[0].released] == [0]

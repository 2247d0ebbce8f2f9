"""A town in which every page has something to show, in every state that it can be in."""

from dataclasses import dataclass, replace
from datetime import timedelta

from sqlalchemy import update

from app.accounts.actions import grant
from app.accounts.queries import grants_of
from app.accounts.rules import Role, Visitor
from app.db import Session, SessionMaker, transaction
from app.desk.actions import Rows, keep_upload
from app.exchanges.models import CheckIn
from app.moderation import actions as moderation
from app.moderation.rules import About, Origin, Reason, ReportDraft
from app.notifications.rules import LinkPurpose, SignedLink, write_link
from app.organisations.models import Invitation, Organisation, Registration
from app.posts import actions as posts
from app.posts import queries as post_queries
from app.posts.forms.answers import About as DraftAbout
from app.posts.forms.spreadsheet import SheetRow
from app.posts.models import Post
from tests.factories.accounts import make_person
from tests.factories.clients import a_client_town
from tests.factories.exchanges import Pair, a_pair, agree
from tests.factories.hosting import House, a_hosting, a_stay, fill_file
from tests.factories.organisations import a_client, an_organisation
from tests.factories.posts import BED, a_need, an_offer
from tests.gates.states import Values, every_state


@dataclass(frozen=True)
class Town:
    """Enough for every page to have something to show."""

    jan: int
    digits: str
    values: Values
    newcomer: int = 0
    coordinator: int = 0
    operator: int = 0
    drafts: tuple[str, ...] = ()


def link(purpose: LinkPurpose, ref: str, person_id: int) -> str:
    return write_link(SignedLink(purpose, ref, person_id))


async def a_town(maker: SessionMaker) -> Town:
    """Jan offers, helps at the desk, moderates; one proposal waits, one help is agreed."""
    async with transaction(maker) as session:
        agreed, open_one = await a_pair(session), await a_pair(session)
        exchange = await agree(session, agreed)
        jan = agreed.giver.person_id
        organisation = await an_organisation(session)
        await grant(session, jan, Role.CASEWORKER, organisation.id)
        await grant(session, jan, Role.MODERATOR, None)
        client = await a_client(session, organisation)
        offer = await session.get_one(Post, agreed.offer_id)
        need = await session.get_one(Post, agreed.need_id)
        draft = ReportDraft(About.POST, offer.code, Reason.OTHER, "Is this still there?")
        report = await moderation.send_report(session, draft, Origin(b"device", b"network"))
        values = _values(
            agreed,
            open_one,
            exchange=exchange.code,
            offer=offer.code,
            need=need.code,
            client=client.alias,
            report=report.code,
        )
        by_code = await a_client_town(session)
        await grant(session, jan, Role.CASEWORKER, by_code.desk.organisation.id)
        values |= {
            "/code/posts/{code:str}": (by_code.need,),
            "/desk/exchanges/{code:str}": (by_code.exchange,),
            "/desk/clients/{alias:str}": (by_code.desk.client.alias,),
        }
        worker = Visitor(jan, "Jan", "en", await grants_of(session, jan))
        values = {**await _hosting(session, worker, organisation), **values}
        values |= await _desk(session, worker, organisation)
        for route, codes in (await every_state(session, worker)).items():
            values[route] = values.get(route, ()) + codes
        drafts = tuple([await _written(session, post) for post in (offer, need)])
        return Town(jan, by_code.digits, values, drafts=drafts, **await _others(session))


async def _written(session: Session, post: Post) -> str:
    """A draft with every answer given, ready for its check page."""
    answers = await post_queries.answers_of_post(session, post)
    answers = replace(answers, about=DraftAbout(given=answers.about.given))
    return await posts.start_draft(session, answers, None)


async def _others(session: Session) -> dict[str, int]:
    """People of other roles, and one who has nothing yet."""
    newcomer = await make_person(session, name="Inês", language="pt")
    found = {"newcomer": newcomer.id}
    for role in (Role.COORDINATOR, Role.OPERATOR):
        person = await make_person(session, name=role.value.title())
        await grant(session, person.id, role, None)
        found[role.value] = person.id
    return found


async def _desk(session: Session, worker: Visitor, organisation: Organisation) -> Values:
    """Jan leads too: a helper was written down, a sheet waits, a colleague's place is open."""
    await grant(session, worker.person_id, Role.ORGANISATION_ADMIN, organisation.id)
    offer = await an_offer(session)
    session.add(
        Registration(person_id=offer.author_id, organisation_id=organisation.id, identity_seen=True)
    )
    session.add(
        Invitation(
            organisation_id=organisation.id,
            person_id=worker.person_id,
            name="Jan",
            role=Role.CASEWORKER.value,
            invited_by=worker.person_id,
        )
    )
    row = SheetRow(2, {"kind": "offer", "category": "food.meal", "place": "nowhere"})
    sheet = Rows([row], {}, {name: name for name in row.cells})
    token = await keep_upload(session, worker, organisation, sheet)
    return {
        "/organisations/{code:str}": (organisation.code,),
        "/desk/helpers/{code:str}": (offer.code,),
        "/desk/import/{token:str}/left/{kind:str}": (f"{token}/left/csv",),
        "/desk/import/{token:str}": (token,),
        "/desk/table/{kind:str}": ("csv",),
        "/desk/counts/{kind:str}": ("xlsx",),
    }


async def _hosting(session: Session, worker: Visitor, organisation: Organisation) -> Values:
    """A stay, a host whose file is half written, and a request that waits."""
    house = House(organisation, worker, worker)
    hosting = await a_hosting(session)
    stay = await a_stay(session, hosting)
    hosting.need.adopted_by = organisation.id
    await session.execute(update(CheckIn).values(due_at=CheckIn.due_at - timedelta(days=9)))
    host = await an_offer(session, category=BED)
    await fill_file(session, house, host)
    need = await a_need(session, category=BED)
    guest = link(LinkPurpose.STAY, stay.code, hosting.guest.person_id)
    sections = ("identity", "adults", "visit", "references", "household")
    return {
        "/desk/hosts/{code:str}/{section:str}": tuple(f"{host.code}/{one}" for one in sections),
        "/desk/hosts/{code:str}": (host.code,),
        "/desk/needs/{code:str}": (need.code,),
        "/desk/stays/{code:str}": (stay.code,),
        "/stay/{token:str}": (guest,),
        "/proposals/{code:str}/plan": (f"{hosting.proposal.code}/plan",),
    }


def _values(agreed: Pair, waiting: Pair, **codes: str) -> Values:
    jan = agreed.giver.person_id
    return {
        "/offers/{name:str}": (codes["offer"],),
        "/needs/{name:str}": (codes["need"],),
        "/posts/{code:str}": (codes["offer"],),
        "/proposals/{code:str}": (agreed.code,),
        "/p/{token:str}": (
            link(LinkPurpose.PROPOSAL, waiting.code, waiting.giver.person_id),
            link(LinkPurpose.PROPOSAL, waiting.code, waiting.receiver.person_id),
        ),
        "/x/{token:str}": (link(LinkPurpose.EXCHANGE, codes["exchange"], jan),),
        "/exchanges/{code:str}": (codes["exchange"],),
        "/unsubscribe/{token:str}": (link(LinkPurpose.UNSUBSCRIBE, "email", jan),),
        "/calendar/{token:str}": (link(LinkPurpose.CALENDAR, "abcd2345", jan),),
        "/desk/clients/{alias:str}": (codes["client"],),
        "/moderation/{code:str}": (codes["report"],),
        "/reports/{token:str}": (link(LinkPurpose.REPORT, codes["report"], 0),),
        "/ledger/{number:int}": ("1",),
    }

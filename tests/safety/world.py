"""A small platform in which every kind of thing exists, and four people at its door."""

from dataclasses import dataclass, replace
from datetime import timedelta

import httpx
from litestar import Litestar
from sqlalchemy import func

from app import crypto
from app.accounts.actions import grant
from app.accounts.models import PersonSession
from app.accounts.rules import Role, Visitor
from app.db import Session, SessionMaker, transaction
from app.desk.actions import Rows, keep_upload
from app.moderation import actions as moderation
from app.moderation import queries as moderation_queries
from app.moderation.rules import About, Origin, Reason, ReportDraft
from app.notifications.rules import Channel, LinkPurpose, SignedLink, write_link
from app.organisations.models import Organisation, Registration
from app.posts import actions as posts
from app.posts import queries as post_queries
from app.posts.forms.answers import About as DraftAbout
from app.posts.forms.spreadsheet import SheetRow
from app.posts.models import Post
from tests.conftest import new_client
from tests.factories.accounts import csrf_token, make_person
from tests.factories.exchanges import a_pair, agree, visitor_of
from tests.factories.hosting import a_hosting, a_stay
from tests.factories.organisations import a_caseworker, a_client, a_mandate, an_organisation
from tests.factories.posts import BED, a_need, an_offer, somewhere
from tests.safety.hostile import Route

STRANGER, PERSON, CASEWORKER, MODERATOR = ROLES = ("stranger", "person", "caseworker", "moderator")


@dataclass
class World:
    """Who stands at the door, and rows for them to meet; new ones for each address."""

    app: Litestar
    maker: SessionMaker
    role: str
    visitor: Visitor
    organisation_id: int
    organisation: str
    alias: str

    async def browser(self) -> tuple[httpx.AsyncClient, str]:
        """A browser of this role, and a token that its forms may carry."""
        client = new_client(self.app)
        if self.role != STRANGER:
            token = crypto.new_token()
            async with transaction(self.maker) as session:
                session.add(
                    PersonSession(
                        token_hash=crypto.token_hash(token),
                        person_id=self.visitor.person_id,
                        device_name="Test",
                        level=2,
                        proven_at=func.now(),
                    )
                )
            client.cookies.set("sid", token, domain="localhost.local")
        return client, csrf_token((await client.get("/en/report")).text)

    async def real(self, route: Route) -> dict[str, str]:
        """Path parameters that mean something to this role; the rows behind them are new."""
        first = route.path.split("/")[1]
        async with transaction(self.maker) as session:
            found = await self._made(session, first, route.path)
        return {**found, "session_id": "1", "token_id": "1", "number": "1", "kind": "csv"}

    async def _made(self, session: Session, first: str, path: str) -> dict[str, str]:
        if first in ("exchanges", "x", "proposals", "p"):
            return await self._meeting(session, first)
        if first in ("offers", "posts", "needs"):
            post = await (a_need(session) if first == "needs" else an_offer(session))
            await self._own(session, post)
            return {"code": post.code, "name": post.code}
        if first == "drafts":
            return {"token": await self._draft(session), "step": "place"}
        if first in ("reports", "moderation"):
            code = await self._report(session)
            receipt = SignedLink(LinkPurpose.REPORT, code, moderation_queries.NOBODY)
            return {"code": code, "token": write_link(receipt)}
        if first == "stay" or path.startswith("/desk/"):
            return await self._at_desk(session, path)
        return self._plain()

    def _plain(self) -> dict[str, str]:
        link = self._link(LinkPurpose.UNSUBSCRIBE, Channel.EMAIL.value)
        return {"code": self.organisation, "alias": self.alias, "token": link}

    async def _at_desk(self, session: Session, path: str) -> dict[str, str]:
        if path.startswith(("/stay", "/desk/hosts", "/desk/needs", "/desk/stays")):
            return await self._hosting(session, path)
        if path.startswith("/desk/helpers"):
            return {"code": await self._helper(session)}
        if path.startswith("/desk/import"):
            return {"token": await self._upload(session)}
        if path.startswith("/desk/posts"):
            return {"code": (await an_offer(session)).code}
        return self._plain()

    async def _meeting(self, session: Session, first: str) -> dict[str, str]:
        pair = await a_pair(session)
        await self._own(session, await session.get_one(Post, pair.offer_id))
        if first in ("proposals", "p"):
            link = self._link(LinkPurpose.PROPOSAL, pair.code)
            return {"code": pair.code, "token": link}
        exchange = await agree(session, replace(pair, giver=self.visitor))
        return {"code": exchange.code, "token": self._link(LinkPurpose.EXCHANGE, exchange.code)}

    async def _hosting(self, session: Session, path: str) -> dict[str, str]:
        if path.startswith("/desk/hosts"):
            code = (await an_offer(session, category=BED)).code
            return {"code": code, "section": "adults"}
        if path.startswith("/desk/needs"):
            return {"code": (await a_need(session, category=BED)).code}
        hosting = await a_hosting(session)
        stay = await a_stay(session, hosting)
        await self._own(session, hosting.need)
        hosting.need.adopted_by = self.organisation_id
        await session.flush()
        return {"code": stay.code, "token": self._link(LinkPurpose.STAY, stay.code)}

    async def _own(self, session: Session, post: Post) -> None:
        """Written the day before: the limit of a day is for what is sent now."""
        post.author_id = self.visitor.person_id
        post.created_at -= timedelta(days=2)
        await session.flush()

    async def _draft(self, session: Session) -> str:
        post = await an_offer(session)
        answers = await post_queries.answers_of_post(session, post)
        answers = replace(answers, about=DraftAbout(given=answers.about.given))
        return await posts.start_draft(session, answers, None)

    async def _helper(self, session: Session) -> str:
        offer = await an_offer(session)
        session.add(
            Registration(
                person_id=offer.author_id,
                organisation_id=self.organisation_id,
                identity_seen=True,
            )
        )
        await session.flush()
        return offer.code

    async def _upload(self, session: Session) -> str:
        """A sheet of one good row that waits for its second yes."""
        row = SheetRow(2, {"kind": "offer", "category": "food.meal", "place": crypto.new_code()})
        sheet = Rows([row], {2: somewhere()}, {name: name for name in row.cells})
        organisation = await session.get_one(Organisation, self.organisation_id)
        return await keep_upload(session, self.visitor, organisation, sheet)

    async def _report(self, session: Session) -> str:
        offer = await an_offer(session)
        draft = ReportDraft(About.POST, offer.code, Reason.OTHER, "Look at this")
        origin = Origin(crypto.new_token().encode(), crypto.new_token().encode())
        return (await moderation.send_report(session, draft, origin)).code

    def _link(self, purpose: LinkPurpose, ref: str) -> str:
        return write_link(SignedLink(purpose, ref, self.visitor.person_id))


async def a_world(app: Litestar, maker: SessionMaker, role: str) -> World:
    async with transaction(maker) as session:
        organisation = await an_organisation(session)
        worker = await a_caseworker(session, organisation)
        client = await a_client(session, organisation)
        await a_mandate(session, client, worker)
        person = worker if role == CASEWORKER else await make_person(session, name="Jo")
        if role == MODERATOR:
            await grant(session, person.id, Role.MODERATOR, None)
        await an_offer(session)
        return World(
            app,
            maker,
            role,
            visitor_of(person),
            organisation.id,
            organisation.code,
            client.alias,
        )

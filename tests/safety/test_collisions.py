"""Two meetings alike in everything but who they are: neither ever shows in the other's pages.

Same names, help, place, words and times. Each person walks every address, with their own codes and
with their twin's, reading and writing; nothing of the twin may be read, nothing of theirs change.
"""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

import httpx
from litestar import Litestar
from litestar.routes import HTTPRoute
from sqlalchemy import select, text

from app.accounts.models import Contact
from app.db import Session, SessionMaker, transaction
from app.exchanges import actions as exchanges
from app.exchanges.queries import stand
from app.notifications.actions import tell
from app.notifications.rules import LinkPurpose, NoticeKind, SignedLink, write_link
from app.posts.models import Post
from tests.app.exchanges.test_api import bearer
from tests.conftest import SignIn, new_client
from tests.factories.accounts import csrf_token
from tests.factories.exchanges import Pair, a_pair, agree
from tests.safety.conftest import Figures
from tests.safety.test_canaries import PLAIN, shape, words_of

PARAMETER = re.compile(r"\{(\w+):\w+\}")
ROLES = ("giver", "receiver")
ENDS = {"/sign-out", "/exit"}
# What of a meeting must stay as it is, whoever else walks by.
STATE = """
    SELECT md5(string_agg(row::text, '|' ORDER BY row::text)) FROM (
        SELECT to_jsonb(e) FROM exchange e WHERE e.id = ANY(:exchanges)
        UNION ALL SELECT to_jsonb(p) FROM proposal p WHERE p.code = ANY(:proposals)
        UNION ALL SELECT to_jsonb(o) - 'version' FROM post o WHERE o.id = ANY(:posts)
        UNION ALL SELECT to_jsonb(m) FROM message m WHERE m.exchange_id = ANY(:exchanges)
        UNION ALL SELECT to_jsonb(c) FROM contact_release c WHERE c.exchange_id = ANY(:exchanges)
        UNION ALL SELECT to_jsonb(n) FROM notice n WHERE n.person_id = ANY(:people)
    ) all_of_it(row)
"""


@dataclass
class Meeting:
    """One of the two worlds: the pair, what was agreed, and all that names them."""

    met: Pair
    waiting: Pair
    exchange: str
    exchange_id: int
    needs: list[str]
    offers: list[str]
    marks: dict[str, str] = field(default_factory=dict)

    def people(self) -> dict[str, int]:
        return {"giver": self.met.giver.person_id, "receiver": self.met.receiver.person_id}


@dataclass
class Walk:
    """What was walked and what was seen of the other."""

    requests: int = 0
    routes: set[str] = field(default_factory=set)
    leaks: list[str] = field(default_factory=list)
    broken: list[str] = field(default_factory=list)
    own: int = 0


async def a_meeting(session: Session, secret: str) -> Meeting:
    """The same words in both worlds, but for what names somebody."""
    met = await a_pair(session, note="Come to the yard")
    exchange = await agree(session, met)
    here = await stand(session, met.giver, exchange.code)
    await exchanges.send_message(session, here, met.giver.person_id, f"My word is {secret}")
    waiting = await a_pair(session)
    for person in (met.giver, met.receiver):
        link = (LinkPurpose.PROPOSAL, waiting.code)
        await tell(session, person.person_id, NoticeKind.PROPOSAL, facts={}, link=link)
    posts = [met.need_id, met.offer_id, waiting.need_id, waiting.offer_id]
    rows = (await session.scalars(select(Post).where(Post.id.in_(posts)))).all()
    meeting = Meeting(
        met, waiting, exchange.code, exchange.id,
        [one.code for one in rows if one.kind == "need"],
        [one.code for one in rows if one.kind == "offer"],
    )  # fmt: skip
    people = [one.person_id for pair in (met, waiting) for one in (pair.giver, pair.receiver)]
    contacts = await session.scalars(select(Contact.value).where(Contact.person_id.in_(people)))
    meeting.marks = dict.fromkeys(contacts, "contact")
    meeting.marks |= {secret: "message", exchange.code: "exchange"}
    meeting.marks |= {met.code: "proposal", waiting.code: "proposal"}
    return meeting


def codes(meeting: Meeting, person_id: int) -> Mapping[str, list[str]]:
    """By the beginning of an address, what of a meeting may stand in it."""

    def link(purpose: LinkPurpose, ref: str) -> str:
        return write_link(SignedLink(purpose, ref, person_id))

    proposals = [meeting.met.code, meeting.waiting.code]
    return {
        "/exchanges/": [meeting.exchange],
        "/api/v1/exchanges/": [meeting.exchange],
        "/proposals/": proposals,
        "/api/v1/proposals/": proposals,
        "/needs/": meeting.needs,
        "/posts/": meeting.needs + meeting.offers,
        "/api/v1/posts/": meeting.needs,
        "/p/": [link(LinkPurpose.PROPOSAL, one) for one in proposals],
        "/x/": [link(LinkPurpose.EXCHANGE, meeting.exchange)],
        "/stay/": [link(LinkPurpose.STAY, meeting.exchange)],
    }


def addresses(route: HTTPRoute, known: Mapping[str, list[str]]) -> Iterator[str]:
    path = route.path
    if "{" not in path:
        yield path
        return
    for value in known.get(path[: path.index("{")], []):
        yield PARAMETER.sub("1", PARAMETER.sub(value, path, count=1))


def walked(app: Litestar) -> list[HTTPRoute]:
    """What differs from person to person; pages alike for everybody are walked by canaries."""
    pages = (one for one in app.routes if isinstance(one, HTTPRoute))
    return [one for one in pages if not (one.path in ENDS or PLAIN.fullmatch(one.path))]


async def walk(app: Litestar, door: "Door", mine: Meeting, twin: Meeting, seen: Walk) -> None:
    """Read everything of one's own; then read and write with the twin's codes."""
    for route in walked(app):
        seen.routes.add(route.path)
        if "GET" in route.methods:
            for of in (mine, twin) if "{" in route.path else (mine,):
                for path in addresses(route, codes(of, door.person_id)):
                    await look(door, "GET", path, (mine, twin), seen)
        if "POST" in route.methods and "{" in route.path:
            for path in addresses(route, codes(twin, door.person_id)):
                await look(door, "POST", path, (mine, twin), seen)


@dataclass
class Door:
    """A browser and a program of one person."""

    browser: httpx.AsyncClient
    bearer: dict[str, str]
    person_id: int
    token: str

    async def ask(self, method: str, path: str) -> httpx.Response:
        if path.startswith("/api/"):
            return await self.browser.request(method, path, headers=self.bearer, json=None)
        data = {"_csrf_token": self.token, "answer": "yes", "body": "x"} if method == "POST" else {}
        return await self.browser.request(method, f"/en{path}", data=data)


async def look(
    door: Door, method: str, path: str, worlds: tuple[Meeting, Meeting], seen: Walk
) -> None:
    mine, twin = worlds
    answer = await door.ask(method, path)
    seen.requests += 1
    if answer.status_code >= httpx.codes.INTERNAL_SERVER_ERROR:
        seen.broken.append(f"{method} {path}: {answer.status_code}")
    words = words_of(answer).replace(path, "")
    seen.own += sum(shape(mark) in words for mark in mine.marks)
    # Whoever writes an address with the twin's code knows that code; all else of theirs is news.
    told = {mark for mark in twin.marks if mark in path}
    seen.leaks += [
        f"{method} {path} shows the {what} of the twin"
        for mark, what in twin.marks.items()
        if mark not in told and shape(mark) in words
    ]


async def state(session: Session, meeting: Meeting) -> str:
    found = await session.execute(
        text(STATE),
        {
            "exchanges": [meeting.exchange_id],
            "proposals": [meeting.met.code, meeting.waiting.code],
            "posts": [meeting.met.need_id, meeting.met.offer_id, meeting.waiting.need_id],
            "people": list(meeting.people().values()),
        },
    )
    return str(found.scalar_one())


async def test_no_twin_appears_in_the_others_world(
    app: Litestar, maker: SessionMaker, sign_in: SignIn, figures: Figures
) -> None:
    async with transaction(maker) as session:
        worlds = [await a_meeting(session, secret) for secret in ("marigold", "periwinkle")]
    seen = Walk()
    for mine, twin in (worlds, worlds[::-1]):
        async with transaction(maker) as session:
            before = await state(session, twin)
        for role in ROLES:
            person_id = mine.people()[role]
            async with new_client(app) as browser:
                browser.headers["accept-encoding"] = "identity"
                await sign_in(browser, person_id)
                token = csrf_token((await browser.get("/en/report")).text)
                door = Door(browser, await bearer(maker, person_id), person_id, token)
                await walk(app, door, mine, twin, seen)
        async with transaction(maker) as session:
            assert await state(session, twin) == before, "the twin's world changed"
    figures(
        f"collisions: {len(seen.leaks)} leaks in {len(seen.routes)} routes x {len(ROLES)} roles "
        f"x 2 worlds, {seen.requests} requests, {seen.own} marks of one's own seen"
    )
    assert (seen.leaks, seen.broken) == ([], [])
    assert seen.own > 30, "a walk that sees nothing of its own proves nothing"
    # The control: the twin's codes read as one's own are found at once.
    control, (mine, twin) = Walk(), worlds
    async with new_client(app) as browser:
        await sign_in(browser, twin.people()["giver"])
        door = Door(browser, {}, twin.people()["giver"], "")
        await look(door, "GET", f"/exchanges/{twin.exchange}", (mine, twin), control)
    assert any("contact" in one for one in control.leaks)
    assert any("message" in one for one in control.leaks)

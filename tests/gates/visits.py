"""What every person sees at every address: pages, refusals and mistakes, each distinct one once."""

import re
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from functools import partial

import httpx
from litestar import Litestar, get
from litestar.params import FromPath
from sqlalchemy import func

from app import crypto, errors
from app.accounts.models import Person, PersonSession
from app.db import SessionMaker, transaction
from app.web.access import PUBLIC
from tests.conftest import ADDRESS, new_client
from tests.factories.accounts import csrf_token, submit
from tests.gates.discovery import acts, addresses, nowhere, without_parameters
from tests.gates.states import Values
from tests.gates.town import Town

STRANGER, PAPER = "stranger", "paper"
Ask = Callable[[str], Awaitable[httpx.Response]]
# What differs between two answers to one question and changes nothing in their looks.
VARYING = re.compile(
    r'(href|action)="[^"]*"|value="[\w.~-]{20,}"|[A-Za-z0-9_-]{40,}|<time[^>]*>|\b\d{2}:\d{2}\b'
)
OWN_WORDS = re.compile(r"[A-HJ-NP-Z2-9]{6,12}")


@dataclass(frozen=True)
class Shown:
    """One answer as it was sent, with enough to show it again."""

    role: str
    language: str
    method: str
    path: str
    status: int
    html: str = field(repr=False)
    headers: dict[str, str] = field(repr=False, default_factory=dict)

    @property
    def name(self) -> str:
        return f"{self.language} {self.method} {self.path} as {self.role} ({self.status})"

    @property
    def url(self) -> str:
        return f"{ADDRESS}/{self.language}{self.path}"

    @property
    def likeness(self) -> str:
        return OWN_WORDS.sub("", VARYING.sub("", self.html))


REFUSALS: dict[int, Exception] = {
    403: errors.NotAllowedError("You cannot do this."),
    404: errors.NotFoundError("This page does not exist."),
    409: errors.ConflictError("Something changed in the meantime."),
    410: errors.GoneError("This has ended."),
    422: errors.InvalidError({}),
    429: errors.TooManyError("That was too often."),
    500: RuntimeError("on purpose"),
    503: errors.UnavailableError("We are not fully here right now."),
}


@get("/refusals/{status:int}", opt=PUBLIC, sync_to_thread=False)
def refusal(status: FromPath[int]) -> None:
    """A door of the gates alone: every refusal as the application words it."""
    raise REFUSALS[status]


async def _signed_in(maker: SessionMaker, client: httpx.AsyncClient, person_id: int) -> None:
    token = crypto.new_token()
    async with transaction(maker) as session:
        await session.get_one(Person, person_id)
        mine = PersonSession(
            token_hash=crypto.token_hash(token),
            person_id=person_id,
            device_name="Test",
            level=2,
            proven_at=func.now(),
        )
        session.add(mine)
    client.cookies.set("sid", token, domain="localhost.local")


def people(town: Town) -> dict[str, int]:
    """Who has an account, by the role they are known for."""
    return {
        "newcomer": town.newcomer,
        "helper": town.jan,
        "coordinator": town.coordinator,
        "operator": town.operator,
    }


@dataclass(frozen=True)
class Ground:
    """An application and the town that lives in it."""

    app: Litestar
    maker: SessionMaker
    town: Town


@asynccontextmanager
async def browser(on: Ground, role: str) -> AsyncIterator[httpx.AsyncClient]:
    """A browser of this role, fresh."""
    async with new_client(on.app) as client:
        if role == PAPER:
            await submit(client, "/en/code", code=on.town.digits)
        elif role != STRANGER:
            await _signed_in(on.maker, client, people(on.town)[role])
        yield client


def _seen(role: str, language: str, path: str, answer: httpx.Response) -> Shown | None:
    if not answer.headers.get("content-type", "").startswith("text/html"):
        return None
    if answer.is_redirect or not answer.text:
        return None
    method = answer.request.method
    headers = dict(answer.headers)
    return Shown(role, language, method, path, answer.status_code, answer.text, headers)


@dataclass
class Album:
    """Every distinct answer, in each language: the same refusal at ninety addresses is one page.

    An address is asked in the first language; only what looks new is asked in the others.
    """

    languages: Sequence[str]
    shown: list[Shown] = field(default_factory=list)
    likenesses: set[str] = field(default_factory=set)

    async def add(self, role: str, path: str, ask: Ask) -> None:
        for language in self.languages:
            one = _seen(role, language, path, await ask(f"/{language}{path}"))
            if one is None or (one.language == self.languages[0] and not self._is_new(one)):
                return
            self.shown.append(one)

    def _is_new(self, one: Shown) -> bool:
        before = len(self.likenesses)
        self.likenesses.add(one.likeness)
        return len(self.likenesses) > before


async def begin_draft(client: httpx.AsyncClient, kind: str = "need") -> str:
    """The token of a post half written by whoever holds this browser."""
    chosen = {"kind": kind, "category": "food.meal"}
    begun = await submit(client, "/en/need-help", "/en/drafts", **chosen)
    return begun.headers["location"].split("/drafts/")[1].split("/")[0]


async def pages_of(on: Ground, role: str, album: Album) -> None:
    """Every GET page as this role sees it, and what it is told where there is nothing."""
    async with browser(on, role) as client:
        drafts = (await begin_draft(client), await begin_draft(client, "offer"), *on.town.drafts)
        paths = addresses(on.app, {**on.town.values, "/drafts/{token:str}": drafts})
        for path in paths + (nowhere(on.app) if role == STRANGER else []):
            await album.add(role, path, client.get)


async def refusals(app: Litestar, album: Album) -> None:
    """Pages of errors; the door that raises them stands in this application alone."""
    if not any(route.path.startswith("/refusals") for route in app.routes):
        app.register(refusal)
    async with new_client(app) as client:
        for status in REFUSALS:
            await album.add(STRANGER, f"/refusals/{status}", client.get)


async def empty_pages(app: Litestar, maker: SessionMaker, person_id: int, album: Album) -> None:
    """Lists before anybody came: what stands where nothing is yet."""
    async with new_client(app) as client:
        await _signed_in(maker, client, person_id)
        for path in without_parameters(app):
            await album.add("first", path, client.get)


async def mistakes(on: Ground, role: str, album: Album) -> None:
    """What a form says that was sent with nothing in it; acts of no fields act."""
    async with browser(on, role) as client:
        values: Values = {**on.town.values, "/drafts/{token:str}": (await begin_draft(client),)}
        sent = {"_csrf_token": csrf_token((await client.get("/en/report")).text)}
        for path in acts(on.app, values):
            await album.add(role, path, partial(client.post, data=sent))


async def everything(on: Ground, album: Album) -> None:
    """Every page and state that the application itself shows to anybody."""
    await refusals(on.app, album)
    roles = (STRANGER, PAPER, *people(on.town))
    for role in roles:
        await pages_of(on, role, album)
    for role in roles:
        await mistakes(on, role, album)

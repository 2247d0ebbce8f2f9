"""What every person sees at every address: pages, refusals and mistakes, each distinct one once."""

import re
from collections.abc import AsyncIterator, Iterable, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from http import HTTPStatus

import httpx
from litestar import Litestar, get
from litestar.params import FromPath

from app import crypto, errors
from app.accounts.models import Person, PersonSession
from app.db import SessionMaker, transaction
from app.i18n import LANGUAGES
from app.web.access import PUBLIC
from tests.conftest import ADDRESS, new_client
from tests.factories.accounts import csrf_token, submit
from tests.gates.discovery import acts, addresses, nowhere, without_parameters
from tests.gates.states import Values
from tests.gates.town import Town

STRANGER, PAPER = "stranger", "paper"
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
    def likeness(self) -> tuple[str, str]:
        return self.language, OWN_WORDS.sub("", VARYING.sub("", self.html))


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
            token_hash=crypto.token_hash(token), person_id=person_id, device_name="Test"
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


@asynccontextmanager
async def browser(
    app: Litestar, maker: SessionMaker, town: Town, role: str
) -> AsyncIterator[httpx.AsyncClient]:
    """A browser of this role, fresh."""
    async with new_client(app) as client:
        if role == PAPER:
            await submit(client, "/en/code", code=town.digits)
        elif role != STRANGER:
            await _signed_in(maker, client, people(town)[role])
        yield client


def _seen(role: str, language: str, path: str, answer: httpx.Response) -> Shown | None:
    if not answer.headers.get("content-type", "").startswith("text/html"):
        return None
    if answer.is_redirect or not answer.text:
        return None
    method = answer.request.method
    headers = dict(answer.headers)
    return Shown(role, language, method, path, answer.status_code, answer.text, headers)


async def _look(
    client: httpx.AsyncClient, role: str, paths: Iterable[str], languages: Sequence[str]
) -> AsyncIterator[Shown]:
    for path in paths:
        for language in languages:
            answer = await client.get(f"/{language}{path}")
            if answer.status_code == HTTPStatus.SEE_OTHER:
                continue
            shown = _seen(role, language, path, answer)
            if shown:
                yield shown


async def begin_draft(client: httpx.AsyncClient, kind: str = "need") -> str:
    """The token of a post half written by whoever holds this browser."""
    chosen = {"kind": kind, "category": "food.meal"}
    begun = await submit(client, "/en/need-help", "/en/drafts", **chosen)
    return begun.headers["location"].split("/drafts/")[1].split("/")[0]


async def pages_of(
    app: Litestar,
    maker: SessionMaker,
    town: Town,
    role: str,
    languages: Sequence[str],
) -> list[Shown]:
    """Every GET page as this role sees it, and what it is told where there is nothing."""
    async with browser(app, maker, town, role) as client:
        drafts = (await begin_draft(client), await begin_draft(client, "offer"), *town.drafts)
        values = {**town.values, "/drafts/{token:str}": drafts}
        paths = addresses(app, values)
        if role == STRANGER:
            paths += nowhere(app)
        return [one async for one in _look(client, role, paths, languages)]


async def refusals(app: Litestar, languages: Sequence[str]) -> list[Shown]:
    """Pages of errors; the door that raises them stands in this application alone."""
    if not any(route.path.startswith("/refusals") for route in app.routes):
        app.register(refusal)
    paths = [f"/refusals/{status}" for status in REFUSALS]
    async with new_client(app) as client:
        return [one async for one in _look(client, STRANGER, paths, languages)]


async def empty_pages(
    app: Litestar, maker: SessionMaker, person_id: int, languages: Sequence[str]
) -> list[Shown]:
    """Lists before anybody came: what stands where nothing is yet."""
    async with new_client(app) as client:
        await _signed_in(maker, client, person_id)
        paths = without_parameters(app)
        return [one async for one in _look(client, "first", paths, languages)]


async def mistakes(
    app: Litestar, maker: SessionMaker, town: Town, role: str, languages: Sequence[str]
) -> list[Shown]:
    """What a form says that was sent with nothing in it; acts of no fields act."""
    found = []
    values: Values = dict(town.values)
    async with browser(app, maker, town, role) as client:
        values["/drafts/{token:str}"] = (await begin_draft(client),)
        token = csrf_token((await client.get("/en/report")).text)
        for path in acts(app, values):
            for language in languages:
                answer = await client.post(f"/{language}{path}", data={"_csrf_token": token})
                shown = _seen(role, language, path, answer)
                found += [shown] if shown else []
    return found


def distinct(shown: Iterable[Shown]) -> list[Shown]:
    """One of each likeness: the same refusal at ninety addresses is one page."""
    first: dict[tuple[str, str], Shown] = {}
    for one in shown:
        first.setdefault(one.likeness, one)
    return list(first.values())


async def everything(
    app: Litestar,
    maker: SessionMaker,
    town: Town,
    languages: Sequence[str] = tuple(LANGUAGES),
) -> list[Shown]:
    """Every page and state that the application itself shows, distinct ones only."""
    found = await refusals(app, languages)
    roles = (STRANGER, PAPER, *people(town))
    for role in roles:
        found += await pages_of(app, maker, town, role, languages)
    for role in roles:
        found += await mistakes(app, maker, town, role, languages)
    return distinct(found)

"""People for tests, with proven contacts."""

import itertools
from collections.abc import Sequence

import httpx
from sqlalchemy import select

from app.accounts.actions import register_person
from app.accounts.models import Person, SignInCode
from app.accounts.rules import contact_lookup
from app.db import Session, SessionMaker, transaction

_numbers = itertools.count(1)


async def make_person(
    session: Session,
    *,
    name: str = "Amina",
    language: str = "en",
    languages: Sequence[str] = ("en", "fr"),
    email: str | None = None,
    phone: str | None = None,
) -> Person:
    """Somebody who can be reached; an e-mail address is made up where no contact is given."""
    if email is None and phone is None:
        email = f"person{next(_numbers)}@example.org"
    return await register_person(
        session, name=name, language=language, languages=languages, email=email, phone=phone
    )


async def a_person(maker: SessionMaker, **facts: str) -> Person:
    """A committed person, for pages and jobs."""
    async with transaction(maker) as session:
        return await make_person(session, **facts)


async def last_code(maker: SessionMaker, value: str) -> str:
    """The code that waits to be sent to a contact in normal form."""
    kind = "email" if "@" in value else "phone"
    async with transaction(maker) as session:
        rows = await session.scalars(
            select(SignInCode)
            .where(SignInCode.lookup == contact_lookup(kind, value))
            .order_by(SignInCode.id.desc())
        )
        return rows.first().sealed_code or ""  # type: ignore[union-attr] # asked just before


def csrf_token(page: str) -> str:
    """The hidden token of a page's first form."""
    return page.split('name="_csrf_token" value="', 1)[1].split('"', 1)[0]


async def submit(
    client: httpx.AsyncClient, shown: str, to: str = "", **fields: object
) -> httpx.Response:
    """Open a page and send its form, to its own address unless told."""
    page = await client.get(shown)
    assert page.status_code == 200, page.status_code
    data = {"_csrf_token": csrf_token(page.text), **fields}
    return await client.post(to or shown, data=data)


async def ask_for_code(client: httpx.AsyncClient, contact: str) -> httpx.Response:
    return await submit(client, "/en/sign-in", contact=contact)


async def come_in(client: httpx.AsyncClient, maker: SessionMaker, email: str) -> httpx.Response:
    """Sign in through the pages, as somebody who is known already."""
    await ask_for_code(client, email)
    return await submit(client, "/en/sign-in/code", code=await last_code(maker, email))

"""Posts as people publish them, and the people who do."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

from app.accounts.models import Person
from app.accounts.rules import Visitor
from app.db import Session
from app.posts import actions
from app.posts.models import Post
from app.posts.rules import PlaceDraft, PostDraft, PostKind, Window, category
from app.posts.rules.read_back import ReadBack, sensitive_in
from app.territories.geocoder.gazetteer import find_places

MEAL = category("food.meal").number
BED = category("roof.bed").number
AID = category("goods.aid").number


async def an_author(session: Session, name: str = "Amal", **columns: Any) -> Visitor:  # noqa: ANN401 - any column or field
    """A person at the door."""
    person = Person(name=name, language="en", languages=["en", "fr"], **columns)
    session.add(person)
    await session.flush()
    return Visitor(person.id, name, "en")


def somewhere(text: str = "1060", **changes: Any) -> PlaceDraft:  # noqa: ANN401 - any column or field
    """A real place by postcode or name."""
    found = find_places(text)[0]
    place = PlaceDraft(found.lat, found.lon, found.municipality_nis, found.postcode)
    return replace(place, **changes)


def a_draft(kind: PostKind = PostKind.OFFER, **changes: Any) -> PostDraft:  # noqa: ANN401 - any column or field
    """A meal for four in Saint-Gilles, any time."""
    plain = PostDraft(kind=kind, category=MEAL, place=somewhere(), places=4, languages=("en", "fr"))
    return replace(plain, **changes)


async def an_offer(session: Session, author: Visitor | None = None, **changes: Any) -> Post:  # noqa: ANN401 - any column or field
    author = author or await an_author(session, "Jan")
    return await actions.publish(session, author, a_draft(PostKind.OFFER, **changes))


async def a_need(session: Session, author: Visitor | None = None, **changes: Any) -> Post:  # noqa: ANN401 - any column or field
    """What stands for a client was read out, with a yes to everything in it."""
    author = author or await an_author(session, "Amal")
    draft = a_draft(PostKind.NEED, **changes)
    allowed = frozenset(sensitive_in(draft))
    heard = ReadBack("As it was read out.", "fr", "oral", sensitive=allowed)
    return await actions.publish(session, author, draft, heard if draft.client_id else None)


def in_days(days: float, hours: float = 2, rule: str | None = None) -> Window:
    """A window that starts in so many days."""
    start = datetime.now(UTC).replace(microsecond=0) + timedelta(days=days)
    return Window(start, start + timedelta(hours=hours), rule)

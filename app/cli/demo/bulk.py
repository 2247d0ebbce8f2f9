"""Many posts at once, of the same shape as published ones: to see how the platform carries them."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import islice
from random import Random

from sqlalchemy import insert

from app.accounts.models import Contact, Person
from app.accounts.rules import contact_lookup
from app.cli.demo.drafts import OLDEST_HOURS, draw_category, draw_draft, draw_kinds
from app.cli.demo.people import Neighbour
from app.clock import local
from app.crypto import new_code
from app.db import Session
from app.posts.actions.publish import columns_of
from app.posts.models import Post, PostWindow
from app.posts.rules import PostDraft, PostKind
from app.posts.rules.attested import VISITS
from app.territories.geocoder.shipped import municipalities
from app.territories.models import Place
from app.territories.rules import cell_centre, cell_of

CHUNK = 2_000
KNOWN = 0.9
LONG_CODE = 12  # short codes of many rows would meet

Row = dict[str, object]


@dataclass(frozen=True)
class _Home:
    """A neighbour with the numbers that rows need."""

    neighbour: Neighbour
    person_id: int
    place: Place


async def insert_posts(
    session: Session,
    random: Random,
    *,
    people: Sequence[Neighbour],
    count: int,
    now: datetime,
    step: Callable[[int], None],
) -> None:
    """People with their places, and that many open posts spread over them."""
    homes = await _settle(session, people, now)
    kinds = iter(draw_kinds(random, count))
    while chunk := list(islice(kinds, CHUNK)):
        drawn = [_draw(random, homes, kind, now) for kind in chunk]
        await _publish(session, random, drawn, now)
        step(len(chunk))


async def _settle(session: Session, people: Sequence[Neighbour], now: datetime) -> list[_Home]:
    homes: list[_Home] = []
    for start in range(0, len(people), CHUNK):
        chunk = people[start : start + CHUNK]
        ids = await _insert(session, Person, [_person(one, now) for one in chunk])
        await session.execute(
            insert(Contact),
            [_contact(one, key, now) for one, key in zip(chunk, ids, strict=True)],
        )
        places = [_place(one, key) for one, key in zip(chunk, ids, strict=True)]
        place_ids = await _insert(session, Place, places)
        homes += [
            _Home(one, key, Place(id=place_id, **place))
            for one, key, place_id, place in zip(chunk, ids, place_ids, places, strict=True)
        ]
    return homes


async def _insert(
    session: Session, model: type[Person | Place | Post], rows: list[Row]
) -> list[int]:
    """Ids in the order of the rows."""
    found = await session.scalars(
        insert(model).returning(model.id, sort_by_parameter_order=True), rows
    )
    return list(found)


def _person(one: Neighbour, now: datetime) -> Row:
    return {
        "name": one.name,
        "language": one.language,
        "languages": list(one.languages),
        "adult_attested_at": now,
        "verified_at": now,
    }


def _contact(one: Neighbour, person_id: int, now: datetime) -> Row:
    kind = "phone" if one.phone else "email"
    return {
        "person_id": person_id,
        "kind": kind,
        "value": one.contact,
        "lookup": contact_lookup(kind, one.contact),
        "verified_at": now,
    }


def _place(one: Neighbour, person_id: int) -> Row:
    cell = cell_of(one.place.lat, one.place.lon)
    lat, lon = cell_centre(cell)
    municipality = municipalities()[one.place.nis]
    return {
        "owner_id": person_id,
        "cell_row": cell.row,
        "cell_column": cell.col,
        "lat": lat,
        "lon": lon,
        "postcode": one.place.postcode,
        "nis": one.place.nis,
        "name_fr": municipality.name_fr,
        "name_nl": municipality.name_nl,
    }


def _draw(
    random: Random, homes: Sequence[_Home], kind: PostKind, now: datetime
) -> tuple[_Home, PostDraft]:
    home = random.choice(homes)
    help_ = draw_category(random, kind)
    return home, draw_draft(random, home.neighbour, kind, help_, local(now).date())


async def _publish(
    session: Session, random: Random, drawn: Sequence[tuple[_Home, PostDraft]], now: datetime
) -> None:
    rows = [_post(random, home, draft, now) for home, draft in drawn]
    ids = await _insert(session, Post, rows)
    windows: list[Row] = [
        {"post_id": key, "starts_at": one.starts_at, "ends_at": one.ends_at, "rule": one.rule}
        for key, (_home, draft) in zip(ids, drawn, strict=True)
        for one in draft.windows
    ]
    if windows:
        await session.execute(insert(PostWindow), windows)


def _post(random: Random, home: _Home, draft: PostDraft, now: datetime) -> Row:
    since = now - timedelta(hours=random.uniform(0.1, OLDEST_HOURS[draft.urgency]))
    return {
        "code": new_code(LONG_CODE),
        "kind": draft.kind.value,
        "author_id": home.person_id,
        "published_at": since,
        "confirmed_at": since,
        "waiting_since": since,
        "created_at": since,
        # Most who offer visits are known; of a crowd nobody asks by whom.
        "attested_at": since if _is_known(random, draft) else None,
        **columns_of(draft, home.place, now),
    }


def _is_known(random: Random, draft: PostDraft) -> bool:
    return draft.kind is PostKind.OFFER and draft.category in VISITS and random.random() < KNOWN

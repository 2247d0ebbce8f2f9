"""Publish a need or an offer: one row, its windows, its place, and work for the engine."""

from datetime import datetime

from sqlalchemy import func, text

from app import outbox
from app.accounts.rules import Visitor
from app.accounts.rules.newcomers import ASKED_ALERT, MOST_ASKED
from app.crypto import new_code
from app.db import Session
from app.errors import InvalidError, NotAllowedError, TooManyError
from app.i18n import gettext as _
from app.i18n import sentence
from app.notifications.rules import NoticeKind
from app.outbox import Job
from app.posts import queries
from app.posts.actions.changes import database_now, look_for_pairings, tell_author
from app.posts.actions.child_alone import call_for_child
from app.posts.actions.read_back import keep_read_back, refuse_unspoken
from app.posts.actions.units import keep_units
from app.posts.models import Post, PostWindow
from app.posts.queries.attested import is_attested
from app.posts.rules import (
    Category,
    Feature,
    PostDraft,
    PostKind,
    by_number,
    expiry,
    may_publish,
    refuse_invalid,
)
from app.posts.rules.draft import HOUSEHOLDS, ONLY_VERIFIED
from app.posts.rules.household import profile_of
from app.posts.rules.read_back import ReadBack
from app.territories import actions as territories
from app.territories.models import Place

POSTS_PER_DAY = 30
ASKED_ON_FIRST_DAY = MOST_ASKED
ASKED_ENOUGH = sentence(
    "You asked five people on your first day. Ask more tomorrow, or call us: we help at once."
)
TOO_MANY = sentence("You have posted a lot today. Try again tomorrow, or call us.")


async def publish(
    session: Session, visitor: Visitor, draft: PostDraft, heard: ReadBack | None = None
) -> Post:
    """Put a draft on show; `InvalidError` names every field that cannot stay.

    What stands for a client waits until the client has `heard` it.
    """
    now = await database_now(session)
    refuse_invalid(draft, now)
    refuse_unspoken(draft, heard)
    is_heard = draft.client_id is None or heard is not None
    await _wait_for_turn(session, visitor)
    await _refuse_unless_allowed(session, visitor, draft)
    asked_offer_id = await _asked_offer_id(session, visitor, draft)
    # Whoever is held cannot slip back into matching with a new post.
    is_held = await queries.is_reported(session, visitor, draft)
    place = await save_draft_place(session, visitor.person_id, draft)
    post = Post(
        code=new_code(),
        kind=draft.kind.value,
        author_id=visitor.person_id,
        organisation_id=draft.organisation_id,
        client_id=draft.client_id,
        asked_offer_id=asked_offer_id,
        published_at=now if is_heard else None,
        read_back_at=now if heard else None,
        confirmed_at=func.now(),
        waiting_since=func.now(),
        held_at=now if is_held else None,
        attested_at=now if await is_attested(session, visitor, draft.category) else None,
        **columns_of(draft, place, now),
    )
    session.add(post)
    await session.flush()
    await session.refresh(post)
    await keep_read_back(session, visitor.person_id, post, draft, heard)
    await _finish(session, post, draft)
    return post


async def publish_need(session: Session, visitor: Visitor, draft: PostDraft) -> Post:
    """Publish what somebody needs."""
    return await publish(session, visitor, draft)


async def publish_offer(session: Session, visitor: Visitor, draft: PostDraft) -> Post:
    """Publish what somebody offers."""
    return await publish(session, visitor, draft)


async def save_draft_place(session: Session, owner_id: int, draft: PostDraft) -> Place:
    found = draft.place
    return await territories.save_place(
        session,
        owner_id=owner_id,
        lat=found.lat,
        lon=found.lon,
        nis=found.nis,
        postcode=found.postcode,
        address=found.address,
    )


def columns_of(draft: PostDraft, place: Place, now: datetime) -> dict[str, object]:
    """The columns that a draft decides, the same when published and when edited."""
    category = by_number(draft.category)
    wishes = category.radius_km if draft.radius_km is None else draft.radius_km
    return {
        "category": draft.category,
        "place_id": place.id,
        "lat": place.lat,
        "lon": place.lon,
        "note": draft.note.strip(),
        "note_language": draft.note_language,
        "note_reason": draft.note_reason or None,
        "languages": list(draft.languages),
        "interpreter": draft.interpreter,
        "radius_km": wishes or 0,
        "remote": draft.remote or category.is_remote_only,
        "places": draft.places,
        "unit": category.unit.value,
        "exclusive": draft.exclusive,
        "urgency": int(draft.urgency),
        "latest_by": draft.latest_by,
        "required": int(draft.required),
        "wished": int(draft.wished),
        "features": int(_own_words(draft.features, category)),
        "accepts": 0,
        **_party(draft, category),
        "insured_by": draft.insured_by,
        "recurring": any(window.rule is not None for window in draft.windows),
        "ends_at": expiry.ends_at(now, draft.urgency, draft.latest_by, draft.windows),
    }


def _own_words(features: Feature, category: Category) -> Feature:
    """Who lives in a host's house is found by who verifies it, whatever the host says."""
    return features & ~(HOUSEHOLDS if category.is_hosting else ONLY_VERIFIED)


def _party(draft: PostDraft, category: Category) -> dict[str, int | None]:
    """Who needs a roof; of other help nobody asks."""
    asked = category.is_hosting and draft.kind is PostKind.NEED
    party = draft.party if asked else None
    return {
        "party_women": party.women if party else None,
        "party_men": party.men if party else None,
        "party_children": party.children if party else None,
        "profile": int(profile_of(party)) if asked else 0,
    }


async def keep_windows(session: Session, post: Post, draft: PostDraft) -> None:
    session.add_all(
        PostWindow(post_id=post.id, starts_at=one.starts_at, ends_at=one.ends_at, rule=one.rule)
        for one in draft.windows
    )
    await session.flush()


async def _finish(session: Session, post: Post, draft: PostDraft) -> None:
    await keep_windows(session, post, draft)
    await keep_units(session, post)
    await look_for_pairings(session, post)
    if post.published_at is not None:
        await tell_author(session, post, NoticeKind.PUBLISHED)
    if draft.party is not None and draft.party.is_child_alone:
        await call_for_child(session, post)


async def _refuse_unless_allowed(session: Session, visitor: Visitor, draft: PostDraft) -> None:
    if not may_publish(visitor, draft):
        raise NotAllowedError("Only people who work for this organisation can post for it.")
    if draft.organisation_id is not None and not await queries.may_work(
        session, draft.organisation_id
    ):
        raise NotAllowedError("This organisation is not verified yet, or it is stopped.")
    if draft.client_id is not None and not await queries.has_mandate(
        session, draft.client_id, draft.organisation_id, draft.category
    ):
        raise NotAllowedError("The client has not agreed to this. Record the consent first.")
    if not visitor.grants and await queries.posts_today(session, visitor) >= POSTS_PER_DAY:
        raise TooManyError(TOO_MANY)


async def _wait_for_turn(session: Session, visitor: Visitor) -> None:
    """One post at a time for each person, so that parallel ones cannot pass a limit together."""
    await session.execute(
        text("SELECT pg_advisory_xact_lock(hashtextextended(:lock, 0))"),
        {"lock": f"publish:{visitor.person_id}"},
    )


async def _watch_newcomer(session: Session, visitor: Visitor) -> None:
    """Count one more request to a host; the caller holds this person's turn."""
    asked = await queries.asked_on_first_day(session, visitor)
    if visitor.grants:
        return
    if asked >= ASKED_ON_FIRST_DAY:
        raise TooManyError(ASKED_ENOUGH)
    if asked + 1 == ASKED_ALERT:
        await outbox.defer(session, Job.WATCH_NEWCOMER, visitor.person_id)


async def _asked_offer_id(session: Session, visitor: Visitor, draft: PostDraft) -> int | None:
    """The offer that a need was written for; a closed one does not stop the need."""
    if draft.asked_offer is None or draft.kind is not PostKind.NEED:
        return None
    await _watch_newcomer(session, visitor)
    offer = await queries.find_post(session, draft.asked_offer, PostKind.OFFER)
    if offer is None:
        raise InvalidError({"asked_offer": [_("We cannot find this offer.")]})
    return offer.id if offer.is_open else None

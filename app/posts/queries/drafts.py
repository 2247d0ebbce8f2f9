"""Drafts by their link, and what a draft can begin with."""

import json
from datetime import date

from sqlalchemy import func, select
from sqlalchemy.orm import joinedload

from app.accounts import queries as accounts
from app.crypto import token_hash
from app.db import ReadSession
from app.errors import GoneError, NotFoundError, SignInNeededError
from app.organisations.models import Client
from app.posts.forms import reading
from app.posts.forms.answers import Answers, Typed
from app.posts.forms.beginnings import asking, blank, editing, typed_place
from app.posts.models import Draft, Post
from app.posts.queries.one import post_by_code, windows_of
from app.posts.rules import Feature, PlaceDraft, PostDraft, PostKind, Urgency, by_number
from app.posts.rules.draft import HOUSEHOLDS
from app.posts.rules.party import Party
from app.territories import queries as territories
from app.territories.models import Place


async def draft_by_token(
    reader: ReadSession, token: str, person_id: int | None, *, lock: bool = False
) -> Draft:
    """The draft behind a link; a draft that became somebody's is theirs alone."""
    query = select(Draft, (Draft.expires_at <= func.now()).label("ended")).where(
        Draft.token_hash == token_hash(token)
    )
    row = (await reader.execute(query.with_for_update() if lock else query)).one_or_none()
    if row is None:
        raise NotFoundError("There is no such draft.")
    draft: Draft = row.Draft
    if row.ended and draft.post_id is None:
        raise GoneError("This draft has ended: drafts are kept for 14 days.")
    if draft.person_id is not None and draft.post_id is None:
        if person_id is None:
            raise SignInNeededError("Sign in to continue.")
        if draft.person_id != person_id:
            raise NotFoundError("There is no such draft.")
    return draft


def answers_of(draft: Draft) -> Answers:
    return reading.from_json(draft.kind, json.loads(draft.answers))


async def client_of_draft(reader: ReadSession, answers: Answers) -> Client | None:
    """For whom the draft is, with the organisation; None where somebody writes for themselves."""
    if answers.about.client_id is None:
        return None
    found: Client | None = await reader.scalar(
        select(Client)
        .options(joinedload(Client.organisation))
        .where(Client.id == answers.about.client_id)
    )
    return found


async def post_of_draft(reader: ReadSession, draft: Draft) -> Post:
    """What the draft became; `NotFoundError` before it did."""
    if draft.post_id is None:
        raise NotFoundError("There is no such draft.")
    return await reader.get_one(Post, draft.post_id)


async def answers_to_begin(
    reader: ReadSession, kind: PostKind, category: str, person_id: int | None, language: str
) -> Answers:
    """A blank draft with what is known of the person filled in."""
    home, languages = await _known(reader, person_id, language)
    return blank(kind, category, languages, home)


async def answers_for_offer(
    reader: ReadSession, code: str, person_id: int | None, language: str, today: date
) -> Answers:
    """A need for one offer; its place is the person's home, else the offer's neighbourhood."""
    offer = await post_by_code(reader, code, PostKind.OFFER)
    home, languages = await _known(reader, person_id, language)
    place = home or place_answer(await territories.place(reader, offer.place_id))
    said, _there = await draft_of_post(reader, offer)
    return asking(said, offer.code, place, languages, today)


async def answers_of_post(reader: ReadSession, post: Post) -> Answers:
    said, place = await draft_of_post(reader, post)
    return editing(said, post.code, place)


async def _known(
    reader: ReadSession, person_id: int | None, language: str
) -> tuple[Typed | None, list[str]]:
    """Where the person lives, and what they speak; a stranger speaks the language of the page."""
    if person_id is None:
        return None, [language]
    home = await territories.home_place(reader, person_id)
    person = await accounts.person(reader, person_id)
    return (None if home is None else place_answer(home)), person.languages or [language]


def place_answer(place: Place, address: str | None = None) -> Typed:
    """A saved place as an answer; its cell's centre lies in the same cell again."""
    draft = PlaceDraft(place.lat, place.lon, place.nis, place.postcode, address)
    words = address or f"{place.postcode or ''} {place.name_fr}".strip()
    return typed_place(draft, words, place.name_fr, place.name_nl)


def own_features(post: Post) -> Feature:
    """What the author said of the house, without what a verifier found."""
    found = Feature(post.features)
    return found & ~HOUSEHOLDS if by_number(post.category).is_hosting else found


def party_of(post: Post) -> Party | None:
    """Who needs a roof, where that was said."""
    if post.party_women is None or post.party_men is None or post.party_children is None:
        return None
    return Party(post.party_women, post.party_men, post.party_children)


async def draft_of_post(reader: ReadSession, post: Post) -> tuple[PostDraft, Typed]:
    """A post as it was said, and its place as an answer with the address its owner gave."""
    place = await territories.place(reader, post.place_id)
    address = await territories.exact_address(reader, post.place_id)
    windows = (await windows_of(reader, [post.id]))[post.id]
    said = PostDraft(
        kind=PostKind(post.kind),
        category=post.category,
        place=PlaceDraft(place.lat, place.lon, place.nis, place.postcode),
        places=post.places,
        languages=tuple(post.languages),
        note=post.note,
        note_language=post.note_language,
        note_reason=post.note_reason,
        interpreter=post.interpreter,
        urgency=Urgency(post.urgency),
        latest_by=post.latest_by,
        windows=tuple(windows),
        required=Feature(post.required),
        wished=Feature(post.wished),
        features=own_features(post),
        party=party_of(post),
        organisation_id=post.organisation_id,
        client_id=post.client_id,
    )
    return said, place_answer(place, address)

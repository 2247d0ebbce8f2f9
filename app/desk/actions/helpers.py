"""Somebody without internet helps too: written down face to face, reached by phone."""

from app.accounts import actions as accounts
from app.accounts import queries as people
from app.accounts.models import Person
from app.accounts.rules import Visitor
from app.db import Session
from app.desk.forms import HelperDraft
from app.errors import ConflictError
from app.i18n import LANGUAGES, current_language
from app.organisations.models import Registration
from app.posts import actions as posts
from app.posts.models import Post
from app.posts.rules import PlaceDraft, PostDraft, PostKind


async def register_helper(
    session: Session,
    worker: Visitor,
    organisation_id: int | None,
    draft: HelperDraft,
    place: PlaceDraft,
) -> Post:
    """The helper and the offer in the helper's own name; they hear of it on their phone.

    A number that somebody signs in with already stays theirs: `ConflictError`.
    """
    if await people.person_with(session, draft.phone) is not None:
        raise ConflictError(
            "Somebody takes part with this number already. They sign in with it and offer help."
        )
    person = await accounts.register_person(
        session,
        name=draft.name,
        language=_letters_in(draft),
        languages=draft.languages,
        phone=draft.phone.value,
    )
    session.add(
        Registration(
            person_id=person.id,
            organisation_id=organisation_id,
            worker_id=worker.person_id,
            identity_seen=draft.identity_seen,
        )
    )
    await session.flush()
    return await posts.publish_offer(session, _as(person), _offer(draft, place))


def _letters_in(draft: HelperDraft) -> str:
    """The first of their languages that our pages speak."""
    return next((code for code in draft.languages if code in LANGUAGES), current_language())


def _as(person: Person) -> Visitor:
    return Visitor(person.id, person.name, person.language)


def _offer(draft: HelperDraft, place: PlaceDraft) -> PostDraft:
    return PostDraft(
        kind=PostKind.OFFER,
        category=draft.category.number,
        place=place,
        places=draft.places,
        languages=draft.languages,
        exclusive=draft.category.is_hosting,
        remote=draft.category.is_remote_only,
    )

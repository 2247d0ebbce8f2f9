"""People come, change what they told, and receive roles."""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import func, select, update

from app.accounts import queries
from app.accounts.actions.sessions import end_all_sessions
from app.accounts.actions.tokens import end_all_tokens
from app.accounts.forms import AccountDraft, ContactInput
from app.accounts.models import Agreement, Contact, Person, RoleGrant
from app.accounts.rules import WORDS_VERSION, Agreed, Role, contact_lookup
from app.db import Session, Wall, open_wall


async def register_person(
    session: Session,
    *,
    name: str,
    language: str,
    languages: Sequence[str],
    email: str | None = None,
    phone: str | None = None,
) -> Person:
    """A person of 18 or older with proven contacts (normal forms, see `accounts.forms`)."""
    person = Person(
        name=name,
        language=language,
        languages=list(languages),
        adult_attested_at=func.now(),
        verified_at=func.now() if email or phone else None,
    )
    session.add(person)
    await session.flush()
    await open_wall(session, Wall.CONTACT, person.id)
    for kind, value in (("email", email), ("phone", phone)):
        if value:
            session.add(
                Contact(
                    person_id=person.id,
                    kind=kind,
                    value=value,
                    lookup=contact_lookup(kind, value),
                    verified_at=func.now(),
                )
            )
    session.add_all(
        Agreement(person_id=person.id, text=text.value, version=WORDS_VERSION) for text in Agreed
    )
    await session.flush()
    await session.refresh(person)
    return person


async def find_or_register(
    session: Session, contact: ContactInput, name: str, language: str, languages: Sequence[str]
) -> Person:
    """The person behind a contact, new where nobody has it."""
    known = await queries.person_with(session, contact)
    if known is not None:
        return known
    return await register_person(
        session,
        name=name,
        language=language,
        languages=languages,
        email=contact.value if contact.kind == "email" else None,
        phone=contact.value if contact.kind == "phone" else None,
    )


async def update_account(session: Session, person_id: int, draft: AccountDraft) -> None:
    person = await session.get_one(Person, person_id)
    person.name, person.language = draft.name, draft.language
    person.languages = list(draft.languages)


async def grant(
    session: Session,
    person_id: int,
    role: Role,
    organisation_id: int | None = None,
    *,
    granted_by: int | None = None,
    ends_at: datetime | None = None,
) -> None:
    """Give a role; one already held stays as it is. Sessions and tokens from before it end."""
    live = await session.scalar(
        select(RoleGrant)
        .where(
            RoleGrant.person_id == person_id,
            RoleGrant.role == role.value,
            RoleGrant.organisation_id.is_not_distinct_from(organisation_id),
            RoleGrant.ended_at.is_(None),
        )
        .with_for_update()
    )
    if live is not None and (live.ends_at is None or live.ends_at == ends_at):
        return
    if live is not None:
        live.ended_at = await session.scalar(select(func.now()))
        await session.flush()
    session.add(
        RoleGrant(
            person_id=person_id,
            role=role.value,
            organisation_id=organisation_id,
            granted_by=granted_by,
            ends_at=ends_at,
        )
    )
    await session.flush()
    await end_all_sessions(session, person_id)
    await end_all_tokens(session, person_id)


async def end_grants(session: Session, person_id: int, organisation_id: int) -> int:
    """Take back whatever somebody may do for an organisation, at once; how many roles it was."""
    ended = await session.scalars(
        update(RoleGrant)
        .where(
            RoleGrant.person_id == person_id,
            RoleGrant.organisation_id == organisation_id,
            RoleGrant.ended_at.is_(None),
        )
        .values(ended_at=func.now())
        .returning(RoleGrant.id)
    )
    count = len(ended.all())
    if count:
        await end_all_sessions(session, person_id)
    return count


async def rest_grants(session: Session, organisation_id: int) -> None:
    """Nobody works for this organisation until it may work again."""
    await session.execute(
        update(RoleGrant)
        .where(RoleGrant.organisation_id == organisation_id, RoleGrant.rests_since.is_(None))
        .values(rests_since=func.now())
    )


async def wake_grants(session: Session, organisation_id: int) -> None:
    await session.execute(
        update(RoleGrant)
        .where(RoleGrant.organisation_id == organisation_id)
        .values(rests_since=None)
    )

"""People come, change what they told, and receive roles."""

from collections.abc import Sequence

from sqlalchemy import func, select

from app.accounts.actions.sessions import end_all_sessions
from app.accounts.forms import AccountDraft
from app.accounts.models import Contact, Person, RoleGrant
from app.accounts.rules import Role, contact_lookup
from app.db import Session


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
    await session.flush()
    await session.refresh(person)
    return person


async def update_account(session: Session, person_id: int, draft: AccountDraft) -> None:
    person = await session.get_one(Person, person_id)
    person.name, person.language = draft.name, draft.language
    person.languages = list(draft.languages)


async def grant(
    session: Session,
    person_id: int,
    role: Role,
    organisation_id: int | None = None,
    granted_by: int | None = None,
) -> None:
    """Give a role; one already held stays as it is. Sessions begun with fewer rights end."""
    live = await session.scalar(
        select(RoleGrant.id).where(
            RoleGrant.person_id == person_id,
            RoleGrant.role == role.value,
            RoleGrant.organisation_id.is_not_distinct_from(organisation_id),
            RoleGrant.ended_at.is_(None),
        )
    )
    if live is not None:
        return
    session.add(
        RoleGrant(
            person_id=person_id,
            role=role.value,
            organisation_id=organisation_id,
            granted_by=granted_by,
        )
    )
    await session.flush()
    await end_all_sessions(session, person_id)

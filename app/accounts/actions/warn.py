"""What changed on an account is told to its contacts, in case somebody else did it."""

from collections.abc import Sequence

from sqlalchemy import delete

from app.accounts import queries
from app.accounts.models import Contact, SecurityLetter
from app.accounts.rules.factors import Change
from app.db import Session
from app.outbox import Job, defer


async def warn(
    session: Session, person_id: int, change: Change, *, also: Sequence[Contact] = ()
) -> None:
    """Tell every contact; `also` those that are no longer one."""
    person = await queries.person(session, person_id)
    contacts = await queries.contacts_of(session, person_id)
    for contact in (*contacts, *also):
        letter = SecurityLetter(
            person_id=person_id,
            kind=contact.kind,
            value=contact.value,
            language=person.language,
            change=change.value,
        )
        session.add(letter)
        await session.flush()
        await defer(session, Job.SEND_WARNING, letter.id)


async def mark_warning_sent(session: Session, letter_id: int) -> None:
    """It left the house; nothing of it stays."""
    await session.execute(delete(SecurityLetter).where(SecurityLetter.id == letter_id))

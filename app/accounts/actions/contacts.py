"""How an account is reached: two contacts at most, each proven, each change told to all of them."""

from sqlalchemy import func, update

from app.accounts import queries
from app.accounts.actions.turns import wait_for_turn
from app.accounts.actions.warn import warn
from app.accounts.forms import ContactInput
from app.accounts.models import Contact, Person
from app.accounts.rules import contact_lookup
from app.accounts.rules.factors import Change
from app.db import Session, Wall, open_wall
from app.errors import ConflictError, NotFoundError
from app.i18n import sentence

MOST_CONTACTS = 2
TAKEN = sentence("This contact belongs to another account. Use another one, or call us.")


async def add_contact(session: Session, person_id: int, contact: ContactInput) -> str:
    """Why a proven contact is not added; empty once it is. Only its holder can learn that."""
    await wait_for_turn(session, f"contacts:{person_id}")
    lookup = contact_lookup(contact.kind, contact.value)
    await wait_for_turn(session, f"contact:{lookup.hex()}")
    owner = await queries.person_with(session, contact)
    if owner is not None:
        return "" if owner.id == person_id else TAKEN
    known = await queries.contacts_of(session, person_id)
    if len(known) >= MOST_CONTACTS:
        raise ConflictError("You have two contacts. Remove one before you add another.")
    await warn(session, person_id, Change.CONTACT_ADDED)
    await open_wall(session, Wall.CONTACT, person_id)
    session.add(
        Contact(
            person_id=person_id,
            kind=contact.kind,
            value=contact.value,
            lookup=lookup,
            verified_at=func.now(),
        )
    )
    await session.flush()
    return ""


async def remove_contact(session: Session, person_id: int, contact_id: int) -> None:
    """Take away one contact, tell it so, and end the sessions and links that it may have opened."""
    await wait_for_turn(session, f"contacts:{person_id}")
    known = await queries.contacts_of(session, person_id)
    gone = next((one for one in known if one.id == contact_id), None)
    if gone is None:
        raise NotFoundError("There is no such contact.")
    if len(known) == 1:
        raise ConflictError("This is your only contact. Add another one before you remove it.")
    await warn(session, person_id, Change.CONTACT_REMOVED)
    await session.delete(gone)
    await session.flush()
    await end_links(session, person_id)


async def end_links(session: Session, person_id: int) -> None:
    """Links in messages sent so far open nothing any more."""
    await session.execute(
        update(Person).where(Person.id == person_id).values(links_since=func.now())
    )

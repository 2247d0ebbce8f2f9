"""The authenticator app of those who work in the demo: everybody knows its key."""

import time

import pyotp
from sqlalchemy import select

from app.accounts import actions as accounts
from app.accounts.models import Contact
from app.accounts.rules import contact_lookup
from app.accounts.rules.factors import APP_STEP_SECONDS
from app.db import Session

SECRET = "SOLIDAREDEMOSOLIDAREDEMOSOLIDARE"  # noqa: S105 - known to all on purpose
_last: dict[str, int] = {}


def app_code(contact: str) -> str:
    """A code that this person's app may say now and has not said before: each works once."""
    present = int(time.time()) // APP_STEP_SECONDS
    step = max(present - 1, _last.get(contact, 0) + 1)
    _last[contact] = step
    return pyotp.HOTP(SECRET).at(step)


async def give_apps(session: Session, contacts: list[str]) -> None:
    """Set up the second step of everybody with these addresses, as they would have themselves."""
    for contact in contacts:
        kind = "email" if "@" in contact else "phone"
        person_id = await session.scalar(
            select(Contact.person_id).where(Contact.lookup == contact_lookup(kind, contact))
        )
        if person_id is not None:
            await accounts.set_app(session, person_id, SECRET)

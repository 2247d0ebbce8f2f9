"""What a client allowed, purpose by purpose, and how it ends."""

from dataclasses import dataclass
from datetime import date, datetime, time

from sqlalchemy import func, update

from app.clock import BRUSSELS
from app.db import Session
from app.organisations.models import Client, Consent, Mandate
from app.organisations.rules import ConsentPurpose, Manner, RevokedVia


@dataclass(frozen=True)
class Said:
    """How a client agreed; without a day it was now."""

    how: str
    language: str
    text: str
    day: date | None = None

    @property
    def interpreter(self) -> bool:
        return self.how == Manner.INTERPRETER.value


async def record_consent(
    session: Session,
    client_id: int,
    worker_id: int,
    said: Said,
    *,
    purpose: ConsentPurpose,
    ref: int,
    about: str | None = None,
) -> None:
    """One row for one purpose; an earlier word on the same ends."""
    await end_consents(
        session, client_id, RevokedVia.REPLACED, purpose=purpose, ref=ref, about=about
    )
    consent = Consent(
        client_id=client_id,
        purpose=purpose.value,
        ref=ref,
        about=about,
        how=said.how,
        language=said.language,
        interpreter=said.interpreter,
        text_read=said.text,
        worker_id=worker_id,
    )
    if said.day is not None:
        consent.given_at = datetime.combine(said.day, time(12), BRUSSELS)
    session.add(consent)
    await session.flush()


async def end_consents(
    session: Session,
    client_id: int,
    via: RevokedVia,
    *,
    purpose: ConsentPurpose | None = None,
    ref: int | None = None,
    about: str | None = None,
) -> None:
    """Take back what the client allowed; without a purpose everything about it."""
    wanted = [Consent.client_id == client_id, Consent.revoked_at.is_(None)]
    if purpose is not None:
        wanted.append(Consent.purpose == purpose.value)
    if ref is not None:
        wanted.append(Consent.ref == ref)
    if about is not None:
        wanted.append(Consent.about == about)
    await session.execute(
        update(Consent)
        .where(*wanted)
        .values(revoked_at=func.now(), revoked_via=via.value)
        .execution_options(synchronize_session=False)
    )


async def end_mandates(session: Session, client: Client, via: RevokedVia) -> None:
    """The client takes the mandate back, or gives a new one."""
    await session.execute(
        update(Mandate)
        .where(Mandate.client_id == client.id, Mandate.revoked_at.is_(None))
        .values(revoked_at=func.now(), revoked_via=via.value)
        .execution_options(synchronize_session=False)
    )

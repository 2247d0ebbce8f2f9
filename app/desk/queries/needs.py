"""What a desk must know of one need."""

from sqlalchemy import select

from app.db import ReadSession
from app.organisations.models import Consent
from app.organisations.rules import ConsentPurpose, Manner


async def last_manner(reader: ReadSession, post_id: int) -> str:
    """How the client agreed to this post; aloud, where nobody wrote it down."""
    found = await reader.scalar(
        select(Consent.how)
        .where(Consent.ref == post_id, Consent.purpose == ConsentPurpose.PUBLISH.value)
        .order_by(Consent.id.desc())
        .limit(1)
    )
    return found or Manner.ORAL.value

"""A letter is closed before it is written and marked when the server has it."""

from sqlalchemy import delete, func, select, update

from app.db import Session
from app.notifications.models import Letter, Notice


async def close_letter(session: Session, letter_id: int) -> None:
    """No further notice joins; what waits for the same person in other letters moves into this one.

    Acts that told one person at the same moment each began a letter: here they meet.
    """
    letter = await session.scalar(
        select(Letter).where(Letter.id == letter_id, Letter.sent_at.is_(None)).with_for_update()
    )
    if letter is None or letter.closed_at is not None:
        return
    letter.closed_at = await session.scalar(select(func.now()))
    rows = await session.scalars(
        select(Letter.id)
        .where(
            Letter.person_id == letter.person_id,
            Letter.channel == letter.channel,
            Letter.id != letter.id,
            Letter.sent_at.is_(None),
            Letter.failed_at.is_(None),
            Letter.closed_at.is_(None),
        )
        .with_for_update(skip_locked=True)
    )
    others = rows.all()
    if others:
        await session.execute(
            update(Notice).where(Notice.letter_id.in_(others)).values(letter_id=letter.id)
        )
        await session.execute(delete(Letter).where(Letter.id.in_(others)))


async def mark_sent(session: Session, letter_id: int) -> None:
    await session.execute(
        update(Letter)
        .where(Letter.id == letter_id, Letter.sent_at.is_(None))
        .values(sent_at=func.now())
    )

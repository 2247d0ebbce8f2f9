"""What nobody needs any more goes."""

from datetime import timedelta

from sqlalchemy import and_, delete, func, or_, update

from app.accounts.models import Challenge, FactorTry, PersonSession, SignInCode
from app.accounts.rules import DEVICE_MEMORY, PERSON_IDLE
from app.db import Session

DAY = timedelta(days=1)


async def tidy_accounts(session: Session) -> None:
    """Forget unspent codes after a day, spent ones when the browser is forgotten, idle sessions.

    Wrong answers are counted for a day, passkeys' questions live minutes, and what somebody typed
    before a proof is kept for an hour.
    """
    await session.execute(
        delete(SignInCode).where(
            or_(
                SignInCode.created_at < func.now() - DEVICE_MEMORY,
                and_(
                    SignInCode.used_at.is_(None),
                    SignInCode.created_at < func.now() - DAY,
                ),
            )
        )
    )
    await session.execute(
        delete(PersonSession).where(PersonSession.last_seen_at < func.now() - PERSON_IDLE)
    )
    await session.execute(delete(FactorTry).where(FactorTry.created_at < func.now() - DAY))
    await session.execute(delete(Challenge).where(Challenge.expires_at < func.now()))
    await session.execute(
        update(PersonSession)
        .where(
            PersonSession.kept_path.is_not(None),
            PersonSession.last_seen_at < func.now() - timedelta(hours=1),
        )
        .values(kept_path=None, kept_form=None)
    )

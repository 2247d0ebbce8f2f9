"""What nobody needs any more goes."""

from datetime import timedelta

from sqlalchemy import and_, delete, func, or_

from app.accounts.models import PersonSession, SignInCode
from app.accounts.rules import DEVICE_MEMORY, PERSON_IDLE
from app.db import Session


async def tidy_accounts(session: Session) -> None:
    """Forget unspent codes after a day, spent ones when the browser is forgotten, idle sessions."""
    await session.execute(
        delete(SignInCode).where(
            or_(
                SignInCode.created_at < func.now() - DEVICE_MEMORY,
                and_(
                    SignInCode.used_at.is_(None),
                    SignInCode.created_at < func.now() - timedelta(days=1),
                ),
            )
        )
    )
    await session.execute(
        delete(PersonSession).where(PersonSession.last_seen_at < func.now() - PERSON_IDLE)
    )

"""Opaque tokens for programs that act for a person."""

from collections.abc import Sequence

from sqlalchemy import func, update

from app import crypto
from app.accounts.actions.warn import warn
from app.accounts.models import ApiToken
from app.accounts.rules import SCOPES
from app.accounts.rules.factors import Change
from app.db import Session
from app.errors import NotFoundError


async def issue_token(
    session: Session, person_id: int, label: str, scopes: Sequence[str] = SCOPES
) -> str:
    """A new token, shown this once: only its hash is kept."""
    if not set(scopes) <= set(SCOPES):
        raise ValueError(f"A token can only carry the scopes {', '.join(SCOPES)}.")
    token = crypto.new_token()
    session.add(
        ApiToken(
            token_hash=crypto.token_hash(token),
            person_id=person_id,
            label=label,
            scopes=list(scopes),
        )
    )
    await session.flush()
    await warn(session, person_id, Change.TOKEN_MADE)
    return token


async def revoke_token(session: Session, person_id: int, token_id: int) -> None:
    """Take back one of the person's own tokens; it ends at once."""
    revoked = await session.scalar(
        update(ApiToken)
        .where(ApiToken.id == token_id, ApiToken.person_id == person_id)
        .values(revoked_at=func.coalesce(ApiToken.revoked_at, func.now()))
        .returning(ApiToken.id)
    )
    if revoked is None:
        raise NotFoundError("There is no such token.")


async def end_all_tokens(session: Session, person_id: int) -> None:
    """Take back all tokens of a person: they were made when less could be done with them."""
    await session.execute(
        update(ApiToken)
        .where(ApiToken.person_id == person_id, ApiToken.revoked_at.is_(None))
        .values(revoked_at=func.now())
    )

"""What an organisation writes down of a client for itself; no post is ever made from it."""

from sqlalchemy import func, select, update

from app.db import Session, Wall, open_wall
from app.organisations.actions.access import log_view
from app.organisations.models import ClientNote, ClientRequest
from app.organisations.rules import Viewed


async def write_note(session: Session, client_id: int, worker_id: int | None, body: str) -> None:
    await open_wall(session, Wall.NOTE, client_id)
    session.add(ClientNote(client_id=client_id, worker_id=worker_id, body=body))
    await session.flush()


async def read_notes(session: Session, client_id: int, worker_id: int) -> list[ClientNote]:
    """Newest first; looking leaves a line in the organisation's log."""
    await open_wall(session, Wall.NOTE, client_id)
    rows = await session.scalars(
        select(ClientNote).where(ClientNote.client_id == client_id).order_by(ClientNote.id.desc())
    )
    found = list(rows)
    if found:
        await log_view(session, worker_id, client_id, Viewed.NOTE)
    return found


async def ask_desk(session: Session, client_id: int, ref: int, body: str) -> None:
    """The client wants a post put right; the desk sees it on the client's card."""
    session.add(ClientRequest(client_id=client_id, ref=ref, body=body))
    await session.flush()


async def answer_requests(session: Session, ref: int) -> None:
    """The desk has seen to what was asked about a post."""
    await session.execute(
        update(ClientRequest)
        .where(ClientRequest.ref == ref, ClientRequest.answered_at.is_(None))
        .values(answered_at=func.now())
    )

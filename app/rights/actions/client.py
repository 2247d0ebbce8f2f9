"""A client of an organisation is forgotten, on their own word by code or at the desk."""

from datetime import datetime

from sqlalchemy import delete, func, select, update

from app import erasures, outbox
from app.crypto import new_code
from app.db import Session
from app.erasures import Subject
from app.errors import ConflictError
from app.exchanges.actions import client_word
from app.exchanges.queries import clients
from app.i18n import sentence
from app.ledger.rules import SubjectKind
from app.organisations.models import (
    Client,
    ClientCode,
    ClientNote,
    ClientRequest,
    Consent,
    HandOver,
    Mandate,
)
from app.organisations.rules import ALIAS_LENGTH, RevokedVia
from app.outbox import Job
from app.posts.models import Post
from app.rights.actions.erase import forget_key
from app.rights.actions.traces import forget_exchanges, forget_notices, forget_posts
from app.rights.rules.client import SOMEBODY_WAITS

GONE = sentence("This file is being erased already.")


async def close_client(session: Session, client: Client, via: RevokedVia) -> None:
    """Take everything back at once and ask for erasure; `ConflictError` with a stay that goes on.

    The client's word needs no reason and no waiting: nobody signs in to undo it.
    """
    if client.erased_at is not None:
        raise ConflictError(GONE)
    await client_word.revoke(session, client, via)
    ids = await clients.post_ids_of_client(session, client.id)
    if await clients.open_exchange_ids(session, ids):
        raise ConflictError(SOMEBODY_WAITS)
    await outbox.defer_once(session, Job.ERASE_CLIENT, client.id)


async def begin_client_erasure(session: Session, client_id: int) -> bytes | None:
    """The line for the list outside; None for somebody who is gone already."""
    client = await _hold(session, client_id)
    if client.erased_at is not None:
        return None
    digest = erasures.digest_of(Subject.CLIENT, client.id, client.created_at)
    await erasures.begin(session, Subject.CLIENT, digest)
    return digest


async def erase_client(session: Session, client_id: int) -> None:
    """Delete the file and all that stood for the client; erasing twice is once."""
    client = await _hold(session, client_id)
    if client.erased_at is not None:
        return
    await client_word.revoke(session, client, RevokedVia.DESK)
    own = await clients.post_ids_of_client(session, client_id)
    await forget_key(session, SubjectKind.CLIENT, client_id)
    await forget_notices(session, own)
    await forget_exchanges(session, own)
    await forget_posts(session, own)
    for model in (ClientNote, ClientRequest, ClientCode, Consent, Mandate, HandOver):
        await session.execute(delete(model).where(model.client_id == client_id))
    await session.execute(
        update(Post).where(Post.client_id == client_id).values(version=Post.version + 1)
    )
    await _leave_tombstone(session, client)


async def _leave_tombstone(session: Session, client: Client) -> None:
    moment: datetime = (await session.execute(select(func.now()))).scalar_one()
    # The paper in the organisation's cupboard carries the old alias.
    client.alias = new_code(ALIAS_LENGTH).upper()
    client.languages, client.channel, client.worker_id = [], "none", None
    client.erased_at = moment
    await session.flush()
    digest = erasures.digest_of(Subject.CLIENT, client.id, client.created_at)
    await erasures.finish(session, Subject.CLIENT, digest)


async def _hold(session: Session, client_id: int) -> Client:
    return await session.get_one(
        Client, client_id, with_for_update={"key_share": True}, populate_existing=True
    )

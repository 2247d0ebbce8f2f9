"""The client's own word, by code, by phone, at the desk: see `app.organisations.rules.RevokedVia`.

It takes effect in the same transaction: posts withdrawn, proposals ended, contacts hidden.
Whoever stood on the other side reads that the organisation withdrew it.
"""

from collections.abc import Sequence
from datetime import timedelta

from sqlalchemy import update

from app.accounts.models import Person
from app.db import Session
from app.exchanges import rules
from app.exchanges.actions.cancel import undo
from app.exchanges.actions.contacts import end_contacts
from app.exchanges.actions.held import database_now, hold_all, tell_side
from app.exchanges.models import Exchange
from app.exchanges.queries import clients
from app.exchanges.rules import Side
from app.notifications import actions as notifications
from app.notifications.rules import LinkPurpose, NoticeKind
from app.organisations import actions as organisations
from app.organisations.models import Client
from app.organisations.rules import ConsentPurpose, RevokedVia
from app.posts import actions as posts
from app.posts.models import Post
from app.proposals import actions as proposals


async def revoke(session: Session, client: Client, via: RevokedVia) -> int:
    """The client allows nothing any more; how many posts were withdrawn."""
    await organisations.end_mandates(session, client, via)
    await organisations.end_consents(session, client.id, via)
    ids = await clients.post_ids_of_client(session, client.id)
    await _hide_all(session, ids)
    withdrawn = await _take_back(session, ids)
    await tell_worker(session, client, via)
    return withdrawn


async def withdraw_post(session: Session, client: Client, post: Post, via: RevokedVia) -> None:
    """The client no longer wants this post on show."""
    for purpose in (ConsentPurpose.PUBLISH, ConsentPurpose.SENSITIVE):
        await organisations.end_consents(session, client.id, via, purpose=purpose, ref=post.id)
    await _hide_all(session, [post.id])
    await _take_back(session, [post.id])
    await tell_worker(session, client, via)


async def keep_contact_back(
    session: Session, client: Client, exchange_id: int, via: RevokedVia
) -> None:
    """The client no longer allows contact about this exchange: both sides' contacts go."""
    await organisations.end_consents(
        session, client.id, via, purpose=ConsentPurpose.RELEASE_CONTACT, ref=exchange_id
    )
    exchange = await session.get_one(Exchange, exchange_id)
    await end_contacts(session, exchange, timedelta())
    await tell_worker(session, client, via)


async def unsay_sensitive(session: Session, client: Client, post: Post, via: RevokedVia) -> None:
    """What reveals health may no longer be said: the post waits for other words."""
    await organisations.end_consents(
        session, client.id, via, purpose=ConsentPurpose.SENSITIVE, ref=post.id
    )
    await _off_the_show(session, post)
    await tell_worker(session, client, via)


async def ask_for_change(session: Session, client: Client, post: Post, words: str) -> None:
    """The desk puts it right; until it was read out again nobody sees the post."""
    await organisations.ask_desk(session, client.id, post.id, words)
    await _off_the_show(session, post)
    await tell_worker(session, client, RevokedVia.CODE)


async def take_over(session: Session, client: Client, person: Person) -> None:
    """The client speaks for themselves from now on: the posts are theirs, the desk lets go."""
    ids = await clients.post_ids_of_client(session, client.id)
    await posts.lock_posts(session, ids)
    await session.execute(
        update(Post)
        .where(Post.id.in_(ids))
        .values(author_id=person.id, organisation_id=None, client_id=None, version=Post.version + 1)
        .execution_options(synchronize_session=False)
    )
    await _hide_all(session, ids)
    await organisations.end_consents(session, client.id, RevokedVia.TAKEN_OVER)
    await organisations.end_mandates(session, client, RevokedVia.TAKEN_OVER)
    await organisations.end_codes(session, client.id)
    client.taken_over_at = await database_now(session)
    await tell_worker(session, client, RevokedVia.TAKEN_OVER)


async def end_past_mandates(session: Session) -> int:
    """A mandate has run out: what nobody has answered yet is withdrawn."""
    found = await clients.clients_past_mandate(session)
    for client_id in found:
        client = await session.get_one(Client, client_id)
        ids = await clients.waiting_post_ids(session, client_id)
        await _take_back(session, ids)
        await tell_worker(session, client, RevokedVia.EXPIRED)
    return len(found)


async def tell_worker(session: Session, client: Client, via: RevokedVia) -> None:
    """Whoever looks after the client reads of it, unless it was done at their own desk."""
    if via in (RevokedVia.DESK, RevokedVia.PHONE, RevokedVia.WORKER):
        return
    for worker in await clients.workers_for(session, client):
        await notifications.tell(
            session,
            worker,
            NoticeKind.CLIENT_SPOKE,
            facts={"code": client.alias},
            link=(LinkPurpose.CLIENT, client.alias),
            urgent=True,
        )


async def _off_the_show(session: Session, post: Post) -> None:
    held = (await posts.lock_posts(session, [post.id]))[post.id]
    await posts.ask_to_read_again(session, held)
    await proposals.close_proposals(session, post.id)


async def _take_back(session: Session, ids: Sequence[int]) -> int:
    """Call off what is agreed, withdraw, and end every proposal at once."""
    for exchange in await hold_all(session, await clients.open_exchange_ids(session, ids)):
        if rules.may_cancel(exchange):
            await _call_off(session, exchange)
    withdrawn = await posts.withdraw_for_client(session, ids)
    for post_id in withdrawn:
        await proposals.close_proposals(session, post_id)
    return len(withdrawn)


async def _call_off(session: Session, exchange: Exchange) -> None:
    exchange.cancelled_at = await database_now(session)
    exchange.cancelled_by = Side.RECEIVER.value
    await undo(session, exchange)
    await tell_side(session, exchange, Side.GIVER, NoticeKind.CANCELLED)


async def _hide_all(session: Session, ids: Sequence[int]) -> None:
    """Nothing that was released about these posts is read any more, whatever became of it."""
    for exchange in await hold_all(session, await clients.exchange_ids(session, ids)):
        await end_contacts(session, exchange, timedelta())

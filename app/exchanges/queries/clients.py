"""All that stands for one client: what they allowed, and what became of it."""

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import func, or_, select
from sqlalchemy.orm import joinedload

from app.db import ReadSession
from app.errors import NotFoundError
from app.exchanges.models import Exchange
from app.exchanges.queries.stands import Stand, both_posts, workers_of
from app.exchanges.rules import Side
from app.i18n import sentence
from app.organisations.models import Client, ClientCode, ClientRequest, Consent, Mandate
from app.organisations.queries import live_mandate
from app.posts.models import Post
from app.posts.queries import windows_of
from app.posts.rules import Window
from app.proposals.models import Proposal

MOST_ROWS = 50
NOT_YOURS = sentence("There is no such post, or it is not yours.")


@dataclass(frozen=True)
class ClientPost:
    """A post with its times, and the text that the client heard, if they did."""

    post: Post
    windows: Sequence[Window]
    consent: Consent | None


@dataclass(frozen=True)
class ClientView:
    """Everything that the client may see, and whoever speaks for them."""

    client: Client
    mandate: Mandate | None
    last_mandate: Mandate | None
    has_code: bool
    posts: Sequence[ClientPost]
    proposals: Sequence[Proposal]
    exchanges: Sequence[Stand]
    consents: Sequence[Consent]
    requests: Sequence[ClientRequest]


async def client_by_code(reader: ReadSession, code_id: int) -> Client | None:
    """Who typed a code that still holds; whether the organisation works or not."""
    found: Client | None = await reader.scalar(
        select(Client)
        .join(ClientCode, ClientCode.client_id == Client.id)
        .options(joinedload(Client.organisation), joinedload(Client.place))
        .where(ClientCode.id == code_id, ClientCode.ended_at.is_(None))
    )
    return found


async def client_view(reader: ReadSession, client: Client) -> ClientView:
    posts = await _posts(reader, client.id)
    consents = await _consents(reader, client.id)
    windows = await windows_of(reader, [post.id for post in posts])
    heard = {one.ref: one for one in consents if one.purpose == "publish"}
    return ClientView(
        client=client,
        mandate=await live_mandate(reader, client.id),
        last_mandate=await _last_mandate(reader, client.id),
        has_code=await has_code(reader, client.id),
        posts=[ClientPost(one, windows[one.id], heard.get(one.id)) for one in posts],
        proposals=await proposals_of_client(reader, client.id),
        exchanges=await exchanges_of_client(reader, client.id),
        consents=consents,
        requests=await _requests(reader, client.id),
    )


async def has_code(reader: ReadSession, client_id: int) -> bool:
    found = await reader.scalar(
        select(ClientCode.id).where(
            ClientCode.client_id == client_id, ClientCode.ended_at.is_(None)
        )
    )
    return found is not None


async def proposals_of_client(reader: ReadSession, client_id: int) -> Sequence[Proposal]:
    """Those that wait for an answer, with what is offered and where."""
    rows = await reader.scalars(
        select(Proposal)
        .join(Post, Post.id == Proposal.need_id)
        .options(
            joinedload(Proposal.offer).joinedload(Post.place),
            joinedload(Proposal.offer).joinedload(Post.author),
            joinedload(Proposal.offer).joinedload(Post.organisation),
            joinedload(Proposal.need),
        )
        .where(
            Post.client_id == client_id,
            Proposal.is_live,
            Proposal.expires_at > func.now(),
        )
        .order_by(Proposal.id.desc())
        .limit(MOST_ROWS)
    )
    return rows.all()


async def exchanges_of_client(reader: ReadSession, client_id: int) -> Sequence[Stand]:
    """What was agreed for a client, newest first, from the client's side."""
    rows = await reader.scalars(
        select(Exchange)
        .join(Post, Post.id == Exchange.need_id)
        .options(*both_posts(Exchange))
        .where(Post.client_id == client_id)
        .order_by(Exchange.id.desc())
        .limit(MOST_ROWS)
    )
    return [Stand(one, Side.RECEIVER) for one in rows]


async def open_exchange_ids(
    reader: ReadSession, post_ids: Sequence[int]
) -> Sequence[tuple[int, int, int]]:
    """(exchange, need, offer) of what is agreed about these posts and not over."""
    rows = await reader.execute(
        select(Exchange.id, Exchange.need_id, Exchange.offer_id).where(
            or_(Exchange.need_id.in_(post_ids), Exchange.offer_id.in_(post_ids)),
            Exchange.completed_at.is_(None),
            Exchange.cancelled_at.is_(None),
            Exchange.not_done_at.is_(None),
            Exchange.unconfirmed_at.is_(None),
        )
    )
    return [(exchange, need, offer) for exchange, need, offer in rows]


async def exchange_ids(
    reader: ReadSession, post_ids: Sequence[int]
) -> Sequence[tuple[int, int, int]]:
    """(exchange, need, offer) of all that was ever agreed about these posts."""
    rows = await reader.execute(
        select(Exchange.id, Exchange.need_id, Exchange.offer_id).where(
            or_(Exchange.need_id.in_(post_ids), Exchange.offer_id.in_(post_ids))
        )
    )
    return [(exchange, need, offer) for exchange, need, offer in rows]


async def post_ids_of_client(reader: ReadSession, client_id: int) -> Sequence[int]:
    """Every post that was ever written for a client."""
    rows = await reader.scalars(select(Post.id).where(Post.client_id == client_id))
    return rows.all()


async def waiting_post_ids(reader: ReadSession, client_id: int) -> Sequence[int]:
    """Posts of a client that nobody has agreed to yet."""
    rows = await reader.scalars(
        select(Post.id).where(
            Post.client_id == client_id, Post.taken == 0, Post.fulfilled_at.is_(None)
        )
    )
    return rows.all()


async def own_post(reader: ReadSession, client: Client, code: str) -> Post:
    """A post of this client; any other does not exist here."""
    found: Post | None = await reader.scalar(
        select(Post)
        .options(joinedload(Post.place))
        .where(Post.client_id == client.id, Post.code == code)
    )
    if found is None:
        raise NotFoundError(NOT_YOURS)
    return found


async def workers_for(reader: ReadSession, client: Client) -> Sequence[int]:
    """Whoever looks after a client, else everybody of the organisation."""
    if client.worker_id is not None:
        return [client.worker_id]
    return await workers_of(reader, client.organisation_id)


async def clients_past_mandate(reader: ReadSession) -> Sequence[int]:
    """Clients whose mandate has run out while something stands for them."""
    held = select(Mandate.client_id).where(
        Mandate.revoked_at.is_(None), Mandate.expires_at > func.now()
    )
    rows = await reader.scalars(
        select(Post.client_id)
        .distinct()
        .where(
            Post.client_id.is_not(None),
            Post.client_id.not_in(held),
            Post.withdrawn_at.is_(None),
            Post.expired_at.is_(None),
            Post.fulfilled_at.is_(None),
            Post.taken == 0,
        )
        .limit(MOST_ROWS)
    )
    return [one for one in rows if one is not None]


async def _posts(reader: ReadSession, client_id: int) -> Sequence[Post]:
    rows = await reader.scalars(
        select(Post)
        .options(joinedload(Post.place))
        .where(Post.client_id == client_id)
        .order_by(Post.id.desc())
        .limit(MOST_ROWS)
    )
    return rows.all()


async def _consents(reader: ReadSession, client_id: int) -> Sequence[Consent]:
    """What is allowed now, oldest first."""
    rows = await reader.scalars(
        select(Consent)
        .where(Consent.client_id == client_id, Consent.revoked_at.is_(None))
        .order_by(Consent.id)
    )
    return rows.all()


async def _last_mandate(reader: ReadSession, client_id: int) -> Mandate | None:
    found: Mandate | None = await reader.scalar(
        select(Mandate).where(Mandate.client_id == client_id).order_by(Mandate.id.desc()).limit(1)
    )
    return found


async def _requests(reader: ReadSession, client_id: int) -> Sequence[ClientRequest]:
    """What the desk has not seen to yet."""
    rows = await reader.scalars(
        select(ClientRequest)
        .where(ClientRequest.client_id == client_id, ClientRequest.answered_at.is_(None))
        .order_by(ClientRequest.id)
    )
    return rows.all()

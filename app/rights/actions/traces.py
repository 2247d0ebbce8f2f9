"""What a person leaves in what they shared with others: notices, exchanges, posts."""

from collections.abc import Sequence

from sqlalchemy import (
    ColumnElement,
    Select,
    and_,
    case,
    delete,
    exists,
    false,
    func,
    or_,
    select,
    update,
)
from sqlalchemy.dialects.postgresql import array

from app.db import Base, Session
from app.exchanges.models import CheckIn, ContactRelease, Exchange, Message, Stay
from app.notifications.models import Notice
from app.posts.models import Draft, HostFile, ImportedRow, Post, PostWindow
from app.proposals.models import Proposal

# What a post says of somebody; kind, cell and dates of what happened stay for the ledger's check.
WORDLESS: dict[str, object] = {
    "note": "",
    "note_reason": None,
    "insured_by": None,
    "languages": [],
    "party_women": None,
    "party_men": None,
    "party_children": None,
    "required": 0,
    "wished": 0,
    "features": 0,
    "profile": 0,
    "accepts": 0,
    "asked_offer_id": None,
}


def exchanges_about(own: Sequence[int]) -> Select[int]:
    return select(Exchange.id).where(or_(Exchange.need_id.in_(own), Exchange.offer_id.in_(own)))


async def forget_notices(session: Session, own: Sequence[int]) -> None:
    """Others keep what they were told, without the name of who is gone."""
    exchanges = select(Exchange.code).where(Exchange.id.in_(exchanges_about(own)))
    proposals = select(Proposal.code).where(
        or_(Proposal.need_id.in_(own), Proposal.offer_id.in_(own))
    )
    code = Notice.facts["code"].astext
    await session.execute(
        update(Notice)
        .where(
            or_(
                *(
                    column.in_(codes)
                    for column in (code, Notice.link_ref)
                    for codes in (exchanges, proposals)
                )
            )
        )
        .values(facts=Notice.facts.op("-")(array(["name", "device"])))
        .execution_options(synchronize_session=False)
    )


async def forget_exchanges(session: Session, own: Sequence[int]) -> None:
    """Contacts, words, meeting places and stays; that something was agreed remains."""
    about = exchanges_about(own)
    gives = Exchange.offer_id.in_(own)
    side = case((gives, "giver"), else_="receiver")
    released = select(Exchange.id).where(
        Exchange.id == ContactRelease.exchange_id, ContactRelease.side == side
    )
    await session.execute(
        delete(ContactRelease).where(
            ContactRelease.exchange_id.in_(about), exists(released.correlate(ContactRelease))
        )
    )
    # Words of the other side answer words that are gone, and may repeat them.
    await session.execute(delete(Message).where(Message.exchange_id.in_(about)))
    stayed = select(Exchange.id).where(Exchange.need_id.in_(own))
    await session.execute(delete(CheckIn).where(CheckIn.exchange_id.in_(stayed)))
    proposed = select(Proposal.id).where(Proposal.need_id.in_(own))
    await session.execute(delete(Stay).where(Stay.proposal_id.in_(proposed)))
    await session.execute(
        update(Exchange)
        .where(Exchange.id.in_(about))
        .values(meeting_place=None, meeting_at=None, ask_at=None)
        .execution_options(synchronize_session=False)
    )
    await session.execute(
        update(Exchange)
        .where(
            Exchange.id.in_(about),
            Exchange.completed_at.is_(None),
            Exchange.cancelled_at.is_(None),
            Exchange.not_done_at.is_(None),
            Exchange.unconfirmed_at.is_(None),
        )
        .values(unconfirmed_at=func.now())
        .execution_options(synchronize_session=False)
    )


async def forget_posts(session: Session, own: Sequence[int]) -> None:
    """A post that led to nothing goes; the others keep no word of who wrote them."""
    for model, column in (
        (Draft, Draft.post_id),
        (PostWindow, PostWindow.post_id),
        (HostFile, HostFile.post_id),
        (ImportedRow, ImportedRow.post_id),
    ):
        await session.execute(delete(model).where(column.in_(own)))
    await session.execute(delete(Post).where(Post.id.in_(own), ~is_needed()))
    await session.execute(
        update(Post)
        .where(Post.id.in_(own))
        .values(**WORDLESS, version=Post.version + 1)
        .execution_options(synchronize_session=False)
    )


def is_needed() -> ColumnElement[bool]:
    """True of a post that another row cannot do without, such as an exchange."""
    holds = [
        and_(column == Post.id)
        for table in Base.metadata.sorted_tables
        for column in table.columns
        for key in column.foreign_keys
        if key.target_fullname == "post.id" and key.ondelete is None
    ]
    return or_(false(), *(exists().where(one) for one in holds))

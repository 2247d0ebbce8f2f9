"""What a report is about, and whether whoever reports has to do with it."""

from collections.abc import Iterable

from sqlalchemy import ColumnElement, and_, any_, false, func, literal, or_, select
from sqlalchemy.orm import aliased, joinedload

from app.db import ReadSession
from app.exchanges.models import Exchange
from app.moderation.models import Decision, Report
from app.moderation.rules import (
    FREEZE_PERIOD,
    STOPS,
    TRUSTS_AGAIN,
    About,
    Choice,
    Matter,
    Origin,
    Side,
    Strangers,
)
from app.posts.models import Post
from app.proposals.models import Proposal


async def find_matter(reader: ReadSession, about: About, code: str) -> Matter:
    """What a public code names; a code that names nothing is a matter without sides."""
    if about in (About.PAGE, About.PERSON):
        return Matter(About.PAGE)
    if about is About.POST:
        post = await reader.scalar(select(Post).where(Post.code == code))
        if post is None:
            return Matter(about)
        side = side_of(post)
        need, offer = (side, None) if post.kind == "need" else (None, side)
        return Matter(about, post.id, need, offer)
    pairing = await _pairing(reader, about, code)
    if pairing is None:
        return Matter(about)
    return Matter(about, pairing.id, side_of(pairing.need), side_of(pairing.offer))


async def _pairing(reader: ReadSession, about: About, code: str) -> Exchange | Proposal | None:
    if about is About.EXCHANGE:
        exchange: Exchange | None = await reader.scalar(
            select(Exchange)
            .where(Exchange.code == code)
            .options(joinedload(Exchange.need), joinedload(Exchange.offer))
        )
        return exchange
    proposal: Proposal | None = await reader.scalar(
        select(Proposal)
        .where(Proposal.code == code)
        .options(joinedload(Proposal.need), joinedload(Proposal.offer))
    )
    return proposal


def side_of(post: Post) -> Side:
    return Side(post.id, post.author_id, post.organisation_id, post.client_id)


def beside(side: Side, post: type[Post] = Post) -> ColumnElement[bool]:
    """The same person's posts; of an organisation only the same client's."""
    if side.client_id is not None:
        return post.client_id == side.client_id
    if side.organisation_id is not None:
        return post.id == side.post_id
    return and_(post.author_id == side.author_id, post.organisation_id.is_(None))


def _any_of(sides: Iterable[Side], post: type[Post] = Post) -> ColumnElement[bool]:
    """Nobody's where there are no sides: an empty condition would mean everybody's."""
    return or_(false(), *(beside(side, post) for side in sides))


async def has_met(
    reader: ReadSession,
    person_id: int | None,
    organisation_ids: frozenset[int],
    sides: Iterable[Side],
) -> bool:
    """True where the person was ever put before one of the sides; also after the end."""
    if person_id is None:
        return False
    need, offer = aliased(Post), aliased(Post)

    def mine(post: type[Post]) -> ColumnElement[bool]:
        return or_(
            and_(post.author_id == person_id, post.organisation_id.is_(None)),
            post.organisation_id.in_(organisation_ids),
        )

    theirs_need = _any_of(sides, need)
    theirs_offer = _any_of(sides, offer)
    found = await reader.scalar(
        select(Proposal.id)
        .join(need, need.id == Proposal.need_id)
        .join(offer, offer.id == Proposal.offer_id)
        .where(or_(and_(mine(need), theirs_offer), and_(mine(offer), theirs_need)))
        .limit(1)
    )
    return found is not None


async def strangers(reader: ReadSession, origin: Origin, sides: Iterable[Side]) -> Strangers:
    """What strangers stopped lately, and whether these sides were looked at already."""
    by_strangers = and_(
        Report.froze, ~Report.is_related, Report.created_at > func.now() - FREEZE_PERIOD
    )
    same = or_(Report.device == origin.device, Report.network == origin.network)
    counted = (
        await reader.execute(
            select(func.count().filter(same), func.count()).where(by_strangers).select_from(Report)
        )
    ).one()
    return Strangers(counted[0], counted[1], await _looked_at(reader, sides))


async def _looked_at(reader: ReadSession, sides: Iterable[Side]) -> bool:
    """True while a stranger's report waits about them, or nothing was found a short time ago."""
    theirs = select(Post.id).where(_any_of(sides))
    waits = and_(Report.froze, ~Report.is_related, Report.decided_at.is_(None))
    cleared = (
        select(Decision.id)
        .where(
            Decision.report_id == Report.id,
            Decision.choice.not_in([choice.value for choice in STOPS]),
            Decision.created_at > func.now() - TRUSTS_AGAIN,
        )
        .exists()
    )
    found = await reader.scalar(
        select(Report.id)
        .where(Report.post_ids.overlap(func.array(theirs.scalar_subquery())))
        .where(or_(waits, cleared))
        .limit(1)
    )
    return found is not None


def stops(report: type[Report], side: Side, except_id: int) -> ColumnElement[bool]:
    """True for another report that still keeps this side's posts from being matched."""
    latest = (
        select(Decision.choice)
        .where(Decision.report_id == report.id, Decision.ended_at.is_(None))
        .order_by(Decision.id.desc())
        .limit(1)
        .scalar_subquery()
    )
    theirs = select(Post.id).where(beside(side), Post.id == any_(report.post_ids)).correlate(report)
    return and_(
        report.id != literal(except_id),
        theirs.exists(),
        or_(
            and_(report.froze, report.decided_at.is_(None)),
            latest.in_([choice.value for choice in STOPS]),
        ),
    )


async def is_suspended_elsewhere(reader: ReadSession, person_id: int, except_id: int) -> bool:
    """True where the latest decision about another report keeps the account stopped."""
    later = aliased(Decision)
    found = await reader.scalar(
        select(Decision.id)
        .join(Report, Report.id == Decision.report_id)
        .join(Post, Post.id == any_(Report.post_ids))
        .where(
            Report.id != except_id,
            Post.author_id == person_id,
            Decision.choice == Choice.SUSPEND.value,
            Decision.ended_at.is_(None),
            ~select(later.id)
            .where(later.report_id == Decision.report_id, later.id > Decision.id)
            .exists(),
        )
        .limit(1)
    )
    return found is not None

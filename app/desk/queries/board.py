"""Thirty clients in a handful of statements, however many there are."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import ColumnElement, and_, exists, func, literal, or_, select
from sqlalchemy.orm import aliased, joinedload

from app.accounts.models import Person
from app.db import ReadSession, Wall, open_wall
from app.desk.rules import ENDED, Alert, Facts, State, alerts_of, state_of
from app.exchanges.models import Exchange
from app.organisations.models import Client, ClientNote, ClientRequest, Mandate
from app.posts.models import Post
from app.posts.queries import windows_of
from app.posts.rules import PostKind, Window, by_number, status
from app.proposals.models import Proposal

MOST_LINES = 300


@dataclass(frozen=True)
class Line:
    """One need of one client, or a client who needs nothing now; `alias` is empty for our own."""

    alias: str
    client_id: int | None
    worker_id: int | None
    worker: str
    code: str
    path: str
    kind: str
    category: int | None
    units: int
    unit: str
    languages: Sequence[str]
    windows: Sequence[Window]
    latest_by: date | None
    urgency: int
    asked: int
    answered: int
    proposal: str
    exchange: str
    noted: bool
    published_at: datetime | None
    ends_at: datetime | None
    mandate_until: datetime | None
    state: State
    alerts: Sequence[Alert]


@dataclass(frozen=True)
class _Who:
    """A client with what the desk shows of them."""

    client: Client
    noted: bool
    requested: bool
    worker: str | None
    until: datetime | None


@dataclass(frozen=True)
class _Need:
    """A post with how its proposals stand."""

    post: Post
    asked: int
    answered: int
    live: int
    proposal: str | None
    exchange: str | None

    @property
    def is_over(self) -> bool:
        return status(self.post) in ENDED


@dataclass(frozen=True)
class BoardFilter:
    """Which lines to show; without a wish all of them."""

    worker: int | None = None
    state: State | None = None
    group: str = ""
    urgent: bool = False

    def keeps(self, line: Line) -> bool:
        if self.state is not None and line.state is not self.state:
            return False
        if self.worker is not None and line.worker_id != self.worker:
            return False
        if self.urgent and (line.urgency < 2 or line.state is State.ENDED):  # noqa: PLR2004 - Urgency.TODAY
            return False
        group = "" if line.category is None else by_number(line.category).group.code
        return not self.group or group == self.group


async def board(reader: ReadSession, organisation_id: int) -> list[Line]:
    """Every client's open needs, or the last one; clients without any; our own posts."""
    clients = await _clients(reader, organisation_id)
    posts = await _posts(reader, organisation_id)
    times = await windows_of(reader, [one.post.id for one in posts])
    now: datetime = (await reader.execute(select(func.now()))).scalar_one()
    by_client: dict[int | None, list[_Need]] = defaultdict(list)
    for one in posts:
        by_client[one.post.client_id].append(one)
    lines = []
    for who in clients:
        mine = by_client[who.client.id]
        # What is over is shown only where nothing else stands: it can be copied.
        needs: Sequence[_Need | None] = [one for one in mine if not one.is_over] or mine or (None,)
        lines += [_line(who, need, times, now) for need in needs]
    lines += [_line(None, need, times, now) for need in by_client[None]]
    return sorted(lines, key=_pressing)


_WEIGHT = {alert: weight for weight, alert in enumerate(Alert)}
_RESTING = frozenset({State.NONE, State.ENDED})


def _pressing(line: Line) -> tuple[bool, int]:
    """What calls the loudest first, who needs nothing now last."""
    loudest = min((_WEIGHT[alert] for alert in line.alerts), default=len(_WEIGHT))
    return line.state in _RESTING and not line.alerts, loudest


async def _clients(reader: ReadSession, organisation_id: int) -> list[_Who]:
    valid = and_(
        Mandate.client_id == Client.id,
        Mandate.revoked_at.is_(None),
        Mandate.expires_at > func.now(),
    )
    until = select(func.max(Mandate.expires_at)).where(valid).scalar_subquery()
    own = await reader.scalars(select(Client.id).where(Client.organisation_id == organisation_id))
    # Only whether there is a note is asked here, of this organisation's clients alone.
    await open_wall(reader, Wall.NOTE, *own)
    rows = await reader.execute(
        select(
            Client,
            _exists(ClientNote.client_id == Client.id).label("noted"),
            _exists(
                and_(ClientRequest.client_id == Client.id, ClientRequest.answered_at.is_(None))
            ).label("requested"),
            Person.name,
            until,
        )
        .outerjoin(Person, Person.id == Client.worker_id)
        .where(Client.organisation_id == organisation_id, Client.erased_at.is_(None))
        .order_by(Client.id.desc())
        .limit(MOST_LINES)
    )
    return [_Who(*row) for row in rows]


async def _posts(reader: ReadSession, organisation_id: int) -> list[_Need]:
    """What is open, and of clients without anything open their last need."""
    live, last = _in_hand(Post), aliased(Post)
    newest = (
        select(func.max(last.id))
        .where(last.client_id == Post.client_id, last.organisation_id == organisation_id)
        .correlate(Post)
        .scalar_subquery()
    )
    own = Proposal.need_id == Post.id
    open_now = and_(own, Proposal.is_live, Proposal.expires_at > func.now())
    waiting = (
        select(Proposal.code)
        .where(open_now, Proposal.need_accepted_at.is_(None))
        .order_by(Proposal.expires_at)
        .limit(1)
    )
    said = or_(Proposal.offer_accepted_at.is_not(None), Proposal.declined_by == "offer")
    met = (
        select(Exchange.code)
        .where(
            or_(Exchange.need_id == Post.id, Exchange.offer_id == Post.id),
            Exchange.cancelled_at.is_(None),
            Exchange.not_done_at.is_(None),
        )
        .order_by(Exchange.id.desc())
        .limit(1)
    )
    rows = await reader.execute(
        select(
            Post,
            _count(own).label("asked"),
            _count(and_(own, said)).label("answered"),
            _count(open_now).label("live"),
            waiting.correlate(Post).scalar_subquery().label("proposal"),
            met.correlate(Post).scalar_subquery().label("exchange"),
        )
        .options(joinedload(Post.author))
        .where(Post.organisation_id == organisation_id, or_(live, Post.id == newest))
        .order_by(Post.id.desc())
        .limit(MOST_LINES)
    )
    return [_Need(*row) for row in rows]


def _exists(condition: ColumnElement[bool]) -> ColumnElement[bool]:
    return exists().where(condition)


def _in_hand(post: type[Post]) -> ColumnElement[bool]:
    return and_(post.withdrawn_at.is_(None), post.expired_at.is_(None), post.fulfilled_at.is_(None))


def _count(condition: ColumnElement[bool]) -> ColumnElement[int]:
    return (
        select(func.count())
        .select_from(Proposal)
        .where(condition)
        .correlate(Post)
        .scalar_subquery()
    )


def _line(
    who: _Who | None, need: _Need | None, times: dict[int, list[Window]], now: datetime
) -> Line:
    facts = _facts(who, need)
    post = need.post if need else None
    client = who.client if who else None
    return Line(
        alias=client.alias if client else "",
        client_id=client.id if client else None,
        worker_id=client.worker_id if client else post.author_id if post else None,
        worker=(who.worker or "") if who else post.author.name if post else "",
        code=post.code if post else "",
        path=f"/{post.address}" if post else "",
        kind=post.kind if post else PostKind.NEED.value,
        category=post.category if post else None,
        units=post.places if post else 0,
        unit=post.unit if post else "",
        languages=post.languages if post else client.languages if client else (),
        windows=times[post.id] if post else (),
        latest_by=post.latest_by if post else None,
        urgency=facts.urgency,
        asked=facts.asked,
        answered=need.answered if need else 0,
        proposal=(need.proposal if need else None) or "",
        exchange=(need.exchange if need else None) or "",
        noted=who.noted if who else False,
        published_at=post.published_at if post else None,
        ends_at=facts.ends_at,
        mandate_until=facts.mandate_until,
        state=state_of(facts),
        alerts=alerts_of(facts, now),
    )


def _facts(who: _Who | None, need: _Need | None) -> Facts:
    post = need.post if need else None
    return Facts(
        status=status(post) if post else None,
        urgency=post.urgency if post else 0,
        waiting_since=(post.waiting_since or post.published_at) if post else None,
        ends_at=post.ends_at if post else None,
        still_there_asked=post is not None and post.asked_at is not None,
        live=need.live if need else 0,
        asked=need.asked if need else 0,
        to_answer=need is not None and need.proposal is not None,
        placed=need is not None and need.exchange is not None,
        has_client=who is not None,
        has_request=who is not None and who.requested,
        has_worker=who is not None and who.client.worker_id is not None,
        mandate_until=who.until if who else None,
    )


async def lonely_needs(reader: ReadSession, most: int = 50) -> Sequence[Post]:
    """For coordinators: open needs that nobody was proposed for, the longest waiting first."""
    asked = select(literal(1)).where(Proposal.need_id == Post.id).exists()
    rows = await reader.scalars(
        select(Post)
        .options(joinedload(Post.place))
        .where(Post.is_listed, Post.kind == PostKind.NEED.value, Post.taken == 0, ~asked)
        .where(Post.ends_at > func.now())
        .order_by(Post.urgency.desc(), Post.waiting_since, Post.id)
        .limit(most)
    )
    return rows.all()

"""Who is at the door, and who may meet whom."""

from collections.abc import Sequence
from datetime import timedelta

from sqlalchemy import ColumnElement, and_, exists, func, or_, select

from app.accounts.forms import ContactInput
from app.accounts.models import (
    ApiToken,
    Block,
    Contact,
    Person,
    PersonSession,
    RoleGrant,
    SignInCode,
)
from app.accounts.rules import (
    ORGANISATION_ROLES,
    Grant,
    Role,
    Visitor,
    contact_lookup,
    freshness,
    idle_limit,
)
from app.crypto import token_hash
from app.db import ReadSession


async def find_visitor(reader: ReadSession, kind: str, token: str) -> Visitor | None:
    """The visitor behind a session id (`session`) or a token (`api`); None for unknown or ended."""
    return await (_by_session if kind == "session" else _by_api_token)(reader, token_hash(token))


async def _by_session(reader: ReadSession, hashed: bytes) -> Visitor | None:
    row = (
        await reader.execute(
            select(
                PersonSession.id,
                Person,
                (func.now() - PersonSession.last_seen_at).label("idle"),
            )
            .join(Person, Person.id == PersonSession.person_id)
            .where(PersonSession.token_hash == hashed, _may_enter())
        )
    ).one_or_none()
    if row is None:
        return None
    grants = await grants_of(reader, row.Person.id)
    if row.idle > idle_limit(grants):
        return None
    return Visitor(
        row.Person.id,
        row.Person.name,
        row.Person.language,
        grants,
        session_id=row.id,
        stale=row.idle > freshness(grants),
    )


async def _by_api_token(reader: ReadSession, hashed: bytes) -> Visitor | None:
    row = (
        await reader.execute(
            select(ApiToken, Person)
            .join(Person, Person.id == ApiToken.person_id)
            .where(
                ApiToken.token_hash == hashed,
                ApiToken.revoked_at.is_(None),
                or_(ApiToken.expires_at.is_(None), ApiToken.expires_at > func.now()),
                _may_enter(),
            )
        )
    ).one_or_none()
    if row is None:
        return None
    grants = await grants_of(reader, row.Person.id)
    scopes = frozenset(row.ApiToken.scopes)
    return Visitor(row.Person.id, row.Person.name, row.Person.language, grants, scopes)


def _may_enter() -> ColumnElement[bool]:
    return and_(Person.suspended_at.is_(None), Person.erased_at.is_(None))


async def grants_of(reader: ReadSession, person_id: int) -> frozenset[Grant]:
    """Roles held now; those of a stopped organisation rest."""
    rows = await reader.execute(
        select(RoleGrant.role, RoleGrant.organisation_id, RoleGrant.rests_since).where(
            RoleGrant.person_id == person_id, is_held()
        )
    )
    return frozenset(
        Grant(Role(role), organisation_id, rests=rests_since is not None)
        for role, organisation_id, rests_since in rows
    )


def is_held() -> ColumnElement[bool]:
    """Neither taken back nor over."""
    return and_(
        RoleGrant.ended_at.is_(None),
        or_(RoleGrant.ends_at.is_(None), RoleGrant.ends_at > func.now()),
    )


def works_for(organisation_id: int | ColumnElement[int] | None) -> ColumnElement[bool]:
    """True of a grant that lets its person work for this organisation now."""
    return and_(
        RoleGrant.organisation_id == organisation_id,
        RoleGrant.role.in_([role.value for role in ORGANISATION_ROLES]),
        RoleGrant.rests_since.is_(None),
        is_held(),
    )


async def person(reader: ReadSession, person_id: int) -> Person:
    return await reader.get_one(Person, person_id)


async def person_with(reader: ReadSession, contact: ContactInput) -> Person | None:
    """Whoever signs in with this contact."""
    found: Person | None = await reader.scalar(
        select(Person)
        .join(Contact, Contact.person_id == Person.id)
        .where(Contact.lookup == contact_lookup(contact.kind, contact.value))
    )
    return found


async def contacts_of(reader: ReadSession, person_id: int) -> Sequence[Contact]:
    """Proven contacts, oldest first."""
    rows = await reader.scalars(
        select(Contact)
        .where(Contact.person_id == person_id, Contact.verified_at.is_not(None))
        .order_by(Contact.id)
    )
    return rows.all()


async def sessions_of(reader: ReadSession, person_id: int) -> Sequence[PersonSession]:
    """Signed-in devices, the last used first."""
    rows = await reader.scalars(
        select(PersonSession)
        .where(PersonSession.person_id == person_id)
        .order_by(PersonSession.last_seen_at.desc(), PersonSession.id.desc())
    )
    return rows.all()


async def tokens_of(reader: ReadSession, person_id: int) -> Sequence[ApiToken]:
    """Tokens that still work, the newest first."""
    rows = await reader.scalars(
        select(ApiToken)
        .where(ApiToken.person_id == person_id, ApiToken.revoked_at.is_(None))
        .order_by(ApiToken.id.desc())
    )
    return rows.all()


async def code_to_send(reader: ReadSession, code_id: int) -> SignInCode | None:
    """A code that still waits to leave; None once it is sent, spent or over."""
    row: SignInCode | None = await reader.scalar(
        select(SignInCode).where(
            SignInCode.id == code_id,
            SignInCode.sealed_code.is_not(None),
            SignInCode.used_at.is_(None),
            SignInCode.expires_at > func.now(),
        )
    )
    return row


async def asked_contact(reader: ReadSession, device: str) -> ContactInput | None:
    """Where this browser last wanted a code sent, within the last hour."""
    row = await reader.scalar(
        select(SignInCode)
        .where(
            SignInCode.device == token_hash(device),
            SignInCode.used_at.is_(None),
            SignInCode.created_at > func.now() - timedelta(hours=1),
        )
        .order_by(SignInCode.id.desc())
        .limit(1)
    )
    return ContactInput(row.kind, row.value) if row else None


async def all_blocks(reader: ReadSession) -> list[tuple[int, int]]:
    """Every pair of people of whom one blocked the other."""
    rows = await reader.execute(select(Block.blocker_id, Block.blocked_id))
    return [(blocker, blocked) for blocker, blocked in rows]


def blocked(one: ColumnElement[int], other: ColumnElement[int]) -> ColumnElement[bool]:
    """True where either person blocked the other: the only place that knows what a block means."""
    return exists().where(
        or_(
            and_(Block.blocker_id == one, Block.blocked_id == other),
            and_(Block.blocker_id == other, Block.blocked_id == one),
        )
    )

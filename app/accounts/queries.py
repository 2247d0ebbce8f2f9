"""Who is at the door, and who may meet whom."""

from collections.abc import Sequence
from datetime import timedelta

from sqlalchemy import ColumnElement, and_, exists, func, or_, select

from app.accounts.forms import ContactInput
from app.accounts.models import (
    ApiToken,
    Block,
    Contact,
    Factor,
    Person,
    PersonSession,
    RecoveryCode,
    RoleGrant,
    SecurityLetter,
    SignInCode,
)
from app.accounts.rules import (
    ORGANISATION_ROLES,
    TOKEN_FRESHNESS,
    Grant,
    Purpose,
    Role,
    Visitor,
    contact_lookup,
    freshness,
    idle_limit,
)
from app.accounts.rules.factors import PROOF_LIFE, TWO_FACTORS
from app.crypto import token_hash
from app.db import ReadSession, Wall, open_wall


async def find_visitor(reader: ReadSession, kind: str, token: str) -> Visitor | None:
    """The visitor behind a session id (`session`) or a token (`api`); None for unknown or ended."""
    return await (_by_session if kind == "session" else _by_api_token)(reader, token_hash(token))


async def _by_session(reader: ReadSession, hashed: bytes) -> Visitor | None:
    row = (
        await reader.execute(
            select(
                PersonSession.id,
                PersonSession.level,
                Person,
                (func.now() - PersonSession.last_seen_at).label("idle"),
                (func.now() - PersonSession.proven_at).label("proven"),
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
    nothing: frozenset[Grant] = frozenset()
    is_strong = row.level >= TWO_FACTORS
    return Visitor(
        row.Person.id,
        row.Person.name,
        row.Person.language,
        grants if is_strong else nothing,
        session_id=row.id,
        stale=row.idle > freshness(grants),
        level=row.level,
        proven=row.proven is not None and row.proven < PROOF_LIFE,
        held=nothing if is_strong else grants,
    )


async def _by_api_token(reader: ReadSession, hashed: bytes) -> Visitor | None:
    used = func.coalesce(ApiToken.last_used_at, ApiToken.created_at - TOKEN_FRESHNESS)
    row = (
        await reader.execute(
            select(ApiToken, Person, (func.now() - used).label("unused"))
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
    return Visitor(
        row.Person.id,
        row.Person.name,
        row.Person.language,
        # Looked up at each call: a role that was taken back opens nothing any more.
        await grants_of(reader, row.Person.id),
        frozenset(row.ApiToken.scopes),
        token_id=row.ApiToken.id,
        stale=row.unused >= TOKEN_FRESHNESS,
    )


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
    lookup = contact_lookup(contact.kind, contact.value)
    await open_wall(reader, Wall.LOOKUP, lookup.hex())
    found: Person | None = await reader.scalar(
        select(Person).join(Contact, Contact.person_id == Person.id).where(Contact.lookup == lookup)
    )
    return found


async def contacts_of(reader: ReadSession, person_id: int) -> Sequence[Contact]:
    """Proven contacts, oldest first."""
    await open_wall(reader, Wall.CONTACT, person_id)
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


async def factors_of(reader: ReadSession, person_id: int) -> Sequence[Factor]:
    """Confirmed apps and passkeys, the oldest first."""
    rows = await reader.scalars(
        select(Factor)
        .where(Factor.person_id == person_id, Factor.confirmed_at.is_not(None))
        .order_by(Factor.id)
    )
    return rows.all()


async def recovery_codes_left(reader: ReadSession, person_id: int) -> int:
    left = await reader.scalar(
        select(func.count())
        .select_from(RecoveryCode)
        .where(RecoveryCode.person_id == person_id, RecoveryCode.used_at.is_(None))
    )
    return left or 0


async def kept_form(reader: ReadSession, session_id: int | None) -> tuple[str, str] | None:
    """Where a person was, and what they had typed there as JSON, when a proof was asked."""
    row = (
        await reader.execute(
            select(PersonSession.kept_path, PersonSession.kept_form).where(
                PersonSession.id == session_id, PersonSession.kept_form.is_not(None)
            )
        )
    ).one_or_none()
    return (row.kept_path, row.kept_form) if row else None


async def security_letter(reader: ReadSession, letter_id: int) -> SecurityLetter | None:
    return await reader.get(SecurityLetter, letter_id)


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


async def asked_contact(
    reader: ReadSession, device: str, purpose: Purpose = Purpose.SIGN_IN
) -> ContactInput | None:
    """Where this browser last wanted a code sent, within the last hour."""
    row = await reader.scalar(
        select(SignInCode)
        .where(
            SignInCode.device == token_hash(device),
            SignInCode.purpose == purpose.value,
            SignInCode.used_at.is_(None),
            SignInCode.created_at > func.now() - timedelta(hours=1),
        )
        .order_by(SignInCode.id.desc())
        .limit(1)
    )
    return ContactInput(row.kind, row.value) if row else None


async def half_signed_in(reader: ReadSession, device: str) -> int | None:
    """Who proved their contact in this browser and still has to take the second step."""
    row = await reader.scalar(
        select(SignInCode.lookup)
        .where(
            SignInCode.device == token_hash(device),
            SignInCode.purpose == Purpose.SIGN_IN.value,
            SignInCode.proven_at.is_not(None),
            SignInCode.used_at.is_(None),
            SignInCode.expires_at > func.now(),
        )
        .order_by(SignInCode.id.desc())
        .limit(1)
    )
    if row is None:
        return None
    await open_wall(reader, Wall.LOOKUP, row.hex())
    found: int | None = await reader.scalar(
        select(Contact.person_id)
        .join(Person, Person.id == Contact.person_id)
        .where(Contact.lookup == row, Contact.verified_at.is_not(None), _may_enter())
    )
    return found


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

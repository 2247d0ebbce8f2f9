"""Passkeys: a key that never leaves its device, made for this site and for one person.

The device asks for a finger, a face or a PIN, so that a passkey alone proves two factors.
"""

import secrets
import struct
from dataclasses import dataclass
from datetime import timedelta
from urllib.parse import urlsplit

from sqlalchemy import delete, func, select
from sqlalchemy.dialects.postgresql import insert
from webauthn import (
    generate_authentication_options,
    generate_registration_options,
    options_to_json,
    verify_authentication_response,
    verify_registration_response,
)
from webauthn.helpers import parse_authentication_credential_json
from webauthn.helpers.exceptions import WebAuthnException
from webauthn.helpers.structs import (
    AuthenticatorSelectionCriteria,
    PublicKeyCredentialDescriptor,
    ResidentKeyRequirement,
    UserVerificationRequirement,
)

from app import crypto
from app.accounts import queries
from app.accounts.actions.warn import warn
from app.accounts.models import Challenge, Factor, Person
from app.accounts.rules.factors import Change, FactorKind
from app.db import Session
from app.i18n import sentence

CHALLENGE_BYTES = 32
CHALLENGE_LIFE = timedelta(minutes=5)
MOST_PASSKEYS = 10
NOT_TAKEN = sentence("Your device and we did not understand each other. Try again.")
NOT_KNOWN = sentence("We do not know this passkey. Use another way to sign in.")
ENOUGH = sentence("You have ten passkeys. Remove one first.")

# What the library raises over words that no browser would send.
_UNREADABLE = (WebAuthnException, ValueError, TypeError, LookupError, struct.error)


@dataclass(frozen=True)
class Site:
    """What a passkey is made for: no other site can ask for it."""

    origin: str

    @property
    def host(self) -> str:
        return urlsplit(self.origin).hostname or "localhost"


async def offer_passkey(session: Session, site: Site, person_id: int, device: str) -> str:
    """What the browser needs to make a passkey, as JSON."""
    person = await queries.person(session, person_id)
    options = generate_registration_options(
        rp_id=site.host,
        rp_name="Solidare",
        user_id=crypto.sign("passkey.person", str(person_id), 32),
        user_name=person.name,
        challenge=await _new_challenge(session, device),
        authenticator_selection=AuthenticatorSelectionCriteria(
            resident_key=ResidentKeyRequirement.REQUIRED,
            user_verification=UserVerificationRequirement.REQUIRED,
        ),
        exclude_credentials=await _known_to(session, person_id),
    )
    return options_to_json(options)


async def add_passkey(
    session: Session, site: Site, person_id: int, *, device: str, answer: str, label: str
) -> str:
    """Why the new passkey is not kept; empty once it is."""
    challenge = await _spent_challenge(session, device)
    if challenge is None:
        return NOT_TAKEN
    if len(await _known_to(session, person_id)) >= MOST_PASSKEYS:
        return ENOUGH
    try:
        made = verify_registration_response(
            credential=answer,
            expected_challenge=challenge,
            expected_rp_id=site.host,
            expected_origin=site.origin,
            require_user_verification=True,
        )
    except _UNREADABLE:
        return NOT_TAKEN
    kept = await session.scalar(
        insert(Factor)
        .values(
            person_id=person_id,
            kind=FactorKind.PASSKEY.value,
            label=label,
            credential_id=made.credential_id,
            public_key=made.credential_public_key,
            counter=made.sign_count,
            confirmed_at=func.now(),
        )
        .on_conflict_do_nothing()
        .returning(Factor.id)
    )
    if kept is None:
        return NOT_TAKEN
    await warn(session, person_id, Change.STEP_ADDED)
    return ""


async def ask_passkey(session: Session, site: Site, device: str, person_id: int | None) -> str:
    """What the browser needs to use a passkey, of this person or of whoever has one here."""
    options = generate_authentication_options(
        rp_id=site.host,
        challenge=await _new_challenge(session, device),
        allow_credentials=await _known_to(session, person_id) if person_id else [],
        user_verification=UserVerificationRequirement.REQUIRED,
    )
    return options_to_json(options)


async def prove_passkey(session: Session, site: Site, device: str, answer: str) -> Person | None:
    """Whose passkey answered; None where it is unknown, copied or meant for another question."""
    challenge = await _spent_challenge(session, device)
    try:
        given = parse_authentication_credential_json(answer)
    except _UNREADABLE:
        return None
    factor = await session.scalar(
        select(Factor)
        .where(Factor.credential_id == given.raw_id, Factor.confirmed_at.is_not(None))
        .with_for_update()
    )
    if challenge is None or factor is None or factor.public_key is None:
        return None
    try:
        proven = verify_authentication_response(
            credential=given,
            expected_challenge=challenge,
            expected_rp_id=site.host,
            expected_origin=site.origin,
            credential_public_key=factor.public_key,
            credential_current_sign_count=factor.counter,
            require_user_verification=True,
        )
    except _UNREADABLE:
        return None
    factor.counter = proven.new_sign_count
    factor.last_used_at = await session.scalar(select(func.now()))
    person = await queries.person(session, factor.person_id)
    return None if person.suspended_at or person.erased_at else person


async def _known_to(session: Session, person_id: int) -> list[PublicKeyCredentialDescriptor]:
    factors = await queries.factors_of(session, person_id)
    return [
        PublicKeyCredentialDescriptor(id=one.credential_id) for one in factors if one.credential_id
    ]


async def _new_challenge(session: Session, device: str) -> bytes:
    """Each browser has one open question; a new one replaces it."""
    challenge = secrets.token_bytes(CHALLENGE_BYTES)
    fresh = {"challenge": challenge, "expires_at": func.now() + CHALLENGE_LIFE}
    await session.execute(
        insert(Challenge)
        .values(device=crypto.token_hash(device), **fresh)
        .on_conflict_do_update(index_elements=[Challenge.device], set_=fresh)
    )
    return challenge


async def _spent_challenge(session: Session, device: str) -> bytes | None:
    """The open question of this browser, which can be answered once."""
    challenge: bytes | None = await session.scalar(
        delete(Challenge)
        .where(Challenge.device == crypto.token_hash(device), Challenge.expires_at > func.now())
        .returning(Challenge.challenge)
    )
    return challenge

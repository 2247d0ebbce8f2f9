"""The second step: who must take it, and how its answers look.

A role opens nothing before a second step: an authenticator app or a passkey. Guests and everybody
else without a role may add one and need none: who has fled with a borrowed phone must get in with
a code alone (a recorded exception to ASVS 6.3.3).
- A code of the app works once, half a minute early or late; an older one than the last never.
- Ten recovery codes stand in for a lost device, each once.
- A proof is fresh for ten minutes; then what cannot be undone asks for another.
"""

import re
import secrets
from datetime import timedelta
from enum import StrEnum

from app import crypto
from app.i18n import sentence

APP_DIGITS = 6
APP_STEP_SECONDS = 30
RECOVERY_CODES = 10
RECOVERY_LENGTH = 10
FACTOR_TRIES_PER_DAY = 10
PROOF_LIFE = timedelta(minutes=10)
# The level of a session: how many factors were proven when it began.
ONE_FACTOR, TWO_FACTORS = 1, 2


class FactorKind(StrEnum):
    TOTP = "totp"
    PASSKEY = "passkey"


class Change(StrEnum):
    """What every contact of an account is told of, in case its owner did not do it."""

    CONTACT_ADDED = "contact_added"
    CONTACT_REMOVED = "contact_removed"
    STEP_ADDED = "step_added"
    STEP_REMOVED = "step_removed"
    RECOVERED = "recovered"  # a recovery code was used
    TOKEN_MADE = "token_made"  # noqa: S105 - a kind of change


CHANGE_WORDS = {
    Change.CONTACT_ADDED: sentence("A phone number or e-mail address was added to your account."),
    Change.CONTACT_REMOVED: sentence("A contact was removed from your account."),
    Change.STEP_ADDED: sentence("A second step was added to your account."),
    Change.STEP_REMOVED: sentence("A second step was removed from your account."),
    Change.RECOVERED: sentence("Somebody signed in with one of your recovery codes."),
    Change.TOKEN_MADE: sentence("A token for a program was made on your account."),
}


def typed_answer(text: str) -> str:
    """An answer as it is checked: no spaces or dashes, small letters, Western digits."""
    bare = re.sub(r"[\s-]", "", text).lower()
    return "".join(str(int(char)) if char.isdecimal() else char for char in bare)


def is_app_code(answer: str) -> bool:
    return re.fullmatch(rf"\d{{{APP_DIGITS}}}", answer) is not None


def is_recovery_code(answer: str) -> bool:
    return re.fullmatch(rf"[a-z0-9]{{{RECOVERY_LENGTH}}}", answer) is not None


def new_recovery_codes() -> list[str]:
    """Ten different codes of 49 bits each; nobody can try that many."""
    codes: set[str] = set()
    while len(codes) < RECOVERY_CODES:
        codes.add(crypto.new_code(RECOVERY_LENGTH))
    return secrets.SystemRandom().sample(sorted(codes), RECOVERY_CODES)


def spoken_recovery_code(code: str) -> str:
    """As it is printed: two halves."""
    return f"{code[: RECOVERY_LENGTH // 2]}-{code[RECOVERY_LENGTH // 2 :]}"


def recovery_hash(person_id: int, code: str) -> bytes:
    """What the database keeps: without the platform's key it tells nothing."""
    return crypto.sign("recovery_code", f"{person_id}:{code}")

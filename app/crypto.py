"""One secret, many keys: signatures, look-up hashes and columns that only the platform can read."""

import base64
import hashlib
import hmac
import secrets

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from sqlalchemy import Dialect, LargeBinary
from sqlalchemy.types import TypeDecorator

from app.settings import Secret

NONCE_BYTES = 12
SHORTEST_SIGNATURE = 12


class Keyring:
    """Derives one key per purpose from the platform's secret."""

    def __init__(self) -> None:
        self._secret = b""
        self._keys: dict[str, bytes] = {}

    def open(self, secret: Secret) -> None:
        self._secret = secret.reveal().encode()
        self._keys = {}

    def key(self, purpose: str) -> bytes:
        """32 bytes that differ for every purpose; fails loudly before the keyring is opened."""
        if not self._secret:
            raise RuntimeError("The keyring is closed: call crypto.keyring.open(secret) first.")
        if purpose not in self._keys:
            derive = HKDF(algorithm=SHA256(), length=32, salt=None, info=purpose.encode())
            self._keys[purpose] = derive.derive(self._secret)
        return self._keys[purpose]


keyring = Keyring()


def new_token() -> str:
    """256 random bits, safe in a URL."""
    return secrets.token_urlsafe(32)


def new_code(length: int = 8) -> str:
    """A short opaque code without letters or digits that look or sound alike."""
    return "".join(secrets.choice("23456789abcdefghjkmnpqrstvwxyz") for _ in range(length))


def token_hash(token: str) -> bytes:
    """What the database keeps of a random token."""
    return hashlib.sha256(token.encode()).digest()


def sign(purpose: str, message: str, length: int = 32) -> bytes:
    """HMAC-SHA-256 under the purpose's own key, cut to `length` bytes."""
    return hmac.new(keyring.key(purpose), message.encode(), hashlib.sha256).digest()[:length]


def is_signed(purpose: str, message: str, signature: bytes) -> bool:
    """Whether the signature is ours; one cut shorter than we ever write proves nothing."""
    if len(signature) < SHORTEST_SIGNATURE:
        return False
    return hmac.compare_digest(sign(purpose, message, len(signature)), signature)


def text_of(raw: bytes) -> str:
    """Bytes as URL-safe text without padding."""
    return base64.urlsafe_b64encode(raw).rstrip(b"=").decode()


def bytes_of(text: str) -> bytes:
    """The inverse of `text_of`; wrong text gives empty bytes."""
    try:
        return base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))
    except ValueError:
        return b""


def encrypt(purpose: str, text: str) -> bytes:
    nonce = secrets.token_bytes(NONCE_BYTES)
    return nonce + AESGCM(keyring.key(purpose)).encrypt(nonce, text.encode(), purpose.encode())


def decrypt(purpose: str, sealed: bytes) -> str:
    """The text that was encrypted; `ValueError` where key, purpose or bytes differ."""
    nonce, body = sealed[:NONCE_BYTES], sealed[NONCE_BYTES:]
    try:
        return AESGCM(keyring.key(purpose)).decrypt(nonce, body, purpose.encode()).decode()
    except InvalidTag as error:
        raise ValueError(f"A sealed value of {purpose} cannot be read with this key.") from error


class Encrypted(TypeDecorator[str]):
    """A text column stored encrypted under the key of its purpose."""

    impl = LargeBinary
    cache_ok = True

    def __init__(self, purpose: str) -> None:
        super().__init__()
        self.purpose = purpose

    def process_bind_param(self, value: str | None, dialect: Dialect) -> bytes | None:  # noqa: ARG002 - SQLAlchemy's signature
        return None if value is None else encrypt(self.purpose, value)

    def process_result_value(self, value: bytes | None, dialect: Dialect) -> str | None:  # noqa: ARG002 - SQLAlchemy's signature
        return None if value is None else decrypt(self.purpose, value)

"""Checkpoints: what the log signs and its witnesses sign after it.

The text is C2SP tlog-checkpoint: origin, size, base64 root, each on a line. Signatures are lines
of C2SP signed-note: Ed25519 over the text by the log (type 1), over the text and a time by a
witness (cosignature/v1, type 4). Base64 must be what we would write ourselves: no second spelling.
"""

import base64
import binascii
import hashlib
from dataclasses import dataclass

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

LOG, WITNESS = 1, 4
MARK = "\N{EM DASH} "
KEY_ID_BYTES, TIME_BYTES, KEY_BYTES, SIGNATURE_BYTES = 4, 8, 32, 64


class NoteError(ValueError):
    """A note, key or signature that is not in the one form it may have."""


class ForkError(Exception):
    """The ledger is not the one that was signed; a human must look before more is signed."""


@dataclass(frozen=True)
class Checkpoint:
    """The root over the first `size` entries of the log called `origin`."""

    origin: str
    size: int
    root: bytes

    @property
    def text(self) -> str:
        return f"{self.origin}\n{self.size}\n{_base64(self.root)}\n"


@dataclass(frozen=True)
class PublicKey:
    """A name with an Ed25519 key, of the log or of a witness."""

    name: str
    kind: int
    raw: bytes

    @property
    def id(self) -> bytes:
        named = self.name.encode() + b"\n" + bytes([self.kind]) + self.raw
        return hashlib.sha256(named).digest()[:KEY_ID_BYTES]

    def __str__(self) -> str:
        return f"{self.name}+{self.id.hex()}+{_base64(bytes([self.kind]) + self.raw)}"


def read_key(text: str) -> PublicKey:
    """A key from its written form name+id+base64; `NoteError` when it has another form."""
    parts = text.strip().split("+", 2)
    raw = _bytes(parts[-1])
    if len(raw) != 1 + KEY_BYTES or raw[0] not in (LOG, WITNESS):
        raise NoteError("A key is name+id+base64 of an Ed25519 key.")
    key = PublicKey(parts[0], raw[0], raw[1:])
    if str(key) != text.strip() or not is_name(key.name):
        raise NoteError("The parts of this key do not belong together.")
    return key


def is_name(name: str) -> bool:
    return bool(name) and name.isprintable() and not any(mark in name for mark in "+ ")


def public_key(name: str, seed: bytes) -> PublicKey:
    """The log's key to check what `signed` writes with the same seed of 32 bytes."""
    private = Ed25519PrivateKey.from_private_bytes(seed)
    return PublicKey(name, LOG, private.public_key().public_bytes_raw())


def signed(checkpoint: Checkpoint, seed: bytes) -> str:
    """The note: text, blank line, the log's signature; the same bytes each time."""
    signature = Ed25519PrivateKey.from_private_bytes(seed).sign(checkpoint.text.encode())
    key = public_key(checkpoint.origin, seed)
    return f"{checkpoint.text}\n{MARK}{key.name} {_base64(key.id + signature)}\n"


def read_text(note: str) -> Checkpoint:
    """What a note says, its signatures unread; `NoteError` when it has another form."""
    text, blank, _ = note.partition("\n\n")
    lines = text.split("\n")
    if not blank or len(lines) != 3 or not lines[1].isdecimal():  # noqa: PLR2004 - origin, size, root
        raise NoteError("A checkpoint has an origin, a size and a root.")
    checkpoint = Checkpoint(lines[0], int(lines[1]), _bytes(lines[2]))
    if checkpoint.text != text + "\n" or len(checkpoint.root) != KEY_BYTES:
        raise NoteError("A checkpoint has one spelling.")
    return checkpoint


def signature_lines(note: str) -> list[str]:
    return note.partition("\n\n")[2].splitlines()


def is_signed_by(note: str, key: PublicKey) -> bool:
    """Whether a line of the note is this key's valid signature."""
    text = note.partition("\n\n")[0] + "\n"
    return any(_is_valid(text, line, key) for line in signature_lines(note))


def cosigner(text: str, line: str, keys: list[PublicKey]) -> PublicKey | None:
    """The witness whose valid cosignature of the checkpoint's text this line is."""
    return next((key for key in keys if key.kind == WITNESS and _is_valid(text, line, key)), None)


def _is_valid(text: str, line: str, key: PublicKey) -> bool:
    try:
        signature = _signature_in(line, key)
        message = _message(text, signature, key)
        public = Ed25519PublicKey.from_public_bytes(key.raw)
        public.verify(signature[-SIGNATURE_BYTES:], message)
    except (NoteError, InvalidSignature):
        return False
    return True


def _signature_in(line: str, key: PublicKey) -> bytes:
    name, _, encoded = line.removeprefix(MARK).partition(" ")
    raw = _bytes(encoded)
    length = KEY_ID_BYTES + SIGNATURE_BYTES + (TIME_BYTES if key.kind == WITNESS else 0)
    if not line.startswith(MARK) or name != key.name or len(raw) != length:
        raise NoteError("This line is not a signature by this key.")
    if raw[:KEY_ID_BYTES] != key.id:
        raise NoteError("This line names another key.")
    return raw[KEY_ID_BYTES:]


def _message(text: str, signature: bytes, key: PublicKey) -> bytes:
    if key.kind == LOG:
        return text.encode()
    moment = int.from_bytes(signature[:TIME_BYTES], "big")
    return f"cosignature/v1\ntime {moment}\n{text}".encode()


def _base64(raw: bytes) -> str:
    return base64.b64encode(raw).decode()


def _bytes(text: str) -> bytes:
    try:
        raw = base64.b64decode(text, validate=True)
    except (binascii.Error, ValueError) as error:
        raise NoteError("This is not base64.") from error
    if _base64(raw) != text:
        raise NoteError("Base64 has one spelling.")
    return raw

"""Files sealed piece by piece, so that a backup of any size needs little memory.

Each piece of 1 MiB is AES-256-GCM under the platform's backup key; its nonce is a random prefix,
the number of the piece and whether it is the last: pieces cannot be dropped, moved or cut off.
"""

import secrets
import struct
from collections.abc import Iterator
from pathlib import Path
from types import TracebackType
from typing import IO, Self

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from app.crypto import keyring

SUFFIX = ".sealed"
PIECE = 1 << 20
_PREFIX_BYTES = 7
_TAG_BYTES = 16


class SealedFileError(Exception):
    """The file was changed, is incomplete, or was sealed with another secret."""


class SealedWriter:
    """A file to write into; what reaches the disk is sealed."""

    def __init__(self, path: Path) -> None:
        self._file = path.open("xb")
        self._prefix = secrets.token_bytes(_PREFIX_BYTES)
        self._waiting, self._number = b"", 0
        self._file.write(self._prefix)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        if kind is None:
            self._seal(self._waiting, last=True)
        self._file.close()

    def write(self, raw: bytes) -> int:
        self._waiting += raw
        while len(self._waiting) > PIECE:
            self._seal(self._waiting[:PIECE], last=False)
            self._waiting = self._waiting[PIECE:]
        return len(raw)

    def _seal(self, piece: bytes, *, last: bool) -> None:
        self._file.write(
            AESGCM(_key()).encrypt(_nonce(self._prefix, self._number, last=last), piece, None)
        )
        self._number += 1


def unsealed(path: Path) -> Iterator[bytes]:
    """The pieces of a sealed file; `SealedFileError` where one is not what was written."""
    with path.open("rb") as file:
        prefix = file.read(_PREFIX_BYTES)
        number, piece = 0, file.read(PIECE + _TAG_BYTES)
        while piece:
            following = file.read(PIECE + _TAG_BYTES)
            yield _open(piece, _nonce(prefix, number, last=not following))
            number, piece = number + 1, following


class SealedReader:
    """A sealed file as something to read from, for programs that ask for a number of bytes."""

    def __init__(self, path: Path) -> None:
        self._pieces = unsealed(path)
        self._waiting = b""

    def read(self, size: int = -1) -> bytes:
        while size < 0 or len(self._waiting) < size:
            piece = next(self._pieces, None)
            if piece is None:
                break
            self._waiting += piece
        found = self._waiting if size < 0 else self._waiting[:size]
        self._waiting = self._waiting[len(found) :]
        return found


def seal(source: IO[bytes], path: Path) -> None:
    """Write a sealed copy of an open file."""
    with SealedWriter(path) as sealed:
        while piece := source.read(PIECE):
            sealed.write(piece)


def _open(piece: bytes, nonce: bytes) -> bytes:
    try:
        return AESGCM(_key()).decrypt(nonce, piece, None)
    except InvalidTag:
        message = "It was changed, is incomplete, or was sealed with another secret."
        raise SealedFileError(message) from None


def _nonce(prefix: bytes, number: int, *, last: bool) -> bytes:
    return prefix + struct.pack(">I?", number, last)


def _key() -> bytes:
    return keyring.key("backup")

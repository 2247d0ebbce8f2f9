"""The list of who was erased: kept outside the database, so that no older copy brings them back.

A line is a keyed hash and says nobody's name. It is written and flushed before anything is
deleted; the database remembers which lines it has carried out.
"""

import os
from datetime import datetime
from enum import StrEnum
from functools import lru_cache
from pathlib import Path

from sqlalchemy import LargeBinary, String, func, select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Mapped, mapped_column

from app.crypto import sign
from app.db import Base, Moment, Now, ReadSession, Session

DIGEST_HEX = 64


class Subject(StrEnum):
    PERSON = "person"
    CLIENT = "client"


class Erasure(Base):
    __tablename__ = "erasure"
    __table_args__ = ({"comment": "Tombstones: lines of the list outside that are carried out."},)

    digest: Mapped[bytes] = mapped_column(
        LargeBinary, primary_key=True, comment="Keyed hash, as in the list."
    )
    kind: Mapped[str] = mapped_column(String(6), comment="person or client.")
    begun_at: Mapped[Now]
    done_at: Mapped[Moment | None] = mapped_column(comment="Nothing of them is left here.")


def digest_of(kind: Subject, ref: int, created_at: datetime) -> bytes:
    """A name for one row that a later row with the same number does not share."""
    return sign("erasure", f"{kind}:{ref}:{created_at.timestamp():.6f}")


def append(path: Path, kind: Subject, digest: bytes) -> None:
    """Add a line and return only when it is on the disk; a line that stands there stays one."""
    if digest in listed(path):
        return
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("ab+") as file:
        # A line that a crash cut short must not swallow the next one.
        file.seek(0, os.SEEK_END)
        if file.tell() and _last_byte(path) != b"\n":
            file.write(b"\n")
        file.write(f"{kind} {digest.hex()}\n".encode())
        file.flush()
        os.fsync(file.fileno())
    folder = os.open(path.parent, os.O_RDONLY)
    try:
        os.fsync(folder)
    finally:
        os.close(folder)


def listed(path: Path | None) -> dict[bytes, Subject]:
    """Every whole line of the list; none where there is no list yet."""
    if path is None or not path.exists():
        return {}
    stat = path.stat()
    return _read(path, stat.st_mtime_ns, stat.st_size)


@lru_cache(maxsize=2)
def _read(path: Path, _changed: int, _size: int) -> dict[bytes, Subject]:
    found = {}
    for line in path.read_text(encoding="ascii", errors="replace").splitlines():
        kind, _, digest = line.partition(" ")
        if kind in set(Subject) and len(digest) == DIGEST_HEX:
            found[bytes.fromhex(digest)] = Subject(kind)
    return found


def _last_byte(path: Path) -> bytes:
    with path.open("rb") as file:
        file.seek(-1, os.SEEK_END)
        return file.read(1)


async def begin(session: Session, kind: Subject, digest: bytes) -> None:
    """Note that this erasure belongs to this database, before the list outside names it."""
    await session.execute(
        insert(Erasure).values(digest=digest, kind=kind.value).on_conflict_do_nothing()
    )


async def finish(session: Session, kind: Subject, digest: bytes) -> None:
    """Nothing of them is left here."""
    await session.execute(
        insert(Erasure)
        .values(digest=digest, kind=kind.value, done_at=func.now())
        .on_conflict_do_update(index_elements=["digest"], set_={"done_at": func.now()})
    )


async def missing(reader: ReadSession, path: Path | None) -> dict[bytes, Subject]:
    """Lines of the list that this database has never heard of: it is older than they are."""
    wanted = listed(path)
    if not wanted:
        return {}
    known = set(await reader.scalars(select(Erasure.digest)))
    return {digest: kind for digest, kind in wanted.items() if digest not in known}

"""Where something stands in the whole database, sealed columns opened."""

from collections.abc import Iterable

from sqlalchemy import select

from app.db import Base, ReadSession


async def places_of(reader: ReadSession, needles: Iterable[str]) -> dict[str, set[str]]:
    """Tables in which each needle is found, in any column of any row."""
    found: dict[str, set[str]] = {needle: set() for needle in needles}
    for table in Base.metadata.sorted_tables:
        for row in await reader.execute(select(table)):
            words = " ".join(_plain(value) for value in row)
            for needle, tables in found.items():
                if needle in words:
                    tables.add(table.name)
    return found


def _plain(value: object) -> str:
    return value.decode(errors="replace") if isinstance(value, bytes) else str(value)

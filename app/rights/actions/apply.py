"""After a restore: everybody on the list outside is erased again, before anybody comes in."""

from pathlib import Path

from sqlalchemy import select

from app import erasures
from app.accounts.models import Person
from app.db import SessionMaker, reading, transaction
from app.erasures import Subject
from app.organisations.models import Client
from app.rights.actions.client import erase_client
from app.rights.actions.erase import erase_person


async def apply_list(maker: SessionMaker, path: Path | None) -> int:
    """Carry out what this database has never heard of; how many rows were somebody.

    One transaction each, so that it can be begun again wherever it stopped.
    """
    async with reading(maker) as reader:
        wanted = await erasures.missing(reader, path)
        if not wanted:
            return 0
        people = await reader.execute(
            select(Person.id, Person.created_at).where(Person.erased_at.is_(None))
        )
        clients = await reader.execute(
            select(Client.id, Client.created_at).where(Client.erased_at.is_(None))
        )
        here = {
            erasures.digest_of(kind, ref, created): (kind, ref)
            for kind, rows in ((Subject.PERSON, people), (Subject.CLIENT, clients))
            for ref, created in rows
        }
    found = [here[digest] for digest in wanted if digest in here]
    for kind, ref in found:
        async with transaction(maker) as session:
            await (erase_person if kind is Subject.PERSON else erase_client)(session, ref)
    async with transaction(maker) as session:
        for digest, kind in wanted.items():
            await erasures.finish(session, kind, digest)
    return len(found)

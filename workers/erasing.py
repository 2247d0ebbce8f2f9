"""Erasing people, so that a crash at any point is repaired by doing the same again.

First the line on the list outside, flushed to the disk; then the ledger's key; then all the rest
in one transaction. Each step bears being done twice.
"""

import asyncio
from collections.abc import Collection

from app import erasures
from app.erasures import Subject
from app.errors import UnavailableError
from app.ledger.rules import SubjectKind
from app.rights import actions as rights
from app.rights import queries
from app.settings import Settings
from workers.protocol import Task


async def erase_person(task: Task) -> None:
    async with task.before() as session:
        digest = await rights.begin_erasure(session, task.ref)
        marks = await queries.letter_marks(session, task.ref)
    if digest is not None:
        settings = task.tools.settings
        await asyncio.to_thread(keep_outside, settings, Subject.PERSON, digest, marks)
        async with task.before() as session:
            await rights.forget_key(session, SubjectKind.PERSON, task.ref)
    async with task.effect() as session:
        if digest is not None:
            await rights.erase_person(session, task.ref)


async def erase_client(task: Task) -> None:
    async with task.before() as session:
        digest = await rights.begin_client_erasure(session, task.ref)
    if digest is not None:
        await asyncio.to_thread(keep_outside, task.tools.settings, Subject.CLIENT, digest, ())
        async with task.before() as session:
            await rights.forget_key(session, SubjectKind.CLIENT, task.ref)
    async with task.effect() as session:
        if digest is not None:
            await rights.erase_client(session, task.ref)


def keep_outside(settings: Settings, kind: Subject, digest: bytes, marks: Collection[str]) -> None:
    """Nothing is deleted before the list outside says that it is."""
    if settings.erasure_list is None:
        raise UnavailableError("There is no folder for the list of who was erased.")
    erasures.append(settings.erasure_list, kind, digest)
    rights.forget_letters(settings.mail.folder, marks)

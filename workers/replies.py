"""Replies are fetched from a mailbox or a folder, and each is taken in by a transaction of its own.

A mail is removed only after its words are committed: fetched twice, it counts once.
"""

import asyncio
import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import timedelta
from email import message_from_bytes, policy
from email.message import EmailMessage
from email.utils import getaddresses, parseaddr
from pathlib import Path
from typing import Protocol
from urllib.parse import unquote, urlsplit

import structlog
from imap_tools import AND, BaseMailBox, MailBox, MailBoxUnencrypted

from app.db import ReadSession
from app.errors import UnavailableError
from app.exchanges import actions as exchanges
from app.exchanges import queries
from app.i18n import gettext as _
from app.i18n import speaking
from app.notifications.rules.replies import ReceivedMail, is_automatic, words_of_html
from app.outbox import SWEEP_EVERY, Job, defer_once
from app.settings import ReplySettings, Settings
from workers import letters
from workers.letters import Outgoing, Section
from workers.protocol import Task

log = structlog.get_logger()

AT_ONCE = 20
LARGEST = 1_000_000  # bytes; what is larger is a picture, not an answer
SECONDS = 10
SWIFTLY = timedelta(seconds=15)  # nobody wants to wait for a folder on the same machine


@dataclass(frozen=True)
class Fetched:
    """One mail and the name under which its box can let go of it."""

    name: str
    raw: bytes


class Inbox(Protocol):
    """Where replies arrive."""

    async def fetch(self) -> Sequence[Fetched]: ...
    async def let_go(self, names: Sequence[str]) -> None: ...


@dataclass(frozen=True)
class FolderInbox:
    """Mail that a server of ours wrote as files, as `solidare up` does."""

    folder: Path

    async def fetch(self) -> Sequence[Fetched]:
        paths = sorted(self.folder.glob("*.eml"))[:AT_ONCE]
        return [Fetched(path.name, path.read_bytes()) for path in paths]

    async def let_go(self, names: Sequence[str]) -> None:
        for name in names:
            (self.folder / name).unlink(missing_ok=True)


@dataclass(frozen=True)
class ImapInbox:
    """A mailbox of its own at any mail server."""

    address: str

    async def fetch(self) -> Sequence[Fetched]:
        return await asyncio.to_thread(self._fetch)

    async def let_go(self, names: Sequence[str]) -> None:
        if names:
            await asyncio.to_thread(self._let_go, names)

    def _open(self) -> BaseMailBox:
        parts = urlsplit(self.address)
        if parts.scheme not in ("imap", "imaps") or not parts.hostname:
            raise UnavailableError("No mailbox for replies is set up.")
        secure = parts.scheme == "imaps"
        kind, port = (
            (MailBox, parts.port or 993) if secure else (MailBoxUnencrypted, parts.port or 143)
        )
        box: BaseMailBox = kind(parts.hostname, port, timeout=SECONDS)
        folder = unquote(parts.path.strip("/")) or "INBOX"
        return box.login(unquote(parts.username or ""), unquote(parts.password or ""), folder)

    def _fetch(self) -> list[Fetched]:
        with self._open() as box:
            mails = box.fetch(AND(all=True), mark_seen=False, limit=AT_ONCE, bulk=True)
            return [Fetched(str(mail.uid), mail.obj.as_bytes()) for mail in mails]

    def _let_go(self, names: Sequence[str]) -> None:
        with self._open() as box:
            box.delete(list(names))


def open_inbox(settings: ReplySettings) -> Inbox | None:
    """The inbox of the settings, or None where nobody can answer by mail."""
    if not settings.address:
        return None
    if settings.imap_url:
        return ImapInbox(settings.imap_url.reveal())
    return FolderInbox(settings.folder) if settings.folder else None


def read_mail(raw: bytes) -> ReceivedMail:
    """What one mail says, for whom and by whom; never fails, whatever somebody sent."""
    message = message_from_bytes(raw[:LARGEST], _class=EmailMessage, policy=policy.default)
    headers = _headers(message)
    sender = parseaddr(headers.get("from", ""))[1]
    named = ("delivered-to", "x-original-to", "envelope-to", "to", "cc")
    lines = [value for name in named for value in message.get_all(name, [])]
    return ReceivedMail(
        key=headers.get("message-id", "") or hashlib.sha256(raw).hexdigest(),
        to=tuple(address for _name, address in getaddresses([str(line) for line in lines])),
        sender=sender,
        text=_text(message),
        automatic=is_automatic(headers, sender) or message.get_content_type() == "multipart/report",
    )


def _headers(message: EmailMessage) -> Mapping[str, str]:
    return {name.lower(): str(value) for name, value in message.items()}


def _text(message: EmailMessage) -> str:
    for kind in ("plain", "html"):
        part = message.get_body((kind,))
        if part is not None:
            try:
                words = str(part.get_content())
            except (LookupError, ValueError):  # an alphabet that nobody knows
                words = str(part.get_payload())
            return words if kind == "plain" else words_of_html(words)
    return ""


async def collect(task: Task) -> None:
    """Take in what arrived, then look again soon."""
    settings = task.tools.settings.replies
    inbox = open_inbox(settings)
    if inbox is not None:
        await _take_all(task, inbox, settings.address)
    async with task.effect() as session:
        after = SWIFTLY if isinstance(inbox, FolderInbox) else SWEEP_EVERY
        await defer_once(session, Job.COLLECT_REPLIES, after=after)


async def _take_all(task: Task, inbox: Inbox, address: str) -> None:
    for fetched in await inbox.fetch():
        mail = read_mail(fetched.raw)
        async with task.before() as session:
            fate = await exchanges.reply_by_mail(session, address, mail)
        log.info("reply_taken", fate=fate.value)
        await inbox.let_go([fetched.name])


async def answer(task: Task) -> None:
    """Tell somebody what became of their reply, where they should know."""
    async with task.reading() as reader:
        outgoing = await compose(reader, task.tools.settings, task.ref)
    if outgoing is not None:
        await letters.deliver(task.tools.settings, outgoing, f"job-{task.id}")
    async with task.effect() as session:
        await exchanges.mark_reply_answered(session, task.ref)


async def compose(reader: ReadSession, settings: Settings, reply_id: int) -> Outgoing | None:
    """The answer as it leaves: no name, nothing of what was written."""
    told = await queries.reply_answer(reader, reply_id)
    if told is None:
        return None
    with speaking(told.language):
        path = f"/exchanges/{told.code}" if told.code else "/exchanges"
        subject = _("Your reply arrived") if told.arrived else _("Your reply did not arrive")
        section = Section(
            title=subject,
            paragraphs=[_(told.sentence)],
            act=_("Read and answer"),
            link=letters.page_address(settings, path),
            reference=told.code,
        )
        mail = letters.short_mail(settings, told.to, subject, section)
        return replace(mail, automatic="auto-replied")

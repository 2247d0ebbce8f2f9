"""A mail server that keeps every letter as a file; only replies to letters are taken further."""

import itertools
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, Envelope, Session

from app.embedded.folder import free_port, private_folder

# Letters to this name are replies for the platform: they wait in a folder of their own.
REPLY_NAME = "reply"
REPLIES = "replies"


class _Keeper:
    """Write each letter whole under a name that sorts by time, then give it its final name."""

    def __init__(self, folder: Path, replies: Path) -> None:
        self._folder = folder
        self._replies = replies
        self._numbers = itertools.count()

    async def handle_DATA(self, _: SMTP, __: Session, letter: Envelope) -> str:  # noqa: N802 -- aiosmtpd names it
        content = letter.content or b""
        if isinstance(content, str):
            content = content.encode()
        is_reply = any(to.casefold().startswith(f"{REPLY_NAME}+") for to in letter.rcpt_tos)
        folder = self._replies if is_reply else self._folder
        name = f"{time.time_ns():020d}-{next(self._numbers):06d}"
        unfinished = folder / f"{name}.part"
        unfinished.write_bytes(content)
        unfinished.rename(folder / f"{name}.eml")
        return "250 Kept"


@contextmanager
def mail_catcher(folder: Path) -> Iterator[str]:
    """Yield the URL of a mail server that writes letters to `mail/*.eml` while the block runs."""
    port = free_port()
    keeper = _Keeper(private_folder(folder / "mail"), private_folder(folder / REPLIES))
    controller = Controller(keeper, hostname="127.0.0.1", port=port, decode_data=False)
    controller.start()
    try:
        yield f"smtp://127.0.0.1:{port}"
    finally:
        controller.stop()

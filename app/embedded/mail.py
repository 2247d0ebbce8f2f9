"""A mail server that keeps every letter as a file and delivers none."""

import itertools
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, Envelope, Session

from app.embedded.folder import free_port, private_folder


class _Keeper:
    """Write each letter whole under a name that sorts by time, then give it its final name."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._numbers = itertools.count()

    async def handle_DATA(self, _: SMTP, __: Session, letter: Envelope) -> str:  # noqa: N802 -- aiosmtpd names it
        content = letter.content or b""
        if isinstance(content, str):
            content = content.encode()
        name = f"{time.time_ns():020d}-{next(self._numbers):06d}"
        unfinished = self._folder / f"{name}.part"
        unfinished.write_bytes(content)
        unfinished.rename(self._folder / f"{name}.eml")
        return "250 Kept"


@contextmanager
def mail_catcher(folder: Path) -> Iterator[str]:
    """Yield the URL of a mail server that writes letters to `mail/*.eml` while the block runs."""
    port = free_port()
    keeper = _Keeper(private_folder(folder / "mail"))
    controller = Controller(keeper, hostname="127.0.0.1", port=port, decode_data=False)
    controller.start()
    try:
        yield f"smtp://127.0.0.1:{port}"
    finally:
        controller.stop()

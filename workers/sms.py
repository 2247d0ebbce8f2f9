"""Text messages: counted by the alphabet phones really use, sent through a port."""

import time
from pathlib import Path
from typing import Protocol

import structlog

from app.settings import Settings

log = structlog.get_logger()

GSM = frozenset(
    "@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞÆæßÉ !\"#¤%&'()*+,-./0123456789:;<=>?"
    "¡ABCDEFGHIJKLMNOPQRSTUVWXYZÄÖÑÜ§¿abcdefghijklmnopqrstuvwxyzäöñüà"
)
# These need an escape in front, so they count twice.
GSM_TWICE = frozenset("^{}\\[~]|€\f")
GSM_ONE, GSM_EACH = 160, 153
UCS2_ONE, UCS2_EACH = 70, 67


def parts(text: str) -> int:
    """How many messages a phone network makes of it; one letter outside GSM makes all wide."""
    if all(char in GSM or char in GSM_TWICE for char in text):
        size = sum(2 if char in GSM_TWICE else 1 for char in text)
        one, each = GSM_ONE, GSM_EACH
    else:
        size = len(text.encode("utf-16-be")) // 2
        one, each = UCS2_ONE, UCS2_EACH
    return 1 if size <= one else -(-size // each)


class SmsSender(Protocol):
    """A company or device that sends text messages; one key is sent once."""

    async def send(self, to: str, text: str, idempotency_key: str) -> None: ...


class FolderSender:
    """Keeps messages as files for the developer's mail page."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    async def send(self, to: str, text: str, idempotency_key: str) -> None:
        name = f"{time.time_ns():020d}-sms-{idempotency_key}"
        unfinished = self.folder / f"{name}.part"
        unfinished.write_text(f"To: {to}\n\n{text}\n", encoding="utf-8")
        unfinished.rename(self.folder / f"{name}.sms")


class LogSender:
    """Says that a message would leave, never to whom nor what."""

    async def send(self, to: str, text: str, idempotency_key: str) -> None:  # noqa: ARG002 - the port's signature
        log.info("sms_sent", count=parts(text))


def open_sender(settings: Settings) -> SmsSender:
    """The sender that the settings ask for."""
    return FolderSender(settings.mail.folder) if settings.mail.folder else LogSender()

"""Letters and text messages as they lie in the mail folder of a development platform."""

import asyncio
import re
from email import message_from_bytes, policy
from email.message import EmailMessage
from pathlib import Path

from app.cli.demo.play.browser import StoryError

PATIENCE = 60.0
LOOK_AGAIN = 0.05
ENDINGS = (".eml", ".sms", ".txt")
CODE = re.compile(r"(?<!\d)\d{6}(?!\d)")


class Mailbag:
    """Reads what came since it was opened."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._seen = set(self._names())

    async def code_for(self, contact: str) -> str:
        """The newest sign-in code; it is read once."""
        return await self._wait(contact, CODE, "a sign-in code")

    async def link_for(self, contact: str, path: str) -> str:
        """A link of ours, such as /p/…, that a message to this contact carries."""
        return await self._wait(contact, re.compile(rf"https?://\S+?({path}[\w.~-]+)"), path)

    async def _wait(self, contact: str, pattern: re.Pattern[str], what: str) -> str:
        try:
            async with asyncio.timeout(PATIENCE):
                while (found := self._find(contact, pattern)) is None:  # noqa: ASYNC110 - files raise no event
                    await asyncio.sleep(LOOK_AGAIN)
        except TimeoutError as error:
            raise StoryError(f"No message with {what} came to {contact}.") from error
        return found

    def _find(self, contact: str, pattern: re.Pattern[str]) -> str | None:
        for name in sorted(self._names() - self._seen, reverse=True):
            to, body = _read(self._folder / name)
            match = pattern.search(body) if contact in to else None
            if match is not None:
                self._seen.add(name)
                return match.group(match.lastindex or 0)
        return None

    def _names(self) -> set[str]:
        return {path.name for path in self._folder.iterdir() if path.suffix in ENDINGS}


def _read(path: Path) -> tuple[str, str]:
    raw = path.read_bytes()
    if path.suffix != ".eml":
        head, _, body = raw.decode().partition("\n\n")
        return head, body
    letter = message_from_bytes(raw, _class=EmailMessage, policy=policy.default)
    part = letter.get_body(preferencelist=("plain",))
    return str(letter.get("To", "")), str(part.get_content()) if part is not None else ""

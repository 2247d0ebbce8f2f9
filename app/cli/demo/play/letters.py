"""Letters and text messages as they lie in the mail folder of a development platform."""

import asyncio
import re
from collections.abc import Callable
from email import message_from_bytes, policy
from email.message import EmailMessage
from pathlib import Path

from app.cli.demo.play.browser import StoryError
from app.notifications.rules import LinkPurpose, read_link

PATIENCE = 60.0
LOOK_AGAIN = 0.05
ENDINGS = (".eml", ".sms")
CODE = re.compile(r"(?<!\d)(\d{6})(?!\d)")
PROPOSAL = re.compile(r"/p/([\w.~-]+)")


class Mailbag:
    """Reads what came since it was opened."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._seen = set(self._names())

    async def code_for(self, contact: str) -> str:
        """The newest sign-in code."""
        return await self._wait(contact, CODE, lambda _: True, "a sign-in code")

    async def proposal_link_for(self, contact: str, proposal: str) -> str:
        """The path of the link to one proposal; a message may carry links to others too."""

        def leads_there(token: str) -> bool:
            link = read_link(LinkPurpose.PROPOSAL, token)
            return link is not None and link.ref == proposal

        token = await self._wait(contact, PROPOSAL, leads_there, "a link to the proposal")
        return f"/p/{token}"

    async def link_for(self, contact: str, purpose: LinkPurpose, ref: str) -> str:
        """The path of a signed link that opens one thing for whoever got the message."""

        def leads_there(token: str) -> bool:
            link = read_link(purpose, token)
            return link is not None and link.ref == ref

        pattern = re.compile(rf"/{purpose.value}/([\w.~-]+)")
        token = await self._wait(contact, pattern, leads_there, f"a link to {purpose.value}")
        return f"/{purpose.value}/{token}"

    async def _wait(
        self, contact: str, pattern: re.Pattern[str], fits: Callable[[str], bool], what: str
    ) -> str:
        try:
            async with asyncio.timeout(PATIENCE):
                while (found := self._find(contact, pattern, fits)) is None:  # noqa: ASYNC110 - files raise no event
                    await asyncio.sleep(LOOK_AGAIN)
        except TimeoutError as error:
            raise StoryError(f"No message with {what} came to {contact}.") from error
        return found

    def _find(
        self, contact: str, pattern: re.Pattern[str], fits: Callable[[str], bool]
    ) -> str | None:
        for name in sorted(self._names() - self._seen, reverse=True):
            to, body = _read(self._folder / name)
            if contact in to:
                for match in pattern.finditer(body):
                    if fits(match[1]):
                        return match[1]
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

"""Letters as a developer reads them: plain text with links to click."""

import re
from dataclasses import dataclass
from datetime import datetime

_LINK = re.compile(r"https?://[^\s<>\"']+[^\s<>\"'.,;:!?)]")


@dataclass(frozen=True)
class Piece:
    """A stretch of text; `href` is empty where it is only words."""

    text: str
    href: str = ""


@dataclass(frozen=True)
class KeptLetter:
    """One letter or SMS that stayed in the house."""

    channel: str
    recipient: str
    subject: str
    body: str
    kept_at: datetime

    @property
    def pieces(self) -> tuple[Piece, ...]:
        return linked(self.body)


def linked(text: str) -> tuple[Piece, ...]:
    """The text cut at its web addresses; joined again it is the same text."""
    pieces: list[Piece] = []
    end = 0
    for match in _LINK.finditer(text):
        if match.start() > end:
            pieces.append(Piece(text[end : match.start()]))
        pieces.append(Piece(match.group(), match.group()))
        end = match.end()
    if end < len(text):
        pieces.append(Piece(text[end:]))
    return tuple(pieces)

"""Letters that stayed in the house, in development: those that reach or name a person go too."""

from collections.abc import Collection
from email import message_from_bytes, policy
from email.message import EmailMessage
from pathlib import Path


def forget_letters(folder: Path | None, marks: Collection[str]) -> int:
    """Remove every letter that holds one of these addresses or codes; how many it was."""
    if folder is None or not folder.exists():
        return 0
    found = [path for path in folder.iterdir() if any(mark in _words(path) for mark in marks)]
    for path in found:
        path.unlink(missing_ok=True)
    return len(found)


def _words(path: Path) -> str:
    try:
        raw = path.read_bytes()
    except FileNotFoundError:
        return ""
    if path.suffix != ".eml":
        return raw.decode(errors="replace")
    letter = message_from_bytes(raw, _class=EmailMessage, policy=policy.default)
    part = letter.get_body(preferencelist=("plain", "html"))
    return f"{letter.get('To', '')}\n{part.get_content() if part is not None else ''}"

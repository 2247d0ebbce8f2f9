"""Letters that stayed in the house: files of the development mail folder."""

from collections.abc import Iterator
from datetime import UTC, datetime
from email import message_from_bytes, policy
from email.message import EmailMessage
from pathlib import Path

from app.home.rules.mailbox import KeptLetter

MOST_SHOWN = 50


def kept_letters(folder: Path) -> list[KeptLetter]:
    """Letters and SMS, newest first; files that vanish meanwhile are left out."""
    files = [path for ending in ("eml", "sms") for path in folder.glob(f"*.{ending}")]
    newest = sorted(files, key=lambda path: path.name, reverse=True)[:MOST_SHOWN]
    return list(_read(newest))


def _read(files: list[Path]) -> Iterator[KeptLetter]:
    for path in files:
        try:
            raw, moment = path.read_bytes(), path.stat().st_mtime
        except FileNotFoundError:
            continue
        yield _letter(path.suffix, raw, datetime.fromtimestamp(moment, UTC))


def _letter(suffix: str, raw: bytes, kept_at: datetime) -> KeptLetter:
    if suffix == ".sms":
        return _sms(raw.decode(errors="replace"), kept_at)
    letter = message_from_bytes(raw, _class=EmailMessage, policy=policy.default)
    part = letter.get_body(preferencelist=("plain", "html"))
    return KeptLetter(
        channel="email",
        recipient=str(letter.get("To", "")),
        subject=str(letter.get("Subject", "")),
        body=str(part.get_content()).strip() if part is not None else "",
        kept_at=kept_at,
    )


def _sms(raw: str, kept_at: datetime) -> KeptLetter:
    head, _, body = raw.partition("\n\n")
    return KeptLetter("sms", head.removeprefix("To:").strip(), "", body.strip(), kept_at)

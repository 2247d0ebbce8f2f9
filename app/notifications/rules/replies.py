"""A reply that came by mail: whose it is, whether a machine wrote it, and which words are new.

- Only words of the writer go on: what was quoted below them and the signature are cut.
- What a machine sends (absence notes, lists, bounces) is never answered and never shown.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from html.parser import HTMLParser

LONGEST_RAW = 200_000  # characters of one mail that are looked at
LONGEST_LINE = 300


@dataclass(frozen=True)
class ReceivedMail:
    """One mail as it arrived; `key` is the same whenever the same mail is fetched again."""

    key: str
    to: tuple[str, ...]
    sender: str
    text: str
    automatic: bool


_MACHINE_PRECEDENCE = ("bulk", "junk", "list", "auto_reply", "auto-reply")
_MACHINE_HEADERS = ("list-id", "x-autoreply", "x-autorespond", "x-auto-response-suppress", "x-loop")
_MACHINE_NAMES = re.compile(r"^(mailer-daemon|postmaster|no-?reply|do-?not-?reply|bounces?)\b")


def is_automatic(headers: Mapping[str, str], sender: str) -> bool:
    """True for whatever no person wrote just now; `headers` have names in lower case."""
    if headers.get("auto-submitted", "no").partition(";")[0].strip().lower() != "no":
        return True
    if headers.get("precedence", "").strip().lower() in _MACHINE_PRECEDENCE:
        return True
    if headers.get("return-path", "x").strip() == "<>" or not sender:
        return True
    if any(name in headers for name in _MACHINE_HEADERS):
        return True
    return _MACHINE_NAMES.match(sender.casefold()) is not None


# How mail programs introduce what they quote, in the languages that are spoken here.
_INTRODUCTION = re.compile(
    r"^(?:on\b.*\bwrote|le\b.*\b(?:a écrit|écrivait)|op\b.*\b(?:schreef|geschreven)(?:\b.*)?"
    r"|em\b.*\bescreveu|am\b.*\bschrieb.*|el\b.*\bescribió|il\b.*\bha scritto"
    r"|.*\b(?:пише|написав|написала|написав\(ла\)|пишет|написал|написала)|.*(?:كتب|كتبت)(?:\s.*)?)"
    r"\s*:\s*$",
    re.IGNORECASE | re.DOTALL,
)
_RULE = re.compile(
    r"^\s*(?:-{2,}|_{5,}|\*{3,})\s*(?:original|forwarded|message|oorspronkelijk|doorgestuurd|mensagem"
    r"|переслан|оригінал|الرسالة|رسالة)?.*$",
    re.IGNORECASE,
)
_HEADER = re.compile(r"^\s*\*?(?:from|de|van|від|от|من|von)\*?\s*:\s.*(?:@|<).*$", re.IGNORECASE)
_SENT_FROM = re.compile(
    r"^(?:sent from my|envoyé (?:de|depuis) mon|verzonden (?:vanaf|met|via) |enviado d[oe] meu"
    r"|надіслано з|отправлено с|أرسلت من|تم الإرسال من|get outlook for|télécharger outlook)",  # noqa: RUF001 - people sign in Cyrillic too
    re.IGNORECASE,
)
_MARKS = "\u200e\u200f\u202a\u202b\u202c\u2066\u2067\u2068\u2069\ufeff"


def own_words(text: str) -> str:
    """What the writer added: everything before the quote, without quoted lines and signature."""
    lines = text[:LONGEST_RAW].replace("\r\n", "\n").replace("\r", "\n").split("\n")
    kept: list[str] = []
    for number, line in enumerate(lines):
        bare = _bare(line)
        if _begins_quote(bare, lines[number + 1 : number + 3]) or _is_signature(line, bare):
            break
        if not bare.startswith(">"):
            kept.append(line.rstrip())
    return re.sub(r"\n{3,}", "\n\n", "\n".join(kept)).strip()


def _bare(line: str) -> str:
    """A line as it is judged: without marks of direction, and no longer than introductions are."""
    return line[:LONGEST_LINE].strip().strip(_MARKS).strip()


def _begins_quote(bare: str, following: list[str]) -> bool:
    """The introduction may be wrapped over two or three lines."""
    if not bare:
        return False
    if _RULE.match(bare) or _HEADER.match(bare):
        return True
    together = [bare]
    for more in ("", *following):
        together.append(_bare(more))
        if not more and len(together) > 2:  # noqa: PLR2004 - an empty line ends an introduction
            break
        if _INTRODUCTION.match(" ".join(together).strip()):
            return True
    return False


def _is_signature(line: str, bare: str) -> bool:
    return line.rstrip("\r\n") in ("-- ", "--", "\u2014") or bool(_SENT_FROM.match(bare))


class _Words(HTMLParser):
    """The words of a mail that has no plain part; what it quotes is left out."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.words: list[str] = []
        self._hidden = 0

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        quoted = "gmail_quote" in (dict(attrs).get("class") or "")
        if tag in ("blockquote", "style", "script", "head", "title") or quoted or self._hidden:
            self._hidden += tag not in ("br", "img", "hr", "meta", "link", "input")
        if tag in ("br", "p", "div", "li", "tr"):
            self.words.append("\n")

    def handle_endtag(self, tag: str) -> None:
        if self._hidden and tag not in ("br", "img", "hr", "meta", "link", "input"):
            self._hidden -= 1

    def handle_data(self, data: str) -> None:
        if not self._hidden:
            self.words.append(re.sub(r"\s+", " ", data))


def words_of_html(html: str) -> str:
    """Plain words of an HTML part, line by line."""
    parser = _Words()
    parser.feed(html[:LONGEST_RAW])
    return "".join(parser.words).strip()


class Fate(StrEnum):
    """What became of a mail."""

    ARRIVED = "arrived"  # it stands in the exchange
    KNOWN = "known"  # it was fetched before
    STRAY = "stray"  # no reply address of ours
    MACHINE = "machine"  # nobody wrote it
    WRONG_SENDER = "wrong_sender"  # not from an address of the person it was given to
    EMPTY = "empty"  # no words of the writer's own
    LONG = "long"  # more words than a message holds
    REFUSED = "refused"  # the exchange takes no words any more, or not today
    MANY = "many"  # too many in a day to be a person's

"""The pseudo-locale: every sentence longer, accented and between marks, for development only.

What stands on a page without marks was never asked of the catalogues; what breaks at its length
would break in a language of long words.
"""

import math
import re
import textwrap

from babel.messages.catalog import Catalog
from babel.support import NullTranslations

ACCENTS = str.maketrans(
    "aceginorsuyzACEGINORSUYZ",
    "áçéğíñóŕšúýžÁÇÉĞÍÑÓŔŠÚÝŽ",
)
LONGER = 0.4
# Added letters stand in words of this length, as letters of a language do.
WORD = 8
# Placeholders, tags and entities mean something to programs.
KEPT = re.compile(r"%\(\w+\)[a-z]|%%|<[^>]+>|&\w+;")
OPEN, CLOSE = "⟦", "⟧"


def pseudo(message: str) -> str:
    """The sentence as the pseudo-locale says it; what programs read in it stays."""
    if not message:
        return message
    parts = []
    end = 0
    for kept in KEPT.finditer(message):
        parts += [message[end : kept.start()].translate(ACCENTS), kept[0]]
        end = kept.end()
    words = "".join(parts) + message[end:].translate(ACCENTS)
    more = math.ceil(LONGER * len(KEPT.sub("", message)))
    return f"{OPEN}{words}{' '.join(textwrap.wrap('~' * more, WORD))}{CLOSE}"


def fill(catalog: Catalog) -> Catalog:
    """Every sentence of a collected catalogue with its pseudo words."""
    for message in catalog:
        if isinstance(message.id, list | tuple):
            message.string = tuple(pseudo(one) for one in message.id)
        elif message.id:
            message.string = pseudo(str(message.id))
    return catalog


class PseudoTranslations(NullTranslations):
    """The pseudo-locale where a page asks for its words."""

    def ugettext(self, message: str) -> str:
        return pseudo(message)

    def ungettext(self, singular: str, plural: str, num: int) -> str:
        return pseudo(singular if num == 1 else plural)

    def upgettext(self, context: str, message: str) -> str:  # noqa: ARG002 - as the catalogue asks
        return pseudo(message)

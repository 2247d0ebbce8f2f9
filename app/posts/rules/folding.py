"""One plain shape for words of every script, so that accents and spelling marks hide nothing."""

# ruff: noqa: RUF001  (Arabic letters are meant)

import unicodedata

_ARABIC = str.maketrans(
    {"أ": "ا", "إ": "ا", "آ": "ا", "ٱ": "ا", "ى": "ي", "ة": "ه", "ؤ": "و", "ئ": "ي", "ـ": None}
)
_HIDDEN = frozenset({"Cf", "Cc"})


def with_plain_digits(text: str) -> str:
    """Compatible forms, digits of every script as 0 to 9, and no invisible characters."""
    shown = "".join(
        " " if c.isspace() else c
        for c in unicodedata.normalize("NFKC", text)
        if c.isspace() or unicodedata.category(c) not in _HIDDEN
    )
    return "".join(str(unicodedata.digit(c)) if c.isdecimal() else c for c in shown)


def fold(text: str) -> str:
    """Lower case without accents; words are parted by single spaces, signs fall away."""
    apart = unicodedata.normalize("NFD", with_plain_digits(text).casefold().translate(_ARABIC))
    bare = "".join(c for c in apart if not unicodedata.combining(c))
    return " ".join("".join(c if c.isalnum() else " " for c in bare).split())

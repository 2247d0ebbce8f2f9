"""English as the pseudo-locale says it, while a block runs: for pages that must not know."""

import re
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from types import SimpleNamespace

from babel import Locale, dates
from babel.support import NullTranslations

from app import i18n
from app.cli.pseudo import CLOSE, OPEN, PseudoTranslations, pseudo
from app.posts.rules.taxonomy_names import NAMES
from app.territories.geocoder.shipped import municipalities

# Names that are data: of categories, municipalities, languages in their own script, and of who
# lives in the town of the gates (titles and labels cannot isolate a name by markup).
PEOPLE = {
    "Jan",
    "Amal",
    "Le Relais",
    "Fatou",
    "Nadia",
    "Piet",
    "Coordinator",
    "Operator",
    "In\u00eas",
}
DATA = sorted(
    {
        *PEOPLE,
        *(names[i18n.SOURCE] for names in NAMES.values()),
        *(name for one in municipalities().values() for name in (one.name_fr, one.name_nl)),
        *i18n.LANGUAGES.values(),
    },
    key=len,
    reverse=True,
)
LETTERS = re.compile(r"[^\W\d_]{2,}")
WORDS = PseudoTranslations()
catalogue = i18n.catalogue


def _catalogue(language: str) -> NullTranslations:
    return WORDS if language == i18n.SOURCE else catalogue(language)


class _MarkedNames:
    """Names of languages as Babel knows them, marked as known."""

    def __init__(self, locale: Locale) -> None:
        self._locale = locale
        self.text_direction = locale.text_direction

    @property
    def languages(self) -> dict[str, str]:
        return {code: pseudo(name) for code, name in self._locale.languages.items()}

    @classmethod
    def parse(cls, code: str) -> "_MarkedNames":
        return cls(Locale.parse(code))


def _format_date(*arguments: object, **named: object) -> str:
    return f"{OPEN}{dates.format_date(*arguments, **named)}{CLOSE}"  # type: ignore[arg-type] # as called


def unasked(found: Sequence[str]) -> list[str]:
    """What remains of unmarked words when names that are data are taken away."""
    remaining = []
    for words in found:
        bare = words.removeprefix("title: ").removesuffix("Solidare")
        for name in DATA:
            bare = bare.replace(name, "")
        remaining += [words] if LETTERS.search(bare) else []
    return remaining


@contextmanager
def pretending() -> Iterator[None]:
    """Words, dates and names of languages that come from where they should carry marks."""
    real = {name: getattr(i18n, name) for name in ("catalogue", "Locale", "dates")}
    fake = {
        "catalogue": _catalogue,
        "Locale": _MarkedNames,
        "dates": SimpleNamespace(format_date=_format_date),
    }
    for name, value in fake.items():
        setattr(i18n, name, value)
    try:
        yield
    finally:
        for name, value in real.items():
            setattr(i18n, name, value)

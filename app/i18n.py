"""Languages: one catalogue each, read once; the current language lives in a context variable."""

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from datetime import date, datetime, time, timedelta
from functools import cache
from io import BytesIO
from pathlib import Path
from typing import cast

from babel import Locale, dates
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po
from babel.support import LazyProxy, NullTranslations, Translations

from app.clock import BRUSSELS, now

LANGUAGES: dict[str, str] = {
    "fr": "Français",
    "nl": "Nederlands",
    "en": "English",
    "ar": "العربية",
    "uk": "Українська",
    "pt": "Português",
}
# The interface is complete in these; further ones fall back sentence by sentence and say so.
COMPLETE = ("fr", "nl", "en", "ar", "uk", "pt")
SOURCE = "en"
DEFAULT = "fr"
LOCALES = Path(__file__).parent / "locales"

# The order of weekday, day and month where it differs from the other languages.
DAY = {"pt": "EEEE, d 'de' MMMM", "ar": "EEEE، d MMMM", "uk": "EEEE, d MMMM"}
YEAR = {"pt": " 'de' y"}
YEAR_UNSAID = timedelta(days=180)

# Babel's plain Portuguese is Brazilian.
BABEL = {"pt": "pt_PT"}

_language: ContextVar[str] = ContextVar("language", default=DEFAULT)


@cache
def catalogue(language: str) -> NullTranslations:
    """The translations of one language; the source language translates to itself."""
    path = LOCALES / language / "messages.po"
    if language == SOURCE or not path.exists():
        return NullTranslations()
    with path.open("rb") as file:
        messages = read_po(file, locale=language)
    compiled = BytesIO()
    write_mo(compiled, messages)
    compiled.seek(0)
    return Translations(compiled)


def current_language() -> str:
    return _language.get()


def use_language(language: str) -> None:
    """Set the language of the current task; unknown codes mean the default."""
    _language.set(language if language in LANGUAGES else DEFAULT)


@contextmanager
def speaking(language: str) -> Iterator[None]:
    """Speak another language for a while, as when a letter is written."""
    token = _language.set(language if language in LANGUAGES else DEFAULT)
    try:
        yield
    finally:
        _language.reset(token)


def gettext(message: str, **values: object) -> str:
    text = str(catalogue(_language.get()).ugettext(message))
    return text % values if values else text


def ngettext(singular: str, plural: str, n: int, **values: object) -> str:
    text = str(catalogue(_language.get()).ungettext(singular, plural, n))
    return text % {"n": n, "num": n, **values}


def pgettext(context: str, message: str, **values: object) -> str:
    text = str(catalogue(_language.get()).upgettext(context, message))
    return text % values if values else text


def sentence(message: str) -> str:
    """Mark a sentence for the catalogues where it is written; it is translated when shown."""
    return message


def lazy_gettext(message: str, **values: object) -> str:
    """A string that translates itself when it is shown, for labels made at import.

    It is a proxy that behaves as the string; form libraries and type checkers ask for no more.
    """
    return cast("str", LazyProxy(gettext, message, enable_cache=False, **values))


def direction(language: str | None = None) -> str:
    """`rtl` or `ltr`."""
    return str(Locale.parse(language or _language.get()).text_direction)


def choose_language(*wishes: str | None, accept_language: str = "") -> str:
    """The first wish that is a language we speak, else the best of an Accept-Language header."""
    for wish in wishes:
        if wish in LANGUAGES:
            return str(wish)
    ranked: list[tuple[float, int, str]] = []
    for position, part in enumerate(accept_language.split(",")[:20]):
        name, _, quality = part.strip().partition(";q=")
        try:
            weight = float(quality) if quality else 1.0
        except ValueError:
            continue
        ranked.append((-weight, position, name.split("-")[0].lower()))
    return next((name for _, _, name in sorted(ranked) if name in LANGUAGES), DEFAULT)


def _babel() -> str:
    language = _language.get()
    return BABEL.get(language, language)


def format_day(day: date) -> str:
    """Weekday, day and month in words, and the year where the month alone may mislead."""
    language = _language.get()
    pattern = DAY.get(language, "EEEE d MMMM")
    if abs(day - now().date()) > YEAR_UNSAID:
        pattern += YEAR.get(language, " y")
    return dates.format_date(day, pattern, locale=_babel())


def format_month(month: str) -> str:
    """A month written 2026-11, in words."""
    return dates.format_date(date.fromisoformat(f"{month}-01"), "LLLL y", locale=_babel())


def format_time(moment: datetime | time) -> str:
    """Local time on the 24-hour clock."""
    if isinstance(moment, datetime):
        moment = moment.astimezone(BRUSSELS).time()
    return moment.strftime("%H:%M")


def format_moment(moment: datetime) -> str:
    """Weekday, day, month and time in local time."""
    comma = "،" if _language.get() == "ar" else ","
    return f"{format_day(moment.astimezone(BRUSSELS).date())}{comma} {format_time(moment)}"


# Languages that people speak here and Babel has no name for.
UNNAMED = {"ber": sentence("Berber"), "sgn": sentence("Sign language")}


def language_name(code: str) -> str:
    """The name of a spoken language in the current language."""
    if code in UNNAMED:
        return gettext(UNNAMED[code])
    return str(Locale.parse(_babel()).languages.get(code, code))


def listed(words: Iterable[str]) -> str:
    """Words one after another, with the comma of the current language."""
    return ("، " if _language.get() == "ar" else ", ").join(words)


def isolated(text: str) -> str:
    """Latin words and numbers that keep their own order inside a line from right to left."""
    return f"\u2066{text}\u2069" if direction() == "rtl" else text

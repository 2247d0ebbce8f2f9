"""Numbers, days and times as people type them, and answers WTForms checks in our own words."""

import re
import unicodedata
from collections.abc import Callable, Collection
from datetime import date, time

from wtforms import Form
from wtforms.fields.core import Field
from wtforms.validators import StopValidation

from app.i18n import gettext as _

_SHORT_YEAR = 100
_DAY = re.compile(r"(\d{1,2})[./\- ](\d{1,2})[./\- ](\d{4}|\d{2})")
_ISO = re.compile(r"(\d{4})-(\d{1,2})-(\d{1,2})")
_TIME = re.compile(r"(\d{1,2})(?:\s*[:.hHuU]\s*(\d{2})?)?")
LONGEST_NUMBER = 9

Validator = Callable[[Form, Field], None]


def plain(text: str | None) -> str:
    """Without outer blanks, with the digits of any script as 0-9."""
    kept = unicodedata.normalize("NFKC", text or "").strip()
    return "".join(str(unicodedata.digit(c)) if c.isdecimal() else c for c in kept)


def read_number(text: str | None) -> int | None:
    """A whole number; None for anything else, also for numbers nobody means."""
    digits = plain(text).replace(" ", "")
    if not digits.removeprefix("-").isdecimal() or len(digits) > LONGEST_NUMBER:
        return None
    return int(digits)


def read_day(text: str | None) -> date | None:
    """2026-11-20, 20/11/2026, 20.11.26; None for what is no day."""
    typed = plain(text)
    if match := _ISO.fullmatch(typed):
        year, month, day = (int(part) for part in match.groups())
    elif match := _DAY.fullmatch(typed):
        day, month, year = (int(part) for part in match.groups())
    else:
        return None
    try:
        return date(year + 2000 if year < _SHORT_YEAR else year, month, day)
    except ValueError:
        return None


def read_time(text: str | None) -> time | None:
    """9, 9:30, 9h30, 9u, 09.30; None for what is no time."""
    match = _TIME.fullmatch(plain(text))
    if match is None:
        return None
    try:
        return time(int(match[1]), int(match[2] or 0))
    except ValueError:
        return None


def refuse(message: str) -> StopValidation:
    return StopValidation(message)


def filled(message: str) -> Validator:
    """Something must be typed; `message` is a message id."""

    def check(_form: Form, field: Field) -> None:
        if not str(field.data or "").strip():
            raise StopValidation(_(message))

    return check


def one_of(allowed: Collection[str], message: str) -> Validator:
    """One of the choices on the page; a foreign value counts as none."""

    def check(_form: Form, field: Field) -> None:
        if field.data not in allowed:
            raise StopValidation(_(message))

    return check


def number_between(low: int, high: int) -> Validator:
    """A whole number within bounds; the message names them."""

    def check(_form: Form, field: Field) -> None:
        number = read_number(field.data)
        if number is None or not low <= number <= high:
            raise StopValidation(_("Enter a number from %(low)s to %(high)s.", low=low, high=high))

    return check


def at_most(length: int) -> Validator:
    def check(_form: Form, field: Field) -> None:
        if len(field.data or "") > length:
            raise StopValidation(_("Use at most %(count)s characters.", count=length))

    return check


def any_of(message: str, allowed: Collection[str]) -> Validator:
    """At least one of the boxes on the page."""

    def check(_form: Form, field: Field) -> None:
        if not field.data or any(value not in allowed for value in field.data):
            raise StopValidation(_(message))

    return check

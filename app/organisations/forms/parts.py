"""Fields and checks that several forms of organisations share."""

from datetime import date, datetime
from typing import Any

from wtforms import SelectMultipleField
from wtforms.validators import StopValidation

from app.accounts.rules.spoken import SPOKEN
from app.i18n import gettext as _
from app.i18n import language_name
from app.web.forms import choices


def spoken() -> Any:  # noqa: ANN401 - as choices()
    return choices((code, language_name(code)) for code in SPOKEN)


class SpokenField(SelectMultipleField):
    """Languages from the list, at least one."""

    def __init__(self, label: str, **options: Any) -> None:  # noqa: ANN401 - WTForms binds with them
        super().__init__(label, choices=spoken, **options)

    def pre_validate(self, form: object) -> None:  # noqa: ARG002 - WTForms' signature
        if not self.data or not set(self.data) <= set(SPOKEN):
            raise StopValidation(_("Choose at least one language."))


def needed(value: str | None, longest: int, sentence: str) -> None:
    if not (value or "").strip():
        raise StopValidation(sentence)
    if len(value or "") > longest:
        raise StopValidation(_("Use at most %(count)s characters.", count=longest))


def chosen(value: str | None, rows: tuple[tuple[str, str], ...]) -> None:
    if value not in dict(rows):
        raise StopValidation(_("Choose one of these."))


def read_day(typed: str | None) -> date | None:
    """A day as people type it, or None."""
    text = (typed or "").strip()
    for shape in ("%Y-%m-%d", "%d/%m/%Y", "%d.%m.%Y"):
        try:
            return datetime.strptime(text, shape).date()  # noqa: DTZ007 - a day has no zone
        except ValueError:
            continue
    return None

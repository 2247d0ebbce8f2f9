"""What every question has: the other answers, the day it is asked on, and its own boxes."""

from collections.abc import Mapping
from datetime import date, timedelta

from wtforms import SelectMultipleField
from wtforms.validators import StopValidation

from app.i18n import gettext as _
from app.i18n import lazy_gettext as lazy
from app.posts.forms.answers import Answers, Step, Typed
from app.posts.forms.plain_input import read_day
from app.posts.rules.taxonomy import Unit
from app.web.forms import PageForm

MOST_PLACES = 500
FURTHEST = timedelta(days=365)
UNIT_WORDS = {
    Unit.PERSONS: lazy("For how many people?"),
    Unit.ITEMS: lazy("How many things?"),
    Unit.VISITS: lazy("How many times?"),
    Unit.SEATS: lazy("How many seats?"),
}


class Question(PageForm):
    """A question knows the other answers and the day on which it is asked."""

    step: Step

    def __init__(self, typed: Typed | None, answers: Answers, today: date) -> None:
        self.answers = answers
        self.today = today
        super().__init__(typed)

    @classmethod
    def of_submission(
        cls, submitted: Mapping[str, list[str]], answers: Answers, today: date
    ) -> "Question":
        """The question with what was submitted for its own fields, and nothing else."""
        names = set(cls(None, answers, today)._fields)
        kept = {name: values for name, values in submitted.items() if name in names}
        return cls(Typed(kept or {"": [""]}), answers, today)

    @property
    def typed(self) -> Typed:
        """What to keep of a valid answer."""
        raw = {name: field.raw_data for name, field in self._fields.items()}
        return Typed({name: [*values] for name, values in raw.items() if values})


class Boxes(SelectMultipleField):
    """Ticked boxes; values that are not on the page are left out instead of refused."""

    def pre_validate(self, form: object) -> None:  # noqa: ARG002 - WTForms' signature
        known = [str(box.data) for box in self]
        self.data = [value for value in self.data or [] if value in known]


def check_day(typed: str | None, today: date) -> date:
    """A day from today on and within a year."""
    day = read_day(typed)
    if day is None:
        raise StopValidation(_("Type a date like 20/11/2026."))
    if day < today:
        raise StopValidation(_("This day is over. Type a day from today on."))
    if day > today + FURTHEST:
        raise StopValidation(_("This is more than a year away. Type an earlier day."))
    return day

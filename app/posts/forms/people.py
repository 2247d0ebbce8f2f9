"""For how many, and when: nights for a bed, weeks for a room, urgency for the rest.

For a roof it is also asked who comes: women, men, and children with a parent.
"""

from datetime import date

from wtforms import RadioField, StringField
from wtforms.validators import StopValidation

from app.i18n import gettext as _
from app.i18n import lazy_gettext as lazy
from app.i18n import sentence
from app.posts.forms.answers import Answers, Step, Typed
from app.posts.forms.asked import MOST_PLACES, UNIT_WORDS, Question, check_day
from app.posts.forms.plain_input import number_between, one_of, read_number
from app.posts.rules.draft import Urgency
from app.posts.rules.party import Party
from app.posts.rules.taxonomy import Unit
from app.web.forms import choices

LONG_STAYS = frozenset({"roof.room", "roof.home"})
MOST_NIGHTS = 90
MOST_WEEKS = 52
MOST_GUESTS = 20


class PeopleQuestion(Question):
    """For how many, and when: nights for a bed, weeks for a room, urgency for the rest."""

    step = Step.PEOPLE
    people = StringField()
    women = StringField(lazy("Women"))
    men = StringField(lazy("Men"))
    children = StringField(lazy("Children under 18, with a parent"))
    from_day = StringField(lazy("From which day?"))
    stay = StringField()
    urgency = RadioField(
        lazy("How soon?"),
        choices=choices(
            [
                (str(Urgency.TODAY.value), lazy("Today or tomorrow")),
                (str(Urgency.THIS_WEEK.value), lazy("This week")),
                (str(Urgency.FLEXIBLE.value), lazy("It can wait")),
            ]
        ),
        validate_choice=False,
    )
    by_day = StringField(lazy("Useless after this day"))

    def __init__(self, typed: Typed | None, answers: Answers, today: date) -> None:
        super().__init__(typed, answers, today)
        unit = answers.category.unit if answers.category else Unit.PERSONS
        self.people.label.text = UNIT_WORDS[unit]
        self.stay.label.text = _("How many weeks?") if self.is_long else _("How many nights?")

    @property
    def is_stay(self) -> bool:
        return self.answers.category is not None and self.answers.category.is_hosting

    @property
    def is_long(self) -> bool:
        return self.answers.category is not None and self.answers.category.code in LONG_STAYS

    def validate_people(self, field: StringField) -> None:
        if not self.is_stay:
            number_between(1, MOST_PLACES)(self, field)

    def validate_women(self, field: StringField) -> None:
        self._count(field)
        if self.is_stay and not field.errors and not self.party.size:
            raise StopValidation(_("Say how many people come."))

    def validate_men(self, field: StringField) -> None:
        self._count(field)

    def validate_children(self, field: StringField) -> None:
        self._count(field)

    def _count(self, field: StringField) -> None:
        if self.is_stay and (field.data or "").strip():
            number_between(0, MOST_GUESTS)(self, field)

    @property
    def party(self) -> Party:
        """Who comes; empty boxes count as nobody."""
        return Party(*(read_number(one.data) or 0 for one in (self.women, self.men, self.children)))

    def validate_from_day(self, field: StringField) -> None:
        if self.is_stay:
            check_day(field.data, self.today)

    def validate_stay(self, field: StringField) -> None:
        if self.is_stay:
            number_between(1, MOST_WEEKS if self.is_long else MOST_NIGHTS)(self, field)

    def validate_urgency(self, field: RadioField) -> None:
        if not self.is_stay:
            one_of(("0", "1", "2"), sentence("Choose how soon it is needed."))(self, field)

    def validate_by_day(self, field: StringField) -> None:
        if not self.is_stay and (field.data or "").strip():
            check_day(field.data, self.today)

    @property
    def nights(self) -> int:
        return (read_number(self.stay.data) or 1) * (7 if self.is_long else 1)

"""The questions of an offer or a need, one form each."""

from collections.abc import Mapping
from datetime import date, timedelta
from typing import Any

from wtforms import BooleanField, RadioField, SelectMultipleField, StringField, TextAreaField
from wtforms.validators import StopValidation

from app.accounts.forms import ContactField
from app.accounts.rules import clean_name
from app.accounts.rules.spoken import SPOKEN
from app.i18n import gettext as _
from app.i18n import language_name, sentence
from app.i18n import lazy_gettext as lazy
from app.posts.forms.answers import Answers, Step, Typed
from app.posts.forms.plain_input import (
    any_of,
    at_most,
    number_between,
    one_of,
    read_day,
    read_number,
    read_time,
)
from app.posts.rules.draft import Feature, PostKind, Urgency
from app.posts.rules.leaks import Leak, check_leaks
from app.posts.rules.taxonomy import CATEGORIES, Unit
from app.web.forms import PageForm, choices

MOST_PLACES = 500
FURTHEST = timedelta(days=365)
COMMON = ("fr", "nl", "en", "ar", "uk", "pt", "es", "ro", "tr", "ru", "fa", "ps", "ti", "so")
WEEKDAYS = ("MO", "TU", "WE", "TH", "FR", "SA", "SU")
LONG_STAYS = frozenset({"roof.room", "roof.home"})
MOST_NIGHTS = 90
MOST_WEEKS = 52

UNIT_WORDS = {
    Unit.PERSONS: lazy("For how many people?"),
    Unit.ITEMS: lazy("How many things?"),
    Unit.VISITS: lazy("How many times?"),
    Unit.SEATS: lazy("How many seats?"),
}
FEATURES = (
    (Feature.STEP_FREE, lazy("No steps, wheelchair can enter")),
    (Feature.PETS_WELCOME, lazy("Animals are welcome")),
    (Feature.SMOKE_FREE, lazy("Nobody smokes inside")),
    (Feature.FAMILY_HOUSEHOLD, lazy("A family lives there")),
    (Feature.WOMENS_HOUSEHOLD, lazy("Only women live there")),
)
CONSENT_WAYS = (
    ("oral", lazy("Spoken, after I read the words out")),
    ("written", lazy("In writing")),
    ("interpreter", lazy("Spoken, through an interpreter")),
)
LEAKS = {
    Leak.NATIONAL_NUMBER: sentence(
        "This looks like a national number. Take it out: it is never published."
    ),
    Leak.PHONE: sentence("Take the phone number out. You exchange it once both say yes."),
    Leak.EMAIL: sentence("Take the e-mail address out. You exchange it once both say yes."),
    Leak.LINK: sentence("Everybody will see this web address. Take it out, or confirm below."),
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


def _feature_choices() -> Any:  # noqa: ANN401 - as choices()
    return choices((str(feature.value), words) for feature, words in FEATURES)


def features_in(values: list[str] | None) -> Feature:
    """The features behind ticked boxes; foreign values count as nothing."""
    known = {str(feature.value): feature for feature, _words in FEATURES}
    found = Feature.NONE
    for value in values or []:
        found |= known.get(value, Feature.NONE)
    return found


class Boxes(SelectMultipleField):
    """Ticked boxes; values that are not on the page are left out instead of refused."""

    def pre_validate(self, form: object) -> None:  # noqa: ARG002 - WTForms' signature
        known = [str(box.data) for box in self]
        self.data = [value for value in self.data or [] if value in known]


class KindQuestion(Question):
    step = Step.KIND
    category = RadioField(
        lazy("What kind of help?"),
        choices=choices((one.code, one.code) for one in CATEGORIES),
        validate_choice=False,
        validators=[
            one_of({c.code for c in CATEGORIES}, sentence("Choose what kind of help it is."))
        ],
    )


class PlaceQuestion(Question):
    """The words for a place; which place they mean is found outside and kept beside them."""

    step = Step.PLACE
    text = StringField(lazy("Where?"))
    choice = RadioField(lazy("Did you mean one of these?"), choices=[], validate_choice=False)

    def validate_text(self, field: StringField) -> None:
        if not (field.data or "").strip():
            raise StopValidation(_("Type a postcode, a commune or an address."))

    def refuse(self, places: list[tuple[str, str]]) -> None:
        """The words mean no place, or more than one."""
        self.choice.choices = choices(places)
        if places:
            self.choice.errors = [_("Choose the place that you mean.")]
        else:
            self.text.errors = [_("We do not know this place. Type a postcode or a commune.")]


class WhenQuestion(Question):
    """When help is there, and how much of it."""

    step = Step.WHEN
    when = RadioField(
        lazy("When, and how much?"),
        choices=choices(
            [
                ("any", lazy("Any time, we arrange it")),
                ("dates", lazy("On certain dates")),
                ("weekly", lazy("Every week")),
            ]
        ),
        validate_choice=False,
        validators=[one_of(("any", "dates", "weekly"), sentence("Choose when you can help."))],
    )
    from_day = StringField(lazy("First day"))
    until_day = StringField(lazy("Last day"))
    days = Boxes(
        lazy("On which days?"),
        choices=choices(
            [
                ("MO", lazy("Monday")),
                ("TU", lazy("Tuesday")),
                ("WE", lazy("Wednesday")),
                ("TH", lazy("Thursday")),
                ("FR", lazy("Friday")),
                ("SA", lazy("Saturday")),
                ("SU", lazy("Sunday")),
            ]
        ),
    )
    from_time = StringField(lazy("From, for example 9:00"))
    until_time = StringField(lazy("Until, for example 17:00"))
    places = StringField(validators=[number_between(1, MOST_PLACES)])

    def __init__(self, typed: Typed | None, answers: Answers, today: date) -> None:
        super().__init__(typed, answers, today)
        unit = answers.category.unit if answers.category else Unit.PERSONS
        self.places.label.text = UNIT_WORDS[unit]

    def validate_from_day(self, field: StringField) -> None:
        if self.when.data == "dates":
            check_day(field.data, self.today)

    def validate_until_day(self, field: StringField) -> None:
        if self.when.data != "dates":
            return
        last, first = check_day(field.data, self.today), read_day(self.from_day.data)
        if first is not None and last < first:
            raise StopValidation(_("The last day must not be before the first day."))

    def validate_days(self, field: SelectMultipleField) -> None:
        if self.when.data == "weekly" and not field.data:
            raise StopValidation(_("Choose at least one day of the week."))

    def validate_from_time(self, field: StringField) -> None:
        if self.when.data == "weekly" and read_time(field.data) is None:
            raise StopValidation(_("Type a time like 9:00."))

    def validate_until_time(self, field: StringField) -> None:
        if self.when.data != "weekly":
            return
        end, start = read_time(field.data), read_time(self.from_time.data)
        if end is None:
            raise StopValidation(_("Type a time like 17:00."))
        if start is not None and end <= start:
            raise StopValidation(_("The end must be after the start."))


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


class PeopleQuestion(Question):
    """For how many, and when: nights for a bed, weeks for a room, urgency for the rest."""

    step = Step.PEOPLE
    people = StringField(validators=[number_between(1, MOST_PLACES)])
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


def _language_choices() -> Any:  # noqa: ANN401 - as choices()
    rest = sorted((code for code in SPOKEN if code not in COMMON), key=language_name)
    return choices((code, language_name(code)) for code in (*COMMON, *rest))


class LanguagesQuestion(Question):
    """What is spoken, and for a need what a house must or should have."""

    step = Step.LANGUAGES
    languages = SelectMultipleField(
        lazy("Which languages do you speak?"),
        choices=_language_choices,
        validate_choice=False,
        validators=[any_of(sentence("Choose at least one language."), SPOKEN)],
    )
    interpreter = BooleanField(lazy("Another language works too: somebody can interpret"))
    required = Boxes(lazy("What must be there?"), choices=_feature_choices)
    wished = Boxes(lazy("What would be good?"), choices=_feature_choices)

    def __init__(self, typed: Typed | None, answers: Answers, today: date) -> None:
        super().__init__(typed, answers, today)
        if answers.about.on_behalf:
            self.languages.label.text = _("Which languages does the client speak?")

    @property
    def common(self) -> int:
        """How many languages stand at hand; the others are one touch away."""
        return len(COMMON)

    @property
    def asks_constraints(self) -> bool:
        return self.answers.kind is PostKind.NEED and self.answers.has_house


class FactsQuestion(Question):
    step = Step.FACTS
    features = Boxes(lazy("What is true of the house?"), choices=_feature_choices)


class NoteQuestion(Question):
    step = Step.NOTE
    note = TextAreaField(lazy("Anything else, in your own words?"), validators=[at_most(280)])
    confirmed = BooleanField(lazy("Publish these words as they are"))
    written_in = StringField()

    @property
    def is_doubtful(self) -> bool:
        return check_leaks(self.note.data or "").doubtful

    def validate_note(self, field: TextAreaField) -> None:
        leaks = check_leaks(field.data or "")
        if leaks.blocked or (leaks.doubtful and not self.confirmed.data):
            raise StopValidation(_(LEAKS[leaks.found[0]]))


class ContactQuestion(Question):
    step = Step.CONTACT
    name = StringField(lazy("First name or nickname"))
    contact = ContactField(lazy("Phone number or e-mail address"))
    adult = BooleanField(lazy("I am 18 or older"))

    def validate_name(self, field: StringField) -> None:
        if not clean_name(field.data or ""):
            raise StopValidation(_("Enter the name that others may call you by."))

    def validate_adult(self, field: BooleanField) -> None:
        if not field.data:
            raise StopValidation(_("You need to be 18 or older. If you are younger, see below."))


class ConsentQuestion(Question):
    """The client heard the public words and agreed."""

    step = Step.CONSENT
    how = RadioField(
        lazy("How did the client agree?"),
        choices=choices(CONSENT_WAYS),
        validate_choice=False,
        validators=[
            one_of(
                ("oral", "written", "interpreter"),
                sentence("Say how the client agreed. Without consent nothing is published."),
            )
        ],
    )
    day = StringField(lazy("On which day?"))

    def validate_day(self, field: StringField) -> None:
        day = read_day(field.data)
        if day is None:
            raise StopValidation(_("Type a date like 20/11/2026."))
        if day > self.today:
            raise StopValidation(_("This day is still to come."))
        if day < self.today - timedelta(days=30):
            raise StopValidation(_("This was over a month ago. Ask the client again."))


QUESTIONS: dict[Step, type[Question]] = {
    one.step: one
    for one in (
        KindQuestion,
        PlaceQuestion,
        WhenQuestion,
        PeopleQuestion,
        LanguagesQuestion,
        FactsQuestion,
        NoteQuestion,
        ContactQuestion,
        ConsentQuestion,
    )
}


def question(step: Step, answers: Answers, today: date) -> Question:
    """The question with its answer, or what was filled in beforehand."""
    return QUESTIONS[step](answers.shown(step) or None, answers, today)

"""The questions of an offer or a need, one form each."""

from datetime import date
from typing import Any

from wtforms import BooleanField, RadioField, SelectMultipleField, StringField
from wtforms.validators import StopValidation

from app.accounts.forms import ContactField
from app.accounts.rules import clean_name
from app.accounts.rules.spoken import SPOKEN
from app.i18n import gettext as _
from app.i18n import language_name, sentence
from app.i18n import lazy_gettext as lazy
from app.posts.forms.answers import Answers, Step, Typed
from app.posts.forms.asked import MOST_PLACES, UNIT_WORDS, Boxes, Question, check_day
from app.posts.forms.consent import ConsentQuestion
from app.posts.forms.note import NoteQuestion
from app.posts.forms.people import PeopleQuestion
from app.posts.forms.plain_input import (
    any_of,
    number_between,
    one_of,
    read_day,
    read_time,
)
from app.posts.rules.draft import HOUSEHOLDS, ONLY_VERIFIED, Feature, PostKind
from app.posts.rules.taxonomy import CATEGORIES, Unit
from app.web.forms import choices

COMMON = ("fr", "nl", "en", "ar", "uk", "pt", "es", "ro", "tr", "ru", "fa", "ps", "ti", "so")
WEEKDAYS = ("MO", "TU", "WE", "TH", "FR", "SA", "SU")

FEATURES = (
    (Feature.STEP_FREE, lazy("No steps, wheelchair can enter")),
    (Feature.PETS_WELCOME, lazy("Animals are welcome")),
    (Feature.SMOKE_FREE, lazy("Nobody smokes inside")),
    (Feature.FAMILY_HOUSEHOLD, lazy("A family lives there")),
    (Feature.WOMENS_HOUSEHOLD, lazy("Only women live there")),
    (Feature.COUPLE_HOUSEHOLD, lazy("A family or a couple lives there")),
    (Feature.NO_LONE_MAN, lazy("No man living alone")),
)


def _feature_choices(but: Feature = ONLY_VERIFIED) -> Any:  # noqa: ANN401 - as choices()
    return choices((str(one.value), words) for one, words in FEATURES if not one & but)


def features_in(values: list[str] | None) -> Feature:
    """The features behind ticked boxes; foreign values count as nothing."""
    known = {str(feature.value): feature for feature, _words in FEATURES}
    found = Feature.NONE
    for value in values or []:
        found |= known.get(value, Feature.NONE)
    return found


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
        if answers.category is not None and answers.category.is_hosting:
            self.required.choices = self.wished.choices = _feature_choices(Feature.NONE)

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

    def __init__(self, typed: Typed | None, answers: Answers, today: date) -> None:
        super().__init__(typed, answers, today)
        if answers.category is not None and answers.category.is_hosting:
            # Who lives there is found at the visit, not claimed.
            self.features.choices = _feature_choices(HOUSEHOLDS)


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

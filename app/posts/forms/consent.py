"""How a client agreed, and to each thing that lets others guess at their health."""

from datetime import date, timedelta

from wtforms import RadioField, StringField
from wtforms.validators import StopValidation

from app.i18n import current_language, sentence
from app.i18n import gettext as _
from app.i18n import lazy_gettext as lazy
from app.posts.forms.answers import Answers, Step, Typed
from app.posts.forms.asked import Boxes, Question
from app.posts.forms.plain_input import one_of, read_day
from app.posts.rules.draft import Feature
from app.posts.rules.read_back import STEP_FREE
from app.web.forms import choices

OLDEST_CONSENT = timedelta(days=30)
CONSENT_WAYS = (
    ("oral", lazy("Spoken, after I read the words out")),
    ("written", lazy("In writing")),
    ("interpreter", lazy("Spoken, through an interpreter")),
)


def sensitive_choices(answers: Answers) -> list[tuple[str, str]]:
    """What of the need reveals health, in words, under the names of `rules.read_back`."""
    found = []
    kind = answers.category
    if kind is not None and kind.is_sensitive:
        found.append((kind.code, kind.name(current_language())))
    spoken = answers.typed.get(Step.LANGUAGES, Typed())
    if str(Feature.STEP_FREE.value) in [*spoken.getlist("required"), *spoken.getlist("wished")]:
        found.append((STEP_FREE, _("No steps, wheelchair can enter")))
    return found


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
    sensitive = Boxes(lazy("The client agrees that we say this too"), choices=[])

    def __init__(self, typed: Typed | None, answers: Answers, today: date) -> None:
        super().__init__(typed, answers, today)
        if typed is None:
            self.day.data = today.isoformat()
        self.sensitive.choices = choices(sensitive_choices(answers))

    @property
    def asks_sensitive(self) -> bool:
        return bool(self.sensitive.choices)

    def validate_day(self, field: StringField) -> None:
        day = read_day(field.data)
        if day is None:
            raise StopValidation(_("Type a date like 20/11/2026."))
        if day > self.today:
            raise StopValidation(_("This day is still to come."))
        if day < self.today - OLDEST_CONSENT:
            raise StopValidation(_("This was over a month ago. Ask the client again."))

    def validate_sensitive(self, field: Boxes) -> None:
        wanted = {name for name, _words in sensitive_choices(self.answers)}
        if wanted - set(field.data or []):
            raise StopValidation(
                _("Ask the client about each of these, or take it out of the need.")
            )

"""A decision as a moderator writes it, an objection to it, and what else moderators note."""

from datetime import UTC, date, datetime, time

from wtforms import RadioField, SelectField, StringField, TextAreaField
from wtforms.validators import StopValidation

from app.clock import BRUSSELS, local, now
from app.i18n import LANGUAGES, current_language, lazy_gettext
from app.i18n import gettext as _
from app.moderation.forms.words import CHOICES, RULES
from app.moderation.rules import (
    LONGEST_HOLD,
    LONGEST_WORDS,
    STOPS,
    Choice,
    DecisionDraft,
    Party,
    Rule,
)
from app.posts.rules.leaks import Leak, check_leaks
from app.web.forms import PageForm, choices

_PRIVATE = {Leak.PHONE, Leak.EMAIL, Leak.NATIONAL_NUMBER}
_SHORTEST_PURPOSE, _LONGEST_PURPOSE = 10, 500


class DecisionForm(PageForm):
    choice = RadioField(
        lazy_gettext("Your decision"),
        choices=choices([(one.value, words) for one, words in CHOICES.items()]),
        validate_choice=False,
    )
    rule = RadioField(
        lazy_gettext("The rule it stands on"),
        choices=choices([(one.value, words) for one, words in RULES.items()]),
        validate_choice=False,
    )
    until = StringField(lazy_gettext("Last day"))
    reason = TextAreaField(lazy_gettext("The facts"))
    language = SelectField(
        lazy_gettext("Language of your words"),
        choices=choices(LANGUAGES.items()),
        default=current_language,
        validate_choice=False,
    )
    reporter_name: str | None = None

    def validate_choice(self, field: RadioField) -> None:
        if field.data not in set(Choice):
            raise StopValidation(_("Choose a decision."))

    def validate_rule(self, field: RadioField) -> None:
        if field.data not in set(Rule):
            raise StopValidation(_("Choose the rule."))
        if field.data == Rule.NOTHING and self.choice.data in (*STOPS, Choice.WARN):
            raise StopValidation(_("Whoever is stopped or warned must read which rule."))

    def validate_until(self, field: StringField) -> None:
        if not (field.data or "").strip():
            return
        day = _day(field.data or "")
        if day is None or not _today() < day <= _today() + LONGEST_HOLD:
            raise StopValidation(_("Give a day within the next twelve months."))

    def validate_reason(self, field: TextAreaField) -> None:
        text = (field.data or "").strip()
        if not text:
            raise StopValidation(_("Give the reason: those concerned will read it."))
        if len(text) > LONGEST_WORDS:
            raise StopValidation(_("Use at most %(n)s characters.", n=LONGEST_WORDS))
        if _PRIVATE & set(check_leaks(text).found):
            raise StopValidation(_("Leave out phone numbers, addresses and e-mail addresses."))
        if self.reporter_name and self.reporter_name.casefold() in text.casefold().split():
            raise StopValidation(_("Do not name who reported."))

    def draft(self) -> DecisionDraft:
        day = _day(self.until.data or "")
        language = self.language.data
        return DecisionDraft(
            choice=Choice(self.choice.data),
            reason=(self.reason.data or "").strip(),
            rule=Rule(self.rule.data),
            until=datetime.combine(day, time.max, BRUSSELS).astimezone(UTC) if day else None,
            language=language if language in LANGUAGES else current_language(),
        )


def _today() -> date:
    return local(now()).date()


def _day(text: str) -> date | None:
    try:
        return date.fromisoformat(text.strip())
    except ValueError:
        return None


class WordsForm(PageForm):
    """An objection, or which authority was told."""

    words = TextAreaField(lazy_gettext("Why do you disagree?"))

    def validate_words(self, field: TextAreaField) -> None:
        text = (field.data or "").strip()
        if not text:
            raise StopValidation(_("Write a few words."))
        if len(text) > LONGEST_WORDS:
            raise StopValidation(_("Use at most %(n)s characters.", n=LONGEST_WORDS))

    def text(self) -> str:
        return (self.words.data or "").strip()


class PassedForm(WordsForm):
    words = TextAreaField(lazy_gettext("Whom did you tell, and what?"))


class LookForm(PageForm):
    party = RadioField(
        lazy_gettext("Whose contacts?"),
        choices=choices(
            [
                (Party.AFFECTED.value, lazy_gettext("Of those whom the report is about")),
                (Party.REPORTER.value, lazy_gettext("Of whoever reported")),
            ]
        ),
        validate_choice=False,
    )
    purpose = StringField(lazy_gettext("What do you need them for?"))

    def validate_party(self, field: RadioField) -> None:
        if field.data not in set(Party):
            raise StopValidation(_("Choose whose contacts."))

    def validate_purpose(self, field: StringField) -> None:
        if not _SHORTEST_PURPOSE <= len((field.data or "").strip()) <= _LONGEST_PURPOSE:
            raise StopValidation(_("Say what you need them for. It is kept."))

    def text(self) -> str:
        return (self.purpose.data or "").strip()

"""A report as anyone sends it, and a decision as a moderator writes it."""

from wtforms import HiddenField, RadioField, StringField, TextAreaField
from wtforms.fields.choices import SelectChoice  # type: ignore[attr-defined] # stubs lack it
from wtforms.validators import StopValidation

from app.i18n import gettext as _
from app.i18n import lazy_gettext
from app.moderation.rules import (
    LONGEST_CODE,
    LONGEST_WORDS,
    SENT,
    About,
    Choice,
    DecisionDraft,
    Reason,
    ReportDraft,
    Stated,
)
from app.web.forms import PageForm

REASONS = {
    Reason.UNSAFE: lazy_gettext("I do not feel safe"),
    Reason.MONEY: lazy_gettext("Somebody asks for money, work or papers"),
    Reason.FALSE: lazy_gettext("It is not true"),
    Reason.ILLEGAL: lazy_gettext("It is against the law"),
    Reason.OTHER: lazy_gettext("Something else"),
    Reason.DISAGREE: lazy_gettext("The two sides disagree"),
}
STATED = {
    Stated.RECEIVER: lazy_gettext("I asked for help"),
    Stated.GIVER: lazy_gettext("I offered help"),
    Stated.NEITHER: lazy_gettext("I am somebody else"),
}
CHOICES = {
    Choice.NONE: lazy_gettext("No action: what was stopped is free again"),
    Choice.HOLD: lazy_gettext("Hold the posts"),
    Choice.RELEASE: lazy_gettext("Release the posts"),
    Choice.SUSPEND: lazy_gettext("Stop the account and hold the posts"),
}
# What a decision means, for those concerned.
OUTCOMES = {
    Choice.NONE: lazy_gettext("No action was needed"),
    Choice.HOLD: lazy_gettext("The needs and offers are held: nobody is matched with them"),
    Choice.RELEASE: lazy_gettext("The needs and offers are free again"),
    Choice.SUSPEND: lazy_gettext("The account is stopped, with its needs and offers"),
}
_LONGEST_CONTACT = 254


class ReportForm(PageForm):
    about = HiddenField()
    code = HiddenField()
    link = HiddenField()
    reason = RadioField(
        lazy_gettext("What is wrong?"),
        choices=[
            SelectChoice(reason.value, words) for reason, words in REASONS.items() if reason in SENT
        ],
        validate_choice=False,
    )
    stated = RadioField(
        lazy_gettext("Who are you here?"),
        choices=[SelectChoice(stated.value, words) for stated, words in STATED.items()],
        validate_choice=False,
    )
    words = TextAreaField(lazy_gettext("What happened?"))
    contact = StringField(lazy_gettext("How can we answer you?"))

    def validate_reason(self, field: RadioField) -> None:
        if field.data not in SENT:
            raise StopValidation(_("Choose what is wrong."))

    def validate_words(self, field: TextAreaField) -> None:
        text = (field.data or "").strip()
        if len(text) > LONGEST_WORDS:
            raise StopValidation(_("Use at most %(n)s characters.", n=LONGEST_WORDS))
        # Whoever is afraid need not explain first.
        if not text and self.reason.data != Reason.UNSAFE:
            raise StopValidation(_("Say in a few words what happened."))

    def validate_contact(self, field: StringField) -> None:
        if len(field.data or "") > _LONGEST_CONTACT:
            raise StopValidation(_("Use at most %(n)s characters.", n=_LONGEST_CONTACT))

    def draft(self) -> ReportDraft:
        stated = self.stated.data
        return ReportDraft(
            about=read_about(self.about.data),
            code=read_code(self.code.data),
            reason=Reason(self.reason.data),
            words=(self.words.data or "").strip(),
            contact=(self.contact.data or "").strip() or None,
            stated=Stated(stated) if stated in set(Stated) else None,
        )


class DecisionForm(PageForm):
    choice = RadioField(
        lazy_gettext("Your decision"),
        choices=[SelectChoice(choice.value, words) for choice, words in CHOICES.items()],
        validate_choice=False,
    )
    reason = TextAreaField(lazy_gettext("Your reason"))

    def validate_choice(self, field: RadioField) -> None:
        if field.data not in set(Choice):
            raise StopValidation(_("Choose a decision."))

    def validate_reason(self, field: TextAreaField) -> None:
        text = (field.data or "").strip()
        if not text:
            raise StopValidation(_("Give the reason: those concerned will read it."))
        if len(text) > LONGEST_WORDS:
            raise StopValidation(_("Use at most %(n)s characters.", n=LONGEST_WORDS))

    def draft(self) -> DecisionDraft:
        return DecisionDraft(Choice(self.choice.data), (self.reason.data or "").strip())


def read_about(text: str | None) -> About:
    """What the address names; anything unknown is a page."""
    return About(text) if text in set(About) else About.PAGE


def read_code(text: str | None) -> str:
    return (text or "").strip()[:LONGEST_CODE]

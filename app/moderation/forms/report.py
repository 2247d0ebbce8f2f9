"""A report as anyone sends it, and the number by which they follow it."""

from wtforms import HiddenField, RadioField, StringField, TextAreaField
from wtforms.validators import StopValidation

from app.i18n import gettext as _
from app.i18n import lazy_gettext
from app.moderation.forms.words import REASONS, STATED
from app.moderation.rules import (
    LONGEST_ADDRESS,
    LONGEST_CODE,
    LONGEST_WORDS,
    SENT,
    About,
    Reason,
    ReportDraft,
    Stated,
    read_address,
)
from app.moderation.rules.receipt import opens
from app.web.forms import PageForm, choices

_LONGEST_CONTACT = 254
_LONGEST_NAME = 60


class ReportForm(PageForm):
    about = HiddenField()
    code = HiddenField()
    link = HiddenField()
    meeting = RadioField(lazy_gettext("With whom?"), choices=[], validate_choice=False)
    reason = RadioField(
        lazy_gettext("What is wrong?"),
        choices=choices([(one.value, words) for one, words in REASONS.items() if one in SENT]),
        validate_choice=False,
    )
    stated = RadioField(
        lazy_gettext("Who are you here?"),
        choices=choices([(one.value, words) for one, words in STATED.items()]),
        validate_choice=False,
    )
    words = TextAreaField(lazy_gettext("What happened?"))
    at = StringField(lazy_gettext("Where did you see it?"))
    name = StringField(lazy_gettext("Your name"))
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

    def validate_at(self, field: StringField) -> None:
        _refuse_longer(field, LONGEST_ADDRESS)

    def validate_name(self, field: StringField) -> None:
        _refuse_longer(field, _LONGEST_NAME)

    def validate_contact(self, field: StringField) -> None:
        _refuse_longer(field, _LONGEST_CONTACT)

    def find(self) -> None:
        """Read what an address or a chosen meeting names into `about`, `code` and `link`."""
        if read_about(self.about.data) is not About.PAGE:
            return
        if self.meeting.data:
            self.about.data, self.code.data = About.EXCHANGE.value, read_code(self.meeting.data)
        elif self.at.data:
            seen = read_address(self.at.data[:LONGEST_ADDRESS])
            self.about.data, self.code.data = seen.about.value, seen.code
            self.link.data = self.link.data or seen.link

    def draft(self) -> ReportDraft:
        stated = self.stated.data
        about, code = read_about(self.about.data), read_code(self.code.data)
        return ReportDraft(
            about=about,
            code=code,
            reason=Reason(self.reason.data),
            words=(self.words.data or "").strip(),
            contact=(self.contact.data or "").strip() or None,
            stated=Stated(stated) if stated in set(Stated) else None,
            name=(self.name.data or "").strip() or None,
            address=_without_token((self.at.data or "").strip()),
        )


class FindForm(PageForm):
    number = StringField(lazy_gettext("Number of the report"))
    secret = StringField(lazy_gettext("Secret part of the receipt"))

    def validate_secret(self, field: StringField) -> None:
        if not opens(self.code, field.data or ""):
            raise StopValidation(_("Number and secret part do not belong together."))

    @property
    def code(self) -> str:
        return read_code(self.number.data).lower()


def _refuse_longer(field: StringField, longest: int) -> None:
    if len(field.data or "") > longest:
        raise StopValidation(_("Use at most %(n)s characters.", n=longest))


def _without_token(address: str) -> str:
    """What the link of a message opened, without the right to open it."""
    seen = read_address(address)
    return address.replace(seen.link, seen.code) if seen.link else address


def read_about(text: str | None) -> About:
    """What the address names; anything unknown is a page."""
    return About(text) if text in set(About) - {About.PERSON} else About.PAGE


def read_code(text: str | None) -> str:
    return (text or "").strip()[:LONGEST_CODE]

"""What an organisation says of itself, of a client, and of what the client allowed."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from wtforms import (
    BooleanField,
    RadioField,
    SelectField,
    SelectMultipleField,
    StringField,
    TextAreaField,
)
from wtforms.validators import StopValidation

from app.accounts.forms import read_contact
from app.accounts.rules.spoken import SPOKEN
from app.i18n import gettext as _
from app.i18n import language_name
from app.i18n import lazy_gettext as lazy
from app.organisations.rules import Channel, Manner, OrganisationKind, is_enterprise_number
from app.web.forms import PageForm, choices

LONGEST_NAME = 120
LONGEST_DESK = 200
LONGEST_NOTE = 2_000

KINDS = (
    (OrganisationKind.ASSOCIATION.value, lazy("Association")),
    (OrganisationKind.PUBLIC_SERVICE.value, lazy("Public service")),
    (OrganisationKind.SHELTER.value, lazy("Shelter or day centre")),
    (OrganisationKind.HEALTH.value, lazy("Health service")),
    (OrganisationKind.COMMUNITY.value, lazy("Neighbourhood or faith group")),
)
MANNERS = (
    (Manner.ORAL.value, lazy("Spoken, after I read the text out")),
    (Manner.WRITTEN.value, lazy("In writing")),
    (Manner.INTERPRETER.value, lazy("Spoken, through an interpreter")),
)
CHANNELS = (
    (Channel.NONE.value, lazy("Only when the client comes by")),
    (Channel.PHONE.value, lazy("By phone")),
    (Channel.LETTER.value, lazy("By letter")),
)


@dataclass(frozen=True)
class OrganisationDraft:
    name: str
    kind: str
    enterprise_number: str | None
    phone: str
    desk: str
    languages: tuple[str, ...]
    insured_until: date | None


@dataclass(frozen=True)
class ClientDraft:
    languages: tuple[str, ...]
    channel: str
    note: str | None


@dataclass(frozen=True)
class MandateDraft:
    """`hosting` widens the scope to a roof; everything else is always covered."""

    how: str
    language: str
    hosting: bool
    contact_release: bool


def _spoken() -> Any:  # noqa: ANN401 - as choices()
    return choices((code, language_name(code)) for code in SPOKEN)


class SpokenField(SelectMultipleField):
    """Languages from the list, at least one."""

    def __init__(self, label: str, **options: Any) -> None:  # noqa: ANN401 - WTForms binds with them
        super().__init__(label, choices=_spoken, **options)

    def pre_validate(self, form: object) -> None:  # noqa: ARG002 - WTForms' signature
        if not self.data or not set(self.data) <= set(SPOKEN):
            raise StopValidation(_("Choose at least one language."))


def _needed(value: str | None, longest: int, sentence: str) -> None:
    if not (value or "").strip():
        raise StopValidation(sentence)
    if len(value or "") > longest:
        raise StopValidation(_("Use at most %(count)s characters.", count=longest))


def _chosen(value: str | None, rows: tuple[tuple[str, str], ...]) -> None:
    if value not in dict(rows):
        raise StopValidation(_("Choose one of these."))


class OrganisationForm(PageForm):
    name = StringField(lazy("Name of the organisation"))
    kind = RadioField(lazy("What is it?"), choices=choices(KINDS), validate_choice=False)
    enterprise_number = StringField(lazy("Enterprise number"))
    phone = StringField(lazy("Public phone of the desk"))
    desk = StringField(lazy("Address and hours of the desk"))
    languages = SpokenField(lazy("Languages spoken at the desk"))
    insured_until = StringField(lazy("Volunteers are insured until"))

    def validate_name(self, field: StringField) -> None:
        _needed(field.data, LONGEST_NAME, _("Enter the name of the organisation."))

    def validate_kind(self, field: RadioField) -> None:
        _chosen(field.data, KINDS)

    def validate_enterprise_number(self, field: StringField) -> None:  # noqa: ARG002 - WTForms' signature
        if self._number and not is_enterprise_number(self._number):
            raise StopValidation(_("This is not a Belgian enterprise number like 0123.456.749."))

    def validate_phone(self, field: StringField) -> None:
        contact = read_contact(field.data or "")
        if contact is None or contact.kind != "phone":
            raise StopValidation(_("Enter a phone number like 02 512 34 56."))

    def validate_desk(self, field: StringField) -> None:
        _needed(field.data, LONGEST_DESK, _("Say where and when people find you."))

    def validate_insured_until(self, field: StringField) -> None:
        if (field.data or "").strip() and self._insured is None:
            raise StopValidation(_("Type a date like 20/11/2026."))

    @property
    def _number(self) -> str:
        return re.sub(r"[\s.\-]|^BE", "", (self.enterprise_number.data or "").upper().strip())

    @property
    def _insured(self) -> date | None:
        typed = (self.insured_until.data or "").strip()
        for shape in ("%Y-%m-%d", "%d/%m/%Y", "%d.%m.%Y"):
            try:
                return datetime.strptime(typed, shape).date()  # noqa: DTZ007 - a day has no zone
            except ValueError:
                continue
        return None

    def draft(self) -> OrganisationDraft:
        contact = read_contact(self.phone.data or "")
        return OrganisationDraft(
            name=" ".join((self.name.data or "").split()),
            kind=self.kind.data,
            enterprise_number=self._number or None,
            phone=contact.value if contact else "",
            desk=" ".join((self.desk.data or "").split()),
            languages=tuple(self.languages.data or ()),
            insured_until=self._insured,
        )


class ClientForm(PageForm):
    """A client and the mandate, in one conversation."""

    place = StringField(lazy("Where does the client stay, about?"))
    languages = SpokenField(lazy("Languages the client speaks"))
    channel = RadioField(
        lazy("How do you reach the client?"),
        choices=choices(CHANNELS),
        validate_choice=False,
        default=Channel.NONE.value,
    )
    note = TextAreaField(lazy("Internal note"))

    def validate_place(self, field: StringField) -> None:
        _needed(field.data, LONGEST_DESK, _("Type a postcode or a commune."))

    def means_one_of(self, found: Sequence[object]) -> bool:
        """False, with a message, where the words mean no place that we know."""
        if not found:
            self.place.errors = [_("We do not know this place. Type a postcode or a commune.")]
        return bool(found)

    def validate_channel(self, field: RadioField) -> None:
        _chosen(field.data, CHANNELS)

    def validate_note(self, field: TextAreaField) -> None:
        if len(field.data or "") > LONGEST_NOTE:
            raise StopValidation(_("Use at most %(count)s characters.", count=LONGEST_NOTE))

    def draft(self) -> ClientDraft:
        note = (self.note.data or "").strip()
        return ClientDraft(tuple(self.languages.data or ()), self.channel.data, note or None)


class MandateForm(PageForm):
    how = RadioField(
        lazy("How did the client agree?"), choices=choices(MANNERS), validate_choice=False
    )
    language = SelectField(lazy("In which language?"), choices=_spoken, validate_choice=False)
    hosting = BooleanField(lazy("Also a bed, a room or a home"))
    contact_release = BooleanField(lazy("The desk's phone may be given after both say yes"))

    def validate_how(self, field: RadioField) -> None:
        _chosen(field.data, MANNERS)

    def validate_language(self, field: SelectField) -> None:
        if field.data not in SPOKEN:
            raise StopValidation(_("Choose the language you spoke together."))

    def draft(self) -> MandateDraft:
        return MandateDraft(
            how=self.how.data,
            language=self.language.data,
            hosting=bool(self.hosting.data),
            contact_release=bool(self.contact_release.data),
        )

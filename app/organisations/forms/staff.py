"""Whom an administrator asks in, and what a moderator says of an organisation."""

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from wtforms import RadioField, StringField, TextAreaField
from wtforms.validators import StopValidation

from app.accounts.forms import ContactField, ContactInput, read_contact
from app.accounts.rules import NAME_LENGTH, Role, clean_name
from app.clock import BRUSSELS
from app.i18n import gettext as _
from app.i18n import lazy_gettext as lazy
from app.organisations.forms.parts import chosen, needed, read_day
from app.organisations.rules import LONGEST_REASON
from app.web.forms import PageForm, choices

ROLES = (
    (Role.CASEWORKER.value, lazy("Caseworker: works for clients")),
    (Role.ORGANISATION_ADMIN.value, lazy("Administrator: also adds colleagues and reads the log")),
)


@dataclass(frozen=True)
class ColleagueDraft:
    name: str
    contact: ContactInput
    role: Role
    ends_at: datetime | None
    language: str


class ColleagueForm(PageForm):
    name = StringField(lazy("Name of the colleague"))
    contact = ContactField(lazy("Their own phone number or e-mail address"))
    role = RadioField(
        lazy("What will they do?"),
        choices=choices(ROLES),
        validate_choice=False,
        default=Role.CASEWORKER.value,
    )
    until = StringField(lazy("Last day, if it is known"))

    def validate_name(self, field: StringField) -> None:
        needed(clean_name(field.data or ""), NAME_LENGTH, _("Enter a name."))

    def validate_role(self, field: RadioField) -> None:
        chosen(field.data, ROLES)

    def validate_until(self, field: StringField) -> None:
        day = read_day(field.data)
        if (field.data or "").strip() and day is None:
            raise StopValidation(_("Type a date like 20/11/2026."))
        if day is not None and self._end(day) <= datetime.now(BRUSSELS):
            raise StopValidation(_("This day is over. Type a day from today on."))

    def draft(self, language: str) -> ColleagueDraft:
        contact = read_contact(self.contact.data or "")
        if contact is None:
            raise ValueError("Only a valid form has a draft.")
        day = read_day(self.until.data)
        return ColleagueDraft(
            name=clean_name(self.name.data or ""),
            contact=contact,
            role=Role(self.role.data),
            ends_at=self._end(day) if day else None,
            language=language,
        )

    def _end(self, day: date) -> datetime:
        """The midnight after the last day."""
        return datetime.combine(day + timedelta(days=1), time(), BRUSSELS)


class DecisionForm(PageForm):
    """Why a moderator decides so; the organisation reads it."""

    reason = TextAreaField(lazy("Why? The organisation reads this."))

    def validate_reason(self, field: TextAreaField) -> None:
        needed(field.data, LONGEST_REASON, _("Write why, in a sentence or two."))

    @property
    def words(self) -> str:
        return " ".join((self.reason.data or "").split())

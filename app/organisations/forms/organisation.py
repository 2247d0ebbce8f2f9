"""What an organisation says of itself."""

import re
from dataclasses import dataclass
from datetime import date

from wtforms import RadioField, StringField
from wtforms.validators import StopValidation

from app.accounts.forms import read_contact
from app.i18n import gettext as _
from app.i18n import lazy_gettext as lazy
from app.organisations.forms.parts import SpokenField, chosen, needed, read_day
from app.organisations.rules import OrganisationKind, is_enterprise_number
from app.territories.geocoder.gazetteer import find_places
from app.web.forms import PageForm, choices

LONGEST_NAME = 120
LONGEST_DESK = 200
MOST_COMMUNES = 60

KINDS = (
    (OrganisationKind.ASSOCIATION.value, lazy("Association")),
    (OrganisationKind.PUBLIC_SERVICE.value, lazy("Public service")),
    (OrganisationKind.SHELTER.value, lazy("Shelter or day centre")),
    (OrganisationKind.HEALTH.value, lazy("Health service")),
    (OrganisationKind.COMMUNITY.value, lazy("Neighbourhood or faith group")),
)


@dataclass(frozen=True)
class DeskDraft:
    """Where, when and for whom the desk is there."""

    phone: str
    desk: str
    hours: str | None
    languages: tuple[str, ...]
    area: tuple[str, ...]
    insured_until: date | None


@dataclass(frozen=True)
class OrganisationDraft:
    name: str
    kind: str
    enterprise_number: str | None
    desk: DeskDraft


class DeskForm(PageForm):
    """What an administrator may change at any time: everybody may see it."""

    phone = StringField(lazy("Public phone of the desk"))
    desk = StringField(lazy("Address of the desk"))
    hours = StringField(lazy("When is the desk open?"))
    languages = SpokenField(lazy("Languages spoken at the desk"))
    area = StringField(lazy("Which communes do you serve?"))
    insured_until = StringField(lazy("Volunteers are insured until"))

    def validate_phone(self, field: StringField) -> None:
        contact = read_contact(field.data or "")
        if contact is None or contact.kind != "phone":
            raise StopValidation(_("Enter a phone number like 02 512 34 56."))

    def validate_desk(self, field: StringField) -> None:
        needed(field.data, LONGEST_DESK, _("Say where people find you."))

    def validate_hours(self, field: StringField) -> None:
        if len(field.data or "") > LONGEST_DESK:
            raise StopValidation(_("Use at most %(count)s characters.", count=LONGEST_DESK))

    def validate_area(self, field: StringField) -> None:  # noqa: ARG002 - WTForms' signature
        strangers = [word for word, nis in self._communes if nis is None]
        if strangers:
            raise StopValidation(
                _("We do not know “%(text)s”. Type postcodes or communes.", text=strangers[0][:40])
            )

    def validate_insured_until(self, field: StringField) -> None:
        if (field.data or "").strip() and read_day(field.data) is None:
            raise StopValidation(_("Type a date like 20/11/2026."))

    @property
    def _communes(self) -> list[tuple[str, str | None]]:
        """Each word or postcode with the municipality that it means."""
        words = [word.strip() for word in re.split(r"[,;\n]", self.area.data or "")]
        return [(word, _municipality(word)) for word in words[:MOST_COMMUNES] if word]

    def desk_draft(self) -> DeskDraft:
        contact = read_contact(self.phone.data or "")
        return DeskDraft(
            phone=contact.value if contact else "",
            desk=" ".join((self.desk.data or "").split()),
            hours=" ".join((self.hours.data or "").split()) or None,
            languages=tuple(self.languages.data or ()),
            area=tuple(dict.fromkeys(nis for _word, nis in self._communes if nis)),
            insured_until=read_day(self.insured_until.data),
        )


class OrganisationForm(DeskForm):
    """What a moderator checks before an organisation may work here."""

    name = StringField(lazy("Name of the organisation"))
    kind = RadioField(lazy("What is it?"), choices=choices(KINDS), validate_choice=False)
    enterprise_number = StringField(lazy("Enterprise number"))

    def validate_name(self, field: StringField) -> None:
        needed(field.data, LONGEST_NAME, _("Enter the name of the organisation."))

    def validate_kind(self, field: RadioField) -> None:
        chosen(field.data, KINDS)

    def validate_enterprise_number(self, field: StringField) -> None:  # noqa: ARG002 - WTForms' signature
        if self._number and not is_enterprise_number(self._number):
            raise StopValidation(_("This is not a Belgian enterprise number like 0123.456.749."))

    @property
    def _number(self) -> str:
        return re.sub(r"[\s.\-]|^BE", "", (self.enterprise_number.data or "").upper().strip())

    def draft(self) -> OrganisationDraft:
        return OrganisationDraft(
            name=" ".join((self.name.data or "").split()),
            kind=self.kind.data,
            enterprise_number=self._number or None,
            desk=self.desk_draft(),
        )


def _municipality(word: str) -> str | None:
    found = find_places(word)
    return found[0].municipality_nis if found and not found[0].guess else None

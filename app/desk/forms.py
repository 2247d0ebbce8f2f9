"""What is typed at a desk."""

from dataclasses import dataclass

from wtforms import BooleanField, RadioField, SelectMultipleField, StringField
from wtforms.validators import StopValidation

from app.accounts.forms import read_contact
from app.accounts.rules import clean_name
from app.desk.rules import MOST_BY_HAND
from app.i18n import gettext as _
from app.i18n import lazy_gettext as lazy
from app.organisations.forms.parts import SpokenField
from app.web.forms import PageForm, choices


class HandOverForm(PageForm):
    """Which clients go to whom."""

    clients = SelectMultipleField(lazy("Which clients?"), validate_choice=False)
    to = RadioField(lazy("To whom?"), validate_choice=False)

    def offer(self, clients: list[tuple[str, str]], people: list[tuple[str, str]]) -> None:
        self.clients.choices = choices(clients)
        self.to.choices = choices(people)

    def validate_clients(self, field: SelectMultipleField) -> None:
        if not field.data:
            raise StopValidation(_("Choose at least one client."))

    def validate_to(self, field: RadioField) -> None:
        if not (field.data or "").isdecimal():
            raise StopValidation(_("Choose one of these."))


class ChosenForm(PageForm):
    """One to three whom a person chose from the list."""

    offers = SelectMultipleField(lazy("Whom do you ask?"), validate_choice=False)

    def validate_offers(self, field: SelectMultipleField) -> None:
        if not field.data:
            raise StopValidation(_("Choose at least one."))
        if len(field.data) > MOST_BY_HAND:
            raise StopValidation(_("Choose at most %(count)s.", count=MOST_BY_HAND))


class PairForm(PageForm):
    """Two posts by their codes, as they stand on a slip or a page."""

    need = StringField(lazy("Code of the need"))
    offer = StringField(lazy("Code of the offer"))
    other_kind = BooleanField(lazy("They are of different kinds, and that is meant"))

    def validate_need(self, field: StringField) -> None:
        _coded(field)

    def validate_offer(self, field: StringField) -> None:
        _coded(field)


@dataclass(frozen=True)
class HelperDraft:
    name: str
    phone: str
    languages: tuple[str, ...]
    identity_seen: bool


class HelperForm(PageForm):
    """Somebody who helps and has no internet, written down face to face."""

    name = StringField(lazy("First name or nickname"))
    phone = StringField(lazy("Their own phone number"))
    languages = SpokenField(lazy("Which languages do they speak?"))
    adult = BooleanField(lazy("They say that they are 18 or older"))
    agrees = BooleanField(lazy("They agree, after I read it out: others see first name and area"))
    identity_seen = BooleanField(lazy("I saw a document with their name"))

    def validate_name(self, field: StringField) -> None:
        if not clean_name(field.data or ""):
            raise StopValidation(_("Enter a name."))

    def validate_phone(self, field: StringField) -> None:
        contact = read_contact(field.data or "")
        if contact is None or contact.kind != "phone":
            raise StopValidation(_("Enter a phone number like 0470 12 34 56."))

    def validate_adult(self, field: BooleanField) -> None:
        if not field.data:
            raise StopValidation(_("Only people of 18 or older take part."))

    def validate_agrees(self, field: BooleanField) -> None:
        if not field.data:
            raise StopValidation(_("Read it out first. Nothing is posted without a yes."))

    def draft(self) -> HelperDraft:
        contact = read_contact(self.phone.data or "")
        if contact is None:
            raise ValueError("Only a valid form has a draft.")
        return HelperDraft(
            name=clean_name(self.name.data or ""),
            phone=contact.value,
            languages=tuple(self.languages.data or ()),
            identity_seen=bool(self.identity_seen.data),
        )


def _coded(field: StringField) -> None:
    field.data = (field.data or "").strip().lower().rpartition("/")[2][:12]
    if not field.data:
        raise StopValidation(_("Type the code that stands on its page."))

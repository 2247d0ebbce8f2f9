"""What is typed at a desk."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from wtforms import BooleanField, RadioField, SelectField, SelectMultipleField, StringField
from wtforms.validators import StopValidation

from app.accounts.forms import ContactInput, read_contact
from app.accounts.rules import clean_name
from app.desk.rules import MOST_BY_HAND
from app.i18n import current_language
from app.i18n import gettext as _
from app.i18n import lazy_gettext as lazy
from app.organisations.forms.parts import SpokenField
from app.posts.forms.plain_input import read_number
from app.posts.rules.taxonomy import CATEGORIES, Category, category
from app.territories.geocoder.port import FoundPlace
from app.web.forms import PageForm, choices

MOST_PLACES = 50


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


def _kinds() -> Any:  # noqa: ANN401 - as choices()
    return choices((one.code, one.name(current_language())) for one in CATEGORIES)


@dataclass(frozen=True)
class HelperDraft:
    """Who helps, and with what."""

    name: str
    phone: ContactInput
    languages: tuple[str, ...]
    category: Category
    places: int
    identity_seen: bool


class HelperForm(PageForm):
    """Somebody who helps and has no internet, written down face to face."""

    name = StringField(lazy("First name or nickname"))
    phone = StringField(lazy("Their own phone number"))
    languages = SpokenField(lazy("Which languages do they speak?"))
    category = SelectField(lazy("What kind of help?"), choices=_kinds, validate_choice=False)
    place = StringField(lazy("Where, about?"))
    places = StringField(lazy("For how many at a time?"), default="1")
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

    def validate_category(self, field: SelectField) -> None:
        if field.data not in {one.code for one in CATEGORIES}:
            raise StopValidation(_("Choose what kind of help it is."))

    def validate_place(self, field: StringField) -> None:
        if not (field.data or "").strip():
            raise StopValidation(_("Type a postcode or a commune."))

    def validate_places(self, field: StringField) -> None:
        number = read_number(field.data)
        if number is None or not 1 <= number <= MOST_PLACES:
            raise StopValidation(
                _("Enter a number from %(low)s to %(high)s.", low=1, high=MOST_PLACES)
            )

    def means_one_of(self, found: Sequence[FoundPlace]) -> bool:
        """False, with a message, where the words mean no place that we know."""
        if not found or found[0].guess:
            self.place.errors = [_("We do not know this place. Type a postcode or a commune.")]
            return False
        return True

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
            phone=contact,
            languages=tuple(self.languages.data or ()),
            category=category(self.category.data),
            places=read_number(self.places.data) or 1,
            identity_seen=bool(self.identity_seen.data),
        )


def _coded(field: StringField) -> None:
    field.data = (field.data or "").strip().lower().rpartition("/")[2][:12]
    if not field.data:
        raise StopValidation(_("Type the code that stands on its page."))

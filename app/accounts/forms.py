"""What people tell about themselves: a contact, a code, a name, languages."""

import re
from dataclasses import dataclass
from typing import Any

import phonenumbers
from wtforms import BooleanField, HiddenField, RadioField, SelectMultipleField, StringField
from wtforms.form import BaseForm
from wtforms.validators import StopValidation

from app.accounts.rules import CODE_DIGITS, SCOPES, clean_name
from app.accounts.rules.factors import is_app_code, is_recovery_code, typed_answer
from app.accounts.rules.spoken import SPOKEN
from app.i18n import LANGUAGES, current_language, language_name
from app.i18n import gettext as _
from app.i18n import lazy_gettext as lazy
from app.web.forms import PageForm, choices

_EMAIL = re.compile(r"[a-z0-9.!#$%&'*+/=?^_`{|}~-]{1,64}@[a-z0-9-]+(\.[a-z0-9-]+)*\.[a-z0-9-]{2,}")
LONGEST_CONTACT = 254
HOME_COUNTRY = "BE"


@dataclass(frozen=True)
class ContactInput:
    """An e-mail address in lower case, or a phone number as +32…; `kind` is email or phone."""

    kind: str
    value: str


@dataclass(frozen=True)
class PersonDraft:
    """What a new person says about themselves; `adult` is always true in a valid draft."""

    name: str
    languages: tuple[str, ...]


@dataclass(frozen=True)
class AccountDraft:
    name: str
    language: str
    languages: tuple[str, ...]


def read_contact(text: str) -> ContactInput | None:
    """The contact that a person typed, in one normal form; None for anything else."""
    text = text.strip()
    if not text or len(text) > LONGEST_CONTACT:
        return None
    return _read_email(text) if "@" in text else _read_phone(text)


def _read_email(text: str) -> ContactInput | None:
    local, _at, domain = text.rpartition("@")
    try:
        address = f"{local}@{domain.encode('idna').decode()}".lower()
    except UnicodeError:
        return None
    return ContactInput("email", address) if _EMAIL.fullmatch(address) else None


def _read_phone(text: str) -> ContactInput | None:
    try:
        number = phonenumbers.parse(text, HOME_COUNTRY)
    except phonenumbers.NumberParseException:
        return None
    if not phonenumbers.is_valid_number(number):
        return None
    value = phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164)
    return ContactInput("phone", value)


class ContactField(StringField):
    """One field for a phone number or an e-mail address; `contact` holds it once valid."""

    contact: ContactInput

    def pre_validate(self, form: BaseForm) -> None:  # noqa: ARG002 - WTForms' signature
        contact = read_contact(self.data or "")
        if contact is None:
            raise StopValidation(
                _("Enter a phone number like 0470 12 34 56 or an address like name@example.org.")
            )
        self.contact = contact


class SignInForm(PageForm):
    contact = ContactField(lazy("Phone number or e-mail address"))


class CodeForm(PageForm):
    code = StringField(lazy("Six-digit code"))

    def validate_code(self, field: StringField) -> None:  # noqa: ARG002 - WTForms' signature
        if not re.fullmatch(rf"\d{{{CODE_DIGITS}}}", self.digits):
            raise StopValidation(_("Enter the six digits of the code."))

    @property
    def digits(self) -> str:
        """The code as typed, without spaces, in Western digits."""
        typed = re.sub(r"[\s-]", "", self.code.data or "")
        return "".join(str(int(char)) if char.isdecimal() else char for char in typed)


class AnswerForm(PageForm):
    """A code from a message, of an app, or a recovery code."""

    code = StringField(lazy("Code"))

    def validate_code(self, field: StringField) -> None:  # noqa: ARG002 - WTForms' signature
        if not (is_app_code(self.typed) or is_recovery_code(self.typed)):
            raise StopValidation(_("Enter the six digits, or one of your recovery codes."))

    @property
    def typed(self) -> str:
        return typed_answer(self.code.data or "")


class PasskeyForm(PageForm):
    """What the browser says for a passkey, and how its owner calls it."""

    credential = HiddenField()
    label = StringField(lazy("Name of this passkey"))


def _spoken_choices() -> Any:  # noqa: ANN401 - as `choices`
    """Languages of the interface first, then the others by their name in the current language."""
    rest = sorted(set(SPOKEN) - set(LANGUAGES), key=language_name)
    return choices((code, language_name(code)) for code in (*LANGUAGES, *rest))


class _SpokenField(SelectMultipleField):
    def __init__(self, label: str, **frame: object) -> None:
        super().__init__(label, choices=_spoken_choices, **frame)  # type: ignore[arg-type] # a form's

    def pre_validate(self, form: BaseForm) -> None:  # noqa: ARG002 - WTForms' signature
        chosen = self.data or []
        if not chosen:
            raise StopValidation(_("Choose at least one language that you speak."))
        if not set(chosen) <= set(SPOKEN):
            raise StopValidation(_("Choose languages from the list."))


def _check_name(field: StringField) -> None:
    if not clean_name(field.data or ""):
        raise StopValidation(_("Enter the name that others may call you by."))


class NameForm(PageForm):
    name = StringField(lazy("First name or nickname"))
    languages = _SpokenField(lazy("Languages you speak"))
    adult = BooleanField(lazy("I am 18 or older"))

    def validate_name(self, field: StringField) -> None:
        _check_name(field)

    def validate_adult(self, field: BooleanField) -> None:
        if not field.data:
            raise StopValidation(
                _("You can take part from the age of 18. If you are younger, call us.")
            )

    def draft(self) -> PersonDraft:
        return PersonDraft(clean_name(self.name.data or ""), tuple(self.languages.data or ()))


class AccountForm(PageForm):
    name = StringField(lazy("First name or nickname"))
    language = RadioField(
        lazy("Language of pages and messages"), choices=choices(LANGUAGES.items())
    )
    languages = _SpokenField(lazy("Languages you speak"))

    def validate_name(self, field: StringField) -> None:
        _check_name(field)

    def draft(self) -> AccountDraft:
        return AccountDraft(
            clean_name(self.name.data or ""),
            self.language.data or current_language(),
            tuple(self.languages.data or ()),
        )


class TokenForm(PageForm):
    label = StringField(lazy("What is this token for?"))
    scope = RadioField(
        lazy("What may it do?"),
        choices=choices([(SCOPES[0], lazy("Only read")), (SCOPES[1], lazy("Read and write"))]),
        default=SCOPES[0],
    )

    def validate_label(self, field: StringField) -> None:
        if not clean_name(field.data or ""):
            raise StopValidation(_("Say in a few words what the token is for."))

    @property
    def scopes(self) -> list[str]:
        return ["read"] if self.scope.data == "read" else list(SCOPES)

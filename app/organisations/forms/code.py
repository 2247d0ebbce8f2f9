"""What a client says by code, and what a worker writes on a client's card."""

from wtforms import BooleanField, RadioField, StringField, TextAreaField
from wtforms.validators import StopValidation

from app.accounts.forms import ContactField
from app.accounts.rules import clean_name
from app.i18n import gettext as _
from app.i18n import lazy_gettext as lazy
from app.organisations.forms.parts import chosen, needed
from app.organisations.rules import RevokedVia, read_client_code
from app.web.forms import PageForm, choices

LONGEST_REQUEST = 500
LONGEST_NOTE = 2_000
SIGN_IN_DIGITS = 6
VIA = (
    (RevokedVia.DESK.value, lazy("At the desk")),
    (RevokedVia.PHONE.value, lazy("By phone")),
    (RevokedVia.WORKER.value, lazy("I end it as a worker")),
)


class ClientCodeForm(PageForm):
    code = StringField(lazy("The ten digits on your paper"))

    @property
    def digits(self) -> str | None:
        return read_client_code(self.code.data or "")

    def validate_code(self, field: StringField) -> None:  # noqa: ARG002 - WTForms' signature
        if self.digits is None:
            raise StopValidation(_("Type the ten digits on your paper."))


class ChangeForm(PageForm):
    words = TextAreaField(lazy("What is wrong?"))

    def validate_words(self, field: TextAreaField) -> None:
        needed(field.data, LONGEST_REQUEST, _("Say in a few words what is wrong."))


class TakeOverForm(PageForm):
    """Where the account of their own is reached."""

    contact = ContactField(lazy("Your phone number or e-mail address"))


class TakeOverCodeForm(PageForm):
    """The six digits that were sent there, and a name to be called by."""

    code = StringField(lazy("The six digits we sent you"))
    name = StringField(lazy("First name or nickname"))
    adult = BooleanField(lazy("I am 18 or older"))

    @property
    def digits(self) -> str:
        return "".join(char for char in self.code.data or "" if char.isdecimal())

    def validate_code(self, field: StringField) -> None:  # noqa: ARG002 - WTForms' signature
        if len(self.digits) != SIGN_IN_DIGITS:
            raise StopValidation(_("Type the six digits of the code."))

    def validate_name(self, field: StringField) -> None:
        if not clean_name(field.data or ""):
            raise StopValidation(_("Enter the name that others may call you by."))

    def validate_adult(self, field: BooleanField) -> None:
        if not field.data:
            raise StopValidation(_("You need to be 18 or older. If you are younger, call us."))


class EndForm(PageForm):
    """How the client said that it ends."""

    via = RadioField(
        lazy("How did the client say so?"),
        choices=choices(VIA),
        validate_choice=False,
        default=RevokedVia.DESK.value,
    )

    def validate_via(self, field: RadioField) -> None:
        chosen(field.data, VIA)


class NoteForm(PageForm):
    body = TextAreaField(lazy("Internal note"))

    def validate_body(self, field: TextAreaField) -> None:
        needed(field.data, LONGEST_NOTE, _("Write something first."))

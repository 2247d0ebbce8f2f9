"""How somebody who wants to visit people becomes known."""

from wtforms import StringField
from wtforms.validators import StopValidation

from app.i18n import gettext as _
from app.i18n import lazy_gettext as lazy
from app.posts.forms.plain_input import at_most
from app.web.forms import PageForm


class RefereeForm(PageForm):
    """Somebody we may call; forgotten once we have."""

    name = StringField(lazy("Who knows you well? First name, and how you know each other"))
    phone = StringField(lazy("Their phone number"), [at_most(30)])

    def validate_name(self, field: StringField) -> None:
        if not (field.data or "").strip() or len(field.data or "") > 80:  # noqa: PLR2004 - a line
            raise StopValidation(_("Write a first name and how you know each other."))

    def validate_phone(self, field: StringField) -> None:
        if sum(char.isdecimal() for char in field.data or "") < 8:  # noqa: PLR2004 - shortest numbers
            raise StopValidation(_("Enter a phone number that we may call."))

    @property
    def referee(self) -> str:
        name, phone = (" ".join((one.data or "").split()) for one in (self.name, self.phone))
        return f"{name}, {phone}"

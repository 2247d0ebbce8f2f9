"""What a worker writes down of a client, and of what the client allowed."""

from collections.abc import Sequence
from dataclasses import dataclass

from wtforms import BooleanField, RadioField, SelectField, StringField, TextAreaField
from wtforms.validators import StopValidation

from app.accounts.rules.spoken import SPOKEN
from app.i18n import gettext as _
from app.i18n import lazy_gettext as lazy
from app.organisations.forms.parts import SpokenField, chosen, needed, spoken
from app.organisations.rules import Channel, Manner
from app.web.forms import PageForm, choices

LONGEST_PLACE = 200
LONGEST_NOTE = 2_000
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
        needed(field.data, LONGEST_PLACE, _("Type a postcode or a commune."))

    def means_one_of(self, found: Sequence[object]) -> bool:
        """False, with a message, where the words mean no place that we know."""
        if not found:
            self.place.errors = [_("We do not know this place. Type a postcode or a commune.")]
        return bool(found)

    def validate_channel(self, field: RadioField) -> None:
        chosen(field.data, CHANNELS)

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
    language = SelectField(lazy("In which language?"), choices=spoken, validate_choice=False)
    hosting = BooleanField(lazy("Also a bed, a room or a home"))
    contact_release = BooleanField(lazy("The desk's phone may be given after both say yes"))

    def validate_how(self, field: RadioField) -> None:
        chosen(field.data, MANNERS)

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

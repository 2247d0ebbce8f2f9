"""The parts of a host's file as workers write them down; names are first names or initials."""

from dataclasses import dataclass
from datetime import date

from wtforms import BooleanField, Form, RadioField, StringField, TextAreaField
from wtforms.fields.core import Field
from wtforms.validators import StopValidation

from app import clock
from app.i18n import gettext as _
from app.i18n import lazy_gettext as lazy
from app.i18n import sentence
from app.posts.forms.asked import Boxes
from app.posts.forms.plain_input import (
    at_most,
    filled,
    number_between,
    one_of,
    read_day,
    read_number,
)
from app.posts.rules.household import WILLING, Guests, Household
from app.posts.rules.leaks import check_leaks
from app.posts.rules.party import Party
from app.posts.rules.verification import OLDEST_FACT
from app.web.forms import PageForm, choices

LONGEST_NAME = 20
LONGEST_WORDS = 600
MOST_GUESTS = 20
NAMED = sentence("Write a first name or an initial.")
SAID = sentence("Write in a few words what you found.")
HOUSEHOLDS = (
    (Household.FAMILY, lazy("A family: two adults or more")),
    (Household.COUPLE, lazy("A couple")),
    (Household.WOMEN, lazy("Only women")),
    (Household.SINGLE_WOMAN, lazy("A woman living alone, or alone with children")),
    (Household.SINGLE_MAN, lazy("A man living alone, or alone with children")),
    (Household.OTHER, lazy("Other: adults who share a home")),
)
READY = {
    Guests.WOMEN: lazy("Women"),
    Guests.MEN: lazy("Men"),
    Guests.CHILDREN: lazy("Children with a parent"),
}


@dataclass(frozen=True)
class AdultDraft:
    name: str
    record_seen_on: date | None = None
    refused_on: date | None = None


@dataclass(frozen=True)
class VisitDraft:
    day: date
    by: str
    findings: str


@dataclass(frozen=True)
class ReferenceDraft:
    name: str
    how: str
    is_family: bool
    day: date
    words: str


@dataclass(frozen=True)
class HouseholdDraft:
    household: Household
    willing: Guests


def _past_day(_form: Form, field: Field) -> None:
    """A day up to today, not older than a year: what was seen then says little now."""
    day, today = read_day(field.data), clock.local(clock.now()).date()
    if day is None:
        raise StopValidation(_("Type a date like 20/11/2026."))
    if day > today:
        raise StopValidation(_("This day is still to come."))
    if day < today - OLDEST_FACT:
        raise StopValidation(_("This was over a year ago. Look again."))


def _day(field: Field) -> date:
    """Of a valid form."""
    return read_day(field.data) or clock.local(clock.now()).date()


def _words(field: Field) -> str:
    return " ".join((field.data or "").split())


def _no_numbers(_form: Form, field: Field) -> None:
    """Neither national numbers nor contacts belong into a file."""
    if check_leaks(field.data or "").blocked:
        raise StopValidation(_("Leave out numbers, contacts and addresses."))


class IdentityForm(PageForm):
    day = StringField(lazy("On which day did you see an identity document?"), [_past_day])

    @property
    def seen_on(self) -> date:
        return _day(self.day)


class AdultForm(PageForm):
    name = StringField(
        lazy("First name or initial"), [filled(NAMED), at_most(LONGEST_NAME), _no_numbers]
    )
    record = RadioField(
        lazy("Extract of the criminal record"),
        choices=choices(
            [
                ("seen", lazy("Seen, nothing that stands against hosting")),
                ("later", lazy("Not seen yet")),
                ("refused", lazy("Refused: this home cannot host")),
            ]
        ),
        validate_choice=False,
        validators=[one_of(("seen", "later", "refused"), sentence("Choose one of these."))],
    )
    day = StringField(lazy("On which day?"), [_past_day])

    @property
    def draft(self) -> AdultDraft:
        seen = _day(self.day) if self.record.data == "seen" else None
        refused = _day(self.day) if self.record.data == "refused" else None
        return AdultDraft(_words(self.name), seen, refused)


class VisitForm(PageForm):
    day = StringField(lazy("On which day?"), [_past_day])
    by = StringField(
        lazy("Who visited, and what experience do they have?"),
        [filled(sentence("Say who visited.")), at_most(200), _no_numbers],
    )
    findings = TextAreaField(
        lazy("What did they find?"), [filled(SAID), at_most(LONGEST_WORDS), _no_numbers]
    )

    @property
    def draft(self) -> VisitDraft:
        return VisitDraft(_day(self.day), _words(self.by), (self.findings.data or "").strip())


class ReferenceForm(PageForm):
    name = StringField(
        lazy("First name or initial"), [filled(NAMED), at_most(LONGEST_NAME), _no_numbers]
    )
    how = RadioField(
        lazy("How did they answer?"),
        choices=choices([("written", lazy("In writing")), ("spoken", lazy("By voice"))]),
        validate_choice=False,
        validators=[one_of(("written", "spoken"), sentence("Choose one of these."))],
    )
    is_family = BooleanField(lazy("This person is family of the host"))
    day = StringField(lazy("On which day?"), [_past_day])
    words = TextAreaField(
        lazy("What did they say, in short?"), [filled(SAID), at_most(LONGEST_WORDS), _no_numbers]
    )

    @property
    def draft(self) -> ReferenceDraft:
        words = (self.words.data or "").strip()
        family = bool(self.is_family.data)
        return ReferenceDraft(_words(self.name), str(self.how.data), family, _day(self.day), words)


class HouseholdForm(PageForm):
    household = RadioField(
        lazy("Who lives there, as found at the visit?"),
        choices=choices((one.value, words) for one, words in HOUSEHOLDS),
        validate_choice=False,
        validators=[
            one_of({one.value for one in Household}, sentence("Choose the kind of household."))
        ],
    )
    willing = Boxes(
        lazy("Whom is this household ready to host?"),
        choices=choices((str(one.value), READY[one]) for one in WILLING),
    )

    def validate_willing(self, field: Field) -> None:
        adults = {str(Guests.WOMEN.value), str(Guests.MEN.value)}
        if not adults & set(field.data or ()):
            raise StopValidation(_("Choose women, men or both."))

    @property
    def draft(self) -> HouseholdDraft:
        found = Guests.NONE
        for value in self.willing.data or ():
            found |= Guests(int(value))
        return HouseholdDraft(Household(self.household.data), found)


class SuspendForm(PageForm):
    why = TextAreaField(
        lazy("Why? Only your organisation reads this."),
        [filled(sentence("Say why, in a few words.")), at_most(LONGEST_WORDS), _no_numbers],
    )


def _count(_form: Form, field: Field) -> None:
    if (field.data or "").strip():
        number_between(0, MOST_GUESTS)(_form, field)


class GuestsForm(PageForm):
    """Who comes, said again by the worker who vouches."""

    women = StringField(lazy("Women"), [_count])
    men = StringField(lazy("Men"), [_count])
    children = StringField(lazy("Children with a parent"), [_count])
    spoken = BooleanField(lazy("I have spoken with this person and I vouch for them"))

    def validate_spoken(self, field: Field) -> None:
        if not field.data:
            raise StopValidation(_("Speak with the person first. Then tick this box."))

    def validate_women(self, _field: Field) -> None:
        if not self.party.size:
            raise StopValidation(_("Say how many people come."))

    @property
    def party(self) -> Party:
        return read_party(self.women.data, self.men.data, self.children.data)


def read_party(women: str | None, men: str | None, children: str | None) -> Party:
    """Numbers as typed; empty means none."""
    return Party(*(read_number(one) or 0 for one in (women, men, children)))

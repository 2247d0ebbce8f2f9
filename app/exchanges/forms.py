"""What the two sides send each other and us, checked the same way for pages and programs."""

from dataclasses import dataclass
from datetime import date, datetime, time

from wtforms import Form, RadioField, StringField, TextAreaField
from wtforms.fields.core import Field
from wtforms.validators import StopValidation

from app.clock import BRUSSELS, local, now
from app.errors import InvalidError
from app.exchanges.rules import (
    LONGEST_MESSAGE,
    LONGEST_PLACE,
    LONGEST_STAY,
    Answer,
    Company,
    Doing,
    Warn,
    may_meet_at,
)
from app.i18n import gettext as _
from app.i18n import lazy_gettext as lazy
from app.i18n import sentence
from app.posts.forms.plain_input import at_most, filled, read_day, read_time
from app.web.forms import PageForm, choices

WRITE = sentence("Write something first.")
WHEN = sentence("Choose a day from today on, within two years.")
NOON = time(12)
# A second thought after words went out; they went all the same.
WARNING_WORDS = {
    Warn.CONTACT: sentence("You sent a contact. Share only what you want to share."),
    Warn.MONEY: sentence("Help here is free. Never ask for or send money."),
    Warn.WORK: sentence("Nobody has to work or leave papers for help. Call us if someone asks it."),
    Warn.HURRY: sentence(
        "Nobody has to decide at once or keep a secret. Call us if someone asks it."
    ),
}
FIRST_VISIT = sentence("Meet in public the first time, or with a third person.")
STAY_ENDS = sentence("Choose a last day after today, within a year.")


@dataclass(frozen=True)
class Meeting:
    """When and where the two sides meet, in their own words."""

    at: datetime
    place: str
    company: Company | None = None


@dataclass(frozen=True)
class Said:
    """The answer to "Did it happen?", with thanks for the other side if they like."""

    answer: Answer
    thanks: str = ""


@dataclass(frozen=True)
class PlanDraft:
    """Until when a guest stays, and where they go next."""

    ends_on: date
    move_on: str


class PlanForm(PageForm):
    ends_on = StringField(lazy("Last day of the stay"))
    move_on = TextAreaField(
        lazy("Where does the guest go next, and who helps?"),
        [filled(sentence("Write the plan in a few words.")), at_most(LONGEST_MESSAGE)],
    )

    def validate_ends_on(self, field: Field) -> None:
        day = read_day(field.data)
        if day is None:
            raise StopValidation(_("Enter a day, such as 20/11/2026."))
        if not is_stay_end(day):
            raise StopValidation(_(STAY_ENDS))

    @property
    def plan(self) -> PlanDraft:
        """Of a valid form."""
        return read_plan(read_day(self.ends_on.data) or date.min, self.move_on.data or "")


class LastDayForm(PageForm):
    ends_on = StringField(lazy("New last day"))

    def validate_ends_on(self, field: Field) -> None:
        day = read_day(field.data)
        if day is None:
            raise StopValidation(_("Enter a day, such as 20/11/2026."))
        # Leaving today is the earliest that is left to agree on.
        if not is_stay_end(day) and day != local(now()).date():
            raise StopValidation(_("Choose a last day from today on, within a year."))

    @property
    def day(self) -> date:
        """Of a valid form."""
        return read_day(self.ends_on.data) or date.min


class CheckInForm(PageForm):
    answer = StringField(lazy("How are you doing there?"))

    def validate_answer(self, field: Field) -> None:
        if field.data not in set(Doing):
            raise StopValidation(_("Choose one of these."))

    @property
    def doing(self) -> Doing:
        """Of a valid form."""
        return Doing(self.answer.data or "")


def is_stay_end(day: date) -> bool:
    """After today, within a year: a stay has an end."""
    today = local(now()).date()
    return today < day <= today + LONGEST_STAY


def read_plan(ends_on: date, move_on: str) -> PlanDraft:
    """A plan as a program writes it, or `InvalidError`."""
    if not is_stay_end(ends_on):
        raise InvalidError({"ends_on": [_(STAY_ENDS)]})
    return PlanDraft(ends_on, _bounded("move_on", move_on, LONGEST_MESSAGE, needed=True))


class MessageForm(PageForm):
    body = TextAreaField(lazy("Your message"), [filled(WRITE), at_most(LONGEST_MESSAGE)])


def _is_day(_form: Form, field: Field) -> None:
    day = read_day(field.data)
    if day is None:
        raise StopValidation(_("Enter a day, such as 20/11/2026."))
    if not may_meet_at(datetime.combine(day, NOON, BRUSSELS), now()):
        raise StopValidation(_(WHEN))


def _is_time(_form: Form, field: Field) -> None:
    if read_time(field.data) is None:
        raise StopValidation(_("Enter a time, such as 18:30."))


class MeetingForm(PageForm):
    day = StringField(lazy("Day"), [_is_day])
    time = StringField(lazy("Time"), [_is_time])
    place = StringField(lazy("Where you meet"), [at_most(LONGEST_PLACE)])
    company = RadioField(
        lazy("You two meet for the first time. How do you make it safe?"),
        choices=choices(
            [
                (Company.PUBLIC.value, lazy("We meet in a public place")),
                (Company.THIRD.value, lazy("A third person is there")),
            ]
        ),
        validate_choice=False,
    )

    def is_safe(self, *, first_visit: bool) -> bool:
        """Whether the first visit of two people says how it is made safe."""
        if first_visit and self.company.data not in set(Company):
            self.company.errors = [_(FIRST_VISIT)]
            return False
        return True

    @property
    def meeting(self) -> Meeting:
        """Of a valid form."""
        day, hour = read_day(self.day.data), read_time(self.time.data)
        if day is None or hour is None:
            raise InvalidError({"day": [_("Enter a day, such as 20/11/2026.")]})
        place, chosen = (self.place.data or "").strip(), self.company.data
        company = Company(chosen) if chosen in set(Company) else None
        return Meeting(datetime.combine(day, hour, BRUSSELS), place, company)


class SayForm(PageForm):
    answer = StringField(lazy("Did it happen?"))
    thanks = TextAreaField(lazy("A word of thanks"), [at_most(LONGEST_MESSAGE)])

    def validate_answer(self, field: Field) -> None:
        if field.data not in set(Answer):
            raise StopValidation(_("Choose yes, not yet or no."))

    @property
    def said(self) -> Said:
        """Of a valid form."""
        return Said(Answer(self.answer.data or ""), (self.thanks.data or "").strip())


def read_body(text: str) -> str:
    """A message as it may be sent, or `InvalidError`."""
    return _bounded("body", text, LONGEST_MESSAGE, needed=True)


def read_meeting(at: datetime, place: str, company: Company | None = None) -> Meeting:
    """A meeting as a program writes it, or `InvalidError`; without a zone it is local time."""
    moment = at if at.tzinfo else at.replace(tzinfo=BRUSSELS)
    if not may_meet_at(moment, now()):
        raise InvalidError({"at": [_(WHEN)]})
    return Meeting(moment, _bounded("place", place, LONGEST_PLACE), company)


def read_said(answer: Answer, thanks: str) -> Said:
    return Said(answer, _bounded("thanks", thanks, LONGEST_MESSAGE))


def _bounded(name: str, text: str, length: int, *, needed: bool = False) -> str:
    text = text.strip()
    if needed and not text:
        raise InvalidError({name: [_(WRITE)]})
    if len(text) > length:
        raise InvalidError({name: [_("Use at most %(count)s characters.", count=length)]})
    return text

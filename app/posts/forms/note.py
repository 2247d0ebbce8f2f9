"""Own words: nothing that leads to somebody, and nothing that tells much without a reason."""

from wtforms import BooleanField, StringField, TextAreaField
from wtforms.validators import StopValidation

from app.i18n import gettext as _
from app.i18n import lazy_gettext as lazy
from app.i18n import sentence
from app.posts.forms.answers import Step
from app.posts.forms.asked import Question
from app.posts.forms.plain_input import at_most
from app.posts.rules.leaks import Leak, LeakCheck, check_leaks

LEAKS = {
    Leak.NATIONAL_NUMBER: sentence(
        "This looks like a national number. Take it out: it is never published."
    ),
    Leak.PHONE: sentence("Take the phone number out. You exchange it once both say yes."),
    Leak.EMAIL: sentence("Take the e-mail address out. You exchange it once both say yes."),
    Leak.ADDRESS: sentence("Take the street and number out. You exchange it once both say yes."),
    Leak.LINK: sentence("Everybody will see this web address. Take it out, or confirm below."),
    Leak.NATIONALITY: sentence(
        "“%(word)s” tells where somebody comes from. Take it out, or confirm below."
    ),
    Leak.RELIGION: sentence(
        "“%(word)s” tells what somebody believes. Take it out, or confirm below."
    ),
    Leak.HEALTH: sentence("“%(word)s” tells of somebody's health. Take it out, or confirm below."),
    Leak.STATUS: sentence("“%(word)s” tells of somebody's papers. Take it out, or confirm below."),
    Leak.AGE: sentence("“%(word)s” tells somebody's age. Take it out, or confirm below."),
}


class NoteQuestion(Question):
    """For a client the reason is kept beside the words; for oneself a tick is enough."""

    step = Step.NOTE
    note = TextAreaField(lazy("Anything else, in your own words?"), validators=[at_most(280)])
    confirmed = BooleanField(lazy("Publish these words as they are"))
    reason = StringField(lazy("Why must these words stay?"), validators=[at_most(200)])
    written_in = StringField()

    @property
    def _leaks(self) -> LeakCheck:
        return check_leaks(self.note.data or "")

    @property
    def needs_reason(self) -> bool:
        return self.answers.about.on_behalf and bool(self._leaks.telling)

    @property
    def is_doubtful(self) -> bool:
        leaks = self._leaks
        return leaks.doubtful or (bool(leaks.telling) and not self.needs_reason)

    def validate_note(self, field: TextAreaField) -> None:
        leaks = self._leaks
        unconfirmed = self.is_doubtful and not self.confirmed.data
        unexplained = self.needs_reason and not (self.reason.data or "").strip()
        if field.data and (leaks.blocked or unconfirmed or unexplained):
            first = leaks.found[0]
            raise StopValidation(_(LEAKS[first], word=leaks.words.get(first, "")))

    def validate_reason(self, field: StringField) -> None:
        if check_leaks(field.data or "").blocked:
            raise StopValidation(_("No names, addresses or numbers here."))

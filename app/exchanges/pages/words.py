"""Where an exchange stands, in words for one of its sides."""

from app.exchanges import rules
from app.exchanges.forms import WARNING_WORDS
from app.exchanges.queries import Stand
from app.exchanges.rules import Answer, Status, Warn
from app.i18n import format_moment
from app.i18n import gettext as _


def status_tag(stand: Stand) -> tuple[str, str]:
    """The word for a tag, and its kind."""
    return {
        Status.AGREED: (_("Agreed"), "ok"),
        Status.SCHEDULED: (_("Time agreed"), "ok"),
        Status.ASKED: (_("Did it happen?"), "wait"),
        Status.DISPUTED: (_("To be cleared up"), "wait"),
        Status.COMPLETED: (_("Done"), "ok"),
        Status.CANCELLED: (_("Called off"), "plain"),
        Status.NOT_DONE: (_("Did not happen"), "plain"),
        Status.UNCONFIRMED: (_("Closed"), "plain"),
    }[rules.status(stand.exchange)]


def next_step(stand: Stand) -> str:
    """What happens next and who acts."""
    ends = {
        Status.DISPUTED: _("You two see it differently. A coordinator will call you both."),
        Status.COMPLETED: _("You both confirmed it. Thank you."),
        Status.CANCELLED: _("Withdrawn by the organisation.")
        if stand.exchange.need.client_id and stand.exchange.need.withdrawn_at
        else _("It was called off. The need is open again."),
        Status.NOT_DONE: _("It did not happen. The need is open again, and nobody gets a mark."),
        Status.UNCONFIRMED: _("It was not confirmed in time, so it is closed."),
    }
    match rules.status(stand.exchange):
        case Status.AGREED:
            return _("Write or call each other and agree on a time and a place.")
        case Status.SCHEDULED if stand.exchange.meeting_at is not None:
            return _("You meet on %(when)s.", when=format_moment(stand.exchange.meeting_at))
        case ended if ended in ends:
            return ends[ended]
    return _asked(stand, stand.other_name)


def _asked(stand: Stand, name: str) -> str:
    if stand.said == Answer.YES:
        return _("You said yes. Now %(name)s says whether it happened.", name=name)
    if stand.said == Answer.NO:
        return _("You said no. %(name)s has 48 hours to say otherwise.", name=name)
    if stand.other_said == Answer.NO:
        return _(
            "%(name)s says that it did not happen. You have 48 hours to say otherwise.", name=name
        )
    return _("Tell us whether it happened.")


def answer_flash(stand: Stand, answer: Answer) -> str:
    """What to say right after an answer."""
    if answer is Answer.NOT_YET and rules.is_open(stand.exchange):
        return _("We will ask you again in a few days.")
    return next_step(stand)


def warning_words(warnings: tuple[Warn, ...]) -> str:
    """A second thought after a message went out; empty where none is needed."""
    return " ".join(_(WARNING_WORDS[warning]) for warning in warnings)

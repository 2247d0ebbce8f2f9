"""What a desk shows, in words."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from app.desk.queries import Line
from app.desk.rules import Alert, State
from app.i18n import format_day, sentence
from app.i18n import gettext as _
from app.posts.pages import words
from app.posts.rules import PostKind, Urgency
from app.web.sheets import Cell
from app.web.templates import url

UNREAD = sentence("To be read out to the client")
STATES: dict[State, tuple[str, str]] = {
    State.LOOKING: (sentence("Looking"), "plain"),
    State.ASKED: (sentence("Asked"), "wait"),
    State.TO_ANSWER: (sentence("To answer"), "err"),
    State.UNREAD: (UNREAD, "wait"),
    State.PLACED: (sentence("Placed"), "ok"),
    State.RESTING: (sentence("Resting"), "plain"),
    State.ENDED: (sentence("Over"), "plain"),
    State.NONE: (sentence("No need now"), "plain"),
}
ALERTS: dict[Alert, str] = {
    Alert.TO_ANSWER: sentence("Somebody may help: answer"),
    Alert.REQUEST: sentence("The client asks to put something right"),
    Alert.UNREAD: UNREAD,
    Alert.CHECK_IN: sentence("Ask how the stay goes"),
    Alert.ALONE: sentence("Nobody was asked yet: choose somebody"),
    Alert.EXPIRING: sentence("Ends soon: still needed?"),
    Alert.MANDATE: sentence("The mandate ends or has ended"),
    Alert.NOBODY: sentence("Nobody looks after this client: hand over"),
}


@dataclass(frozen=True)
class Call:
    """One alert: what to do, and where for whom."""

    words: str
    places: Sequence[tuple[str, str]]  # words, address


def calls(lines: Iterable[Line], more: Sequence[tuple[Alert, str, str]], code: str) -> list[Call]:
    """Alerts in order of their weight, each with the clients that it is about."""
    found: dict[Alert, dict[str, str]] = {alert: {} for alert in Alert}
    for line in lines:
        for alert in line.alerts:
            found[alert].setdefault(line.alias or line.code, _place(line, alert, code))
    for alert, name, address in more:
        found[alert].setdefault(name, address)
    return [Call(_(ALERTS[alert]), list(names.items())) for alert, names in found.items() if names]


def _place(line: Line, alert: Alert, code: str) -> str:
    return url(
        {
            Alert.TO_ANSWER: f"/proposals/{line.proposal}",
            Alert.ALONE: f"/desk/needs/{line.code}",
            Alert.EXPIRING: line.path,
            Alert.NOBODY: f"/organisations/{code}/hand-over?client={line.alias}",
        }.get(alert, f"/desk/clients/{line.alias}")
    )


def what(line: Line) -> str:
    return "" if line.category is None else words.title(line.category, openly=True)


def when(line: Line) -> str:
    """Dates where there are any, else how soon."""
    if line.category is None:
        return ""
    if line.windows:
        return words.when(line.windows)
    if line.latest_by is not None:
        return _("Until %(day)s", day=format_day(line.latest_by))
    return words.urgency(line.urgency) if line.kind == PostKind.NEED.value else words.when(())


def is_urgent(line: Line) -> bool:
    return line.urgency == Urgency.TODAY and line.state not in (State.ENDED, State.PLACED)


def facts(line: Line) -> str:
    """How many and in which languages."""
    if line.category is None:
        return words.speaks(line.languages)
    return f"{words.how_many(line.units, line.unit)} · {words.speaks(line.languages)}"


def sheet(lines: Iterable[Line]) -> list[list[Cell]]:
    """The table of the desk with its heading, for a file."""
    head: list[Cell] = [
        _("Client"),
        _("Colleague"),
        _("What"),
        _("When"),
        _("How many"),
        _("Languages"),
        _("Asked"),
        _("Answered"),
        _("State"),
        _("On show since"),
        _("Mandate until"),
    ]
    return [head, *(_cells(line) for line in lines)]


def _cells(line: Line) -> list[Cell]:
    return [
        line.alias,
        line.worker,
        what(line),
        when(line),
        line.units or None,
        words.speaks(line.languages),
        line.asked,
        line.answered,
        _(STATES[line.state][0]),
        line.published_at.date().isoformat() if line.published_at else "",
        line.mandate_until.date().isoformat() if line.mandate_until else "",
    ]

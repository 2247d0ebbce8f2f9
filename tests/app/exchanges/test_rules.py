"""Status, endings and wording, without a database."""

from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta

import pytest

from app.exchanges import rules
from app.exchanges.rules import Answer, Outcome, Side, Status, Voice, Warn

NOW = datetime(2026, 11, 20, 12, tzinfo=UTC)


@dataclass
class Plain:
    """The time stamps of an exchange."""

    meeting_at: datetime | None = None
    asked_at: datetime | None = None
    giver_said: str | None = None
    receiver_said: str | None = None
    completed_at: datetime | None = None
    cancelled_at: datetime | None = None
    not_done_at: datetime | None = None
    disputed_at: datetime | None = None
    unconfirmed_at: datetime | None = None


@pytest.mark.parametrize(
    ("exchange", "expected"),
    [
        (Plain(), Status.AGREED),
        (Plain(meeting_at=NOW), Status.SCHEDULED),
        (Plain(meeting_at=NOW, asked_at=NOW), Status.ASKED),
        (Plain(giver_said="yes"), Status.ASKED),
        (Plain(giver_said="yes", disputed_at=NOW), Status.DISPUTED),
        (Plain(disputed_at=NOW, completed_at=NOW), Status.COMPLETED),
        (Plain(disputed_at=NOW, not_done_at=NOW), Status.NOT_DONE),
        (Plain(cancelled_at=NOW), Status.CANCELLED),
        (Plain(asked_at=NOW, unconfirmed_at=NOW), Status.UNCONFIRMED),
    ],
)
def test_status_is_read_from_time_stamps(exchange: Plain, expected: Status) -> None:
    assert rules.status(exchange) is expected
    assert rules.is_open(exchange) == (expected in rules.OPEN)


def test_nobody_calls_off_what_somebody_has_answered() -> None:
    assert rules.may_cancel(Plain(meeting_at=NOW))
    assert not rules.may_cancel(Plain(giver_said="yes"))
    assert not rules.may_cancel(Plain(receiver_said="no"))
    assert not rules.may_cancel(Plain(completed_at=NOW))


@pytest.mark.parametrize(
    ("giver", "receiver", "expected"),
    [
        (None, None, Outcome.OPEN),
        (Answer.YES, None, Outcome.OPEN),
        (None, Answer.NO, Outcome.OPEN),
        (Answer.YES, Answer.YES, Outcome.COMPLETED),
        (Answer.NO, Answer.NO, Outcome.NOT_DONE),
        (Answer.YES, Answer.NO, Outcome.DISPUTED),
        (Answer.NO, Answer.YES, Outcome.DISPUTED),
    ],
)
def test_completed_needs_both(giver: str | None, receiver: str | None, expected: Outcome) -> None:
    assert rules.outcome(giver, receiver) is expected


def test_hosting_needs_a_third_voice() -> None:
    both = frozenset({Voice.NEED, Voice.OFFER})
    assert rules.missing_voices(both, hosting=False) == frozenset()
    assert rules.missing_voices(both, hosting=True) == {Voice.ORGANISATION}
    assert rules.missing_voices(frozenset(), hosting=False) == both


def test_the_question_comes_the_morning_after() -> None:
    asked = rules.ask_at(date(2026, 11, 20), NOW)
    assert asked == datetime(2026, 11, 21, 9, tzinfo=UTC)  # ten o'clock in Brussels
    assert rules.ask_at(None, NOW) == NOW + timedelta(days=3)


def test_a_meeting_lies_ahead() -> None:
    assert rules.may_meet_at(NOW, NOW)
    assert not rules.may_meet_at(NOW - timedelta(days=2), NOW)
    assert not rules.may_meet_at(NOW + timedelta(days=800), NOW)


@pytest.mark.parametrize(
    ("words", "expected"),
    [
        ("See you on Friday at 18:30, number 12", ()),
        ("We zien elkaar vrijdag om 18 uur", ()),
        ("Rendez-vous vendredi 20 novembre à 18 h", ()),
        ("Call me on 0470 12 34 56", (Warn.CONTACT,)),
        ("amal@example.org", (Warn.CONTACT,)),
        ("Il faut payer 20 €", (Warn.MONEY,)),
        ("je moet huur betalen", (Warn.MONEY,)),
        ("A room in exchange for cleaning", (Warn.WORK,)),
        ("une chambre en échange de ménage", (Warn.WORK,)),
        ("in ruil voor poetsen", (Warn.WORK,)),
        ("Give me your passport", (Warn.WORK,)),
        ("Ik houd je identiteitskaart bij", (Warn.WORK,)),
        ("أعطني جواز سفرك", (Warn.WORK,)),
        ("On continue sur WhatsApp", (Warn.CONTACT,)),
        ("Пиши в телеграм", (Warn.CONTACT,)),
    ],
)
def test_wording_that_deserves_care(words: str, expected: tuple[Warn, ...]) -> None:
    assert rules.warnings_in(words) == expected


def test_sides_face_each_other() -> None:
    assert [side.other for side in Side] == [Side.RECEIVER, Side.GIVER]

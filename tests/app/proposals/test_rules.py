"""The rules of proposals, without a database."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.clock import BRUSSELS
from app.i18n import speaking
from app.notifications.rules import QUIET_FROM, QUIET_UNTIL
from app.proposals.rules import (
    ProposalFacts,
    ProposalStatus,
    Seat,
    Stand,
    answer_by,
    is_doubt,
    kept_reasons,
    reason_facts,
    sentence,
    stand,
    status,
)
from app.proposals.rules.reasons import DOUBTS
from matching.explain import REASON_KEYS

NOW = datetime(2026, 11, 20, 12, tzinfo=UTC)
VALUES = {"bucket": "2_5", "languages": "0,4", "wishes": "0,2"}
MINUTE = timedelta(minutes=1)
moments = st.integers(min_value=0, max_value=2 * 366 * 24 * 60).map(
    lambda minutes: datetime(2026, 1, 1, tzinfo=UTC) + minutes * MINUTE
)


def waking_time(start: datetime, end: datetime) -> timedelta:
    """Counted minute by minute, as nobody would in production."""
    awake = timedelta()
    while start < end:
        awake += MINUTE * (QUIET_UNTIL <= start.astimezone(BRUSSELS).time() < QUIET_FROM)
        start += MINUTE
    return awake


@given(moments, st.booleans())
def test_the_deadline_gives_exactly_the_waking_hours(moment: datetime, urgent: bool) -> None:
    end = answer_by(moment, urgent=urgent)
    assert waking_time(moment, end) == timedelta(hours=4 if urgent else 48)


@given(moments, st.booleans())
def test_no_deadline_falls_into_the_night(moment: datetime, urgent: bool) -> None:
    last = (answer_by(moment, urgent=urgent) - MINUTE).astimezone(BRUSSELS).time()
    assert QUIET_UNTIL <= last < QUIET_FROM


def test_every_reason_of_the_engine_is_a_sentence() -> None:
    with speaking("en"):
        told = {key: sentence(reason_facts(key, "need", VALUES)) for key in REASON_KEYS}
    assert len(set(told.values())) == len(REASON_KEYS)
    assert set(REASON_KEYS) >= DOUBTS
    assert told["language.shared"] == "You both speak French, Arabic"
    assert told["wishes.met"] == "As you wished: step-free, smoke-free"
    assert told["distance.far"] == "Further than most: 2 to 5 km away"


@pytest.mark.parametrize("key", REASON_KEYS)
def test_a_reason_says_no_number_but_the_step(key: str) -> None:
    facts = reason_facts(key, "offer", {**VALUES, "bucket": "under_2"})
    with speaking("en"):
        words = sentence(facts).replace("2 km", "")
    assert not any(character.isdigit() for character in words)


def test_doubts_are_told_apart() -> None:
    rows = [{"key": "time.part", "side": "need", "values": {}}]
    assert [is_doubt(reason) for reason in kept_reasons(rows)] == [True]
    assert not is_doubt(reason_facts("time.good", "need", {}))


def facts(**stamps: object) -> ProposalFacts:
    plain = dict.fromkeys(
        (
            "need_accepted_at",
            "offer_accepted_at",
            "organisation_agreed_at",
            "agreed_at",
            "declined_at",
            "declined_by",
            "withdrawn_at",
            "superseded_at",
            "expired_at",
        )
    )
    return ProposalFacts(**({"expires_at": NOW + timedelta(hours=1)} | plain | stamps))  # type: ignore[arg-type] # stamps by name


@pytest.mark.parametrize(
    ("stamps", "word", "need", "offer"),
    [
        ({}, ProposalStatus.PENDING, Stand.TO_ANSWER, Stand.TO_ANSWER),
        (
            {"need_accepted_at": NOW},
            ProposalStatus.HALF_ACCEPTED,
            Stand.WAITING,
            Stand.TO_ANSWER,
        ),
        ({"agreed_at": NOW}, ProposalStatus.ACCEPTED, Stand.AGREED, Stand.AGREED),
        (
            {"declined_at": NOW, "declined_by": "need"},
            ProposalStatus.DECLINED,
            Stand.DECLINED,
            Stand.NO_LONGER,
        ),
        ({"withdrawn_at": NOW}, ProposalStatus.WITHDRAWN, Stand.NO_LONGER, Stand.NO_LONGER),
        ({"superseded_at": NOW}, ProposalStatus.SUPERSEDED, Stand.NO_LONGER, Stand.NO_LONGER),
        ({"expired_at": NOW}, ProposalStatus.EXPIRED, Stand.TOO_LATE, Stand.TOO_LATE),
        ({"expires_at": NOW}, ProposalStatus.EXPIRED, Stand.TOO_LATE, Stand.TOO_LATE),
    ],
)
def test_status_is_read_from_time_stamps(
    stamps: dict[str, object], word: ProposalStatus, need: Stand, offer: Stand
) -> None:
    one = facts(**stamps)
    assert status(one, NOW) is word
    assert (stand(one, Seat("need"), NOW), stand(one, Seat("offer"), NOW)) == (need, offer)


def test_the_vouching_organisation_answers_for_itself() -> None:
    one = facts(need_accepted_at=NOW, offer_accepted_at=NOW)
    assert stand(one, Seat("need", vouches=True), NOW) is Stand.TO_ANSWER
    agreed = facts(organisation_agreed_at=NOW)
    assert stand(agreed, Seat("need", vouches=True), NOW) is Stand.WAITING
    assert stand(agreed, Seat("need"), NOW) is Stand.TO_ANSWER

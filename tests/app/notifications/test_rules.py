"""When letters leave, by which channel, and what a link proves."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.clock import BRUSSELS
from app.notifications.rules import (
    ALL_WISHES,
    GATHER,
    MUTABLE,
    QUIET_FROM,
    QUIET_UNTIL,
    WISHES,
    Channel,
    Level,
    LinkPurpose,
    SignedLink,
    Topic,
    check_facts,
    choose_channel,
    leaves_at,
    level_of,
    path_of,
    read_link,
    write_link,
)
from app.settings import Settings
from workers.sms import GSM, GSM_TWICE, parts

moments = st.datetimes(
    min_value=datetime(2026, 1, 1),  # noqa: DTZ001 - the strategy adds the zone
    max_value=datetime(2032, 1, 1),  # noqa: DTZ001 - as above
    timezones=st.just(UTC),
)
wishes = st.frozensets(st.sampled_from(sorted(ALL_WISHES)))
kinds = st.frozensets(st.sampled_from(["email", "phone"]))


@given(moments)
def test_nothing_leaves_in_quiet_hours(moment: datetime) -> None:
    due = leaves_at(moment, urgent=False)
    assert QUIET_UNTIL <= due.astimezone(BRUSSELS).time() < QUIET_FROM
    assert moment + GATHER <= due <= moment + GATHER + timedelta(hours=13)


@given(moments)
def test_by_day_it_only_gathers_for_a_moment(moment: datetime) -> None:
    due = leaves_at(moment, urgent=False)
    if QUIET_UNTIL <= (moment + GATHER).astimezone(BRUSSELS).time() < QUIET_FROM:
        assert due == moment + GATHER
    else:
        assert due.astimezone(BRUSSELS).time() == QUIET_UNTIL


@given(moments)
def test_urgent_news_leaves_at_once(moment: datetime) -> None:
    assert leaves_at(moment, urgent=True) == moment


def test_the_quiet_hours_hunt_catches_a_naive_clock() -> None:
    """The control: eight by universal time is not eight in Brussels."""
    night = datetime(2026, 7, 1, 22, 30, tzinfo=UTC)
    naive = night.replace(hour=8, minute=0) + timedelta(days=1)
    assert naive.astimezone(BRUSSELS).time() != QUIET_UNTIL
    assert leaves_at(night, urgent=False).astimezone(BRUSSELS).time() == QUIET_UNTIL


@given(st.sampled_from(Topic), wishes, kinds)
def test_a_channel_is_wanted_reachable_and_quiet(
    topic: Topic, chosen: frozenset[tuple[Topic, Channel]], reach: frozenset[str]
) -> None:
    channel = choose_channel(topic, chosen, reach)
    mail = "email" in reach and (topic is Topic.SECURITY or (topic, Channel.EMAIL) in chosen)
    sms = "phone" in reach and (topic is Topic.SECURITY or (topic, Channel.SMS) in chosen)
    assert channel == (Channel.EMAIL if mail else Channel.SMS if sms else None)


@given(wishes)
def test_levels_name_the_choice(chosen: frozenset[tuple[Topic, Channel]]) -> None:
    level = level_of(chosen)
    assert WISHES.get(level, chosen) == chosen
    assert level_of(WISHES[Level.BASIC]) is Level.BASIC
    assert {topic for topic, _ in ALL_WISHES} == set(MUTABLE)


REFS = st.text(alphabet="abcdefghjkmnpqrstvwxyz23456789./", min_size=1, max_size=12)


@given(st.sampled_from(LinkPurpose), REFS, st.integers(min_value=1, max_value=10**15))
def test_a_link_proves_what_was_signed(
    settings: Settings, purpose: LinkPurpose, ref: str, person_id: int
) -> None:
    link = SignedLink(purpose, ref, person_id)
    token = write_link(link)
    assert read_link(purpose, token) == link
    other = next(one for one in LinkPurpose if one is not purpose)
    assert read_link(other, token) is None
    body = token.rpartition(".")[0]
    for forged in (
        body,
        f"{body}.",
        f"{body}.AA",
        f"{body}.é",
        token[:-3],
        f"x{token}",
        f"{token}=",
    ):
        found = read_link(purpose, forged)
        assert found is None or found == link


def test_a_cut_signature_would_have_passed_a_naive_check(settings: Settings) -> None:
    """The control: comparing as many bytes as were sent accepts none at all."""
    token = write_link(SignedLink(LinkPurpose.PROPOSAL, "abc", 1))
    sent = b""
    assert b"whatever we sign"[: len(sent)] == sent
    assert read_link(LinkPurpose.PROPOSAL, token.rpartition(".")[0] + ".") is None


def test_addresses_of_links(settings: Settings) -> None:
    assert path_of(SignedLink(LinkPurpose.POST, "offers/abc", 1)) == "/offers/abc"
    assert path_of(SignedLink(LinkPurpose.EXCHANGE_PAGE, "abc", 1)) == "/exchanges/abc"
    assert path_of(SignedLink(LinkPurpose.PROPOSAL, "abc", 1)).startswith("/p/abc.1.")
    assert path_of(SignedLink(LinkPurpose.ACCOUNT, "", 1)) == "/account"
    assert path_of(SignedLink(LinkPurpose.REPORT, "abc", 1)).startswith("/reports/abc.1.")


def test_notices_carry_no_contacts() -> None:
    check_facts({"category": "roof.bed", "name": "Jan"})
    with pytest.raises(ValueError, match="phone"):
        check_facts({"phone": "+32470123456"})


@pytest.mark.parametrize(
    ("text", "count"),
    [
        ("a" * 160, 1), ("a" * 161, 2), ("a" * 306, 2), ("a" * 307, 3), ("€" * 80, 1),
        ("€" * 81, 2), ("é" * 160, 1), ("ç" * 70, 1), ("ç" * 71, 2), ("a" * 70 + "ê", 2),
        ("م" * 70, 1), ("م" * 134, 2), ("😀" * 35, 1), ("😀" * 36, 2),
    ],
)  # fmt: skip
def test_messages_are_counted_as_phones_count(text: str, count: int) -> None:
    assert parts(text) == count


@given(st.text(min_size=1, max_size=400))
def test_one_strange_letter_makes_all_wide(text: str) -> None:
    narrow = set(text) <= GSM | GSM_TWICE
    longest = 160 if narrow else 70
    if parts(text) == 1:
        assert len(text) <= longest
    assert parts(text + "ç") >= parts(text)

"""Status, permissions and the length of a post's life, as the rules say them."""

from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.accounts.rules import Grant, Role, Visitor
from app.clock import BRUSSELS
from app.posts import rules
from app.posts.rules import PostFacts, PostKind, PostStatus, Urgency, Window, expiry
from app.posts.rules.state import ENDED
from app.web.visit import Stranger

NOON = datetime(2026, 11, 20, 12, tzinfo=UTC)
MEAL, BED = rules.category("food.meal").number, rules.category("roof.bed").number
AUTHOR = Visitor(1, "Jan", "nl")
OTHER = Visitor(2, "Amal", "fr")
WORKER = Visitor(3, "Fatou", "fr", frozenset({Grant(Role.CASEWORKER, 7)}))
MODERATOR = Visitor(4, "Mia", "nl", frozenset({Grant(Role.MODERATOR, None)}))


@dataclass(frozen=True)
class Row:
    facts: PostFacts


def row(**changes: object) -> Row:
    plain = PostFacts(
        kind=PostKind.OFFER,
        category=MEAL,
        author_id=1,
        organisation_id=None,
        places=4,
        taken=0,
        exclusive=False,
        recurring=False,
        published_at=NOON,
        adopted_at=None,
        paused_at=None,
        held_at=None,
        withdrawn_at=None,
        expired_at=None,
        fulfilled_at=None,
    )
    return Row(replace(plain, **changes))  # type: ignore[arg-type] # any field


@pytest.mark.parametrize(
    ("changes", "status"),
    [
        ({}, PostStatus.PUBLISHED),
        ({"category": BED}, PostStatus.WAITING),
        ({"category": BED, "adopted_at": NOON}, PostStatus.PUBLISHED),
        ({"taken": 4}, PostStatus.FULL),
        ({"taken": 4, "recurring": True}, PostStatus.PUBLISHED),
        ({"taken": 1, "exclusive": True}, PostStatus.FULL),
        ({"paused_at": NOON, "taken": 4}, PostStatus.PAUSED),
        ({"paused_at": NOON, "held_at": NOON}, PostStatus.HELD),
        ({"held_at": NOON, "withdrawn_at": NOON}, PostStatus.WITHDRAWN),
        ({"expired_at": NOON, "withdrawn_at": NOON + timedelta(1)}, PostStatus.WITHDRAWN),
        ({"withdrawn_at": NOON, "fulfilled_at": NOON + timedelta(1)}, PostStatus.FULFILLED),
    ],
)
def test_the_latest_word_is_the_status(changes: dict[str, object], status: PostStatus) -> None:
    assert rules.status(row(**changes)) is status


def test_own_means_author_or_the_organisation_not_both() -> None:
    assert rules.owns(AUTHOR, row())
    assert not rules.owns(AUTHOR, row(organisation_id=7))
    assert rules.owns(WORKER, row(organisation_id=7))
    assert not rules.owns(WORKER, row(organisation_id=8))
    assert not rules.owns(Stranger(), row())


_moments = st.none() | st.datetimes(
    datetime(2026, 1, 1),  # noqa: DTZ001 - Hypothesis adds the zone
    datetime(2027, 1, 1),  # noqa: DTZ001
    timezones=st.just(UTC),
)
_rows = st.builds(
    row,
    kind=st.sampled_from(PostKind),
    category=st.sampled_from([MEAL, BED]),
    organisation_id=st.sampled_from([None, 7]),
    taken=st.integers(0, 4),
    adopted_at=_moments,
    paused_at=_moments,
    held_at=_moments,
    withdrawn_at=_moments,
    expired_at=_moments,
    fulfilled_at=_moments,
)


@given(_rows)
def test_only_the_own_side_may_change_and_only_what_its_state_allows(post: Row) -> None:
    verbs = [
        rules.may_edit,
        rules.may_pause,
        rules.may_resume,
        rules.may_extend,
        rules.may_withdraw,
        rules.may_confirm,
    ]
    for viewer in (Stranger(), OTHER, MODERATOR):
        assert not any(may(viewer, post) for may in verbs)
    for viewer in (AUTHOR, WORKER):
        if not rules.owns(viewer, post):
            assert not any(may(viewer, post) for may in verbs)
        elif rules.status(post) in ENDED:
            assert [may for may in verbs if may(viewer, post)] in ([], [rules.may_extend])
        assert not (rules.may_pause(viewer, post) and rules.may_resume(viewer, post))
        assert not (rules.owns(viewer, post) and rules.may_ask(viewer, post))


@given(_rows)
def test_strangers_never_see_held_posts_hosting_needs_or_anybodys_words(post: Row) -> None:
    if post.facts.held_at is not None:
        assert not rules.may_see(Stranger(), post)
    if post.facts.kind is PostKind.NEED:
        assert not rules.may_read_words(OTHER, post)
        if post.facts.category == BED:
            assert not rules.may_see(OTHER, post)
    elif post.facts.category == BED and post.facts.adopted_at is None:
        assert not rules.may_see(OTHER, post)
    assert rules.may_see(MODERATOR, post)


def test_a_post_lives_sixty_days_and_urgent_help_seven() -> None:
    assert expiry.ends_at(NOON, Urgency.FLEXIBLE, None, ()) == NOON + timedelta(days=60)
    assert expiry.ends_at(NOON, Urgency.TODAY, None, ()) == NOON + timedelta(days=7)


def test_still_there_is_asked_after_thirty_days_or_next_morning() -> None:
    assert expiry.ask_at(NOON, Urgency.THIS_WEEK) == NOON + timedelta(days=30)
    late = datetime(2026, 11, 20, 23, 30, tzinfo=UTC)  # already the 21st in Brussels
    assert expiry.ask_at(late, Urgency.TODAY) == datetime(2026, 11, 22, 8, tzinfo=BRUSSELS)


def test_nothing_outlives_its_last_day() -> None:
    day = date(2026, 11, 25)
    midnight = datetime(2026, 11, 26, tzinfo=BRUSSELS)
    assert expiry.ends_at(NOON, Urgency.FLEXIBLE, day, ()) == midnight
    window = Window(NOON + timedelta(days=1), NOON + timedelta(days=1, hours=2))
    assert expiry.ends_at(NOON, Urgency.FLEXIBLE, None, (window,)) == window.ends_at
    assert expiry.extended(NOON + timedelta(days=9), midnight, None, (window,)) <= NOON + timedelta(
        days=9
    )


@given(
    end=_moments.filter(bool),
    times=st.integers(1, 9),
)
def test_extending_never_reaches_beyond_ninety_days(end: datetime, times: int) -> None:
    for _number in range(times):
        end = expiry.extended(NOON, end, None, ())
        assert NOON < end <= NOON + expiry.FURTHEST

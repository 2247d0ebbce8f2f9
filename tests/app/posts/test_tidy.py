"""Time ends posts and asks about them; silence lets an offer rest."""

from datetime import timedelta

from sqlalchemy import func, select, update

from app.db import Session
from app.notifications.models import Notice
from app.outbox import Job, JobRow
from app.posts import actions
from app.posts.models import Draft, Post
from app.posts.rules import PostStatus, Urgency, status
from tests.factories.posts import a_need, an_author, an_offer


async def _kinds(session: Session) -> list[str]:
    rows = await session.scalars(
        select(Notice.kind).where(Notice.kind != "published").order_by(Notice.id)
    )
    return list(rows)


async def _age(session: Session, post: Post, days: float) -> None:
    past = func.now() - timedelta(days=days)
    await session.execute(
        update(Post).where(Post.id == post.id).values(published_at=past, confirmed_at=past)
    )
    await session.refresh(post)


async def test_still_there_is_asked_once_and_answered_by_one_tap(session: Session) -> None:
    author = await an_author(session)
    old, young = await an_offer(session, author), await an_offer(session, author)
    await _age(session, old, 31)
    await _age(session, young, 29)
    assert await actions.tidy_posts(session) == 1
    assert await actions.tidy_posts(session) == 0
    assert await _kinds(session) == ["still_there"]
    await session.refresh(old)
    assert old.asked_at is not None
    await actions.confirm_still_there(session, author, old)
    assert old.asked_at is None
    assert await actions.tidy_posts(session) == 0


async def test_help_needed_today_is_asked_about_next_morning(session: Session) -> None:
    need = await a_need(session, urgency=Urgency.TODAY)
    assert need.ends_at - (need.published_at or need.created_at) == timedelta(days=7)
    assert await actions.tidy_posts(session) == 0
    await _age(session, need, 2)
    assert await actions.tidy_posts(session) == 1


async def test_time_ends_a_post_and_one_tap_brings_it_back(session: Session) -> None:
    author = await an_author(session)
    post = await an_offer(session, author)
    await session.execute(update(Post).values(ends_at=func.now()))
    await session.refresh(post)
    assert await actions.tidy_posts(session) == 1
    await session.refresh(post)
    assert status(post) is PostStatus.EXPIRED
    assert await _kinds(session) == ["post_expired"]
    closing = select(JobRow.ref).where(JobRow.kind == Job.CLOSE_PROPOSALS.value)
    assert list(await session.scalars(closing)) == [post.id]
    await actions.extend(session, author, post)
    assert status(post) is PostStatus.PUBLISHED


async def test_paused_posts_end_too_and_held_ones_are_not_asked_about(session: Session) -> None:
    author = await an_author(session)
    paused, held = await an_offer(session, author), await an_offer(session, author)
    await actions.pause(session, author, paused)
    await session.execute(update(Post).where(Post.id == held.id).values(held_at=func.now()))
    await _age(session, paused, 40)
    await _age(session, held, 40)
    assert await actions.tidy_posts(session) == 0
    await session.execute(update(Post).values(ends_at=func.now()))
    assert await actions.tidy_posts(session) == 2


async def test_silence_lets_an_offer_rest_once(session: Session) -> None:
    post = await an_offer(session)
    await actions.pause_for_silence(session, post.id)
    await actions.pause_for_silence(session, post.id)
    await session.refresh(post)
    assert status(post) is PostStatus.PAUSED
    assert await _kinds(session) == ["post_paused"]


async def test_a_pause_does_not_count_as_waiting(session: Session) -> None:
    author = await an_author(session)
    need = await a_need(session, author)
    waited = need.waiting_since
    await actions.pause(session, author, need)
    await session.execute(
        update(Post).where(Post.id == need.id).values(paused_at=func.now() - timedelta(days=3))
    )
    await session.refresh(need)
    await actions.resume(session, author, need)
    assert waited is not None
    assert need.waiting_since == waited + timedelta(days=3)


async def test_forgotten_drafts_are_removed(session: Session) -> None:
    for token, days in ((b"old", -1), (b"new", 1)):
        moment = func.now() + timedelta(days=days)
        session.add(Draft(token_hash=token, kind="need", answers="{}", expires_at=moment))
    await session.flush()
    await actions.tidy_posts(session)
    assert list(await session.scalars(select(Draft.token_hash))) == [b"new"]

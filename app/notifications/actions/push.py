"""Browsers that want to be told of news, and the job that tells them."""

from collections.abc import Mapping
from datetime import timedelta

from sqlalchemy import delete, func, select, update
from sqlalchemy.dialects.postgresql import insert

from app import crypto
from app.db import Session
from app.errors import TooManyError
from app.notifications.models import Notice, PushSubscription
from app.notifications.rules.push import MOST_BROWSERS, Browser
from app.outbox import Job, defer_once


async def subscribe(session: Session, person_id: int, browser: Browser, device_name: str) -> None:
    """From now on this browser is told; on a shared one, of the news of whoever asked last."""
    known = await session.scalar(
        select(func.count()).where(PushSubscription.person_id == person_id)
    )
    if (known or 0) >= MOST_BROWSERS:
        raise TooManyError("Ten browsers are told already. Remove one first.")
    newest = await session.scalar(
        select(func.coalesce(func.max(Notice.id), 0)).where(Notice.person_id == person_id)
    )
    values = {
        "person_id": person_id,
        "device_name": device_name[:60],
        "endpoint": browser.endpoint,
        "p256dh": browser.p256dh,
        "auth": browser.auth,
        "told_until": newest,
    }
    await session.execute(
        insert(PushSubscription)
        .values(lookup=crypto.sign("push_endpoint", browser.endpoint), **values)
        .on_conflict_do_update(index_elements=[PushSubscription.lookup], set_=values)
    )


async def unsubscribe(session: Session, person_id: int, number: int) -> None:
    """The browser is told nothing any more."""
    await session.execute(
        delete(PushSubscription).where(
            PushSubscription.id == number, PushSubscription.person_id == person_id
        )
    )


async def push_later(session: Session, waits: Mapping[int, timedelta]) -> None:
    """Have the browsers of these people told, each after its wait; several news are one sign."""
    if not waits:
        return
    rows = await session.scalars(
        select(PushSubscription.person_id)
        .where(PushSubscription.person_id.in_(list(waits)))
        .distinct()
    )
    for person_id in sorted(rows):
        await defer_once(session, Job.PUSH_NEWS, person_id, after=waits[person_id])


async def mark_pushed(session: Session, number: int, notice_id: int) -> None:
    """The browser knows of everything up to this notice."""
    await session.execute(
        update(PushSubscription)
        .where(PushSubscription.id == number, PushSubscription.told_until < notice_id)
        .values(told_until=notice_id)
    )


async def forget_browser(session: Session, number: int) -> None:
    """Its maker says that it is gone."""
    await session.execute(delete(PushSubscription).where(PushSubscription.id == number))

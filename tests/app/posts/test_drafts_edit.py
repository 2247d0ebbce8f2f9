"""A published post becomes a draft again; what was not asked stays; sending twice saves once."""

import asyncio
from datetime import datetime, timedelta

import httpx
from sqlalchemy import func, select

from app.accounts.rules import Visitor
from app.clock import BRUSSELS, local, now
from app.db import SessionMaker, transaction
from app.posts import queries
from app.posts.forms.answers import Answers, Step, Typed
from app.posts.forms.plain_input import read_day, read_number, read_time
from app.posts.forms.reading import read_post
from app.posts.models import Post
from app.posts.rules import PostDraft, PostKind, Window
from tests.app.posts.browsing import Walker
from tests.conftest import SignIn
from tests.factories.accounts import a_person
from tests.factories.posts import an_offer, in_days


async def an_own_offer(maker: SessionMaker, **changes: object) -> tuple[int, str]:
    person = await a_person(maker, name="Jan")
    async with transaction(maker) as session:
        offer = await an_offer(session, Visitor(person.id, "Jan", "en"), **changes)
        return person.id, offer.code


async def begin_edit(client: httpx.AsyncClient, code: str) -> Walker:
    walk = await Walker(client).open("/en/offer-help")
    token = walk.html.split('name="_csrf_token" value="')[1].split('"')[0]
    walk.answer = await client.post(
        f"/en/posts/{code}/edit", data={"_csrf_token": token}, follow_redirects=True
    )
    return walk


async def test_an_edit_starts_from_what_is_published_and_keeps_the_rest(
    client: httpx.AsyncClient, maker: SessionMaker, sign_in: SignIn
) -> None:
    windows = (in_days(3), in_days(5), in_days(9))
    person_id, code = await an_own_offer(
        maker, windows=windows, radius_km=7.0, insured_by="Ethias", note="Soup"
    )
    await sign_in(client, person_id)
    walk = await begin_edit(client, code)
    assert walk.path.endswith("/check"), walk.html
    assert "Soup" in walk.html
    await walk.follow("Change In your own words")
    await walk.fill(note="Soup and bread").press("Continue")
    await walk.press("Save the changes")
    assert "Your changes are saved" in walk.html
    async with transaction(maker) as session:
        post = (await session.scalars(select(Post))).one()
        kept = (await queries.windows_of(session, [post.id]))[post.id]
    assert (post.note, post.radius_km, post.insured_by) == ("Soup and bread", 7.0, "Ethias")
    assert len(kept) == 3


async def test_an_edit_of_somebody_elses_post_is_not_there(
    client: httpx.AsyncClient, maker: SessionMaker, sign_in: SignIn
) -> None:
    _person, code = await an_own_offer(maker)
    await sign_in(client, (await a_person(maker, name="Eve")).id)
    walk = await begin_edit(client, code)
    assert walk.answer is not None
    assert walk.answer.status_code == 404


async def test_two_clicks_at_once_publish_one_post(
    client: httpx.AsyncClient, maker: SessionMaker, sign_in: SignIn
) -> None:
    await sign_in(client, (await a_person(maker)).id)
    walk = await Walker(client).open("/en/offer-help")
    await walk.press("A meal")
    await walk.fill(text="1060").press("Continue")
    await walk.press("Continue")
    await walk.press("Continue")
    token = walk.html.split('name="_csrf_token" value="')[1].split('"')[0]
    to = walk.path.replace("/check", "/publish")
    both = await asyncio.gather(*(client.post(to, data={"_csrf_token": token}) for _ in range(4)))
    assert {answer.headers["location"] for answer in both} == {to.replace("/publish", "/done")}
    async with transaction(maker) as session:
        assert await session.scalar(select(func.count()).select_from(Post)) == 1


def an_offer_with(**when: list[str]) -> PostDraft:
    place = Typed(lat=["50.8"], lon=["4.3"], nis=["21013"], postcode=["1060"])
    typed = {
        Step.KIND: Typed(category=["food.meal"]),
        Step.PLACE: place,
        Step.WHEN: Typed(places=["2"], **when),
        Step.LANGUAGES: Typed(languages=["nl", "fr"]),
    }
    return read_post(Answers(PostKind.OFFER, typed=typed), local(now()).date())


def test_weekly_hours_recur_in_local_time() -> None:
    said = an_offer_with(when=["weekly"], days=["TU", "SA"], from_time=["9h30"], until_time=["12"])
    [window] = said.windows
    start = window.starts_at.astimezone(BRUSSELS)
    assert window.rule == "FREQ=WEEKLY;BYDAY=TU,SA"
    assert (start.hour, start.minute, start.weekday() in (1, 5)) == (9, 30, True)
    assert window.ends_at - window.starts_at == timedelta(hours=2, minutes=30)


def test_dates_are_whole_local_days_also_over_a_change_of_the_clock() -> None:
    first = local(now()).date() + timedelta(days=1)
    last = first + timedelta(days=200)
    said = an_offer_with(
        when=["dates"], from_day=[f"{first:%d/%m/%Y}"], until_day=[last.isoformat()]
    )
    start = datetime.combine(first, datetime.min.time(), BRUSSELS)
    end = datetime.combine(last + timedelta(days=1), datetime.min.time(), BRUSSELS)
    assert said.windows == (Window(start, end),)
    assert said.latest_by == last


def test_numbers_days_and_times_as_people_type_them() -> None:
    assert [read_number(text) for text in ("4", " 1 000", "٣", "1.5", "-2", "1" * 30, "")] == [
        4,
        1000,
        3,
        None,
        -2,
        None,
        None,
    ]
    assert {read_day(text) for text in ("2026-11-20", "20/11/2026", "20.11.26", "20-11-2026")} == {
        datetime(2026, 11, 20).date()  # noqa: DTZ001 - a day has no zone
    }
    assert read_day("31/02/2026") is None
    assert [f"{read_time(text):%H:%M}" for text in ("9", "9:30", "9h", "9u15", "09.30")] == [
        "09:00",
        "09:30",
        "09:00",
        "09:15",
        "09:30",
    ]
    assert read_time("25:00") is None

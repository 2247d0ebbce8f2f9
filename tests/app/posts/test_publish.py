"""Publishing is one act with windows, place, work and notice; wrong drafts name their fields."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest
from sqlalchemy import func, select
from sqlalchemy.orm.attributes import set_committed_value

from app.accounts.rules import Grant, Role, Visitor
from app.db import Session
from app.errors import ConflictError, InvalidError, NotAllowedError
from app.notifications.models import Notice
from app.outbox import Job, JobRow
from app.posts import actions, queries
from app.posts.models import PostWindow
from app.posts.rules import PostKind, PostStatus, Window, status
from app.territories.models import ExactPlace, Place
from app.territories.rules import cell_centre, cell_of
from tests.factories.posts import (
    BED,
    MEAL,
    a_draft,
    a_need,
    an_author,
    an_offer,
    in_days,
    somewhere,
)


async def _jobs(session: Session, job: Job) -> list[int]:
    return list(await session.scalars(select(JobRow.ref).where(JobRow.kind == job.value)))


async def test_a_published_offer_is_on_show_and_asks_for_pairings(session: Session) -> None:
    window = in_days(2, rule="FREQ=WEEKLY;BYDAY=TU")
    post = await an_offer(session, windows=(window,), note=" Soup ")
    assert (post.status, post.is_open, post.recurring) == (PostStatus.PUBLISHED, True, True)
    assert (post.note, post.unit, post.radius_km) == ("Soup", "persons", 5)
    assert await _jobs(session, Job.FIND_PAIRINGS) == [post.id]
    notice = await session.scalar(select(Notice))
    assert notice is not None
    assert (notice.kind, notice.link_ref) == ("published", f"offers/{post.code}")
    assert await session.scalar(select(PostWindow.rule)) == window.rule


async def test_the_place_keeps_its_cell_and_hides_its_address(session: Session) -> None:
    place = somewhere("1060", lat=50.8263, lon=4.3457, address="Rue de la Victoire 1")
    post = await an_offer(session, place=place)
    saved = await session.get_one(Place, post.place_id)
    centre = cell_centre(cell_of(place.lat, place.lon))
    assert (saved.lat, saved.lon) == centre == (post.lat, post.lon)
    exact = await session.get_one(ExactPlace, saved.id)
    assert exact.address == "Rue de la Victoire 1"
    sealed = await session.scalar(select(func.octet_length(ExactPlace.__table__.c.address)))
    assert sealed


async def test_hosting_waits_for_an_organisation(session: Session) -> None:
    post = await a_need(session, category=BED)
    assert status(post) is PostStatus.WAITING
    assert await _jobs(session, Job.FIND_PAIRINGS) == []


@pytest.mark.parametrize(
    ("field", "changes"),
    [
        ("places", {"places": 0}),
        ("places", {"places": 10**20}),
        ("category", {"category": 39}),
        ("category", {"category": -1}),
        ("note", {"note": "x" * 281}),
        ("note", {"note": "Call me on 0470 12 34 56"}),
        ("note", {"note": "amal@example.org"}),
        ("languages", {"languages": ()}),
        ("languages", {"languages": ("xx",)}),
        ("languages", {"languages": ("fr", "fr")}),
        ("note_language", {"note_language": "zz"}),
        ("radius_km", {"radius_km": 0.5}),
        ("radius_km", {"radius_km": 101}),
        ("radius_km", {"radius_km": float("nan")}),
        ("radius_km", {"radius_km": 1e20}),
        ("remote", {"remote": True}),
        ("latest_by", {"latest_by": date(2020, 1, 1)}),
        ("latest_by", {"latest_by": date(9999, 12, 31)}),
        ("windows", {"windows": (in_days(-3),)}),
        ("windows", {"windows": (in_days(2, hours=-1),)}),
        ("windows", {"windows": (in_days(3000),)}),
        ("windows", {"windows": (in_days(2, rule="FREQ=SECONDLY"),)}),
        ("windows", {"windows": (in_days(2, hours=30, rule="FREQ=DAILY"),)}),
        ("windows", {"windows": (in_days(2, rule="FREQ=DAILY;UNTIL=20200101"),)}),
        ("windows", {"windows": tuple(in_days(day) for day in range(1, 22))}),
        ("insured_by", {"insured_by": "x" * 121}),
    ],
)
async def test_a_wrong_draft_names_its_field(
    session: Session, field: str, changes: dict[str, object]
) -> None:
    author = await an_author(session)
    with pytest.raises(InvalidError) as refused:
        await actions.publish(session, author, replace(a_draft(), **changes))  # type: ignore[arg-type] # any field
    assert set(refused.value.fields) == {field}
    assert all(sentence for sentence in refused.value.fields[field])


async def test_every_problem_is_named_at_once(session: Session) -> None:
    author = await an_author(session)
    with pytest.raises(InvalidError) as refused:
        await actions.publish(session, author, a_draft(places=0, category=77, languages=()))
    assert set(refused.value.fields) == {"places", "category", "languages"}


async def test_an_unknown_municipality_is_refused(session: Session) -> None:
    author = await an_author(session)
    for place in (somewhere(nis="99999"), somewhere(lat=91.0), somewhere(lat=float("nan"))):
        with pytest.raises(InvalidError) as refused:
            await actions.publish(session, author, a_draft(place=place))
        assert set(refused.value.fields) == {"place"}


async def test_nobody_posts_for_an_organisation_they_do_not_work_for(session: Session) -> None:
    author = await an_author(session)
    for draft in (a_draft(organisation_id=1), a_draft(client_id=1)):
        with pytest.raises(NotAllowedError):
            await actions.publish(session, author, draft)
    worker = replace(author, grants=frozenset({Grant(Role.CASEWORKER, 1)}))
    with pytest.raises(NotAllowedError, match="not verified"):
        await actions.publish(session, worker, a_draft(organisation_id=1))


async def test_an_edit_changes_words_windows_and_only_a_new_place(session: Session) -> None:
    author = await an_author(session)
    post = await an_offer(session, author, windows=(in_days(3),))
    place_id, version = post.place_id, post.version
    await actions.edit(session, author, post, a_draft(note="Later", windows=(in_days(5),)))
    assert (post.note, post.place_id, post.version) == ("Later", place_id, version + 1)
    assert len((await queries.windows_of(session, [post.id]))[post.id]) == 1
    await actions.edit(session, author, post, a_draft(place=somewhere("1000")))
    assert post.place_id != place_id
    with pytest.raises(InvalidError):
        await actions.edit(session, author, post, a_draft(PostKind.NEED))


async def test_two_editors_do_not_overwrite_each_other(session: Session) -> None:
    author = await an_author(session)
    post = await an_offer(session, author)
    seen = post.version
    await actions.pause(session, author, post)
    set_committed_value(post, "version", seen)  # as another session had read it
    with pytest.raises(ConflictError):
        await actions.resume(session, author, post)


async def test_verbs_lead_from_state_to_state(session: Session) -> None:
    author = await an_author(session)
    post = await an_offer(session, author)
    await actions.pause(session, author, post)
    assert status(post) is PostStatus.PAUSED
    await actions.resume(session, author, post)
    assert status(post) is PostStatus.PUBLISHED
    before = post.ends_at
    await actions.extend(session, author, post)
    assert timedelta(days=29) < post.ends_at - before <= timedelta(days=30)
    await actions.withdraw(session, author, post)
    assert status(post) is PostStatus.WITHDRAWN
    assert await _jobs(session, Job.CLOSE_PROPOSALS) == [post.id, post.id]
    with pytest.raises(NotAllowedError):
        await actions.extend(session, author, post)


async def test_strangers_have_no_verbs(session: Session) -> None:
    post = await an_offer(session)
    other = await an_author(session, "Olena")
    for verb in (actions.pause, actions.extend, actions.withdraw, actions.confirm_still_there):
        with pytest.raises(NotAllowedError):
            await verb(session, other, post)
    assert await queries.own_posts(session, other) is not None
    assert isinstance(other, Visitor)


async def test_a_need_reopens_with_the_time_it_waited(session: Session) -> None:
    need = await a_need(session, category=MEAL)
    waited = need.waiting_since
    await actions.take_need(session, need)
    assert status(need) is PostStatus.FULL
    with pytest.raises(ConflictError):
        await actions.take_need(session, need)
    await actions.reopen_need(session, need)
    assert (status(need), need.waiting_since) == (PostStatus.PUBLISHED, waited)
    await actions.fulfil_need(session, need)
    assert status(need) is PostStatus.FULFILLED


def test_windows_are_in_utc() -> None:
    window = Window(datetime(2026, 1, 1, tzinfo=UTC), datetime(2026, 1, 2, tzinfo=UTC))
    assert window.rule is None

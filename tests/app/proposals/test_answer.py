"""Saying no, time passing, posts resting: how proposals end and what follows."""

from datetime import date

import pytest
from sqlalchemy import func, select, text

from app.db import Session
from app.errors import GoneError
from app.notifications.models import Notice
from app.outbox import Job, JobRow
from app.posts import actions as posts
from app.posts.models import Post
from app.proposals.actions import (
    close_proposals,
    decline,
    look_again_later,
    mark_seen,
    propose,
    tidy_proposals,
)
from app.proposals.models import Proposal
from app.proposals.rules import Side
from tests.factories.posts import a_need, an_offer
from tests.factories.proposals import (
    a_proposal,
    author_of,
    find_pairings,
    let_time_pass,
    pairings_around,
)


async def waiting_jobs(session: Session, job: Job) -> list[int]:
    rows = await session.scalars(
        select(JobRow.ref)
        .where(JobRow.kind == job.value, JobRow.run_after <= func.now(), JobRow.done_at.is_(None))
        .order_by(JobRow.ref)
    )
    return list(rows)


async def forget_jobs(session: Session) -> None:
    await session.flush()
    await session.execute(text("DELETE FROM job"))


async def told(session: Session, kind: str) -> list[int]:
    rows = await session.scalars(select(Notice.person_id).where(Notice.kind == kind))
    return sorted(rows)


@pytest.mark.parametrize("side", ["need", "offer"])
async def test_a_declined_pair_never_returns(session: Session, side: Side) -> None:
    proposal = await a_proposal(session)
    seen = await pairings_around(session, proposal.need_id)
    await forget_jobs(session)
    await decline(session, proposal, side)
    assert proposal.declined_by == side
    looked_at = await waiting_jobs(session, Job.FIND_PAIRINGS)
    assert looked_at == sorted([proposal.need_id, proposal.offer_id])
    await let_time_pass(session, days=20)
    assert await pairings_around(session, proposal.need_id) == ()
    assert await pairings_around(session, proposal.offer_id) == ()
    assert await propose(session, seen) == []


async def test_a_second_no_comes_too_late(session: Session) -> None:
    proposal = await a_proposal(session)
    await decline(session, proposal, "need")
    with pytest.raises(GoneError):
        await decline(session, proposal, "offer")
    assert proposal.declined_by == "need"


async def test_no_after_the_time_is_too_late(session: Session) -> None:
    proposal = await a_proposal(session)
    await let_time_pass(session, days=10)
    await session.refresh(proposal)
    with pytest.raises(GoneError):
        await decline(session, proposal, "need")


async def test_nobody_is_told_of_a_no_unless_they_said_yes(session: Session) -> None:
    quiet = await a_proposal(session)
    await decline(session, quiet, "offer")
    assert await told(session, "no_longer_free") == []
    waited = await a_proposal(session)
    waited.need_accepted_at = waited.proposed_at
    await session.flush()
    await decline(session, waited, "offer")
    need = await author_of(session, waited.need_id)
    assert await told(session, "no_longer_free") == [need.person_id]


async def test_only_the_first_look_counts(session: Session) -> None:
    proposal = await a_proposal(session)
    await mark_seen(session, proposal, "need")
    await session.refresh(proposal)
    first = proposal.need_seen_at
    assert first is not None
    assert proposal.offer_seen_at is None
    await mark_seen(session, proposal, "need")
    await session.refresh(proposal)
    assert proposal.need_seen_at == first


async def test_an_unanswered_pair_rests_for_two_weeks(session: Session) -> None:
    proposal = await a_proposal(session)
    assert await tidy_proposals(session) == 0
    await let_time_pass(session, days=5)
    await forget_jobs(session)
    assert await tidy_proposals(session) == 1
    looked_at = await waiting_jobs(session, Job.FIND_PAIRINGS)
    assert looked_at == sorted([proposal.need_id, proposal.offer_id])
    assert await pairings_around(session, proposal.need_id) == ()
    await let_time_pass(session, days=15)
    assert len(await pairings_around(session, proposal.need_id)) == 1


async def test_a_live_proposal_survives_the_next_run(session: Session) -> None:
    proposal = await a_proposal(session)
    assert await find_pairings(session, proposal.need_id) == []
    await session.refresh(proposal)
    assert proposal.is_live


async def test_three_silences_in_a_row_let_an_offer_rest(session: Session) -> None:
    offer = await an_offer(session, places=4)
    for left in (2, 1, 0):
        need = await a_need(session)
        assert len(await find_pairings(session, need.id)) == 1
        await let_time_pass(session, days=5)
        await tidy_proposals(session)
        await session.refresh(offer)
        assert (offer.paused_at is None) == (left > 0)
    assert await told(session, "post_paused") == [offer.author_id]


async def test_an_answer_breaks_the_silence(session: Session) -> None:
    offer = await an_offer(session, places=4)
    for answered in (False, False, True, False):
        need = await a_need(session)
        (proposal,) = await find_pairings(session, need.id)
        if answered:
            await decline(session, proposal, "offer")
        await let_time_pass(session, days=5)
        await tidy_proposals(session)
    await session.refresh(offer)
    assert offer.paused_at is None


@pytest.mark.parametrize("side", ["need", "offer"])
async def test_a_post_taken_back_ends_its_proposals_kindly(session: Session, side: Side) -> None:
    proposal = await a_proposal(session)
    mine, other = proposal.need_id, proposal.offer_id
    if side == "offer":
        mine, other = other, mine
    await posts.withdraw(session, await author_of(session, mine), await session.get_one(Post, mine))
    await forget_jobs(session)
    assert await close_proposals(session, mine) == 1
    await session.refresh(proposal)
    assert proposal.withdrawn_at is not None
    assert await told(session, "proposal_withdrawn") == [
        (await author_of(session, other)).person_id
    ]
    assert await waiting_jobs(session, Job.FIND_PAIRINGS) == [other]
    assert await close_proposals(session, mine) == 0


async def test_a_full_offer_supersedes_what_no_longer_fits(session: Session) -> None:
    offer = await an_offer(session, places=4)
    small, large = await a_need(session, places=1), await a_need(session, places=4)
    for need in (small, large):
        assert len(await find_pairings(session, need.id)) == 1
    await posts.take_places(session, offer, 3)
    assert await close_proposals(session, offer.id) == 1
    ended = await session.scalars(
        select(Proposal.need_id).where(Proposal.superseded_at.is_not(None))
    )
    assert list(ended) == [large.id]
    assert await told(session, "no_longer_free") == [large.author_id]


async def test_an_open_post_with_room_keeps_its_proposals(session: Session) -> None:
    proposal = await a_proposal(session)
    assert await close_proposals(session, proposal.offer_id) == 0
    assert await close_proposals(session, proposal.need_id) == 0


async def test_a_need_is_looked_for_again_as_its_circle_widens(session: Session) -> None:
    need = await a_need(session)
    for passed, hours in ((0, 24), (24, 24), (30, 18), (30, 24)):
        await let_time_pass(session, hours=passed)
        await forget_jobs(session)
        await look_again_later(session, need.id)
        await look_again_later(session, need.id)
        due = await session.scalars(
            select(func.extract("epoch", JobRow.run_after - func.now()) / 3600)
        )
        assert [round(float(one)) for one in due] == [hours]


async def test_an_offer_or_a_met_need_is_not_looked_for_again(session: Session) -> None:
    need, offer = await a_need(session), await an_offer(session)
    await posts.take_need(session, need)
    await forget_jobs(session)
    await look_again_later(session, need.id)
    await look_again_later(session, offer.id)
    assert await session.scalar(select(func.count()).select_from(JobRow)) == 0


async def test_a_waiting_round_is_brought_forward_by_news(session: Session) -> None:
    need = await a_need(session)
    await forget_jobs(session)
    await look_again_later(session, need.id)
    assert await waiting_jobs(session, Job.FIND_PAIRINGS) == []
    proposal = await a_proposal(session)
    assert isinstance(proposal.day, date | None)
    await forget_jobs(session)
    await look_again_later(session, proposal.need_id)
    await decline(session, proposal, "need")
    looked_at = await waiting_jobs(session, Job.FIND_PAIRINGS)
    assert looked_at == sorted([proposal.need_id, proposal.offer_id])
    rows = await session.scalars(select(JobRow.ref).where(JobRow.ref == proposal.need_id))
    assert len(rows.all()) == 1

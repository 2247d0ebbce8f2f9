"""Of a need people learn what and where; no filter tells its language, its number or its days."""

import httpx
import pytest

from app.db import SessionMaker, transaction
from app.posts import actions
from app.posts.models import HostCheck, Post
from app.posts.queries import signatures_of
from app.posts.rules import PostKind
from tests.factories.exchanges import visitor_of
from tests.factories.organisations import a_caseworker, an_organisation
from tests.factories.posts import BED, a_draft, a_need, an_author, an_offer, in_days

PROBES = ["speaks=ti", "speaks=fr", "people=1", "people=7", "from=2030-01-01", "from=01/01/2030"]


@pytest.mark.parametrize("probe", PROBES)
async def test_a_filter_tells_nothing_about_a_need(
    probe: str, client: httpx.AsyncClient, maker: SessionMaker
) -> None:
    async with transaction(maker) as session:
        need = await a_need(session, places=5, languages=("ti",), windows=(in_days(3),))
        offer = await an_offer(session, places=5, languages=("ti",), windows=(in_days(3),))
    for address in (f"/en/needs?{probe}", f"/api/v1/posts?type=need&{probe}"):
        answer = await client.get(address)
        assert answer.status_code == 200
        assert need.code in answer.text, address
    page = (await client.get("/en/needs")).text
    assert 'name="speaks"' not in page
    assert 'name="people"' not in page
    # The control: of an offer, which is public, the same filters choose.
    found = [offer.code in (await client.get(f"/en/offers?{one}")).text for one in PROBES]
    assert True in found
    assert False in found


async def test_a_changed_host_is_checked_by_two_people_again(maker: SessionMaker) -> None:
    """Whatever door the change came through: also that of programs."""
    async with transaction(maker) as session:
        organisation = await an_organisation(session)
        workers = [visitor_of(await a_caseworker(session, organisation)) for _ in range(2)]
        host = await an_author(session, "Jan")
        offer = await an_offer(session, host, category=BED)
        for worker in workers:
            session.add(
                HostCheck(
                    post_id=offer.id, person_id=worker.person_id, organisation_id=organisation.id
                )
            )
        await session.flush()
        assert await signatures_of(session, offer.id) == 2
        draft = a_draft(PostKind.OFFER, category=BED, places=2, note="Another flat now")
        await actions.edit(session, host, offer, draft)
        assert await signatures_of(session, offer.id) == 0
        assert (await session.get_one(Post, offer.id)).adopted_at is None

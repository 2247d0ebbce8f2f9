"""The snapshot around a post holds exactly the posts that may meet it; the index finds them."""

import random

import pytest
from sqlalchemy import select, text

from app.db import Session
from app.organisations.models import Organisation
from app.posts.models import Post
from app.posts.rules import Feature, Urgency, category
from app.proposals.queries import market, market_around
from app.territories.rules import distance_km
from matching.market import Market
from matching.pair import Pairing
from tests.factories.posts import MEAL, a_need, an_author, an_offer, in_days, somewhere
from tests.factories.proposals import a_proposal, let_time_pass, pairings_around

FORMS = category("paper.forms").number
CALL = category("company.call").number


async def scatter(session: Session, seed: int, count: int = 80) -> None:
    """Posts of two authors around Brussels, of two categories, with all kinds of wishes."""
    draw = random.Random(seed)  # noqa: S311 - a reproducible test
    authors = [await an_author(session) for _ in range(5)]
    for number in range(count):
        make = an_offer if number % 2 else a_need
        post = await make(
            session,
            draw.choice(authors),
            category=(kind := draw.choice([MEAL, FORMS])),
            places=draw.randint(1, 4),
            radius_km=draw.choice([2.0, 5.0, 12.0]),
            languages=tuple(draw.sample(["fr", "nl", "ar", "en"], 2)),
            remote=kind == FORMS and draw.random() < 0.3,
            exclusive=draw.random() < 0.3,
            urgency=Urgency(draw.randint(0, 2)),
            required=Feature(draw.choice([0, 0, 1])),
            features=Feature(draw.choice([0, 1, 3])),
            windows=() if draw.random() < 0.5 else (in_days(draw.randint(1, 9), 5),),
        )
        await session.execute(
            text("UPDATE post SET lat = :lat, lon = :lon, taken = :taken, waiting_since = "
                 "now() - make_interval(hours => :hours) WHERE id = :id"),
            {
                "lat": 50.85 + draw.gauss(0, 0.05),
                "lon": 4.35 + draw.gauss(0, 0.08),
                "taken": draw.choice([0, 0, 1]) if number % 2 else 0,
                "hours": draw.choice([1, 30, 100]),
                "id": post.id,
            },
        )  # fmt: skip
    for post in await session.scalars(select(Post)):
        await session.refresh(post)


def share(hours: float) -> float:
    return 0.5 if hours < 24 else 1.0 if hours < 72 else 1.5


async def oracle(session: Session, center: Post) -> set[int]:
    """Every post on the other side that passes the plain rules, one by one in Python."""
    now = (await session.execute(text("SELECT now()"))).scalar_one()
    found = set()
    for other in await session.scalars(select(Post)):
        need, offer = (center, other) if center.kind == "need" else (other, center)
        if (need.kind, offer.kind) != ("need", "offer") or need.category != offer.category:
            continue
        waited = (now - (need.waiting_since or now)).total_seconds() / 3600
        reach = share(waited) * min(need.radius_km, offer.radius_km)
        near = distance_km(need.lat, need.lon, offer.lat, offer.lon) <= reach + 1e-6
        room = 0 if offer.exclusive and offer.taken else offer.places - offer.taken
        fits = need.places <= room and not need.required & ~offer.features
        if (near or (need.remote and offer.remote)) and fits and need.author_id != offer.author_id:
            found.add(other.id)
    return found


def others(found: Market, center: Post) -> set[int]:
    side = found.offers if center.kind == "need" else found.needs
    return {int(post_id) for post_id in side.id}


@pytest.mark.parametrize("seed", range(3))
async def test_the_snapshot_equals_the_plain_rules(session: Session, seed: int) -> None:
    await scatter(session, seed)
    met = 0
    for center in list(await session.scalars(select(Post).order_by(Post.id))):
        found = await market_around(session, center.id)
        assert found is not None
        assert others(found, center) == await oracle(session, center)
        met += len(others(found, center))
    assert met > 30


async def test_both_ways_of_looking_agree(session: Session) -> None:
    """A need sees an offer exactly where the offer sees the need, under all filters."""
    await scatter(session, 7, count=60)
    pairs: dict[str, set[tuple[int, int]]] = {"need": set(), "offer": set()}
    for center in list(await session.scalars(select(Post))):
        for pairing in await pairings_around(session, center.id):
            pairs[center.kind].add((pairing.need, pairing.offer))
    assert pairs["need"]
    assert pairs["offer"]
    for need_id, offer_id in pairs["offer"]:
        found = await market_around(session, need_id)
        assert found is not None
        assert offer_id in others(found, await session.get_one(Post, need_id))


async def test_the_index_finds_the_nearest(session: Session) -> None:
    """With many posts the plan walks the partial index of open offers and sorts nothing big."""
    author = await an_author(session)
    offer = await an_offer(session, author)
    await session.execute(
        text(
            "INSERT INTO post (code, kind, category, author_id, place_id, lat, lon, note_language,"
            " languages, radius_km, places, unit, urgency, published_at, ends_at)"
            " SELECT 'x' || n, 'offer', n % 39, :author, :place, 50.85 + (n % 89) * 0.002,"
            " 4.35 + (n % 97) * 0.002, 'fr', '{fr}', 5, 4, 'persons', 0, now(),"
            " now() + interval '9 days' FROM generate_series(1, 20000) n"
        ),
        {"author": author.person_id, "place": offer.place_id},
    )
    await session.execute(text("ANALYZE post"))
    need = await a_need(session)
    for mode in ("force_custom_plan", "force_generic_plan"):
        plan = await plan_of(session, need, mode)
        assert "Index Scan using ix_post_open_offer" in plan, plan
        assert "Seq Scan on post" not in plan, plan


async def plan_of(session: Session, need: Post, mode: str) -> str:
    """EXPLAIN of the very statement that looks around, prepared as the driver prepares it."""
    center = (await session.execute(select(*market.COLUMNS).where(Post.id == need.id))).one()
    connection = await session.connection()
    compiled = market.nearest(center).compile(
        connection.sync_connection, compile_kwargs={"render_postcompile": True}
    )
    values = [compiled.params[name] for name in compiled.positiontup or ()]
    literals = ", ".join(f"'{value}'" for value in values)
    await connection.exec_driver_sql(f"SET LOCAL plan_cache_mode = {mode}")
    await connection.exec_driver_sql(f"PREPARE look_{mode} AS {compiled}")
    rows = await connection.exec_driver_sql(f"EXPLAIN EXECUTE look_{mode}({literals})")
    return "\n".join(row[0] for row in rows)


async def test_remote_help_reaches_across_the_country(session: Session) -> None:
    need = await a_need(session, category=FORMS, remote=True, place=somewhere("1060"))
    far = await an_offer(session, category=FORMS, remote=True, place=somewhere("4000"))
    await an_offer(session, category=FORMS, remote=False, place=somewhere("4000"))
    (pairing,) = await pairings_around(session, need.id)
    assert pairing.offer == far.id
    assert "remote" in {reason.key.value for reason in pairing.reasons} or not pairing.far


async def test_help_by_phone_needs_no_distance(session: Session) -> None:
    need = await a_need(session, category=CALL, place=somewhere("1060"))
    offer = await an_offer(session, category=CALL, place=somewhere("4000"))
    assert [p.offer for p in await pairings_around(session, need.id)] == [offer.id]


async def test_times_must_meet(session: Session) -> None:
    need = await a_need(session, windows=(in_days(2),))
    await an_offer(session, windows=(in_days(5),))
    both = await an_offer(session, windows=(in_days(2, 1), in_days(5)))
    assert [p.offer for p in await pairings_around(session, need.id)] == [both.id]


async def test_what_has_passed_today_is_no_time(session: Session) -> None:
    await an_offer(session, windows=(in_days(0.001, 1),))
    need = await a_need(session)
    assert len(await pairings_around(session, need.id)) == 1
    await session.execute(
        text("UPDATE post_window SET starts_at = starts_at - interval '1 day', "
             "ends_at = ends_at - interval '1 day'")
    )  # fmt: skip
    assert await pairings_around(session, need.id) == ()


async def test_a_stopped_organisation_meets_nobody(session: Session) -> None:
    organisation = Organisation(
        code="org", name="Desk", kind="association", phone="+3220000000", desk="", languages=["fr"]
    )
    session.add(organisation)
    await session.flush()
    need = await a_need(session)
    offer = await an_offer(session)
    offer.organisation_id = organisation.id
    await session.flush()
    assert len(await pairings_around(session, need.id)) == 1
    await session.execute(text("UPDATE organisation SET suspended_at = now()"))
    assert await pairings_around(session, need.id) == ()


async def test_an_offer_asked_too_often_is_let_alone(session: Session) -> None:
    """After 2 (places + 1) proposals within two days nothing more comes, later it does again."""
    offer = await an_offer(session, places=1)
    for _ in range(4):
        proposal = await a_proposal_for(session, offer)
        assert proposal is not None
        await session.execute(text("UPDATE proposal SET superseded_at = now()"))
    assert await a_proposal_for(session, offer) is None
    await let_time_pass(session, days=3)
    assert await a_proposal_for(session, offer) is not None


async def a_proposal_for(session: Session, offer: Post) -> Pairing | None:
    need = await a_need(session, places=1)
    pairings = await pairings_around(session, need.id)
    if not pairings:
        return None
    (pairing,) = pairings
    assert pairing.offer == offer.id
    await session.execute(
        text(
            "INSERT INTO proposal (code, need_id, offer_id, units, proposer, reasons, score,"
            " weights, far, expires_at) VALUES (:code, :need, :offer, 1, 'engine', '[]', 0.5,"
            " 'prior-1', false, now() + interval '1 day')"
        ),
        {"code": f"t{need.id}", "need": need.id, "offer": offer.id},
    )
    return pairing


async def test_a_live_proposal_is_part_of_the_snapshot(session: Session) -> None:
    proposal = await a_proposal(session)
    for post_id in (proposal.need_id, proposal.offer_id):
        found = await market_around(session, post_id)
        assert found is not None
        assert found.live.tolist() == [[proposal.need_id, proposal.offer_id, 0, 1]]


async def test_the_rows_mean_what_the_engine_means(session: Session) -> None:
    """A pair that the engine's own two-post check accepts stands in the snapshot as such."""
    proposal = await a_proposal(session)
    found = await market_around(session, proposal.need_id)
    assert found is not None
    assert (found.needs.size[0], found.offers.free[0]) == (4, 4)
    assert found.needs.languages[0] == found.offers.languages[0] == 0b101

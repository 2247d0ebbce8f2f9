"""The fewest rows for an act, written at once; the schedules are many."""

from dataclasses import dataclass
from datetime import timedelta
from uuid import UUID, uuid4

from sqlalchemy import func, select, text

from app.accounts.models import Person
from app.accounts.rules import Visitor
from app.crypto import new_code
from app.db import ReadSession, SessionMaker, reading, transaction
from app.exchanges.models import Exchange
from app.posts.models import Post, Unit
from app.proposals.models import Proposal
from app.territories.models import Place

MEAL = 7
BED = 0


@dataclass(frozen=True)
class Scene:
    """One offer of Jan's, two needs, a half accepted proposal for each."""

    jan: Visitor
    people: tuple[Visitor, ...]
    offer: int
    needs: tuple[int, ...]
    proposals: tuple[int, ...]
    codes: tuple[str, ...]


def _person(name: str) -> Person:
    return Person(name=name, language="en", languages=["en"], adult_attested_at=func.now())


def _post(kind: str, author: Person, place: Place, places: int, category: int) -> Post:
    return Post(
        code=new_code(),
        kind=kind,
        category=category,
        author_id=author.id,
        place_id=place.id,
        lat=place.lat,
        lon=place.lon,
        note_language="en",
        languages=["en"],
        radius_km=5,
        places=places,
        unit="persons",
        urgency=0,
        published_at=func.now(),
        ends_at=func.now() + timedelta(days=30),
    )


async def a_scene(
    maker: SessionMaker, *, places: int = 2, units: int = 2, half: bool = True
) -> Scene:
    """As many needs as there are letters in a word; only one of them fits where it is tight."""
    async with transaction(maker) as session:
        people = [_person(name) for name in ("Jan", "Amal", "Bo")]
        place = Place(
            cell_row=5593, cell_column=280, lat=50.84, lon=4.35, nis="21004",
            name_fr="Bruxelles", name_nl="Brussel",
        )  # fmt: skip
        session.add_all([*people, place])
        await session.flush()
        jan, *others = people
        offer = _post("offer", jan, place, places, MEAL)
        needs = [_post("need", one, place, units, MEAL) for one in others]
        session.add_all([offer, *needs])
        await session.flush()
        proposals = [_proposal(need, offer, half=half) for need in needs]
        session.add_all(proposals)
        await session.flush()
        return Scene(
            Visitor(jan.id, jan.name, "en"),
            tuple(Visitor(one.id, one.name, "en") for one in others),
            offer.id,
            tuple(one.id for one in needs),
            tuple(one.id for one in proposals),
            tuple(one.code for one in proposals),
        )


def _proposal(need: Post, offer: Post, *, half: bool) -> Proposal:
    return Proposal(
        code=new_code(),
        need_id=need.id,
        offer_id=offer.id,
        units=need.places,
        proposer="engine",
        reasons=[],
        score=0.5,
        weights="test",
        far=False,
        need_accepted_at=func.now() if half else None,
        expires_at=func.now() + timedelta(days=2),
    )


async def beds(maker: SessionMaker, count: int) -> tuple[int, UUID, UUID]:
    """An offer of so many beds, and two who might hold them."""
    scene = await a_scene(maker, places=count)
    async with transaction(maker) as session:
        offer = await session.get_one(Post, scene.offer)
        offer.category = BED
        session.add_all(Unit(post_id=offer.id, number=n + 1) for n in range(count))
    return scene.offer, uuid4(), uuid4()


BROKEN = {
    "more is promised than there is": "SELECT id FROM post WHERE taken NOT BETWEEN 0 AND places",
    "a counter is not the sum of what is promised": """
        SELECT post.id FROM post WHERE kind = 'offer' AND NOT recurring AND category > 2
        AND taken <> (SELECT coalesce(sum(units), 0) FROM exchange WHERE offer_id = post.id
            AND cancelled_at IS NULL AND not_done_at IS NULL)""",
    "a need is met by two": """
        SELECT need_id FROM exchange WHERE cancelled_at IS NULL AND not_done_at IS NULL
        GROUP BY need_id, day HAVING count(*) > 1""",
    "a need is taken by nobody, or open though somebody helps": """
        SELECT post.id FROM post WHERE kind = 'need' AND NOT recurring AND (taken > 0) <> EXISTS (
            SELECT FROM exchange WHERE need_id = post.id
            AND cancelled_at IS NULL AND not_done_at IS NULL)""",
    "agreed without an exchange, or the other way round": """
        SELECT proposal.id FROM proposal WHERE (agreed_at IS NOT NULL) <> EXISTS (
            SELECT FROM exchange WHERE proposal_id = proposal.id)""",
    "agreed and ended in another way": """
        SELECT id FROM proposal WHERE agreed_at IS NOT NULL AND coalesce(
            declined_at, withdrawn_at, expired_at, superseded_at) IS NOT NULL""",
    "an exchange ended twice": """
        SELECT id FROM exchange WHERE num_nonnulls(
            completed_at, cancelled_at, not_done_at, unconfirmed_at) > 1""",
    "completed without exactly one entry": """
        SELECT exchange.id FROM exchange WHERE (completed_at IS NOT NULL)::int <> (
            SELECT count(*) FROM ledger_entry WHERE ledger_entry.reference = exchange.reference)""",
    "contacts outlive what was called off": """
        SELECT exchange.id FROM exchange JOIN contact_release r ON r.exchange_id = exchange.id
        WHERE cancelled_at IS NOT NULL AND (r.until IS NULL OR r.until > now())""",
    "somebody who left is still expected": """
        SELECT exchange.id FROM exchange JOIN post ON post.id IN (need_id, offer_id)
        JOIN person ON person.id = post.author_id WHERE person.closing_at IS NOT NULL
        AND completed_at IS NULL AND cancelled_at IS NULL AND not_done_at IS NULL""",
    "a bed holds two": """
        SELECT one.id FROM unit_booking one JOIN unit_booking other ON other.unit_id = one.unit_id
        AND other.id > one.id AND other.during && one.during
        WHERE one.cancelled_at IS NULL AND other.cancelled_at IS NULL""",
}


async def broken(reader: ReadSession) -> list[str]:
    """What must never be true of the rows, whatever came before what."""
    return [
        words
        for words, query in BROKEN.items()
        if (await reader.execute(text(f"{query} LIMIT 1"))).first() is not None
    ]


async def exchange_code(maker: SessionMaker, scene: Scene, at: int = 0) -> str:
    async with reading(maker) as reader:
        asked = select(Exchange.code).where(Exchange.proposal_id == scene.proposals[at])
        return (await reader.scalars(asked)).one()

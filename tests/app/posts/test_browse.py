"""Looking through posts: filters, steps of distance, what is never shown, wrong filters."""

import re
from datetime import timedelta

import httpx
import pytest
from sqlalchemy import func, text, update

from app.accounts.models import Block, Person
from app.accounts.rules import Visitor
from app.db import Session, SessionMaker, transaction
from app.posts import actions, queries
from app.posts.forms.search import read_search
from app.posts.models import Post
from app.posts.pages.drawing import BRUSSELS, draw
from app.posts.queries import BrowseFilter
from app.posts.queries import map as crowd
from app.posts.rules import CATEGORIES, PostKind, category
from app.territories.rules import Cell, DistanceBucket, cell_of
from tests.conftest import SignIn
from tests.factories.posts import AID, BED, MEAL, a_need, an_author, an_offer, in_days, somewhere

COORDINATE = re.compile(r"\b(50\.8|4\.3)\d+")
ICON_PATH = re.compile(r' d="[^"]*"')
ADDRESS = "Rue de la Victoire 17"
POSTCODES = ("1000", "1020", "1030", "1040", "1050", "1060", "1070", "1080", "1081", "1090", "1180")
CLOTHES = category("goods.clothes").number


async def _codes(session: Session, **wanted: object) -> list[str]:
    found = await queries.browse(session, BrowseFilter(**wanted))  # type: ignore[arg-type] # test brevity
    return [card.code for card in found.items]


async def test_each_filter_keeps_what_fits(session: Session) -> None:
    author = await an_author(session)
    meal = await an_offer(session, author, places=2, languages=("nl",))
    clothes = await an_offer(session, author, category=CLOTHES, places=9, windows=(in_days(20),))
    assert await _codes(session) == [clothes.code, meal.code]
    assert await _codes(session, categories=(MEAL,)) == [meal.code]
    assert await _codes(session, people=3) == [clothes.code]
    assert await _codes(session, speaks="nl") == [meal.code]
    later = clothes.ends_at.date() + timedelta(days=1)
    assert await _codes(session, from_day=later) == [meal.code]
    assert await _codes(session, kind=PostKind.NEED) == []
    found = somewhere()
    assert len(await _codes(session, cell=cell_of(found.lat, found.lon))) == 2
    assert await _codes(session, cell=Cell(0, 0)) == []


async def test_lists_show_only_open_posts_of_people_who_may_be_here(session: Session) -> None:
    author = await an_author(session)
    post = await an_offer(session, author)
    hosting = await an_offer(session, author, category=BED)
    assert await _codes(session) == [post.code]
    await session.execute(update(Post).where(Post.id == hosting.id).values(adopted_at=func.now()))
    assert await _codes(session) == [hosting.code, post.code]
    for column in ("paused_at", "held_at", "withdrawn_at", "expired_at", "fulfilled_at"):
        await session.execute(update(Post).values({column: func.now()}))
        assert await _codes(session) == []
        await session.execute(update(Post).values({column: None}))
    await session.execute(update(Post).values(ends_at=func.now()))
    assert await _codes(session) == []
    await session.execute(update(Post).values(ends_at=func.now() + timedelta(days=1)))
    await session.execute(update(Person).values(suspended_at=func.now()))
    assert await _codes(session) == []


async def test_blocked_people_do_not_see_each_other(session: Session) -> None:
    author, viewer = await an_author(session), await an_author(session, "Olena")
    post = await an_offer(session, author)
    assert await _codes(session, viewer_id=viewer.person_id) == [post.code]
    session.add(Block(blocker_id=author.person_id, blocked_id=viewer.person_id))
    await session.flush()
    assert await _codes(session, viewer_id=viewer.person_id) == []
    assert await queries.is_blocked(session, post, viewer.person_id)


async def test_near_sorts_by_step_and_within_a_step_by_age_alone(session: Session) -> None:
    author = await an_author(session)
    far = await an_offer(session, author, place=somewhere("9000"))
    # Both under two kilometres from 1060; the nearer one is older, so it comes second.
    here = await an_offer(session, author, place=somewhere("1060"))
    close = await an_offer(session, author, place=somewhere("1060", lat=50.8377))
    beyond = await an_offer(session, author, place=somewhere("1020"))
    await session.execute(
        update(Post).where(Post.id == here.id).values(published_at=func.now() - timedelta(hours=1))
    )
    centre = somewhere("1060")
    found = await queries.browse(session, BrowseFilter(near=cell_of(centre.lat, centre.lon)))
    assert [card.code for card in found.items] == [close.code, here.code, beyond.code, far.code]
    assert [card.distance for card in found.items] == [
        DistanceBucket.UNDER_2,
        DistanceBucket.UNDER_2,
        DistanceBucket.FROM_5_TO_10,
        DistanceBucket.OVER_10,
    ]


async def test_pages_hold_twenty_cards_and_near_pages_do_not_overlap(session: Session) -> None:
    author = Visitor((await an_author(session)).person_id, "Jan", "nl")
    for _number in range(25):
        await an_offer(session, author)
    centre = somewhere()
    seen: list[str] = []
    for number in (1, 2):
        for near in (None, cell_of(centre.lat, centre.lon)):
            page = await queries.browse(session, BrowseFilter(near=near, page=number))
            assert (len(page.items), page.total) == ((20, 25) if number == 1 else (5, 25))
            seen += [card.code for card in page.items if near]
    assert len(set(seen)) == 25
    assert (await queries.browse(session, BrowseFilter(page=10**9))).items == []


@pytest.fixture
async def published(maker: SessionMaker) -> dict[str, str]:
    """One of each kind, as pages see them."""
    async with transaction(maker) as session:
        author = await an_author(session, "Jan")
        place = somewhere("1060", lat=50.82631, lon=4.34572, address=ADDRESS)
        return {
            "author": str(author.person_id),
            "meal": (await an_offer(session, author, place=place, note="Soep & brood")).code,
            "bed": (await an_offer(session, author, category=BED, place=place)).code,
            "aid": (await a_need(session, author, category=AID, place=place)).code,
            "need": (await a_need(session, author, place=place, note="For my mother")).code,
            "roof": (await a_need(session, author, category=BED, place=place)).code,
        }


async def test_anybody_finds_and_reads_an_offer(
    client: httpx.AsyncClient, published: dict[str, str]
) -> None:
    answer = await client.get("/en/offers?kind=food&place=1060")
    assert answer.status_code == 200
    assert "Less than 2 km away" in answer.text
    assert published["bed"] not in answer.text
    path = re.search(rf'href="(/en/offers/{published["meal"]}-[a-z-]+)"', answer.text)
    assert path is not None
    page = await client.get(path[1])
    assert "Soep &amp; brood" in page.text
    assert "application/ld+json" in page.text
    assert "help between neighbours" in page.text
    assert "Ask for this" in page.text
    assert (await client.get(f"/en/offers/{published['meal']}-anything")).status_code == 200
    assert (await client.get(f"/en/needs/{published['meal']}")).status_code == 404
    assert (await client.get(f"/en/offers/{published['bed']}")).status_code == 404


async def test_needs_show_only_kind_and_municipality(
    client: httpx.AsyncClient, published: dict[str, str]
) -> None:
    answer = await client.get("/en/needs")
    assert "noindex" in answer.text
    assert published["need"] in answer.text
    assert published["roof"] not in answer.text
    assert "Mobility or care aids" not in answer.text
    for code in (published["need"], published["aid"]):
        page = await client.get(f"/en/needs/{code}")
        assert page.status_code == 200
        assert "noindex" in page.text
        for secret in ("For my mother", "Jan", "Mobility or care aids", "4 persons"):
            assert secret not in page.text
    assert (await client.get(f"/en/needs/{published['roof']}")).status_code == 404


async def test_no_page_and_no_answer_holds_a_coordinate_or_an_address(
    client: httpx.AsyncClient, published: dict[str, str], sign_in: SignIn
) -> None:
    paths = [
        "/en/offers",
        "/en/offers?place=1060&cell=5590.9999",
        "/en/offers/map",
        "/en/needs",
        f"/en/offers/{published['meal']}",
        f"/en/needs/{published['need']}",
        "/api/v1/posts?place=1060",
        f"/api/v1/posts/{published['meal']}",
    ]
    for path in paths:
        answer = await client.get(path)
        assert answer.status_code == 200, path
        assert "Victoire" not in answer.text
        assert not COORDINATE.search(ICON_PATH.sub("", answer.text)), path
    await sign_in(client, int(published["author"]))
    own = await client.get(f"/en/offers/{published['meal']}")
    assert "Victoire" not in own.text
    assert not COORDINATE.search(ICON_PATH.sub("", own.text))


@pytest.mark.parametrize(
    ("query", "sentence"),
    [
        ("place=Atlantis-sur-Mer-Xyz", "We do not know this place"),
        ("from=31/02", "This day does not exist"),
        ("from=31/02/2026", "This day does not exist"),
        ("people=0", "Enter a number from 1 to 500"),
        ("people=100000000000000000000", "Enter a number from 1 to 500"),
        ("kind=gold", "Choose a kind of help"),
        ("speaks=zz", "Choose languages from the list"),
    ],
)
async def test_a_wrong_filter_is_named_and_kept(
    client: httpx.AsyncClient, query: str, sentence: str
) -> None:
    asked_of_needs = query.startswith(("kind=", "place="))
    for path in ("/en/offers", "/en/offers/map", *(["/en/needs"] if asked_of_needs else [])):
        answer = await client.get(f"{path}?{query}")
        assert answer.status_code == 422
        assert sentence in answer.text
        assert "Error:" in answer.text


@pytest.mark.parametrize(
    "query",
    [
        "page=-1",
        "page=99999999999999999999",
        "page=x",
        "cell=1",
        "cell=99999999.1",
        "cell=.",
        "place=%ED%A0%80",
        "place=" + "a" * 5000,
        "kind=food&kind=goods",
        "from=%D9%A2%D9%A0/11/2027",
    ],
)
async def test_odd_queries_never_fail(client: httpx.AsyncClient, query: str) -> None:
    for path in ("/en/offers", "/en/needs", "/en/offers/map", "/api/v1/posts"):
        assert (await client.get(f"{path}?{query}")).status_code in (200, 400, 422)
    assert (await client.get("/en/offers?place=%00")).status_code == 400
    assert (await client.get("/en/offers/%00")).status_code == 404
    assert (await client.get("/en/offers/%ED%A0%80")).status_code in (400, 404)


async def test_the_map_groups_by_cell_and_links_to_the_list(
    client: httpx.AsyncClient, maker: SessionMaker
) -> None:
    async with transaction(maker) as session:
        author = await an_author(session)
        for number in range(30):
            await an_offer(session, author, place=somewhere(POSTCODES[number % len(POSTCODES)]))
    page = await client.get("/en/offers/map")
    links = re.findall(
        r'<a href="(/en/offers\?cell=\d+\.\d+)" aria-label="\d+ offers? in', page.text
    )
    assert len(links) == len(POSTCODES)
    assert len(page.content) < 85_000
    listed = await client.get(links[0])
    assert listed.status_code == 200
    assert "one square of the map" in listed.text


async def test_the_map_counts_what_the_list_finds(session: Session) -> None:
    author = await an_author(session)
    for number in range(6):
        language = "nl" if number % 2 else "fr"
        await an_offer(session, author, languages=(language,), place=somewhere("1060"))
    await an_offer(session, author, languages=("nl",), place=somewhere("1180"))
    found = await queries.spots(session, BrowseFilter(speaks="nl"), BRUSSELS)
    assert sorted((spot.count, spot.at_least) for spot in found) == [(1, False), (3, False)]


async def test_a_crowded_map_shows_at_least_so_many(
    session: Session, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(crowd, "FEW", 3)
    monkeypatch.setattr(crowd, "ENOUGH", 2)
    author = await an_author(session)
    for _number in range(4):
        await an_offer(session, author, place=somewhere("1060"))
    await an_offer(session, author, place=somewhere("1180"))
    found = await queries.spots(session, BrowseFilter(), BRUSSELS)
    assert sorted((spot.count, spot.at_least) for spot in found) == [(1, False), (2, True)]
    assert sorted(one.count for one in draw(BRUSSELS, found, {}).markers) == ["1", "2+"]


async def test_a_crowded_map_asks_every_wish(
    session: Session, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(crowd, "FEW", 0)
    author = await an_author(session)
    wanted = await an_offer(session, author, languages=("nl",), places=3, place=somewhere("1060"))
    for speaks, places in (("fr", 3), ("nl", 2)):
        await an_offer(session, author, languages=(speaks,), places=places, place=somewhere("1060"))
    wishes = BrowseFilter(
        speaks="nl",
        people=3,
        from_day=in_days(1).ends_at.date(),
        cell=cell_of(wanted.lat, wanted.lon),
    )
    found = await queries.spots(session, wishes, BRUSSELS)
    assert [(spot.count, spot.at_least) for spot in found] == [(1, True)]


async def test_hosting_is_listed_once_it_is_adopted(session: Session) -> None:
    numbers = ", ".join(str(one.number) for one in CATEGORIES if one.is_hosting)
    written = (
        await session.scalars(
            text(
                "SELECT generation_expression FROM information_schema.columns "
                "WHERE table_name = 'post' AND column_name = 'is_listed'"
            )
        )
    ).one()
    assert f"category <> ALL (ARRAY[{numbers}])" in written


async def test_a_closed_offer_shows_why_and_what_is_similar(
    client: httpx.AsyncClient, maker: SessionMaker
) -> None:
    async with transaction(maker) as session:
        author = await an_author(session)
        closed = await an_offer(session, author)
        others = [await an_offer(session, author) for _number in range(4)]
        await actions.withdraw(session, author, closed)
    page = await client.get(f"/en/offers/{closed.code}")
    assert page.status_code == 200
    assert "It was taken back" in page.text
    assert sum(other.code in page.text for other in others) == 3
    assert "Ask for this" not in page.text


async def test_a_sensitive_filter_means_its_group() -> None:
    _form, search = read_search({"kind": "goods.aid"})
    assert AID in search.categories
    assert CLOTHES in search.categories

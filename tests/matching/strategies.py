"""Small invented markets around Brussels: dense enough that every filter bites now and then."""

from dataclasses import dataclass, replace

from hypothesis import strategies as st

from matching.market import Market, NeedRow, OfferRow, market_of
from matching.windows import ALWAYS

# near-by meal, phone call, papers (remote possible, language hard), bed (hosting)
CATEGORIES = (7, 32, 23, 0)
OWNERS = st.integers(1, 9)
LAT = st.sampled_from([50.80, 50.83, 50.846, 50.85, 50.86, 50.90])
LON = st.sampled_from([4.30, 4.34, 4.352, 4.36, 4.45])
RADIUS = st.sampled_from([0.0, 1.5, 2.5, 5.0, 7.5, 15.0])
WINDOWS = st.sampled_from([1, 0b11, 0b1111_0000, 0b1100, ALWAYS, 1 << 55])
LANGUAGES = st.sampled_from([0, 1, 2, 3, 1 << 62])
BITS = st.sampled_from([0, 0, 1, 2, 3])
HOURS = st.sampled_from([0.0, 3.0, 30.0, 100.0, 700.0])


@dataclass(frozen=True)
class Case:
    """A market as rows, before it becomes columns."""

    needs: tuple[NeedRow, ...]
    offers: tuple[OfferRow, ...]
    blocks: tuple[tuple[int, int], ...]
    barred: tuple[tuple[int, int], ...]
    live: tuple[tuple[int, int, int, int], ...]

    def market(self) -> Market:
        return market_of(
            self.needs, self.offers, blocks=self.blocks, barred=self.barred, live=self.live
        )


NEED = st.builds(
    NeedRow,
    id=st.just(0),
    owner=OWNERS,
    category=st.sampled_from(CATEGORIES),
    lat=LAT,
    lon=LON,
    radius=RADIUS,
    radius_asked=RADIUS,
    remote=st.booleans(),
    windows=WINDOWS,
    size=st.integers(1, 3),
    languages=LANGUAGES,
    interpreter=st.booleans(),
    language_hard=st.booleans(),
    req=BITS,
    profile=BITS,
    soft=BITS,
    urgency=st.integers(0, 2),
    waited_h=HOURS,
)
OFFER = st.builds(
    OfferRow,
    id=st.just(0),
    owner=OWNERS,
    category=st.sampled_from(CATEGORIES),
    lat=LAT,
    lon=LON,
    radius=RADIUS,
    radius_asked=RADIUS,
    remote=st.booleans(),
    windows=WINDOWS,
    free=st.integers(0, 4),
    exclusive=st.booleans(),
    languages=LANGUAGES,
    interpreter=st.booleans(),
    language_hard=st.booleans(),
    features=st.sampled_from([3, 3, 1, 0]),
    accepts=st.sampled_from([3, 3, 1, 0]),
    attested=st.sampled_from([0.0, 0.5, 1.0]),
    confirmed_h=HOURS,
    owner_effect=st.sampled_from([-1.5, 0.0, 1.0]),
)


@st.composite
def crowds(draw: st.DrawFn, max_needs: int = 6, max_offers: int = 4) -> Case:
    """One street, one kind of help, parties of one: everybody wants the same few places."""
    count = draw(st.integers(2, max_needs))
    needs = tuple(
        NeedRow(
            id=i + 1,
            owner=i + 1,
            category=7,
            lat=50.85,
            lon=draw(LON),
            radius=5.0,
            req=draw(BITS),
            urgency=draw(st.integers(0, 2)),
            waited_h=draw(HOURS),
        )
        for i in range(count)
    )
    offers = tuple(
        OfferRow(
            id=100 + i,
            owner=100 + i,
            category=7,
            lat=50.85,
            lon=draw(LON),
            radius=draw(st.sampled_from([5.0, 5.0, 2.5])),
            free=draw(st.integers(1, 2)),
            features=draw(BITS),
            attested=draw(st.sampled_from([0.0, 0.5, 1.0])),
        )
        for i in range(draw(st.integers(1, max_offers)))
    )
    return Case(needs, offers, (), (), ())


@st.composite
def cases(draw: st.DrawFn, max_needs: int = 8, max_offers: int = 8) -> Case:
    """Needs 1..n and offer rows with up to two occurrences, with blocks, refusals, live ones."""
    needs = draw(st.lists(NEED, min_size=1, max_size=max_needs))
    offers = draw(st.lists(OFFER, min_size=1, max_size=max_offers))
    one_category = draw(st.booleans())
    if one_category:
        needs = [replace(row, category=7, language_hard=False) for row in needs]
        offers = [replace(row, category=7, language_hard=False) for row in offers]
    numbered = tuple(replace(row, id=i + 1) for i, row in enumerate(needs))
    rows = tuple(
        replace(row, id=100 + i // 2, occurrence=i % 2, owner=offers[i - i % 2].owner)
        for i, row in enumerate(offers)
    )
    pair = st.tuples(st.integers(1, len(needs)), st.sampled_from(rows))
    barred = draw(st.lists(pair, max_size=6))
    asked = draw(st.lists(pair, max_size=4, unique_by=lambda each: (each[0], each[1].id)))
    return Case(
        needs=numbered,
        offers=rows,
        blocks=tuple(draw(st.lists(st.tuples(OWNERS, OWNERS), max_size=3))),
        barred=tuple((need, row.id) for need, row in barred),
        live=tuple((n, row.id, row.occurrence, i % 3 + 1) for i, (n, row) in enumerate(asked)),
    )

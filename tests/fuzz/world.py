"""Random small markets, so mixed that every filter decides now and then; same seed, same markets.

Persons and households are drawn as they are; the platform's own rules make the masks of them.
"""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from random import Random

from app.posts.rules.draft import Feature
from app.posts.rules.household import Guests as Accepted
from app.posts.rules.household import Household, accepts_of, features_of, profile_of
from app.posts.rules.party import Party
from matching.market import Market, NeedRow, OfferRow, market_of
from tests.fuzz.oracle import HOSTING, Facts, Guests, Home

ALWAYS = (1 << 56) - 1
ASKS = {
    "any": Feature.NONE,
    "family": Feature.FAMILY_HOUSEHOLD,
    "couple": Feature.COUPLE_HOUSEHOLD,
    "women": Feature.WOMENS_HOUSEHOLD,
    "no_lone_man": Feature.NO_LONE_MAN,
}
_LIVE_SHARE = 0.05


@dataclass(frozen=True)
class World:
    """One market, as rows and facts."""

    needs: tuple[NeedRow, ...]
    offers: tuple[OfferRow, ...]
    facts: Facts
    live: tuple[tuple[int, int, int, int], ...]

    def market(self) -> Market:
        """The same as the engine's snapshot."""
        return market_of(
            self.needs,
            self.offers,
            blocks=self.facts.blocks,
            barred=self.facts.barred,
            live=self.live,
            as_of=1_790_000_000,
        )


def worlds(count: int, seed: int) -> Iterator[World]:
    """So many markets, one after the other."""
    draw = Random(seed)  # noqa: S311 - a test's dice
    for _ in range(count):
        yield world(draw)


def world(draw: Random) -> World:
    """Up to eight needs and eight offer rows around one town, of one to three categories."""
    kinds = [draw.randrange(3) if draw.random() < 0.3 else draw.randrange(39) for _ in range(3)]
    kinds = kinds[: draw.choice((1, 1, 2, 3))]
    guests: dict[int, Guests] = {}
    homes: dict[int, Home] = {}
    needs = tuple(_need(draw, 1 + i, kinds, guests) for i in range(draw.randint(1, 8)))
    offers: list[OfferRow] = []
    for i in range(draw.randint(1, 6)):
        offers.extend(_offer(draw, 100 + i, kinds, homes))
    pairs = [(draw.choice(needs).id, draw.choice(offers).id) for _ in range(draw.randint(0, 3))]
    blocks = [(draw.randint(1, 12), draw.randint(1, 12)) for _ in range(draw.randint(0, 2))]
    live = tuple(
        (need.id, offer.id, offer.occurrence, 1)
        for need in needs
        for offer in offers[:1]
        if draw.random() < _LIVE_SHARE
    )
    return World(needs, tuple(offers), Facts(blocks, pairs, guests, homes), live)


def _need(draw: Random, number: int, kinds: list[int], guests: dict[int, Guests]) -> NeedRow:
    category = draw.choice(kinds)
    size, required, profile = draw.choice((1, 1, 2, 3)), _bits(draw) & _bits(draw), _bits(draw)
    if category in HOSTING:
        who = Guests(
            women=draw.choice((0, 1, 1, 2)),
            men=draw.choice((0, 0, 1)),
            children=draw.choice((0, 0, 1, 2)),
            ask=draw.choice(("any", "any", *ASKS)),
        )
        guests[number] = who
        profile = int(profile_of(Party(who.women, who.men, who.children)))
        required = int(ASKS[who.ask])
        size = max(1, who.women + who.men + who.children)
    return NeedRow(
        id=number,
        owner=draw.randint(1, 12),
        category=category,
        lat=50.85 + draw.gauss(0, 0.03),
        lon=4.35 + draw.gauss(0, 0.05),
        radius=draw.choice((2.0, 5.0, 10.0, 10.0, 22.5, 60.0)),
        remote=draw.random() < 0.2,
        windows=_windows(draw),
        size=size,
        languages=_languages(draw),
        interpreter=draw.random() < 0.1,
        language_hard=draw.random() < 0.1,
        req=required,
        profile=profile & _bits(draw) if category not in HOSTING else profile,
        soft=_bits(draw) & _bits(draw),
        urgency=draw.randrange(3),
        waited_h=float(draw.randrange(500)),
    )


def _offer(draw: Random, number: int, kinds: list[int], homes: dict[int, Home]) -> list[OfferRow]:
    category = draw.choice(kinds)
    features, accepts = _bits(draw) | _bits(draw), _bits(draw) | _bits(draw)
    if category in HOSTING:
        household = draw.choice(tuple(Household))
        home = Home(str(household), *(draw.random() < 0.8 for _ in range(3)))
        homes[number] = home
        willing = Accepted.WOMEN * home.women | Accepted.MEN * home.men
        accepts = int(accepts_of(household, Accepted(willing | Accepted.CHILDREN * home.children)))
        features = int(features_of(household)) | features & 7
    plain = OfferRow(
        id=number,
        owner=draw.randint(1, 12),
        category=category,
        lat=50.85 + draw.gauss(0, 0.03),
        lon=4.35 + draw.gauss(0, 0.05),
        radius=draw.choice((2.0, 5.0, 10.0, 10.0, 22.5, 60.0)),
        remote=draw.random() < 0.2,
        windows=_windows(draw),
        free=draw.choice((0, 1, 2, 2, 3, 4)),
        exclusive=draw.random() < 0.1,
        languages=_languages(draw),
        interpreter=draw.random() < 0.1,
        language_hard=draw.random() < 0.1,
        features=features,
        accepts=accepts,
        attested=draw.choice((0.0, 0.5, 1.0)),
        confirmed_h=float(draw.randrange(1500)),
        live=draw.choice((0, 0, 0, 1)),
        live_cap=draw.choice((32767, 32767, 32767, 1, 0)),
        owner_effect=draw.choice((-1.5, -0.5, 0.0, 0.0, 1.0)),
    )
    if draw.random() < 0.8:
        return [plain]

    return [plain, replace(plain, occurrence=1, windows=_windows(draw))]


def _bits(draw: Random) -> int:
    return draw.getrandbits(4)


def _languages(draw: Random) -> int:
    return 1 << draw.randrange(4) | (1 << draw.randrange(3) if draw.random() < 0.5 else 0)


def _windows(draw: Random) -> int:
    if draw.random() < 0.4:
        return ALWAYS
    start = draw.randrange(50)
    return ((1 << draw.randint(1, 30)) - 1) << start & ALWAYS

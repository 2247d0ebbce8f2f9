"""Who may meet, once more: slow, in plain Python, written from the design and not from the code.

The hosting rules are asked of persons and households as they are, not of the engine's masks.
"""

from collections.abc import Collection
from dataclasses import dataclass
from math import asin, cos, exp, log, radians, sin, sqrt

from matching.market import NeedRow, OfferRow

# number, code, kilometres at which interest fades, shared language required
CATEGORIES = tuple(
    line.split()
    for line in """
0 roof.bed 10 yes
1 roof.room 18 yes
2 roof.home 30 yes
3 roof.search 12 yes
4 wash.shower 2 -
5 wash.laundry 2 -
6 wash.storage 3.5 -
7 food.meal 3.5 -
8 food.parcel 3.5 -
9 food.delivery 2 -
10 food.garden 3.5 -
11 goods.clothes 3.5 -
12 goods.baby 3.5 -
13 goods.furniture 6 -
14 goods.household 3.5 -
15 goods.device 6 -
16 goods.school 3.5 -
17 goods.aid 10 -
18 move.house 10 -
19 move.lift 6 -
20 move.escort 3.5 yes
21 move.errand 2 -
22 move.animal 2 -
23 paper.forms 6 yes
24 paper.interpret 12 yes
25 paper.rights 12 yes
26 paper.work 12 yes
27 paper.digital 3.5 yes
28 learn.language 6 yes
29 learn.homework 3.5 yes
30 learn.reading 6 yes
31 company.talk 3.5 yes
32 company.call 1 yes
33 company.letter 1 yes
34 company.buddy 6 yes
35 home.repair 3.5 -
36 home.chores 3.5 -
37 home.child 3.5 yes
38 home.respite 3.5 yes
""".strip().splitlines()
)
LAM = {int(number): float(lam) for number, _, lam, _ in CATEGORIES}
LANGUAGE_HARD = {int(number) for number, _, _, hard in CATEGORIES if hard == "yes"}
HOSTING = {0, 1, 2}
BY_PHONE_OR_LETTER = {32, 33}
EARTH_KM = 6378.168
SLACK_KM = 1e-6
LEAST_P = 0.03


@dataclass(frozen=True)
class Guests:
    """Who needs a roof; `ask` is any, family, couple, women or no_lone_man."""

    women: int
    men: int
    children: int
    ask: str


@dataclass(frozen=True)
class Home:
    """What the verifier found: which household it is, and for whom it is ready."""

    kind: str
    women: bool
    men: bool
    children: bool


@dataclass(frozen=True)
class Facts:
    """What the oracle may know of one market beside the two rows."""

    blocks: Collection[tuple[int, int]]
    barred: Collection[tuple[int, int]]
    guests: dict[int, Guests]
    homes: dict[int, Home]


def kilometres(need: NeedRow, offer: OfferRow) -> float:
    """The haversine between the two cells."""
    a, b = radians(need.lat), radians(offer.lat)
    half = sin((a - b) / 2) ** 2
    half += cos(a) * cos(b) * sin(radians(need.lon - offer.lon) / 2) ** 2
    return 2 * EARTH_KM * asin(sqrt(half))


def chance(need: NeedRow, offer: OfferRow, km: float) -> float:
    """P(both accept) by the hand weights."""
    lam = LAM[need.category]
    if need.remote and offer.remote:
        km = min(km, 2 * lam)
    if need.category in BY_PHONE_OR_LETTER:
        km = 0.0
    quarters = (need.windows & offer.windows).bit_count()
    wanted = min(8, need.windows.bit_count())
    wishes = need.soft.bit_count()
    met = (need.soft & offer.features).bit_count()
    z = -0.6
    z -= 0.8 * km / lam
    z -= 0.8 * log(1 + km / lam)
    z += 0.9 * min(1.0, quarters / wanted)
    z += 0.5 if need.languages & offer.languages else 0.0
    z += 0.8 * offer.attested
    z += 0.5 * exp(-offer.confirmed_h / 336)
    z += 0.4 * (met / wishes if wishes else 1.0)
    z += 0.4 if offer.free == need.size else 0.2
    return 1 / (1 + exp(-z - offer.owner_effect))


def may_host(guests: Guests, home: Home) -> str | None:
    """The hosting rules in words; the name of the filter that has to refuse, or None."""
    suits = {
        "any": True,
        "family": home.kind == "family",
        "couple": home.kind in ("family", "couple"),
        "women": home.kind in ("women", "single_woman"),
        "no_lone_man": home.kind not in ("single_man", "other"),
    }[guests.ask]
    if not suits:
        return "requirements"
    adults = guests.women + guests.men
    if adults == 0:  # nobody under 18 without a parent, and nobody who is not described
        return "profile"
    if guests.women and not guests.men and home.kind in ("single_man", "other"):
        return "profile"
    willing = (
        (home.women or not guests.women)
        and (home.men or not guests.men)
        and (home.children or not guests.children)
    )
    return None if willing else "profile"


def refused(need: NeedRow, offer: OfferRow, facts: Facts) -> str | None:
    """The first hard filter that keeps the two apart, or None."""
    if need.category != offer.category:
        return "category"
    km = kilometres(need, offer)
    if not (need.remote and offer.remote) and km > min(need.radius, offer.radius) + SLACK_KM:
        return "distance"
    if offer.free < need.size:
        return "capacity"
    if need.windows & offer.windows == 0:
        return "windows"
    required = need.category in LANGUAGE_HARD or need.language_hard or offer.language_hard
    understood = need.languages & offer.languages or need.interpreter or offer.interpreter
    if required and not understood:
        return "language"
    return _unsuited(need, offer, facts) or _apart(need, offer, facts, km)


def _unsuited(need: NeedRow, offer: OfferRow, facts: Facts) -> str | None:
    if need.category in HOSTING:
        return may_host(facts.guests[need.id], facts.homes[offer.id])
    if any(need.req >> bit & 1 and not offer.features >> bit & 1 for bit in range(32)):
        return "requirements"
    if any(need.profile >> bit & 1 and not offer.accepts >> bit & 1 for bit in range(32)):
        return "profile"
    return None


def _apart(need: NeedRow, offer: OfferRow, facts: Facts, km: float) -> str | None:
    one, other = need.owner, offer.owner
    if one == other:
        return "owner"
    if (one, other) in facts.blocks or (other, one) in facts.blocks:
        return "blocked"
    if (need.id, offer.id) in facts.barred:
        return "barred"
    return "unlikely" if chance(need, offer, km) < LEAST_P else None


def most_live(offer: OfferRow) -> int:
    """Open proposals an offer may have: min(3k, k + 2) for k places, one for hosting."""
    rule = min(1, offer.free) if offer.category in HOSTING else min(3 * offer.free, offer.free + 2)
    return min(rule, offer.live_cap)

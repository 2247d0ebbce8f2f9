"""The filters and the score once more, slowly and in plain Python, from the design's words."""

from collections.abc import Sequence
from math import asin, cos, exp, log, radians, sin, sqrt

from matching.market import NeedRow, OfferRow

LAM = {7: 3.5, 32: 1.0, 23: 6.0, 0: 10.0}
LANGUAGE_HARD = {32, 23, 0}
PHONE = {32}


def haversine(need: NeedRow, offer: OfferRow) -> float:
    """Kilometres on the sphere of 6,378.168 km."""
    a, b = radians(need.lat), radians(offer.lat)
    half = sin((a - b) / 2) ** 2
    half += cos(a) * cos(b) * sin(radians(need.lon - offer.lon) / 2) ** 2
    return 2 * 6378.168 * asin(sqrt(half))


def likely(need: NeedRow, offer: OfferRow) -> float:
    """P by hand weights."""
    km = haversine(need, offer)
    lam = LAM[need.category]
    if need.remote and offer.remote:
        km = min(km, 2 * lam)
    if need.category in PHONE:
        km = 0.0
    wanted = min(8, need.windows.bit_count())
    time = min(1.0, (need.windows & offer.windows).bit_count() / wanted)
    wishes = 1.0
    if need.soft:
        wishes = (need.soft & offer.features).bit_count() / need.soft.bit_count()
    z = -0.6 - 0.8 * km / lam - 0.8 * log(1 + km / lam) + 0.9 * time
    z += 0.5 * bool(need.languages & offer.languages) + 0.8 * offer.attested
    z += 0.5 * exp(-offer.confirmed_h / 336) + 0.4 * wishes
    z += 0.4 * (1.0 if offer.free == need.size else 0.5)
    return 1 / (1 + exp(-z - offer.owner_effect))


def first_failed(
    need: NeedRow,
    offer: OfferRow,
    blocks: Sequence[tuple[int, int]] = (),
    barred: Sequence[tuple[int, int]] = (),
) -> str | None:
    """The name of the first hard filter that fails."""
    owners = (need.owner, offer.owner)
    hard = need.category in LANGUAGE_HARD or need.language_hard or offer.language_hard
    together = bool(need.languages & offer.languages) or need.interpreter or offer.interpreter
    within = haversine(need, offer) <= min(need.radius, offer.radius) + 1e-6
    checks = (
        ("category", need.category == offer.category),
        ("distance", within or (need.remote and offer.remote)),
        ("capacity", offer.free >= need.size),
        ("windows", any(need.windows >> b & offer.windows >> b & 1 for b in range(56))),
        ("language", together or not hard),
        ("requirements", need.req | offer.features == offer.features),
        ("profile", need.profile | offer.accepts == offer.accepts),
        ("owner", need.owner != offer.owner),
        ("blocked", owners not in blocks and owners[::-1] not in blocks),
        ("barred", (need.id, offer.id) not in barred),
    )
    failed = next((name for name, ok in checks if not ok), None)
    if failed is None and likely(need, offer) < 0.03:
        failed = "unlikely"
    return failed

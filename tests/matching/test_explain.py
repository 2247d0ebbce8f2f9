"""Reasons are true, complete in their keys, and silent on what each side must not learn."""

from collections.abc import Callable
from dataclasses import asdict, replace

import pytest
from hypothesis import strategies as st

from matching.candidates import Filter
from matching.explain import REASON_KEYS, Reason, ReasonKey
from matching.geo import bucket
from matching.market import NeedRow, OfferRow, market_of
from matching.pair import Pairing, pair
from matching.plan import match
from matching.policy import Policy
from matching.score import PRIOR
from tests.matching.harness import kept
from tests.matching.oracle import haversine
from tests.matching.strategies import NEED, OFFER

Explain = Callable[[NeedRow, OfferRow], object]


def met(need: NeedRow, offer: OfferRow) -> tuple[NeedRow, OfferRow, Pairing] | None:
    """The two made to fit, because most invented pairs would fail a filter."""
    need = replace(need, id=1, category=7, radius=50.0, language_hard=False)
    offer = replace(
        offer,
        id=2,
        owner=need.owner + 1,
        category=need.category,
        radius=50.0,
        language_hard=False,
        windows=offer.windows | need.windows & -need.windows,
        free=max(offer.free, need.size),
        features=offer.features | need.req,
        accepts=offer.accepts | need.profile,
    )
    found = pair(need, offer, PRIOR)
    return None if isinstance(found, Filter) else (need, offer, found)


def side(name: str) -> Explain:
    def explain(need: NeedRow, offer: OfferRow) -> object:
        found = met(need, offer)
        return found and tuple(each for each in found[2].reasons if each.side == name)

    return explain


def tells_need_nothing_forbidden(explain: Explain) -> int:
    """The offer's record, load, other constraints and refusals may change as they like."""
    compared = 0

    def check(case: tuple[NeedRow, OfferRow, int, float]) -> None:
        nonlocal compared
        need, offer, bits, effect = case
        offer = replace(offer, features=offer.features | need.req, owner_effect=0.0)
        other = replace(
            offer,
            accepts=offer.accepts | bits,
            features=offer.features | bits & ~need.soft,
            owner_effect=effect,
            live=bits % 3,
            exclusive=not offer.exclusive,
            ends_h=float(bits),
        )
        one, two = explain(need, offer), explain(need, other)
        if one is None or two is None:
            return  # p may fall below the floor
        assert one == two
        compared += 1

    kept(check, st.tuples(NEED, OFFER, st.integers(0, 255), st.floats(-0.2, 0.2)), 50)
    return compared


def tells_offer_nothing_forbidden(explain: Explain) -> int:
    """The need's party, urgency, waiting and constraints may change as they like."""
    compared = 0

    def check(case: tuple[NeedRow, OfferRow, int, int]) -> None:
        nonlocal compared
        need, offer, bits, more = case
        offer = replace(offer, free=3, features=3, accepts=3)
        other = replace(
            need,
            size=more % 3 + 1,
            urgency=2 - need.urgency,
            waited_h=need.waited_h + more,
            live=bits,
            req=bits,
            profile=more,
            soft=bits ^ more,
        )
        one, two = explain(need, offer), explain(other, offer)
        if one is None or two is None:
            return  # p may fall below the floor
        assert one == two
        compared += 1

    kept(check, st.tuples(NEED, OFFER, st.integers(0, 3), st.integers(0, 3)), 50)
    return compared


def test_no_side_learns_what_it_must_not() -> None:
    assert tells_need_nothing_forbidden(side("need")) > 25
    assert tells_offer_nothing_forbidden(side("offer")) > 25


def test_controls_a_percentage_and_one_list_for_both_are_noticed() -> None:
    def percentage(need: NeedRow, offer: OfferRow) -> object:
        found = met(need, offer)
        return found and f"{found[2].p:.0%}"

    def one_list(need: NeedRow, offer: OfferRow) -> object:
        found = met(need, offer)
        return found and {each.key for each in found[2].reasons}

    for explain in (percentage, one_list):
        with pytest.raises(AssertionError):
            tells_offer_nothing_forbidden(explain)
    with pytest.raises(AssertionError):
        tells_need_nothing_forbidden(percentage)


def bits(mask: int) -> str:
    return ",".join(str(bit) for bit in range(64) if mask & 1 << bit)


Truth = Callable[[NeedRow, OfferRow], object]
TRUTH: dict[ReasonKey, Truth] = {
    ReasonKey.NEAR: lambda need, offer: {"bucket": bucket(haversine(need, offer))},
    ReasonKey.FAR: lambda need, offer: {"bucket": bucket(haversine(need, offer))},
    ReasonKey.REMOTE: lambda need, offer: need.remote and offer.remote,
    ReasonKey.SPEAKS: lambda need, offer: {"languages": bits(need.languages & offer.languages)},
    ReasonKey.INTERPRETER: lambda need, offer: need.languages & offer.languages == 0,
    ReasonKey.CONFIRMED: lambda _, offer: offer.confirmed_h < 168,
    ReasonKey.UNCONFIRMED: lambda _, offer: offer.confirmed_h >= 168,
    ReasonKey.VOUCHED: lambda _, offer: offer.attested > 0,
    ReasonKey.WISHES: lambda need, offer: {"wishes": bits(need.soft & offer.features)},
    ReasonKey.EXACT_FIT: lambda need, offer: offer.free == need.size,
    ReasonKey.FREE: lambda need, offer: need.windows & offer.windows != 0,
    ReasonKey.PARTLY_FREE: lambda need, offer: need.windows & ~offer.windows != 0,
}


def is_true(reason: Reason, need: NeedRow, offer: OfferRow) -> bool:
    """Whether the sentence and its values hold, read from the two posts."""
    truth = TRUTH[reason.key](need, offer)
    if isinstance(truth, dict):
        return reason.values == truth and all(truth.values())
    return truth is True and not reason.values


def tells_the_truth(explain: Callable[[Pairing], tuple[Reason, ...]]) -> int:
    compared = 0

    def check(case: tuple[NeedRow, OfferRow]) -> None:
        nonlocal compared
        need, offer = case
        found = met(need, offer)
        if found is None:
            return
        need, offer, pairing = found
        told = explain(pairing)
        assert all(is_true(each, need, offer) for each in told)
        assert all(sum(each.side == side for each in told) <= 3 for side in ("need", "offer"))
        compared += bool(told)

    kept(check, st.tuples(NEED, OFFER), 50)
    return compared


def test_reasons_are_true_and_few() -> None:
    assert tells_the_truth(lambda pairing: pairing.reasons) > 25


def test_control_flattery_is_noticed() -> None:
    recent = Reason(ReasonKey.CONFIRMED, {}, "need")
    with pytest.raises(AssertionError):
        tells_the_truth(lambda pairing: (recent, *pairing.reasons[:1]))


def test_every_key_can_be_told() -> None:
    need = NeedRow(id=1, owner=1, category=7, lat=50.85, lon=4.35, radius=9, windows=0xFF)
    offer = OfferRow(id=2, owner=2, category=7, lat=50.85, lon=4.35, radius=9, confirmed_h=200)
    plain = replace(offer, windows=0x1F, free=2)  # neither time nor size speaks for it
    away = replace(plain, lat=50.88)
    seen: set[str] = set()
    for one, other in (
        (need, replace(offer, attested=1.0)),
        (need, replace(away, lat=50.91)),
        (
            replace(need, category=32, remote=True),
            replace(plain, category=32, remote=True, interpreter=True),
        ),
        (need, replace(plain, windows=1)),
        (replace(need, languages=1), replace(away, languages=1)),
        (need, replace(away, lat=50.86)),
        (need, replace(away, confirmed_h=1.0)),
        (need, replace(offer, confirmed_h=1400, languages=1)),
        (replace(need, languages=1), replace(offer, confirmed_h=1400, languages=1)),
        (replace(need, soft=1), replace(away, features=1)),
        (need, replace(away, free=1)),
    ):
        found = pair(one, other, PRIOR)
        assert isinstance(found, Pairing)
        seen |= {each.key for each in found.reasons}
    assert seen == set(REASON_KEYS)


def test_far_is_beyond_the_radius_asked_for() -> None:
    need = NeedRow(id=1, owner=1, category=7, lat=50.85, lon=4.35, radius=7.5, radius_asked=5)
    offer = OfferRow(id=2, owner=2, category=7, lat=50.85, lon=4.37, radius=15, radius_asked=10)
    for lon, far in ((4.40, False), (4.43, True)):
        found = pair(need, replace(offer, lon=lon), PRIOR)
        assert isinstance(found, Pairing)
        assert found.far is far


def test_pair_and_match_tell_the_same() -> None:
    need = NeedRow(id=1, owner=1, category=7, lat=50.85, lon=4.35, radius=5)
    offer = OfferRow(id=2, owner=2, category=7, lat=50.85, lon=4.37, radius=5)
    (one,) = match(market_of((need,), (offer,)), PRIOR, Policy()).pairings
    assert one == pair(need, offer, PRIOR)
    assert pair(need, offer, PRIOR, blocked=True) is Filter.BLOCKED
    assert pair(need, offer, PRIOR, barred=True) is Filter.BARRED


def test_masks_are_not_printed() -> None:
    need = NeedRow(id=1, owner=1, category=7, lat=50.85, lon=4.35, radius=5, profile=77777)
    assert "77777" not in repr(need)
    assert asdict(need)["profile"] == 77777
    assert "77777" not in repr(market_of((need,), ()).needs)

"""What is better never lowers p; urgency and waiting are outside p; a record is bounded."""

from collections.abc import Callable
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import Phase, given, settings
from hypothesis import strategies as st

from matching.candidates import edges_of
from matching.market import NeedRow, OfferRow, market_of
from matching.score import PRIOR, Weights, owner_effect
from matching.waiting import Band, band, level, round_factor
from tests.matching.harness import kept
from tests.matching.strategies import NEED, OFFER

Score = Callable[[NeedRow, OfferRow], float]
ONE = np.zeros(1, dtype=np.int64)
QUICK = settings(
    max_examples=50,
    deadline=None,
    derandomize=True,
    database=None,
    phases=(Phase.generate,),
    report_multiple_bugs=False,
)


def p(need: NeedRow, offer: OfferRow, weights: Weights = PRIOR) -> float:
    return float(edges_of(market_of((need,), (offer,)), ONE, ONE, weights).p[0])


def better_never_lowers(score: Score) -> int:
    """How many invented pairs were made better, none of them with a lower score."""

    def check(case: tuple[NeedRow, OfferRow, float, int]) -> None:
        need, offer, share, more = case
        start = score(need, offer) - 1e-12
        closer = {
            "lat": offer.lat + (need.lat - offer.lat) * share,
            "lon": offer.lon + (need.lon - offer.lon) * share,
        }
        assert score(need, replace(offer, **closer)) >= start  # type: ignore[arg-type]  # two floats
        assert score(need, replace(offer, windows=offer.windows | more)) >= start
        attested = offer.attested + (1 - offer.attested) * share
        assert score(need, replace(offer, attested=attested)) >= start
        assert score(need, replace(offer, confirmed_h=offer.confirmed_h * share)) >= start
        assert score(need, replace(offer, features=offer.features | more & 0xFF)) >= start
        assert score(need, replace(offer, languages=offer.languages | more & 7)) >= start
        assert score(need, replace(offer, free=need.size)) >= start
        assert score(replace(need, remote=True), replace(offer, remote=True)) >= start

    cases = st.tuples(NEED, OFFER, st.floats(0, 1), st.integers(0, 2**56 - 1))
    return kept(check, cases, 50)


def test_better_never_lowers_p() -> None:
    assert better_never_lowers(p) == 50


def test_better_never_lowers_p_under_other_weights() -> None:
    generator = np.random.default_rng(1)
    learned = Weights(
        version="learned",
        a=generator.normal(size=39),
        beta=generator.random(8),
        delta=generator.random((39, 8)),
        usual=PRIOR.usual,
    )
    assert better_never_lowers(lambda need, offer: p(need, offer, learned)) == 50


def test_control_a_share_of_the_helpers_time_is_noticed() -> None:
    def naive(need: NeedRow, offer: OfferRow) -> float:
        return (need.windows & offer.windows).bit_count() / offer.windows.bit_count()

    with pytest.raises(AssertionError):
        better_never_lowers(naive)


@QUICK
@given(NEED, OFFER)
def test_urgency_and_waiting_are_outside_p(need: NeedRow, offer: OfferRow) -> None:
    pressed = replace(need, urgency=2 - need.urgency, waited_h=need.waited_h + 50, live=2)
    assert p(pressed, offer) == p(need, offer)


def test_a_near_typical_pair_is_likely() -> None:
    need = NeedRow(
        id=1, owner=1, category=7, lat=50.85, lon=4.35, radius=5, languages=1, windows=0xFF
    )
    near = OfferRow(
        id=1,
        owner=2,
        category=7,
        lat=50.858,
        lon=4.35,
        radius=5,
        languages=1,
        windows=0x1F,
        free=2,
        attested=0.5,
        confirmed_h=168,
    )
    assert p(need, near) == pytest.approx(0.78, abs=0.03)


def test_remote_pairs_count_at_most_two_lambdas_and_calls_none() -> None:
    need = NeedRow(id=1, owner=1, category=23, lat=50.85, lon=4.35, radius=10, remote=True)
    offer = OfferRow(id=1, owner=2, category=23, lat=50.85, lon=5.5, radius=10, remote=True)
    farther = replace(offer, lon=6.0)
    assert p(need, offer) == p(need, farther) > p(need, replace(farther, remote=False))
    call, answer = replace(need, category=32), replace(offer, category=32)
    assert p(call, answer) == p(call, replace(answer, lon=4.35))


@pytest.mark.parametrize("broken", ["beta", "delta"])
def test_weights_refuse_to_punish_what_is_better(broken: str) -> None:
    parts = {"a": PRIOR.a, "beta": PRIOR.beta, "delta": PRIOR.delta, "usual": PRIOR.usual}
    parts[broken] = parts[broken] - 1
    with pytest.raises(ValueError, match="negative"):
        Weights(version="bad", **parts)
    parts[broken] = np.full((2, 2), np.nan)
    with pytest.raises(ValueError, match=broken):
        Weights(version="bad", **parts)


def test_every_distance_scale_is_positive_and_own_ones_replace_the_taxonomys() -> None:
    with pytest.raises(ValueError, match="lam"):
        replace(PRIOR, lam=PRIOR.lam * 0)
    need = NeedRow(id=1, owner=1, category=7, lat=50.85, lon=4.35, radius=10)
    offer = OfferRow(id=1, owner=2, category=7, lat=50.85, lon=4.4, radius=10)
    assert p(need, offer, replace(PRIOR, lam=PRIOR.lam * 2)) > p(need, offer)


@given(st.lists(st.tuples(st.floats(0.03, 0.99), st.booleans())))
def test_owner_effect_is_shrunk_bounded_and_follows_answers(
    answers: list[tuple[float, bool]],
) -> None:
    effect = owner_effect(answers)
    assert -1.5 <= effect <= 1.5
    assert owner_effect([*answers, (0.5, True)]) >= effect or effect > 0
    assert owner_effect([]) == 0
    assert owner_effect([(0.5, True)]) == pytest.approx(0.5 / (1 / 0.36 + 0.25))


def test_levels_bands_and_rounds() -> None:
    def one(urgency: int, waited_h: float) -> int:
        waited = np.array([waited_h], dtype=np.float32)
        return int(level(np.array([urgency], dtype=np.int8), waited)[0])

    assert [one(0, 0), one(1, 0), one(2, 0)] == [1, 5, 9]
    assert one(1, 8 * 24) == 9  # "this week" reaches a fresh "today" after 8 days
    assert one(0, 56 * 24) == 9
    assert one(0, 56 * 24 - 1) == 8
    assert one(2, 10**6) == 31
    assert [band(n) for n in (1, 4, 5, 8, 9, 31)] == [
        *[Band.FLEXIBLE] * 2,
        *[Band.WEEK] * 2,
        *[Band.TODAY] * 2,
    ]
    assert [round_factor(h) for h in (0, 23.9, 24, 71.9, 72)] == [0.5, 0.5, 1, 1, 1.5]

"""What answers may teach: nothing without data, never that worse is better, in time the truth."""

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import Phase, given, settings
from hypothesis import strategies as st

from matching.columns import F64
from matching.fit import Assessment, Outcomes, Score, assess, auc, fit, may_adopt, renew, score
from matching.score import PRIOR, Weights, probability

CATEGORIES = np.array([0, 7, 23, 31])
QUICK = settings(max_examples=6, deadline=None, derandomize=True, phases=(Phase.generate,))


def truth(seed: int = 0) -> Weights:
    """Weights that differ from the hand weights, and between categories."""
    world = np.random.default_rng(seed)
    beta = PRIOR.beta * world.uniform(0.2, 2.2, 8)
    delta = np.zeros((39, 8))
    delta[:, [1, 3, 4]] = world.exponential(0.4, (39, 3))
    a = PRIOR.a + world.normal(0, 0.6, 39)
    return Weights(version="truth", a=a, beta=beta, delta=delta, usual=PRIOR.usual)


def terms_of(count: int, world: np.random.Generator) -> F64:
    far = world.exponential(0.7, count)
    share = world.uniform(0, 1, (count, 4))
    return np.column_stack(
        (
            -far,
            -np.log1p(far),
            np.maximum(0.1, share[:, 0]),
            share[:, 1] < 0.6,
            share[:, 2],
            np.exp(-world.exponential(1.0, count)),
            share[:, 3],
            world.choice([0.5, 1.0], count),
        )
    ).astype(np.float64)


def answers(count: int, seed: int, weights: Weights | None = None) -> Outcomes:
    world = np.random.default_rng(seed)
    terms, category = terms_of(count, world), world.choice(CATEGORIES, count)
    offset = world.normal(0, 0.3, count)
    p = probability(terms, category, offset, weights or truth())
    return Outcomes(terms, category, offset, world.random(count) < p, np.arange(count))


def fitted(outcomes: Outcomes) -> Weights:
    return fit(outcomes.terms, outcomes.category, outcomes.offset, outcomes.accepted, PRIOR)


def test_no_data_returns_the_prior() -> None:
    same = fitted(answers(0, 1))
    for name in ("a", "beta", "delta", "usual"):
        np.testing.assert_allclose(getattr(same, name), getattr(PRIOR, name), atol=1e-9)


@QUICK
@given(st.integers(1, 60), st.integers(0, 10**6), st.booleans())
def test_no_weight_becomes_negative_whatever_the_answers(n: int, seed: int, reverse: bool) -> None:
    some = answers(n, seed)
    worst = replace(some, accepted=some.terms[:, 0] < np.median(some.terms[:, 0]))
    weights = fitted(worst if reverse else some)  # `Weights` itself refuses a negative one
    assert weights.beta.min() >= 0
    assert weights.delta.min() >= 0
    assert np.all(weights.delta[:, [0, 2, 5, 6, 7]] == 0)


def test_control_an_unbounded_fit_would_learn_that_far_is_better() -> None:
    """The answers above do teach it to whoever listens without bounds."""
    some = answers(400, 5)
    loved = replace(some, accepted=some.terms[:, 0] < np.median(some.terms[:, 0]))
    assert fitted(loved).beta[0] == 0
    mirrored = loved.terms.copy()
    mirrored[:, 0] *= -1
    assert fitted(replace(loved, terms=mirrored)).beta[0] > 1


def test_many_answers_recover_the_truth() -> None:
    found, true = fitted(answers(12_000, 3)), truth()
    due = (true.beta + true.delta)[CATEGORIES]
    np.testing.assert_allclose((found.beta + found.delta)[CATEGORIES], due, atol=0.45)
    np.testing.assert_allclose(found.a[CATEGORIES], true.a[CATEGORIES], atol=0.45)
    unseen = np.setdiff1d(np.arange(39), CATEGORIES)
    np.testing.assert_allclose(found.a[unseen], PRIOR.a[unseen], atol=1e-6)


def test_a_thousand_answers_rank_nearly_as_well_as_the_truth() -> None:
    judges = answers(10_000, 99)
    shares = []
    limit = assess(judges, truth()).overall.auc
    for seed in (11, 12):
        learned = assess(judges, fitted(answers(1_000, seed))).overall.auc
        assert learned is not None
        assert limit is not None
        shares.append(learned / limit)
    assert np.mean(shares) >= 0.99
    hand = assess(judges, PRIOR).overall
    assert hand.log_loss > assess(judges, fitted(answers(1_000, 11))).overall.log_loss


def test_figures_of_an_assessment_are_the_text_book_ones() -> None:
    y = np.array([True, False, True, True])
    p = np.array([0.8, 0.3, 0.3, 0.9])
    made = score(p, y)
    assert made.log_loss == pytest.approx(-np.log([0.8, 0.7, 0.3, 0.9]).mean())
    assert made.auc == pytest.approx((1 + 0.5 + 1) / 3)
    assert made.ece == pytest.approx((0.2 + abs(0.6 - 1) + 0.1) / 4)
    assert auc(p, np.ones(4, dtype=bool)) is None
    assert score(p[:0], y[:0]) == Score(0, 0.0, 0.0, None)


def test_a_better_version_is_adopted_and_a_worse_one_is_not() -> None:
    some = answers(3_000, 21)
    renewed = renew(some, PRIOR, PRIOR, version="2")
    assert renewed.decision.adopt, renewed.decision.worse
    assert renewed.weights.version == "2"
    assert renewed.before.overall.n == 600
    back = may_adopt(renewed.after, renewed.before)
    assert not back.adopt
    assert "overall log_loss" in back.worse
    assert not renew(answers(50, 1), PRIOR, PRIOR, version="3").decision.adopt
    assert not renew(answers(0, 1), PRIOR, PRIOR, version="3").decision.adopt


def test_one_category_made_worse_is_enough_to_refuse() -> None:
    fine, poor = Score(200, 0.5, 0.02, 0.7), Score(200, 0.6, 0.02, 0.7)
    few = replace(poor, n=20)

    def both(first: Score, second: Score) -> Assessment:
        return Assessment(fine, {0: first, 7: second})

    assert may_adopt(both(fine, fine), both(fine, poor)).worse == ("food.meal log_loss",)
    assert may_adopt(both(fine, replace(fine, n=20)), both(fine, few)).adopt


def test_the_order_of_rows_is_not_time_and_a_record_is_not_learned_twice() -> None:
    some = answers(3_000, 8)
    order = np.random.default_rng(1).permutation(3_000)
    mixed = Outcomes(
        some.terms[order],
        some.category[order],
        some.offset[order],
        some.accepted[order],
        some.moment[order],
    )
    one, two = (renew(each, PRIOR, PRIOR, version="x") for each in (some, mixed))
    assert one.before.overall.log_loss == pytest.approx(two.before.overall.log_loss)
    assert one.after.overall.log_loss == pytest.approx(two.after.overall.log_loss, abs=1e-6)
    sure = replace(some, offset=some.offset + 9, accepted=np.ones(3_000, dtype=bool))
    assert np.abs(fitted(sure).beta - PRIOR.beta).max() < 0.2

"""What the answers teach the score: new weights near the old ones, judged before they count.

The label of a proposal is whether both sides accepted, among the answered ones. A new version
is fitted on the older answers and adopted only if it predicts the newest ones no worse, overall
and in each category: a wrong p breaks the plan first.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from types import MappingProxyType

import numpy as np
from scipy.optimize import minimize  # type: ignore[import-untyped]  # it ships no types

from matching.columns import F64, I64, Bool
from matching.score import TERMS, Weights, probability
from matching.taxonomy import TAXONOMY

OWN = (1, 3, 4)  # the terms that may weigh more in one category than in another
JUDGED = 100  # answers below which a category alone says nothing
_BINS = 10
_PULL_BETA, _PULL_DELTA, _PULL_A = 3.0, 3.0, 0.9
_LEAST = 1e-12
_C = len(TAXONOMY)


@dataclass(frozen=True, eq=False)
class Outcomes:
    """Answered proposals, one row each: terms as shown, owner effect then, moment of answer."""

    terms: F64
    category: I64
    offset: F64
    accepted: Bool
    moment: I64

    def __len__(self) -> int:
        return len(self.accepted)

    def take(self, pick: Bool) -> "Outcomes":
        """The picked rows."""
        return Outcomes(
            self.terms[pick],
            self.category[pick],
            self.offset[pick],
            self.accepted[pick],
            self.moment[pick],
        )


@dataclass(frozen=True)
class Score:
    """How well p foretold the answers; `auc` is None where all answers were the same."""

    n: int
    log_loss: float
    ece: float
    auc: float | None


@dataclass(frozen=True)
class Assessment:
    """All answers together, and those of each category."""

    overall: Score
    by_category: Mapping[int, Score]


@dataclass(frozen=True)
class Decision:
    """Whether a version may replace another; `worse` names each figure that forbids it."""

    adopt: bool
    worse: tuple[str, ...]


@dataclass(frozen=True, eq=False)
class Renewal:
    """A version fitted on all answers, and how its method did on the newest fifth."""

    weights: Weights
    decision: Decision
    before: Assessment
    after: Assessment


def fit(
    terms: F64, category: I64, offset: F64, y: Bool, prior: Weights, *, version: str = "fitted"
) -> Weights:
    """The weights of least log-loss, held near the prior; none negative; no data, the prior."""
    start = _packed(prior.a, prior.beta, prior.delta[:, OWN])
    pull = _packed(
        np.full(_C, _PULL_A), np.full(TERMS, _PULL_BETA), np.full((_C, len(OWN)), _PULL_DELTA)
    )
    least = _packed(np.full(_C, -np.inf), np.zeros(TERMS), np.zeros((_C, len(OWN))))
    loss = _loss(terms, category, offset, y.astype(np.float64), prior)

    def pulled(x: F64) -> tuple[float, F64]:
        value, slope = loss(x)
        away = x - start
        return value + float(pull @ away**2), slope + 2 * pull * away

    found = minimize(
        pulled,
        start,
        jac=True,
        method="L-BFGS-B",
        bounds=[(low if np.isfinite(low) else None, None) for low in least],
        options={"maxiter": 500, "ftol": 1e-12, "gtol": 1e-8},
    )
    a, beta, own = _unpacked(np.asarray(found.x))
    delta = prior.delta.copy()
    delta[:, OWN] = own
    return replace(prior, version=version, a=a, beta=beta, delta=delta)


def _packed(a: F64, beta: F64, own: F64) -> F64:
    return np.concatenate((a, beta, own.ravel()))


def _unpacked(x: F64) -> tuple[F64, F64, F64]:
    return x[:_C], x[_C : _C + TERMS], x[_C + TERMS :].reshape(_C, len(OWN))


def _loss(
    terms: F64, category: I64, offset: F64, y: F64, prior: Weights
) -> Callable[[F64], tuple[float, F64]]:
    """Summed log-loss and its slope, as a function of the packed weights."""
    own_terms = terms[:, OWN]
    others = prior.delta.copy()
    others[:, OWN] = 0
    fixed = offset + (others[category] * terms).sum(axis=1)

    def loss(x: F64) -> tuple[float, F64]:
        a, beta, own = _unpacked(x)
        z = fixed + a[category] + terms @ beta + (own[category] * own_terms).sum(axis=1)
        value = float(np.logaddexp(0, z).sum() - y @ z)
        miss = 1 / (1 + np.exp(-z)) - y
        slopes = [np.bincount(category, miss * own_terms[:, k], _C) for k in range(len(OWN))]
        by_category = np.bincount(category, miss, _C).astype(np.float64)
        return value, _packed(by_category, terms.T @ miss, np.column_stack(slopes))

    return loss


def assess(outcomes: Outcomes, weights: Weights) -> Assessment:
    """How well these weights foretell these answers."""
    p = probability(outcomes.terms, outcomes.category, outcomes.offset, weights)
    by_category = {
        int(c): score(p[outcomes.category == c], outcomes.accepted[outcomes.category == c])
        for c in np.unique(outcomes.category)
    }
    return Assessment(score(p, outcomes.accepted), MappingProxyType(by_category))


def score(p: F64, y: Bool) -> Score:
    """Mean log-loss, expected calibration error over ten bins, area under the ROC curve."""
    if len(y) == 0:
        return Score(0, 0.0, 0.0, None)
    sure = np.clip(p, _LEAST, 1 - _LEAST)
    loss = -np.where(y, np.log(sure), np.log1p(-sure)).mean()
    own_bin = np.minimum((p * _BINS).astype(np.int64), _BINS - 1)
    gap = np.bincount(own_bin, p - y, _BINS)
    return Score(len(y), float(loss), float(np.abs(gap).sum() / len(y)), auc(p, y))


def auc(p: F64, y: Bool) -> float | None:
    """How often an accepted proposal had the larger p than a refused one; ties count half."""
    yes, no = int(y.sum()), int((~y).sum())
    if yes == 0 or no == 0:
        return None
    _, place, count = np.unique(p, return_inverse=True, return_counts=True)
    rank = (np.cumsum(count) - (count - 1) / 2)[place]
    return float((rank[y].sum() - yes * (yes + 1) / 2) / (yes * no))


def may_adopt(old: Assessment, new: Assessment) -> Decision:
    """Adopt only what worsens neither log-loss nor calibration, overall and in each category.

    Both must have been assessed on the same, newest answers. A category with fewer than a
    hundred of them is not judged alone.
    """
    judged = [("overall", old.overall, new.overall)]
    for number, before in old.by_category.items():
        if before.n >= JUDGED:
            judged.append((TAXONOMY[number].code, before, new.by_category[number]))
    worse = [
        f"{name} {figure}"
        for name, before, after in judged
        for figure in ("log_loss", "ece")
        if getattr(after, figure) > getattr(before, figure)
    ]
    if old.overall.n < JUDGED:
        worse.append("overall n")
    return Decision(not worse, tuple(worse))


def renew(outcomes: Outcomes, current: Weights, prior: Weights, *, version: str) -> Renewal:
    """Fit on all but the newest fifth, judge there against the current weights, refit on all."""
    newest = outcomes.moment >= _since(outcomes.moment)
    older, judges = outcomes.take(~newest), outcomes.take(newest)
    trial = fit(older.terms, older.category, older.offset, older.accepted, prior)
    before, after = assess(judges, current), assess(judges, trial)
    weights = fit(
        outcomes.terms,
        outcomes.category,
        outcomes.offset,
        outcomes.accepted,
        prior,
        version=version,
    )
    return Renewal(weights, may_adopt(before, after), before, after)


def _since(moment: I64) -> int:
    """The moment from which the newest fifth counts; whole moments stay together."""
    return int(np.sort(moment)[-max(1, len(moment) // 5)]) if len(moment) else 0

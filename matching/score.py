"""How likely both sides say yes: a logistic score whose every term rises with what is better."""

from collections.abc import Iterable
from dataclasses import dataclass, field

import numpy as np

from matching.columns import F64, I64, Bool, frozen
from matching.market import Needs, Offers
from matching.taxonomy import TAXONOMY

TERMS = 8
P_MIN = 0.03
FADE_H = 336.0  # "still there" loses two thirds of its worth in two weeks
ENOUGH_QUARTERS = 8
LAM = frozen(np.array([params.lam_km for params in TAXONOMY.values()]))
REMOTE_ONLY = np.array([params.remote_only for params in TAXONOMY.values()])
_HOPELESS = -700.0  # further down, the exponential overflows
_PRIOR_VARIANCE = 0.36
_STRONGEST_EFFECT = 1.5


@dataclass(frozen=True, eq=False)
class Weights:
    """One version of the score.

    `a` per category (39), `beta` per term (8), `delta` per category and term, none of the two
    negative; `usual` holds the terms of a usual pair, against which a reason is measured; `lam`
    is the distance in km at which interest in each category fades.
    """

    version: str
    a: F64
    beta: F64
    delta: F64
    usual: F64
    lam: F64 = field(default_factory=lambda: LAM)

    def __post_init__(self) -> None:
        shapes = {
            "a": (39,),
            "beta": (TERMS,),
            "delta": (39, TERMS),
            "usual": (TERMS,),
            "lam": (39,),
        }
        for name, shape in shapes.items():
            array = np.asarray(getattr(self, name), dtype=np.float64)
            if array.shape != shape or not np.all(np.isfinite(array)):
                raise ValueError(f"weights {name} must be finite and of shape {shape}")
            object.__setattr__(self, name, frozen(array))
        if np.any(self.beta < 0) or np.any(self.delta < 0):
            raise ValueError("no weight may be negative: what is better never lowers p")
        if np.any(self.lam <= 0):
            raise ValueError("weights lam must be positive")

    def of(self, category: I64) -> F64:
        """Beta + delta for each category given, shape (n, 8)."""
        return np.asarray(self.beta + self.delta[category])


PRIOR = Weights(
    version="prior-1",
    a=np.full(len(TAXONOMY), -0.6),
    beta=np.array([0.8, 0.8, 0.9, 0.5, 0.8, 0.5, 0.4, 0.4]),
    delta=np.zeros((len(TAXONOMY), TERMS)),
    usual=np.array([-0.6, -np.log(1.6), 0.6, 0.7, 0.4, 0.65, 0.5, 0.5]),
)


def counted_km(needs: Needs, offers: Offers, need: I64, row: I64, km: F64, *, lam: F64) -> F64:
    """The distance that counts: at most two lambdas where both can meet remotely, none by phone."""
    category = needs.category[need]
    both = needs.remote[need] & offers.remote[row]
    near = np.where(both, np.minimum(km, 2 * lam[category]), km)
    return np.where(REMOTE_ONLY[category], 0.0, near)


def speak(needs: Needs, offers: Offers, need: I64, row: I64) -> Bool:
    """Whether the two share a language."""
    return np.asarray((needs.languages[need] & offers.languages[row]) != 0)


def terms(needs: Needs, offers: Offers, need: I64, row: I64, km: F64, *, lam: F64 = LAM) -> F64:
    """The eight terms of each pair, shape (E, 8); `km` is the plain distance."""
    far = counted_km(needs, offers, need, row, km, lam=lam) / lam[needs.category[need]]
    wanted = np.bitwise_count(needs.windows[need])
    common = np.bitwise_count(needs.windows[need] & offers.windows[row])
    soft = np.bitwise_count(needs.soft[need])
    met = np.bitwise_count(needs.soft[need] & offers.features[row])
    return np.column_stack(
        (
            -far,
            -np.log1p(far),
            np.minimum(1.0, common / np.clip(wanted, 1, ENOUGH_QUARTERS)),
            speak(needs, offers, need, row).astype(np.float64),
            offers.attested[row].astype(np.float64),
            np.exp(-offers.confirmed_h[row].astype(np.float64) / FADE_H),
            np.where(soft == 0, 1.0, met / np.maximum(soft, 1)),
            np.where(offers.free[row] == needs.size[need], 1.0, 0.5),
        ),
    )


def probability(terms: F64, category: I64, owner_effect: F64, weights: Weights) -> F64:
    """P(both accept) of each pair."""
    z = weights.a[category] + (weights.of(category) * terms).sum(axis=1) + owner_effect
    return np.asarray(1.0 / (1.0 + np.exp(-np.maximum(z, _HOPELESS))))


def owner_effect(answers: Iterable[tuple[float, bool]]) -> float:
    """What a helper's answered proposals (p, accepted) add to z: shrunk, within 1.5 either way."""
    surprise, spread = 0.0, 1 / _PRIOR_VARIANCE
    for p, accepted in answers:
        surprise += accepted - p
        spread += p * (1 - p)
    return max(-_STRONGEST_EFFECT, min(_STRONGEST_EFFECT, surprise / spread))

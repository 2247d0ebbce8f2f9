"""What answers teach the score: how well it ranks and how true its p is, against the truth itself.

Truth is that of the replay: the generator's score less 1.2, and helpers who differ. Fitted are
the weights; what helpers differ by is left to their records, so the limit is the truth without.
"""

from dataclasses import replace

import numpy as np

from matching.columns import F64
from matching.fit import Outcomes, Score, fit, score
from matching.index import index, top
from matching.score import P_MIN, PRIOR, Weights, probability, terms
from tests.benchmarks.matching.markets import WEIGHTS, market
from tests.benchmarks.matching.report import Findings, Options, Row, Target

LEARNED = (300, 1_000, 10_000)
NEEDS = 4_000
WORLDS, WORLDS_CI = 5, 2
LIMIT = "truth, helpers alike"
TRUTH = replace(WEIGHTS, version="truth", a=WEIGHTS.a - 1.2)
HAND = replace(PRIOR, lam=WEIGHTS.lam)


def answers(seed: int) -> tuple[Outcomes, F64]:
    """Proposals between pairs of one market in random order, and how likely each yes was."""
    world = market(NEEDS, 1, seed)
    draw = np.random.default_rng([seed, 7])
    needs, offers = world.needs, world.offers
    edges = top(index(offers, HAND), needs, np.full(NEEDS, P_MIN), k=20)
    edges = edges.take(draw.permutation(len(edges)))
    facts = terms(needs, offers, edges.need, edges.row, edges.km, lam=WEIGHTS.lam)
    category = needs.category[edges.need].astype(np.int64)
    helper = offers.owner_effect.astype(np.float64) + draw.normal(0, 0.6, len(offers))
    p = probability(facts, category, helper[edges.row], TRUTH)
    yes = draw.random(len(p)) < p
    return Outcomes(facts, category, np.zeros(len(p)), yes, np.arange(len(p))), p


def judged(seed: int) -> dict[str, Score]:
    """One world: nearest, hand weights, what so many answers teach, and the truth."""
    every, sure = answers(seed)
    newest = every.moment >= LEARNED[-1]
    judges = every.take(newest)
    usual = 0.35  # the generator's mean effect of a helper

    def of(weights: Weights, helper: float = 0.0) -> Score:
        p = probability(judges.terms, judges.category, judges.offset + helper, weights)
        return score(p, judges.accepted)

    near = 1 / (1 + np.exp(-judges.terms[:, 0]))
    found = {"nearest": score(near, judges.accepted), "hand weights": of(HAND)}
    for count in LEARNED:
        some = every.take(every.moment < count)
        learned = fit(some.terms, some.category, some.offset, some.accepted, HAND)
        found[f"{count} answers"] = of(learned)
    return found | {LIMIT: of(TRUTH, usual), "truth": score(sure[newest], judges.accepted)}


def run(options: Options) -> Findings:
    """Means over a few worlds."""
    worlds = [judged(options.seed + i) for i in range(WORLDS_CI if options.ci else WORLDS)]
    rows = []
    for method in worlds[0]:
        scores = [world[method] for world in worlds]
        figures = {
            "AUC": round(float(np.mean([each.auc or 0 for each in scores])), 4),
            "ECE": round(float(np.mean([each.ece for each in scores])), 4),
            "log-loss": round(float(np.mean([each.log_loss for each in scores])), 4),
        }
        rows.append(Row("fit", "answers", method, figures))
    auc = {row.method: float(row.figures["AUC"]) for row in rows}
    share = auc["1000 answers"] / auc[LIMIT]
    return Findings(
        tuple(rows), (Target("AUC after 1,000 answers / limit", share, 0.99, slack="ratio"),)
    )

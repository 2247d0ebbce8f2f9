"""What a worker compiles before its first pairing is all that it ever compiles."""

from typing import Any

from matching import augment, eject, net, search
from matching.plan import match
from matching.policy import Policy
from matching.score import PRIOR
from tests.benchmarks.matching.markets import market
from workers.engine import warm_up

KERNELS: dict[str, Any] = {
    "search": search.search,
    "ranked": search.ranked,
    "bring_in": augment.bring_in,
    "fill": net._fill,
    "move": eject._move,
}


def signatures() -> dict[str, int]:
    return {name: len(kernel.signatures) for name, kernel in KERNELS.items()}


def test_after_warming_up_no_plan_compiles_anything() -> None:
    warm_up()
    ready = signatures()
    assert all(ready.values())
    plan = match(market(300, 1, 3, groups=True), PRIOR, Policy(prove_s=0.0))
    assert plan.pairings
    assert signatures() == ready


def test_control_a_number_of_another_kind_is_compiled_for_anew() -> None:
    warm_up()
    ready = signatures()
    needs = market(5, 1, 3).needs
    search.ranked(needs.category, needs.category, needs.radius, 3)  # type: ignore[arg-type]  # the fault
    assert signatures() != ready

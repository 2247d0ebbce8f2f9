"""Same snapshot, same bytes: in any row order, under other ids, in another process."""

import subprocess
import sys
from collections.abc import Callable
from dataclasses import replace

from matching.candidates import candidates
from matching.market import market_of
from matching.plan import match
from matching.policy import Policy
from matching.score import PRIOR
from tests.matching.harness import hunt, must_fail
from tests.matching.strategies import Case

POLICY = Policy(explore=0, prove_s=0)


def turned(case: Case) -> Case:
    """The same market, every table the other way round."""
    return Case(
        needs=case.needs[::-1],
        offers=case.offers[::-1],
        blocks=tuple(pair[::-1] for pair in case.blocks[::-1]),
        barred=case.barred[::-1],
        live=case.live[::-1],
    )


def renumbered(case: Case) -> Case:
    """Other ids in the same order."""
    return Case(
        needs=tuple(replace(each, id=each.id * 7 + 3) for each in case.needs),
        offers=tuple(replace(each, id=each.id * 11 - 5) for each in case.offers),
        blocks=case.blocks,
        barred=tuple((need * 7 + 3, offer * 11 - 5) for need, offer in case.barred),
        live=tuple((n * 7 + 3, o * 11 - 5, occurrence, r) for n, o, occurrence, r in case.live),
    )


def test_row_order_changes_nothing() -> None:
    def check(case: Case) -> None:
        one = match(case.market(), PRIOR, POLICY)
        assert match(turned(case).market(), PRIOR, POLICY) == one

    assert hunt(check, examples=20)


def test_control_first_in_the_table_first_served_is_noticed() -> None:
    def as_given(case: Case) -> set[tuple[int, int]]:
        edges = candidates(case.market(), PRIOR, k=1)
        taken: dict[int, int] = {}
        for need, row in zip(edges.need.tolist(), edges.row.tolist(), strict=True):
            taken.setdefault(case.offers[row].id, case.needs[need].id)
        return set(taken.items())

    def check(case: Case) -> None:
        assert as_given(turned(case)) == as_given(case)

    must_fail(check)


def same_digest(change: Callable[[Case], Case]) -> Callable[[Case], None]:
    def check(case: Case) -> None:
        one = match(case.market(), PRIOR, POLICY).digest
        assert match(change(case).market(), PRIOR, POLICY).digest == one

    return check


def test_other_ids_in_the_same_order_give_the_same_digest() -> None:
    assert hunt(same_digest(renumbered), examples=15)


def test_control_the_digest_sees_a_change() -> None:
    def nobody(case: Case) -> Case:
        return replace(case, offers=())

    must_fail(same_digest(nobody))


def test_versions_are_part_of_the_digest() -> None:
    one, other = (
        match(market_of((), (), versions={"taxonomy": version}), PRIOR, POLICY).digest
        for version in ("1", "2")
    )
    assert one != other


_WEB = """
import sys
before = set(sys.modules)
import matching.candidates, matching.columns, matching.explain, matching.geo, matching.market
import matching.pair, matching.policy, matching.score, matching.taxonomy, matching.waiting
import matching.windows
roots = {name.partition(".")[0] for name in set(sys.modules) - before}
print(sorted(roots - sys.stdlib_module_names))
"""
_PLAN = """
from matching.market import NeedRow, OfferRow, market_of
from matching.plan import match
from matching.policy import Policy
from matching.score import PRIOR
needs = [NeedRow(id=i, owner=i, category=7, lat=50.85, lon=4.35, radius=5) for i in range(9)]
offers = [
    OfferRow(id=i, owner=-i - 1, category=7, lat=50.85, lon=4.35 + i / 99, radius=5)
    for i in range(9)
]
market = market_of(needs, offers, blocks=[(1, -2), (3, -1)], barred=[(2, 2), (4, 4)])
print(match(market, PRIOR, Policy()).digest)
"""


def elsewhere(program: str, seed: str) -> str:
    """What another process prints."""
    return subprocess.run(  # noqa: S603 - our own interpreter
        [sys.executable, "-c", program],
        env={"PYTHONHASHSEED": seed},
        capture_output=True,
        check=True,
        text=True,
    ).stdout.strip()


def test_what_web_processes_import_needs_numpy_alone() -> None:
    assert elsewhere(_WEB, "1") == "['matching', 'numpy']"


def test_two_processes_agree() -> None:
    (answer,) = {elsewhere(_PLAN, seed) for seed in ("1", "2")}
    assert len(answer) == 64

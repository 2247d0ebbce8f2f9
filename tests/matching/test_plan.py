"""The batch keeps every promise whatever the market, serves the most, the most pressing first."""

from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from dataclasses import replace

import numpy as np
import pytest

from matching.candidates import candidates
from matching.explain import WhyNot
from matching.market import NeedRow, OfferRow, canonical, market_of
from matching.plan import match
from matching.score import PRIOR
from matching.waiting import level as levels_of
from tests.matching.harness import hunt, must_fail
from tests.matching.promises import (
    POLICY,
    Asked,
    Plan,
    comes_in_order,
    first_choices,
    gains,
    keeps_places,
    keeps_the_caps,
    level,
    likeliest,
    most_live,
    ours,
    passes_every_filter,
)
from tests.matching.strategies import Case, crowds

NEED = NeedRow(id=1, owner=1, category=7, lat=50.85, lon=4.35, radius=5)
OFFER = OfferRow(id=1, owner=100, category=7, lat=50.85, lon=4.35, radius=5)
PROMISES = (passes_every_filter, keeps_the_caps, gains, comes_in_order)
FIRST = replace(POLICY, rounds=0)
Promise = Callable[[Case, Sequence[Asked]], None]


def keep(*promises: Promise, plan: Plan = ours) -> Callable[[Case], None]:
    def check(case: Case) -> None:
        asked = plan(case)
        for promise in promises:
            promise(case, asked)

    return check


def test_every_promise_is_kept() -> None:
    assert hunt(keep(*PROMISES), examples=25)
    assert hunt(keep(*PROMISES), examples=15, of=crowds())
    assert hunt(keep(keeps_places, plan=first_choices), examples=20)


def blind(case: Case) -> list[Asked]:
    """A plan that forgot who is blocked and who declined."""
    return ours(replace(case, blocks=(), barred=()))


def roomy(case: Case) -> list[Asked]:
    """A plan for which every row is roomy."""
    return first_choices(replace(case, offers=tuple(replace(o, free=9) for o in case.offers)))


@pytest.mark.parametrize(
    ("promise", "plan"),
    [
        (passes_every_filter, blind),
        (keeps_the_caps, likeliest),
        (keeps_places, roomy),
        (gains, lambda case: ours(case, replace(POLICY, least_gain=1))),
        (comes_in_order, lambda case: ours(case)[::-1]),
    ],
)
def test_control_a_plan_that_breaks_a_promise_is_noticed(promise: Promise, plan: Plan) -> None:
    must_fail(keep(promise, plan=plan), of=crowds() if promise is gains else None)


def best_value(case: Case) -> int:
    """The largest sum of level x 2^37 + q, by trying every plan."""
    market = canonical(case.market())
    edges = candidates(market, PRIOR, k=99)
    worth = (levels_of(market.needs.urgency, market.needs.waited_h) << 37)[edges.need] + edges.q
    rows = {(o.id, o.occurrence): o for o in case.offers}
    keys = list(zip(market.offers.id.tolist(), market.offers.occurrence.tolist(), strict=True))
    left = [min(most_live(rows[k]), 1 if rows[k].exclusive else rows[k].free) for k in keys]
    choices: list[list[tuple[int, int]]] = [[] for _ in case.needs]
    for need, row, w in zip(edges.need, edges.row, worth, strict=True):
        choices[need].append((int(row), int(w)))

    def best(need: int) -> int:
        if need == len(choices):
            return 0
        found = best(need + 1)
        for row, w in choices[need]:
            if left[row]:
                left[row] -= 1
                found = max(found, w + best(need + 1))
                left[row] += 1
        return found

    return best(0)


def reaches_the_best(value: Callable[[Case], int]) -> Callable[[Case], None]:
    def check(case: Case) -> None:
        assert value(case) == best_value(case)

    return check


def test_no_plan_is_better() -> None:
    def value(case: Case) -> int:
        told = match(case.market(), PRIOR, POLICY).statistics
        assert told.proved
        assert told.bound == told.value
        return told.value

    assert hunt(reaches_the_best(value), examples=25, of=crowds())


def test_control_each_in_turn_with_its_likeliest_free_row_is_not_the_best() -> None:
    def value(case: Case) -> int:
        total = 0
        offers = case.offers
        for need in sorted(case.needs, key=lambda each: (-level(each), -each.waited_h, each.id)):
            one = match(replace(case, needs=(need,), offers=offers).market(), PRIOR, POLICY)
            total += one.statistics.value
            taken = Counter((each.offer, each.occurrence) for each in one.pairings[:1])
            offers = tuple(
                replace(o, free=0 if o.exclusive else o.free - taken[o.id, o.occurrence])
                if taken[o.id, o.occurrence]
                else o
                for o in offers
            )
        return total

    must_fail(reaches_the_best(value), of=crowds())


def served(case: Case, plan: Plan) -> set[int]:
    return {each.need for each in plan(case)}


def profile(case: Case, plan: Plan) -> Counter[int]:
    by_id = {need.id: level(need) for need in case.needs}
    return Counter(by_id[need] for need in served(case, plan))


def an_offer_more_never_serves_fewer(plan: Plan) -> Callable[[Case], None]:
    def check(case: Case) -> None:
        less = replace(case, offers=case.offers[:-1])
        assert len(served(case, plan)) >= len(served(less, plan))

    return check


def a_need_more_lowers_no_higher_level(plan: Plan) -> Callable[[Case], None]:
    def check(case: Case) -> None:
        own = level(case.needs[0])
        before, after = profile(replace(case, needs=case.needs[1:]), plan), profile(case, plan)
        assert all(after[one] >= before[one] for one in before if one > own)

    return check


def a_raised_level_never_unserves(plan: Plan) -> Callable[[Case], None]:
    def check(case: Case) -> None:
        before = served(case, plan)
        raised = replace(case.needs[0], urgency=2, waited_h=900.0)
        after = served(replace(case, needs=(raised, *case.needs[1:])), plan)
        assert case.needs[0].id in after or case.needs[0].id not in before

    return check


def one_row_each(case: Case) -> list[Asked]:
    """Each need stands at its likeliest row and looks no further."""
    left: Counter[tuple[int, int]] = Counter()
    rows = {(o.id, o.occurrence): o for o in case.offers}
    asked = []
    for each in likeliest(case, width=1):
        left[each.row] += 1
        if left[each.row] <= rows[each.row].free:
            asked.append(each)
    return asked


def first_come(case: Case) -> list[Asked]:
    """Nobody presses."""
    return first_choices(
        replace(case, needs=tuple(replace(n, urgency=0, waited_h=0) for n in case.needs))
    )


def unwilling(case: Case) -> list[Asked]:
    """Whoever waited long is left out."""
    return first_choices(replace(case, needs=tuple(n for n in case.needs if n.waited_h < 500)))


MONOTONE = (
    (an_offer_more_never_serves_fewer, one_row_each),
    (a_need_more_lowers_no_higher_level, first_come),
    (a_raised_level_never_unserves, unwilling),
)


@pytest.mark.parametrize(("law", "naive"), MONOTONE)
def test_more_help_and_more_pressure_never_harm(
    law: Callable[[Plan], Callable[[Case], None]], naive: Plan
) -> None:
    assert hunt(law(first_choices), examples=15, of=crowds())
    must_fail(law(naive), of=crowds())


def many(count: int) -> list[OfferRow]:
    return [replace(OFFER, id=i, owner=100 + i) for i in range(1, count + 1)]


def test_caps_count_proposals_that_stand_outside_the_snapshot() -> None:
    needs = [replace(NEED, id=i, owner=i, urgency=2) for i in range(1, 9)]
    for live, new in ((0, 3), (1, 2), (2, 1), (3, 0)):
        result = match(market_of(needs, (replace(OFFER, live=live),)), PRIOR, POLICY)
        assert len(result.pairings) == new
        result = match(market_of((replace(NEED, urgency=2, live=live),), many(9)), PRIOR, POLICY)
        assert len(result.pairings) <= 3 - live


@pytest.mark.parametrize(
    ("free", "category", "own_cap", "due"),
    [(1, 7, 99, 3), (2, 7, 99, 4), (4, 7, 99, 6), (2, 7, 1, 1), (2, 7, 0, 0), (3, 0, 99, 1)],
)
def test_cap_of_an_offer(free: int, category: int, own_cap: int, due: int) -> None:
    needs = [
        replace(NEED, id=i, owner=i, urgency=2, category=category, interpreter=True)
        for i in range(1, 12)
    ]
    offer = replace(OFFER, free=free, category=category, live_cap=own_cap, attested=1.0)
    assert len(match(market_of(needs, (offer,)), PRIOR, POLICY).pairings) == due


def test_a_declined_pair_never_returns() -> None:
    needs, offers = (NEED,), many(3)
    barred: list[tuple[int, int]] = []
    seen: set[int] = set()
    for _ in range(3):
        first = match(market_of(needs, offers, barred=barred), PRIOR, POLICY).pairings[0]
        assert first.offer not in seen
        seen.add(first.offer)
        barred.append((first.need, first.offer))
    rest = match(market_of(needs, offers, barred=barred), PRIOR, POLICY)
    assert not rest.pairings
    assert [each.code for each in rest.unmatched] == [WhyNot.NONE_NEAR]


def test_the_best_live_proposal_speaks_for_a_place_and_is_not_repeated() -> None:
    needs = (replace(NEED, id=1), replace(NEED, id=2, owner=2))
    result = match(market_of(needs, many(2), live=[(1, 1, 0, 1)]), PRIOR, FIRST)
    assert [(each.need, each.offer) for each in result.pairings] == [(2, 2)]
    assert [(each.need, each.code) for each in result.unmatched] == [(1, WhyNot.HELD)]
    live = [(1, 1, 0, 2), (1, 2, 0, 1)]  # offer 2 is ranked first
    result = match(market_of(needs, many(2), live=live), PRIOR, FIRST)
    assert [(each.need, each.offer) for each in result.pairings] == [(2, 1)]


def test_a_round_adds_one_proposal_at_most_and_only_while_it_gains() -> None:
    urgent = replace(NEED, urgency=2)
    for rounds in (0, 1, 2):
        result = match(market_of((urgent,), many(5)), PRIOR, replace(POLICY, rounds=rounds))
        assert [each.rank for each in result.pairings] == list(range(1, 2 + rounds))
    sure = match(market_of((NEED,), many(5)), PRIOR, POLICY)
    assert [each.rank for each in sure.pairings] == [1, 2]  # a third would gain < 5,000
    busy = [replace(offer, live=1) for offer in many(5)]
    assert len(match(market_of((NEED,), busy), PRIOR, POLICY).pairings) == 1


def test_an_exclusive_row_is_first_for_one_party_only() -> None:
    needs = [replace(NEED, id=i, owner=i) for i in (1, 2)]
    for exclusive, due in ((False, 2), (True, 1)):
        offer = replace(OFFER, free=4, exclusive=exclusive)
        assert len(match(market_of(needs, (offer,)), PRIOR, FIRST).pairings) == due


def test_parties_of_different_sizes_stay_whole() -> None:
    needs = [replace(NEED, id=i, owner=i, size=size) for i, size in enumerate((3, 2, 2, 1), 1)]
    for prove_s in (0, 20):
        policy = replace(FIRST, prove_s=prove_s)
        result = match(market_of(needs, (replace(OFFER, free=4),)), PRIOR, policy)
        size = {need.id: need.size for need in needs}
        assert sum(size[each.need] for each in result.pairings) == 4
        assert result.statistics.proved == (prove_s > 0)


def test_twenty_awaited_rows_do_not_hide_a_free_one() -> None:
    near = [replace(offer, attested=1.0) for offer in many(30)]
    live = [(1000 + offer.id, offer.id, 0, 1) for offer in near]
    free = replace(OFFER, id=99, owner=99)
    result = match(market_of((NEED,), (*near, free), live=live), PRIOR, POLICY)
    assert result.pairings[0].offer == 99
    assert result.pairings[0].rank == 1


def codes(needs: Iterable[NeedRow], offers: Iterable[OfferRow]) -> list[tuple[WhyNot, int | None]]:
    result = match(market_of(needs, offers), PRIOR, POLICY)
    return [(each.code, each.count) for each in result.unmatched]


def test_codes_of_needs_without_a_proposal() -> None:
    def each(**change: float) -> list[OfferRow]:
        return [replace(offer, **change) for offer in many(6)]  # type: ignore[arg-type]  # one field each

    hard = replace(NEED, languages=1, language_hard=True, req=1, windows=1)
    assert codes((NEED,), ()) == [(WhyNot.NONE_NEAR, None)]
    assert codes((NEED,), each(lat=51.2)) == [(WhyNot.NONE_NEAR, None)]
    assert codes((NEED,), each(free=0)) == [(WhyNot.ALL_FULL, 6)]
    assert codes((replace(NEED, size=3),), each(free=2)) == [(WhyNot.NO_FIT, 6)]
    assert codes((hard,), each(windows=2)) == [(WhyNot.NO_TIME, 6)]
    assert codes((hard,), each(languages=2)) == [(WhyNot.NO_LANGUAGE, 6)]
    assert codes((hard,), each(languages=1)[:4]) == [(WhyNot.NO_FIT, None)]
    assert codes((NEED,), each(live_cap=0)) == [(WhyNot.CONTESTED, 6)]


def test_blocked_or_barred_counts_as_absent() -> None:
    def check(case: Case) -> None:
        case = replace(case, live=())
        hidden = case.offers[0].id
        barred = tuple((need.id, hidden) for need in case.needs)
        told = match(replace(case, barred=case.barred + barred).market(), PRIOR, POLICY)
        rest = tuple(offer for offer in case.offers if offer.id != hidden)
        absent = match(replace(case, offers=rest).market(), PRIOR, POLICY)
        assert told.pairings == absent.pairings
        assert told.unmatched == absent.unmatched

    assert hunt(check, examples=15)


def test_statistics_add_up() -> None:
    def check(case: Case) -> None:
        result = match(case.market(), PRIOR, POLICY)
        told = result.statistics
        held = {each[0] for each in case.live}
        counts = [sum(part.values()) for part in (told.served, told.held, told.waiting)]
        assert sum(counts) == told.needs == len(case.needs)
        assert counts[1] == len(held)
        assert told.proposals == len(result.pairings)
        assert sum(told.loads.values()) == len(case.offers)
        new = np.unique([each.need for each in result.pairings])
        assert len(new) + len(result.unmatched) == len(case.needs)

    assert hunt(check, examples=15)

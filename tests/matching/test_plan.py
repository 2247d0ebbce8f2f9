"""The caps hold whatever the market, first choices are the greedy ones, and refusals last."""

from collections import Counter
from collections.abc import Callable, Iterable
from dataclasses import replace

import pytest

from matching.explain import WhyNot
from matching.market import NeedRow, OfferRow, market_of
from matching.pair import match
from matching.policy import Policy
from matching.score import PRIOR
from tests.matching.harness import hunt, must_fail
from tests.matching.oracle import first_failed, likely
from tests.matching.strategies import Case

Asked = list[tuple[int, int, int, int]]
POLICY = Policy()
NEED = NeedRow(id=1, owner=1, category=7, lat=50.85, lon=4.35, radius=5)
OFFER = OfferRow(id=1, owner=100, category=7, lat=50.85, lon=4.35, radius=5)


def ours(case: Case, policy: Policy = POLICY) -> Asked:
    pairings = match(case.market(), PRIOR, policy).pairings
    return [(each.need, each.offer, each.occurrence, each.rank) for each in pairings]


def likeliest_three(case: Case) -> Asked:
    """The naive plan: for each need its three likeliest rows, whoever else is asked."""
    asked: Asked = []
    for need in case.needs:
        rows = [o for o in case.offers if first_failed(need, o, case.blocks, case.barred) is None]
        rows.sort(key=lambda offer: -likely(need, offer))
        asked += [(need.id, o.id, o.occurrence, i + 1) for i, o in enumerate(rows[:3])]
    return asked


def most_live(offer: OfferRow) -> int:
    return 1 if offer.category == 0 else min(3 * offer.free, offer.free + 2)


def caps_hold(plan: Callable[[Case], Asked]) -> Callable[[Case], None]:
    def check(case: Case) -> None:
        asked = plan(case)
        by_need = Counter(need for need, *_ in (*case.live, *asked))
        by_row = Counter(row[1:3] for row in (*case.live, *asked))
        assert all(
            by_need[need] <= max(3, sum(r[0] == need for r in case.live)) for need in by_need
        )
        rows = {(o.id, o.occurrence): o for o in case.offers}
        assert all(by_row[row[1:3]] <= most_live(rows[row[1:3]]) for row in asked)
        pairs = [row[:2] for row in (*case.live, *asked)]
        assert len(set(pairs)) == len(pairs)
        needs = {need.id: need for need in case.needs}
        for need, offer, occurrence, _ in asked:
            fits = first_failed(needs[need], rows[offer, occurrence], case.blocks, case.barred)
            assert fits is None

    return check


def test_caps_hold_and_nobody_is_asked_twice() -> None:
    hunt(caps_hold(ours), examples=120)


def test_control_the_likeliest_three_break_the_caps() -> None:
    must_fail(caps_hold(likeliest_three))


def test_caps_count_proposals_that_stand_outside_the_snapshot() -> None:
    needs = [replace(NEED, id=i, owner=i, urgency=2) for i in range(1, 9)]
    for live, new in ((0, 3), (1, 2), (2, 1), (3, 0)):
        result = match(market_of(needs, (replace(OFFER, live=live),)), PRIOR, POLICY)
        assert len(result.pairings) == new
        result = match(market_of((replace(NEED, urgency=2, live=live),), many(9)), PRIOR, POLICY)
        assert len(result.pairings) <= 3 - live


def many(count: int) -> list[OfferRow]:
    return [replace(OFFER, id=i, owner=100 + i) for i in range(1, count + 1)]


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


def greedy_first(plan: Callable[[Case, Policy], Asked]) -> Callable[[Case], None]:
    """Each need in turn gets the likeliest row with places nobody is first for."""

    def check(case: Case) -> None:
        case = replace(case, live=())
        chosen = {
            need: (offer, occurrence) for need, offer, occurrence, _ in plan(case, Policy(rounds=0))
        }
        taken: Counter[tuple[int, int]] = Counter()
        load: Counter[tuple[int, int]] = Counter()
        for need in sorted(case.needs, key=pressing):
            open_rows = {
                (o.id, o.occurrence): likely(need, o)
                for o in case.offers
                if first_failed(need, o, case.blocks, case.barred) is None
                and o.free - taken[o.id, o.occurrence] >= need.size
                and not (o.exclusive and taken[o.id, o.occurrence])
                and load[o.id, o.occurrence] < most_live(o)
            }
            row = chosen.get(need.id)
            assert (row is None) == (not open_rows)
            if row is not None:
                assert open_rows[row] >= max(open_rows.values()) - 1e-6
                taken[row] += need.size
                load[row] += 1

    return check


def pressing(need: NeedRow) -> tuple[float, float, int]:
    level = 1 + 4 * need.urgency + need.waited_h // (168, 48, 12)[need.urgency]
    return (-min(31, level), -need.waited_h, need.id)


def test_first_choices_are_greedy_in_canonical_order() -> None:
    hunt(greedy_first(ours), examples=100)


def test_control_first_come_first_served_is_noticed() -> None:
    def first_come(case: Case, policy: Policy) -> Asked:
        calm = tuple(replace(need, urgency=0, waited_h=0.0) for need in case.needs)
        return ours(replace(case, needs=calm), policy)

    must_fail(greedy_first(first_come))


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


def test_a_live_proposal_is_not_repeated_and_speaks_for_its_place() -> None:
    needs = (replace(NEED, id=1), replace(NEED, id=2, owner=2))
    result = match(market_of(needs, many(2), live=[(1, 1, 0, 1)]), PRIOR, Policy(rounds=0))
    assert [(each.need, each.offer) for each in result.pairings] == [(2, 2)]
    assert [(each.need, each.code) for each in result.unmatched] == [(1, WhyNot.HELD)]


def test_only_the_best_live_proposal_speaks_for_a_place() -> None:
    needs = (replace(NEED, id=1), replace(NEED, id=2, owner=2))
    live = [(1, 1, 0, 2), (1, 2, 0, 1)]  # offer 2 is ranked first
    result = match(market_of(needs, many(2), live=live), PRIOR, Policy(rounds=0))
    assert [(each.need, each.offer) for each in result.pairings] == [(2, 1)]


def test_a_round_adds_one_proposal_at_most() -> None:
    urgent = replace(NEED, urgency=2)
    for rounds in (0, 1, 2):
        result = match(market_of((urgent,), many(5)), PRIOR, Policy(rounds=rounds))
        assert len(result.pairings) == 1 + rounds


def test_pairings_come_by_need_then_rank() -> None:
    def check(case: Case) -> None:
        order = {need.id: pressing(need) for need in case.needs}
        asked = ours(case)
        assert asked == sorted(asked, key=lambda row: (order[row[0]], row[3]))

    hunt(check, examples=60)


def test_an_exclusive_row_is_first_for_one_party_only() -> None:
    needs = [replace(NEED, id=i, owner=i) for i in (1, 2)]
    for exclusive, due in ((False, 2), (True, 1)):
        offer = replace(OFFER, free=4, exclusive=exclusive)
        assert len(match(market_of(needs, (offer,)), PRIOR, Policy(rounds=0)).pairings) == due


def test_fill_up_asks_more_only_while_it_gains() -> None:
    sure = match(market_of((NEED,), many(5)), PRIOR, POLICY)
    assert [each.rank for each in sure.pairings] == [1, 2]  # a third would gain < 5,000
    urgent = match(market_of((replace(NEED, urgency=2),), many(5)), PRIOR, POLICY)
    assert [each.rank for each in urgent.pairings] == [1, 2, 3]
    busy = [replace(offer, live=1) for offer in many(5)]
    assert len(match(market_of((NEED,), busy), PRIOR, POLICY).pairings) == 1


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
    assert codes((NEED,), each(lat=51.2)) == [(WhyNot.NONE_NEAR, 6)]
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

    hunt(check, examples=40)

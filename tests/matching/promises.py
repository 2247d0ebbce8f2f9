"""What every plan promises, said once more in plain Python over rows; shared by plan tests."""

from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

from matching.market import NeedRow, OfferRow
from matching.plan import match
from matching.policy import Policy
from matching.score import PRIOR
from tests.matching.oracle import first_failed, likely
from tests.matching.strategies import Case

POLICY = Policy(explore=0, prove_s=0)
U = (1.0, 2.5, 6.0)


@dataclass(frozen=True)
class Asked:
    """One proposal of a plan."""

    need: int
    offer: int
    occurrence: int
    rank: int

    @property
    def row(self) -> tuple[int, int]:
        return self.offer, self.occurrence


Plan = Callable[[Case], Sequence[Asked]]


def ours(case: Case, policy: Policy = POLICY) -> list[Asked]:
    pairings = match(case.market(), PRIOR, policy).pairings
    return [Asked(each.need, each.offer, each.occurrence, each.rank) for each in pairings]


def first_choices(case: Case) -> list[Asked]:
    """Without fill-ups: one row at most for each need that had nothing live."""
    return ours(case, replace(POLICY, rounds=0))


def likeliest(case: Case, width: int = 3) -> list[Asked]:
    """The naive plan: for each need its likeliest rows, whoever else is asked."""
    asked: list[Asked] = []
    for need in case.needs:
        rows = [o for o in case.offers if first_failed(need, o, case.blocks, case.barred) is None]
        rows.sort(key=lambda offer: -likely(need, offer))
        asked += [Asked(need.id, o.id, o.occurrence, i + 1) for i, o in enumerate(rows[:width])]
    return asked


def pressing(need: NeedRow) -> tuple[float, float, int]:
    return (-level(need), -need.waited_h, need.id)


def level(need: NeedRow) -> int:
    return int(min(31, 1 + 4 * need.urgency + need.waited_h // (168, 48, 12)[need.urgency]))


def most_live(offer: OfferRow) -> int:
    rule = 1 if offer.category == 0 else min(3 * offer.free, offer.free + 2)
    return min(rule, offer.free * 3, offer.live_cap)


def rows_of(case: Case) -> dict[tuple[int, int], OfferRow]:
    return {(o.id, o.occurrence): o for o in case.offers}


def passes_every_filter(case: Case, asked: Sequence[Asked]) -> None:
    needs, rows = {need.id: need for need in case.needs}, rows_of(case)
    for each in asked:
        failed = first_failed(needs[each.need], rows[each.row], case.blocks, case.barred)
        assert failed is None, failed


def keeps_the_caps(case: Case, asked: Sequence[Asked]) -> None:
    """Three per need, the cap per row, nobody asked twice; what was live stays as it was."""
    rows = rows_of(case)
    by_need = Counter([each[0] for each in case.live] + [each.need for each in asked])
    by_row = Counter([each[1:3] for each in case.live] + [each.row for each in asked])
    assert all(by_need[each.need] <= 3 for each in asked)
    assert all(by_row[each.row] <= most_live(rows[each.row]) for each in asked)
    pairs = [each[:2] for each in case.live] + [(each.need, each.offer) for each in asked]
    assert len(set(pairs)) == len(pairs)


def keeps_places(case: Case, asked: Sequence[Asked]) -> None:
    """First choices, with those that live proposals speak for, fit into the free places."""
    size, rows = {need.id: need.size for need in case.needs}, rows_of(case)
    spoken: dict[int, tuple[int, int]] = {}
    for need, offer, occurrence, _ in sorted(case.live, key=lambda live: (live[0], live[3])):
        spoken.setdefault(need, (offer, occurrence))
    taken: Counter[tuple[int, int]] = Counter()
    for need, row in spoken.items():
        taken[row] += size[need]
    parties = Counter(spoken.values())
    for each in asked:
        taken[each.row] += size[each.need]
        parties[each.row] += 1
    assert all(taken[each.row] <= rows[each.row].free for each in asked)
    assert all(parties[each.row] == 1 for each in asked if rows[each.row].exclusive)


def gains(case: Case, asked: Sequence[Asked]) -> None:
    """Each fill-up is worth 5,000 of 100,000 acceptances of a flexible need at least."""
    needs, rows = {need.id: need for need in case.needs}, rows_of(case)
    refuse: dict[int, float] = {}
    for need_id, offer, occurrence, _ in case.live:
        p = likely(needs[need_id], rows[offer, occurrence])
        refuse[need_id] = refuse.get(need_id, 1.0) * (1 - p)
    first = {each.need: each.row for each in first_choices(case)}
    for each in asked:
        need = needs[each.need]
        p = likely(need, rows[each.row])
        worth = U[sum(level(need) >= start for start in (5, 9))]
        if first.get(each.need) != each.row:
            assert 100_000 * worth * p * refuse.get(each.need, 1.0) > 4_990
        refuse[each.need] = refuse.get(each.need, 1.0) * (1 - p)


def comes_in_order(case: Case, asked: Sequence[Asked]) -> None:
    order = {need.id: pressing(need) for need in case.needs}
    assert list(asked) == sorted(asked, key=lambda each: (order[each.need], each.rank))

"""The compiled search finds the same pairs as all pairs looked at one by one, wherever they are."""

from collections.abc import Callable
from dataclasses import replace

import numpy as np
import pytest

from matching.assign import CLOSED, Problem, flow, optimum, worth
from matching.candidates import Edges, candidates
from matching.columns import F64, I32, I64, Bool
from matching.geo import xyz
from matching.grid import OfferIndex
from matching.index import Absent, index, top, violated
from matching.market import Market
from matching.pricing import Pricing
from matching.score import P_MIN, PRIOR, Weights
from matching.waiting import level
from tests.benchmarks.matching.markets import WEIGHTS, market
from tests.matching.harness import hunt, must_fail
from tests.matching.strategies import Case

LEARNED = Weights("learned", np.linspace(-2, 1, 39), PRIOR.beta, PRIOR.delta + 0.2, PRIOR.usual)
Search = Callable[[OfferIndex, Market, F64], Edges]


def floor_of(world: Market) -> F64:
    return np.full(len(world.needs), P_MIN)


def best(rows: OfferIndex, world: Market, floor: F64) -> Edges:
    return top(rows, world.needs, floor, 3, absent=Absent.of(world))


def differing(found: Edges, expected: Edges) -> list[str]:
    """The columns in which two lists of pairs are not the same to the last bit."""
    names = ("need", "row", "km", "p", "q")
    return [one for one in names if not np.array_equal(getattr(found, one), getattr(expected, one))]


def as_all_pairs(search: Search) -> Callable[[Case], None]:
    def check(case: Case) -> None:
        world = case.market()
        found = search(index(world.offers, PRIOR), world, floor_of(world))
        assert differing(found, candidates(world, PRIOR, k=3)) == []

    return check


def test_the_best_rows_are_those_of_all_pairs() -> None:
    assert hunt(as_all_pairs(best), examples=25)


def test_control_blocks_are_not_seen_without_being_told() -> None:
    must_fail(as_all_pairs(lambda rows, world, floor: top(rows, world.needs, floor, 3)))


def wide(seed: int, degrees: float) -> Market:
    """A market over `degrees` of latitude and twice as many of longitude, every flag in use."""
    draw = np.random.default_rng(seed)
    world = market(250, 0.5, seed)
    needs, offers = world.needs, world.offers

    def flag(count: int) -> Bool:
        return np.asarray(draw.random(count) < 0.2)

    def places(count: int) -> F64:
        lat = draw.normal(50, degrees / 4, count).clip(-85, 85)
        return xyz(lat, draw.normal(4, degrees / 2, count))

    n, m = len(needs), len(offers)
    scale = draw.choice([0.2, 1.0, 4.0])
    return replace(
        world,
        needs=replace(
            needs,
            xyz=places(n),
            radius=needs.radius * scale,
            remote=flag(n),
            interpreter=flag(n),
            language_hard=flag(n),
            soft=draw.integers(0, 4, n).astype(np.uint32),
            category=draw.choice(np.array([3, 7, 32, 23], dtype=np.int16), n),
        ),
        offers=replace(
            offers,
            xyz=places(m),
            radius=offers.radius * scale,
            remote=flag(m),
            interpreter=flag(m),
            free=(offers.free - flag(m)).astype(np.int16),
            category=draw.choice(np.array([3, 7, 32, 23], dtype=np.int16), m),
        ),
        blocks=np.column_stack((needs.owner[draw.integers(0, n, m)], offers.owner)),
        barred=np.column_stack((needs.id[draw.integers(0, n, m)], offers.id)),
    )


@pytest.mark.parametrize(("seed", "degrees"), [(1, 0.3), (2, 3.0), (3, 20.0), (4, 120.0)])
def test_the_best_rows_are_exact_from_one_city_to_half_the_world(seed: int, degrees: float) -> None:
    world = wide(seed, degrees)
    for weights in (PRIOR, WEIGHTS, LEARNED):
        floor = np.linspace(0, 0.6, len(world.needs))
        rows = index(world.offers, weights)
        assert (
            differing(best(rows, world, floor), candidates(world, weights, k=3, floor=floor)) == []
        )


def test_control_the_nearest_are_not_the_best() -> None:
    world = wide(2, 3.0)
    every = candidates(world, PRIOR, k=1000)
    near = every.take(np.lexsort((every.row, every.km, every.need)))
    chosen = near.take(np.arange(len(near)) - np.searchsorted(near.need, near.need) < 3)
    with pytest.raises(AssertionError):
        assert differing(best(index(world.offers, PRIOR), world, floor_of(world)), chosen) == []


def test_later_rows_and_other_places_are_found_without_a_new_layout() -> None:
    world = wide(5, 1.0)
    offers, half = world.offers, len(world.offers) // 2
    first, second = np.arange(half), np.arange(half, len(offers))
    rows = index(offers.take(first), PRIOR).extended(offers.take(second[:9]))
    rows = rows.extended(offers.take(second[9:]))
    assert differing(best(rows, world, floor_of(world)), candidates(world, PRIOR, k=3)) == []
    fuller = replace(offers, free=np.roll(offers.free, 7))
    changed = replace(world, offers=fuller)
    rows = rows.with_free(fuller.free)
    assert differing(best(rows, changed, floor_of(world)), candidates(changed, PRIOR, k=3)) == []


def test_without_a_compiler_the_answers_are_the_same(monkeypatch: pytest.MonkeyPatch) -> None:
    world = wide(8, 1.0)
    rows, floor = index(world.offers, PRIOR), floor_of(world)
    zero = np.zeros(len(floor), dtype=np.int64)
    price = worth(np.zeros(len(world.offers), dtype=np.int64), np.full(len(world.offers), 40_000))
    compiled = best(rows, world, floor), over(world, rows, zero, price)
    monkeypatch.setattr("matching.index.AVAILABLE", False)
    for found, before in zip(
        (best(rows, world, floor), over(world, rows, zero, price)), compiled, strict=True
    ):
        assert len(found)
        assert differing(found, before) == []


def test_nothing_is_found_in_an_empty_market() -> None:
    world = market(5, 1, 1)
    none = np.zeros(0, dtype=np.int64)
    rows = index(world.offers.take(none), PRIOR)
    assert len(top(rows, world.needs, floor_of(world))) == 0
    assert len(top(index(world.offers, PRIOR), world.needs.take(none), np.zeros(0))) == 0


def excess(world: Market, edges: Edges, y: I64, price: I64) -> I64:
    levels = level(world.needs.urgency, world.needs.waited_h)
    return worth(levels[edges.need], edges.q) - y[edges.need] - price[edges.row]


def over(world: Market, rows: OfferIndex, y: I64, price: I64, k: int = 4) -> Edges:
    levels = level(world.needs.urgency, world.needs.waited_h)
    floor = floor_of(world)
    absent = Absent.of(world)
    return violated(rows, world.needs, floor, k, level=levels, y=y, price=price, absent=absent)


@pytest.mark.parametrize("count", [30, 250])
def test_pairs_worth_more_than_their_prices_are_those_of_all_pairs(count: int) -> None:
    world = wide(6, 1.5)
    world = replace(world, needs=world.needs.take(np.arange(count)))
    draw = np.random.default_rng(6)
    every = candidates(world, PRIOR, k=1000)
    levels = level(world.needs.urgency, world.needs.waited_h)
    y = worth(levels, draw.integers(0, 60_000, count)) * draw.integers(0, 2, count)
    price = worth(draw.integers(0, 3, len(world.offers)), draw.integers(0, 60_000, 1))
    price[draw.random(len(price)) < 0.5] = 0
    gain = excess(world, every, y, price)
    more = every.take(np.lexsort((every.row, -gain, every.need)))
    more = more.take(excess(world, more, y, price) > 0)
    first = np.arange(len(more)) - np.searchsorted(more.need, more.need) < 4
    assert first.any()
    found = over(world, index(world.offers, PRIOR), y, price)
    assert differing(found, more.take(first)) == []


def problem(world: Market, edges: Edges) -> Problem:
    levels = level(world.needs.urgency, world.needs.waited_h)
    w = worth(levels[edges.need], edges.q)
    capacity = world.offers.free.astype(np.int64)
    return Problem(
        edges.need.astype(np.int32), edges.row.astype(np.int32), w, capacity, len(world.needs)
    )


def test_no_pair_is_worth_more_exactly_where_the_plan_is_best_over_all_pairs() -> None:
    world = market(400, 1, 7)
    rows = index(world.offers, PRIOR)
    whole = flow(problem(world, candidates(world, PRIOR, k=1000)))
    assert len(over(world, rows, whole.y, whole.price)) == 0
    short = candidates(world, PRIOR, k=2)
    few = flow(problem(world, short))
    assert few.value < whole.value
    assert len(over(world, rows, few.y, few.price)) > 0

    levels = level(world.needs.urgency, world.needs.waited_h)
    pricing = Pricing(rows, world.needs, floor_of(world), levels, absent=Absent.of(world))

    def scan(y: I64, price: I64) -> tuple[I32, I32, I64]:
        pairs = problem(world, pricing.worth_more(y, price))
        return pairs.need, pairs.row, pairs.w

    _, priced = optimum(problem(world, short), scan)
    assert priced.value == whole.value
    assert len(over(world, rows, priced.y, priced.price)) == 0


def test_a_pair_is_seen_again_when_it_comes_to_be_worth_its_price_and_only_then() -> None:
    world = market(400, 1, 7)
    n, m = len(world.needs), len(world.offers)
    rows, levels = index(world.offers, PRIOR), level(world.needs.urgency, world.needs.waited_h)
    pricing = Pricing(rows, world.needs, floor_of(world), levels, absent=Absent.of(world))
    rich, dear = np.full(n, CLOSED), np.full(m, CLOSED)
    assert len(pricing.worth_more(rich, dear)) == 0
    draw = np.random.default_rng(7)
    for _ in range(6):
        y, price = np.where(draw.random(n) < 0.1, 0, rich), np.where(draw.random(m) < 0.3, 0, dear)
        found, every = pricing.worth_more(y, price), over(world, rows, y, price)
        assert set(zip(found.need, found.row, strict=True)) == set(
            zip(every.need, every.row, strict=True)
        )
        assert len(pricing.worth_more(rich, dear)) == 0


def test_pairs_that_may_not_be_used_hide_none_that_may() -> None:
    world = market(400, 1, 7)
    rows, levels = index(world.offers, PRIOR), level(world.needs.urgency, world.needs.waited_h)
    every = candidates(world, PRIOR, k=1000)
    last = every.row[np.flatnonzero(np.diff(every.need, append=-1))]  # each need's least likely
    likeliest = np.bincount(every.need) > 6
    assert likeliest.any()

    def usable(edges: Edges) -> Bool:
        return np.asarray(edges.row == last_of[edges.need])

    last_of = np.full(len(world.needs), -1)
    last_of[np.unique(every.need)] = last
    absent = Absent.of(world)
    pricing = Pricing(rows, world.needs, floor_of(world), levels, absent=absent, usable=usable)
    none = np.zeros(len(world.needs), dtype=np.int64), np.zeros(len(world.offers), dtype=np.int64)
    found = pricing.worth_more(*none)
    assert sorted(found.need.tolist()) == np.unique(every.need).tolist()

"""After any sequence of events the plan is the one a fresh engine would make."""

from collections import Counter
from dataclasses import replace

import numpy as np
import pytest

from matching.assign import NotOptimalError, flow
from matching.growing import Key
from matching.incremental import Event, EventKind, apply, check, start
from matching.market import canonical
from matching.net import AT, CAPACITY, HELD, LENGTH, PRICE
from matching.policy import Policy
from matching.score import PRIOR, Weights
from matching.state import State
from matching.work import Delta
from tests.benchmarks.matching import markets
from tests.matching.flows import greedy, value_of
from tests.matching.harness import hunt
from tests.matching.strategies import Case
from tests.matching.world import World

POLICY = Policy()
# places that come and go must not change how likely a pair is: a fresh engine would see it
STEADY = Weights("steady", PRIOR.a, np.array([*PRIOR.beta[:7], 0.0]), PRIOR.delta, PRIOR.usual)
KINDS = tuple(EventKind)


def profile(state: State) -> tuple[int, list[int]]:
    """The summed worth and the levels served."""
    _, plan = state.problem()
    served = np.flatnonzero(plan.edge >= 0)
    return plan.value, np.sort(state.level[served]).tolist()


def alone(case: Case) -> Case:
    """The same market of parties of one."""
    return replace(case, needs=tuple(replace(need, size=1) for need in case.needs))


Moved = set[tuple[int, Key | None, Key | None]]


def moved(delta: Delta) -> Moved:
    return {(move.need, move.before, move.after) for move in delta}


def changed(before: dict[int, Key], after: dict[int, Key]) -> Moved:
    pairs = ((need, before.get(need), after.get(need)) for need in set(before) | set(after))
    return {(need, was, is_) for need, was, is_ in pairs if was != is_}


def like_a_fresh_engine(case: Case) -> None:
    world = World(canonical(alone(case).market()), len(case.needs) + len(case.offers), KINDS)
    state = start(world.market(), STEADY, POLICY)
    for _ in range(16):
        before = state.plan()
        event = world.draw_event(state.planned)
        if event is None:
            continue
        moves = apply(state, event)
        world.take(event)
        check(state)
        assert moved(moves) == changed(before, state.plan())
    assert profile(state) == profile(start(world.market(), STEADY, POLICY))


def test_any_events_lead_to_the_plan_of_a_fresh_engine() -> None:
    assert hunt(like_a_fresh_engine, examples=25)


def lively(needs: int, scarcity: float, seed: int, *, groups: bool) -> World:
    market = markets.market(needs, scarcity, seed, groups=groups)
    return World(canonical(market), seed, KINDS)


@pytest.mark.parametrize(("scarcity", "groups"), [(1, False), (3, True)])
def test_thousands_of_events_keep_the_proof(scarcity: float, groups: bool) -> None:
    world = lively(250, scarcity, 4, groups=groups)
    state = start(world.market(), markets.WEIGHTS, POLICY)
    for step in range(700):
        event = world.draw_event(state.planned)
        if event is None:
            continue
        if step % 20 == 0:
            before = state.plan()
            told = moved(apply(state, event))
            assert told == changed(before, state.plan())
            check(state)
        else:
            apply(state, event)
        world.take(event)
    check(state)
    problem, plan = state.problem()
    assert plan.value == flow(problem).value
    caps_hold(state, world)


def caps_hold(state: State, world: World) -> None:
    """Planned parties fit beside what the best live proposal of each need reserves."""
    size = {need: int(world.all.needs.size[place]) for need, place in world.need_of.items()}
    best: dict[int, tuple[int, Key]] = {}
    for (need, key), rank in world.live.items():
        best[need] = min(best.get(need, (rank, key)), (rank, key))
    planned, spoken = Counter[Key](), Counter[Key]()
    for need, (_, key) in best.items():
        spoken[key] += size[need]
    for need, key in state.plan().items():
        assert need not in best
        planned[key] += size[need]
    for key, units in planned.items():
        assert units <= world.free[world.row_of[key]] - spoken[key]


def test_control_a_row_that_reopens_at_price_zero_is_noticed() -> None:
    """Who opens a place without looking who would gain by it loses the proof, and value."""
    world = lively(250, 3, 4, groups=False)
    state = start(world.market(), markets.WEIGHTS, POLICY)
    row = int(np.argmax(state.net.rows[:, PRICE]))
    key = int(state.rows.view.id[row]), 0
    for _ in range(int(state.rows.view.free[row])):
        apply(state, Event(EventKind.PLACE_LOST, key[0], offer=key))
    check(state)
    state.rows.change(row, "free", 1)
    state.net.rows[row, CAPACITY] = 1
    with pytest.raises(NotOptimalError):
        check(state)
    problem, plan = state.problem()
    assert plan.value < flow(problem).value


def test_control_a_plan_that_moves_nobody_is_worth_less() -> None:
    state = start(lively(250, 1, 4, groups=False).market(), markets.WEIGHTS, POLICY)
    problem, plan = state.problem()
    assert value_of(problem, greedy(problem)) < plan.value


def test_control_one_wrong_number_is_noticed() -> None:
    world = lively(120, 1, 2, groups=False)
    state = start(world.market(), markets.WEIGHTS, POLICY)
    check(state)
    net = state.net
    full = int(np.argmax(net.rows[:, PRICE]))
    for table, place in (
        (net.rows, (full, PRICE)),
        (net.rows, (full, CAPACITY)),
        (net.rows, (full, HELD + LENGTH)),
        (net.needs, (int(np.argmax(net.needs[:, AT])), AT)),
    ):
        table[place] -= 1
        with pytest.raises(NotOptimalError):
            check(state)
        table[place] += 1
    check(state)


def test_an_event_and_its_inverse_restore_the_value() -> None:
    world = lively(150, 1, 3, groups=False)
    state = start(world.market(), STEADY, POLICY)
    needs, offers = world.all.needs, world.all.offers
    for turn in range(25):
        need, row = world.needs.numbers[turn], world.rows.numbers[turn]
        one, id_ = needs.take(np.array([need])), int(needs.id[need])
        place, offer = offers.take(np.array([row])), int(offers.id[row])
        planned = state.plan().get(id_, (offer, 0))
        later = replace(one, waited_h=one.waited_h + np.float32(200))
        for there, back in (
            (Event(EventKind.NEED_WITHDRAWN, id_), Event(EventKind.NEED_POSTED, id_, one)),
            (
                Event(EventKind.LEVEL_CHANGED, id_, later),
                Event(EventKind.LEVEL_CHANGED, id_, one),
            ),
            (
                Event(EventKind.PROPOSAL_SENT, id_, offer=planned),
                Event(EventKind.PROPOSAL_CLOSED, id_, offer=planned),
            ),
            (
                Event(EventKind.PLACE_FREED, offer, offer=(offer, 0)),
                Event(EventKind.PLACE_LOST, offer, offer=(offer, 0)),
            ),
            (
                Event(EventKind.OFFER_PAUSED, offer),
                Event(EventKind.OFFER_POSTED, offer, place),
            ),
        ):
            before = profile(state)
            apply(state, there)
            apply(state, back)
            assert profile(state) == before, there.kind


def test_what_is_sent_takes_its_place_along_and_moves_nobody() -> None:
    world = lively(150, 1, 5, groups=True)
    state = start(world.market(), markets.WEIGHTS, POLICY)
    for need, key in list(state.plan().items())[:40]:
        moves = apply(state, Event(EventKind.PROPOSAL_SENT, need, offer=key))
        assert [(move.need, move.before, move.after) for move in moves] == [(need, key, None)]
    check(state)


def test_a_need_finds_the_place_that_a_refusal_leaves() -> None:
    world = lively(150, 1, 6, groups=False)
    state = start(world.market(), markets.WEIGHTS, POLICY)
    for need, key in list(state.plan().items())[:40]:
        apply(state, Event(EventKind.PROPOSAL_SENT, need, offer=key))
        apply(state, Event(EventKind.PROPOSAL_REFUSED, need, offer=key))
        assert state.plan().get(need, (0, 0))[0] != key[0]
    check(state)


def test_memory_grows_with_posts_and_pairs_alone() -> None:
    """At 100,000 needs, 56,497 rows and 20 pairs each this comes to less than 150 MB."""
    state = start(lively(500, 1, 1, groups=False).market(), markets.WEIGHTS, POLICY)
    for _ in range(2):
        net = state.net
        n, m, pairs = len(net.needs), len(net.rows), int(net.needs[:, LENGTH].sum())
        tables = sum(table.nbytes for table in net)
        assert tables <= bound(n, m, pairs)
        assert bound(112_564, 63_623, 20 * 100_000) < 150e6
        noise(state)


def bound(needs: int, rows: int, pairs: int) -> float:
    """Bytes of a net: its tables, and lists both ways with their spare room."""
    return 128.0 * needs + 264 * rows + 2 * 16 * 1.5 * pairs


def noise(state: State) -> None:
    for need, key in list(state.plan().items())[:200]:
        apply(state, Event(EventKind.PROPOSAL_SENT, need, offer=key))
        apply(state, Event(EventKind.PROPOSAL_CLOSED, need, offer=key))

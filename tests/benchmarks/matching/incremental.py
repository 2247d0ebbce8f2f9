"""Event after event: how soon the plan is proven best again, and that a re-solve agrees."""

import time
from collections import defaultdict
from unittest.mock import patch

import numpy as np

from matching import augment, work
from matching.assign import flow
from matching.columns import F64, I64
from matching.incremental import EventKind, apply, check, start
from matching.market import canonical
from matching.net import Net
from matching.policy import Policy
from matching.state import State
from tests.benchmarks.matching.markets import WEIGHTS, market
from tests.benchmarks.matching.meter import measured, percentiles
from tests.benchmarks.matching.peers import ortools
from tests.benchmarks.matching.report import Figure, Findings, Options, Row, Target
from tests.matching.world import World

_EVENTS, _EVENTS_CI = 10_000, 2_000
_WARM = 100
_LARGEST_MS = 1.0
PART = "incremental"


class Clock:
    """Processor seconds of each event: in the compiled search alone, and with all around it."""

    def __init__(self) -> None:
        self.kernel: dict[EventKind, list[float]] = defaultdict(list)
        self.whole: dict[EventKind, list[float]] = defaultdict(list)
        self.moves = 0
        self._spent = 0.0
        self._run = augment.run

    def run(self, net: Net, steps: I64) -> None:
        began = time.thread_time()
        self._run(net, steps)
        self._spent += time.thread_time() - began

    def play(self, state: State, world: World, events: int) -> None:
        """Let so many events happen."""
        played = 0
        while played < events:
            event = world.draw_event(state.planned)
            if event is None:
                continue
            self._spent = 0.0
            began = time.thread_time()
            moves = apply(state, event)
            self.whole[event.kind].append(time.thread_time() - began)
            self.kernel[event.kind].append(self._spent)
            self.moves += len(moves)
            world.take(event)
            played += 1


def run(options: Options) -> Findings:
    """A market in which everything happens, one event at a time."""
    world = World(
        canonical(market(options.size, options.scarcity, options.seed)), options.seed, (*EventKind,)
    )
    started = measured(lambda: start(world.market(), WEIGHTS, Policy()))
    state, clock = started.answer, Clock()
    with patch.object(work, "run", clock.run):
        Clock().play(state, world, _WARM)
        clock.play(state, world, _EVENTS_CI if options.ci else _EVENTS)
    check(state)
    problem, plan = state.problem()
    again = measured(lambda: flow(problem))
    peer = measured(lambda: ortools(problem))
    kernel = np.concatenate([np.array(each) for each in clock.kernel.values()])
    whole = np.concatenate([np.array(each) for each in clock.whole.values()])
    figures = {**_figures(kernel, whole), "moves": round(clock.moves / len(kernel), 2)}
    spent = (
        ("start", started.cpu_s),
        ("re-solve, ours", again.cpu_s),
        ("re-solve, OR-tools", peer.cpu_s),
    )
    rows = [
        *_rows(options, clock),
        Row(PART, options.instance, "all", figures),
        *(
            Row(PART, options.instance, name, {"CPU s": round(seconds, 3)})
            for name, seconds in spent
        ),
    ]
    slowest = 1e3 * float(np.quantile(kernel, 0.99))
    same = plan.value == again.answer.value == peer.answer
    targets = (
        Target(
            "event to proven optimum, p99 ms", slowest, _LARGEST_MS, at_least=False, slack="time"
        ),
        Target("plan after all events = re-solve (1: yes)", float(same), 1.0),
    )
    return Findings(tuple(rows), targets, _series(options, clock))


def _figures(kernel: F64, whole: F64) -> dict[str, Figure]:
    figures: dict[str, Figure] = {"events": len(kernel)}
    for part, spent in (("search", kernel), ("whole", whole)):
        figures |= {f"{part} {name}": value for name, value in percentiles(spent).items()}
    return figures


def _rows(options: Options, clock: Clock) -> list[Row]:
    return [
        Row(
            PART,
            options.instance,
            kind.value,
            _figures(np.array(clock.kernel[kind]), np.array(clock.whole[kind])),
        )
        for kind in EventKind
        if clock.kernel[kind]
    ]


def _series(options: Options, clock: Clock) -> dict[str, dict[str, tuple[float, ...]]]:
    return {
        f"Search per event, ms (p50, p99, most), {options.instance}": {
            kind.value: tuple(1e3 * float(np.quantile(spent, q)) for q in (0.5, 0.99, 1.0))
            for kind, spent in clock.kernel.items()
        }
    }

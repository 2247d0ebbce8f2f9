"""Hunt for a pair that must not meet: `python -m tests.fuzz.hard_filters --markets 100000`.

Every market is matched as the platform does it. The oracle looks at every pair: none that it
refuses may be found or proposed, none that it allows may be lost, no cap may be passed. Then the
controls: a matcher without one of the filters has to be caught.
"""

import argparse
import json
import sys
from collections import Counter
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from time import monotonic

import numpy as np

from matching.index import Absent, index, top
from matching.market import Market
from matching.plan import match
from matching.policy import Policy
from matching.score import PRIOR
from tests.fuzz.oracle import HOSTING, most_live, refused
from tests.fuzz.world import ALWAYS, World, worlds

POLICY = Policy(prove_s=0)  # proofs take seconds each; the moves keep the same filters
EVERY = 5_000
PER_NEED = 3
Met = tuple[int, int, int]  # need, offer, occurrence


@dataclass
class Tally:
    """What a hunt has seen so far."""

    markets: int = 0
    pairs: int = 0
    allowed: int = 0
    proposals: int = 0
    refused: Counter[str] = field(default_factory=Counter)
    violations: list[str] = field(default_factory=list)


def found(market: Market, policy: Policy = POLICY) -> set[Met]:
    """All pairs that the engine's index lets meet."""
    floor = np.full(len(market.needs), policy.p_min)
    rows = index(market.offers, PRIOR)
    edges = top(rows, market.needs, floor, k=100, absent=Absent.of(market))
    needs, offers = market.needs, market.offers
    columns = (needs.id[edges.need], offers.id[edges.row], offers.occurrence[edges.row])
    return set(zip(*(column.tolist() for column in columns), strict=True))


def proposed(market: Market, policy: Policy = POLICY) -> list[Met]:
    """All pairs that the plan proposes."""
    pairings = match(market, PRIOR, policy).pairings
    return [(each.need, each.offer, each.occurrence) for each in pairings]


def inspect(world: World, met: set[Met], asked: list[Met], tally: Tally) -> None:
    """Compare what the engine did in one market with the oracle."""
    allowed: set[Met] = set()
    for need in world.needs:
        for offer in world.offers:
            why = refused(need, offer, world.facts)
            tally.refused[why or "allowed"] += 1
            if why is None:
                allowed.add((need.id, offer.id, offer.occurrence))
    tally.markets += 1
    tally.pairs += len(world.needs) * len(world.offers)
    tally.allowed += len(allowed)
    tally.proposals += len(asked)
    where = f"market {tally.markets}"
    for name, wrong in (
        ("met against a filter", met - allowed),
        ("allowed and lost", allowed - met),
        ("proposed against a filter", set(asked) - allowed),
        ("passed a cap", _over(world, asked)),
    ):
        tally.violations.extend(f"{where}: {name} {pair}" for pair in sorted(wrong))


def _over(world: World, asked: list[Met]) -> set[Met]:
    """Proposals beyond what their need or their offer may have, or made twice."""
    by_need = Counter(each[0] for each in (*world.live, *asked))
    by_row = Counter(each[1:3] for each in (*world.live, *asked))
    by_pair = Counter(each[:2] for each in (*world.live, *asked))
    new = Counter(each[1:] for each in asked)
    rows = {(offer.id, offer.occurrence): offer for offer in world.offers}
    return {
        each
        for each in asked
        if by_need[each[0]] > PER_NEED
        or by_pair[each[:2]] > 1
        or max(by_row[each[1:]], rows[each[1:]].live + new[each[1:]]) > most_live(rows[each[1:]])
    }


def hunt(some: Iterable[World], *, tell: Callable[[Tally], None] = lambda _: None) -> Tally:
    """The engine as it is, against the oracle."""
    tally = Tally()
    for world in some:
        market = world.market()
        inspect(world, found(market), proposed(market), tally)
        if tally.markets % EVERY == 0:
            tell(tally)
    return tally


def _offers(**change: float) -> Callable[[World], World]:
    return lambda world: replace(
        world,
        offers=tuple(replace(each, **change) for each in world.offers),  # type: ignore[arg-type]  # one field each
    )


def _strangers(world: World) -> World:
    """Every need moves to an owner of its own; blocks move along."""
    away = 1000
    blocks = [(a + away, b) for a, b in world.facts.blocks]
    blocks += [(b + away, a) for a, b in world.facts.blocks]
    needs = tuple(replace(each, owner=each.owner + away) for each in world.needs)
    return replace(world, needs=needs, facts=replace(world.facts, blocks=blocks))


def _any_household(world: World) -> World:
    generous = _offers(accepts=2**31 - 1, features=2**31 - 1)(world).offers
    kept = (
        new if new.category in HOSTING else old
        for new, old in zip(generous, world.offers, strict=True)
    )
    return replace(world, offers=tuple(kept))


def _boundless(world: World) -> World:
    wide = tuple(replace(each, radius=500.0) for each in world.needs)
    return replace(_offers(radius=500.0)(world), needs=wide)


def _unblocked(world: World) -> World:
    return replace(world, facts=replace(world.facts, blocks=()))


def _unbarred(world: World) -> World:
    return replace(world, facts=replace(world.facts, barred=()))


# A matcher to which one filter's facts are hidden is a matcher without that filter.
WITHOUT: Mapping[str, Callable[[World], World]] = {
    "distance": _boundless,
    "capacity": _offers(free=9),
    "windows": _offers(windows=ALWAYS),
    "language": _offers(interpreter=True),
    "requirements": _offers(features=2**31 - 1),
    "profile": _offers(accepts=2**31 - 1),
    "household": _any_household,
    "owner": _strangers,
    "blocked": _unblocked,
    "barred": _unbarred,
    "unlikely": lambda world: world,
}


def caught(some: Iterable[World], without: str) -> int:
    """After how many markets the oracle notices that this filter is missing; 0: never."""
    tally = Tally()
    policy = replace(POLICY, p_min=0.0 if without == "unlikely" else POLICY.p_min)
    for world in some:
        market = WITHOUT[without](world).market()
        met = found(market, policy)
        inspect(world, met, [], tally)
        if any("against a filter" in each for each in tally.violations):
            return tally.markets
    return 0


def main(arguments: list[str]) -> int:
    """Hunt, tell, write down; 0 only without a violation and with every control caught."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--markets", type=int, default=100_000)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--json", type=Path)
    chosen = parser.parse_args(arguments)
    start = monotonic()

    def tell(tally: Tally) -> None:
        sys.stdout.write(f"{tally.markets} markets, {len(tally.violations)} violations\n")
        sys.stdout.flush()

    tally = hunt(worlds(chosen.markets, chosen.seed), tell=tell)
    controls = {name: caught(worlds(3_000, chosen.seed), name) for name in WITHOUT}
    outcome = {
        "markets": tally.markets,
        "seed": chosen.seed,
        "pairs": tally.pairs,
        "allowed": tally.allowed,
        "refused": dict(sorted(tally.refused.items())),
        "proposals": tally.proposals,
        "violations": len(tally.violations),
        "first": tally.violations[:20],
        "controls_caught_after": controls,
        "seconds": round(monotonic() - start, 1),
    }
    told = json.dumps(outcome, indent=2) + "\n"
    sys.stdout.write(told)
    if chosen.json:
        chosen.json.write_text(told)
    return 0 if not tally.violations and all(controls.values()) else 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))

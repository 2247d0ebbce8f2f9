"""The whole batch, step by step."""

import numpy as np

from matching.candidates import PASSED, Edges, first_failed
from matching.columns import Bool
from matching.explain import WhyNot
from matching.market import Market, canonical
from matching.pair import pairings
from matching.plan.book import Book
from matching.plan.codes import codes
from matching.plan.first import first_choices
from matching.plan.pairs import Pairs
from matching.plan.proposals import fill_ups, first_proposals, in_order
from matching.plan.reserve import floors, reserve
from matching.plan.result import Result, digest, statistics
from matching.policy import Policy
from matching.score import Weights

_CODES = tuple(WhyNot)


class PlanError(AssertionError):
    """A plan that breaks a filter or a cap: it must not be sent."""


def match(market: Market, weights: Weights, policy: Policy) -> Result:
    """Whom to ask now; the same snapshot in any row order gives the same bytes."""
    market = canonical(market)
    book = Book(market, weights, policy)
    held, load = np.flatnonzero(book.held), book.load.copy()
    prices = reserve(market.recent, policy)
    floor = floors(market.needs, prices, policy)
    pairs = Pairs(market, weights, policy, book, floor)
    first = first_choices(market, pairs, book, policy)
    start = first_proposals(first.edges, first.chosen, book)
    sent = in_order(first.edges, start, fill_ups(market, first.edges, book, policy))
    edges = first.edges.take(sent.edge)
    _check(market, edges, book, policy, grown=book.load > load)
    without = np.setdiff1d(np.arange(len(market.needs)), edges.need)
    reserved = (floor > policy.p_min) & ~np.isin(np.arange(len(floor)), first.edges.need)
    unmatched = codes(market, weights, policy, book, without=without, reserved=reserved)
    told = np.array([_CODES.index(each.code) for each in unmatched], dtype=np.int64)
    versions = sorted(market.versions.items())
    stamp = f"{market.as_of} {weights.version} {policy.version} {versions}"
    columns = (edges.need, edges.row, edges.q, sent.rank, sent.explored, without, told)
    return Result(
        pairings=pairings(market, weights, edges, sent.rank, sent.explored),
        unmatched=unmatched,
        statistics=statistics(
            market,
            first,
            edges,
            explored=int(sent.explored.sum()),
            held=held,
            load=book.load,
            reserve=prices,
        ),
        digest=digest(stamp, columns),
    )


def _check(market: Market, sent: Edges, book: Book, policy: Policy, grown: Bool) -> None:
    """PlanError if a pair fails a filter, or if a row or a need that was asked passed its cap."""
    for broken, complaint in (
        (np.any(first_failed(market, sent.need, sent.row) != PASSED), "a pair fails a filter"),
        (np.any(sent.p < policy.p_min), "a pair is too unlikely"),
        (np.any(book.load[grown] > book.cap[grown]), "a row is asked too often"),
        (np.any(book.asked[sent.need] > policy.per_need), "a need is offered too much"),
    ):
        if broken:
            raise PlanError(complaint)

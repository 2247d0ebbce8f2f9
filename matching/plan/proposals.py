"""What is sent: the plan's pair first, then fill-ups, now and then a row to learn from."""

from dataclasses import dataclass

import numpy as np

from matching.candidates import Edges
from matching.columns import I64, Bool
from matching.market import Market
from matching.plan.book import Book
from matching.plan.explore import explore, explorers
from matching.plan.fill_up import fill_up
from matching.policy import Policy

_NONE = np.zeros(0, dtype=np.int64)


@dataclass(frozen=True, eq=False)
class Proposals:
    """The edge, its rank among all proposals of its need, and whether it was explored."""

    edge: I64
    rank: I64
    explored: Bool


def first_proposals(edges: Edges, chosen: I64, book: Book) -> Proposals:
    """The plan's own pairs, written into the book."""
    return Proposals(chosen, book.ask(edges.take(chosen)), np.zeros(len(chosen), dtype=np.bool_))


def fill_ups(market: Market, edges: Edges, book: Book, policy: Policy) -> Proposals:
    """The rounds after the first choices, among these edges; the book is written on."""
    tries = explorers(market, policy)
    edge, rank, explored = [_NONE], [_NONE], [_NONE]
    for turn in range(policy.rounds):
        found = fill_up(market.offers, edges, book, policy)
        last = turn == policy.rounds - 1
        out = tries[edges.need[found]] & last
        for part, tried in ((found[~out], False), (found[out], True)):
            taken = explore(market, edges, book, part) if tried else part
            edge.append(taken)
            rank.append(book.ask(edges.take(taken)))
            explored.append(np.full(len(taken), tried))
    return Proposals(np.concatenate(edge), np.concatenate(rank), np.concatenate(explored) > 0)


def in_order(edges: Edges, first: Proposals, more: Proposals) -> Proposals:
    """Both, by need, then rank."""
    every, rank = np.concatenate((first.edge, more.edge)), np.concatenate((first.rank, more.rank))
    order = np.lexsort((rank, edges.need[every]))
    explored = np.concatenate((first.explored, more.explored))
    return Proposals(every[order], rank[order], explored[order])

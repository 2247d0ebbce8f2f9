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


@dataclass(frozen=True, eq=False)
class Proposals:
    """By need, then rank: the edge, its rank among all proposals of the need, and how it came."""

    edge: I64
    rank: I64
    explored: Bool


def proposals(market: Market, edges: Edges, chosen: I64, book: Book, policy: Policy) -> Proposals:
    """The chosen edges and the rounds after them; the book is written on."""
    tries = explorers(market, policy)
    edge, rank, explored = [chosen], [book.ask(edges.take(chosen))], [np.zeros(len(chosen))]
    for turn in range(policy.rounds):
        found = fill_up(market.offers, edges, book, policy)
        last = turn == policy.rounds - 1
        out = tries[edges.need[found]] & last
        for part, tried in ((found[~out], False), (found[out], True)):
            taken = explore(market, edges, book, part) if tried else part
            edge.append(taken)
            rank.append(book.ask(edges.take(taken)))
            explored.append(np.full(len(taken), tried))
    every, ranks = np.concatenate(edge), np.concatenate(rank)
    order = np.lexsort((ranks, edges.need[every]))
    return Proposals(every[order], ranks[order], np.concatenate(explored)[order].astype(np.bool_))

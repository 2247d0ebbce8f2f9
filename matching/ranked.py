"""Rows for a person to choose from: feasible, the likeliest first, whatever was planned."""

import numpy as np

from matching.candidates import candidates
from matching.market import Market, canonical
from matching.pair import Pairing, pairings
from matching.score import Weights


def ranked(market: Market, weights: Weights, most: int) -> tuple[Pairing, ...]:
    """For each need its `most` likeliest rows, however many were proposed already."""
    market = canonical(market)
    edges = candidates(market, weights, k=most)
    places = np.arange(len(edges))
    starts = np.searchsorted(edges.need, edges.need)
    ranks = places - starts + 1
    return pairings(market, weights, edges, ranks, np.zeros(len(edges), dtype=np.bool_))

"""The reserve: where demand passes supply, a place is kept for who is pressed more.

Its price per category is what the needs of the last 96 h that supply could serve were worth at
least. A need that presses less must offer a share of that price, less the longer it waited.
"""

from collections.abc import Mapping

import numpy as np

from matching.columns import F64
from matching.index import index, top
from matching.market import Market, Needs
from matching.policy import Policy
from matching.score import Weights
from matching.waiting import Band, bands, level

_ENOUGH = 5


def arrivals(market: Market, weights: Weights, policy: Policy) -> F64:
    """The table `Market.recent` of a snapshot of all posts that arrived in the last 96 h.

    The snapshot's `free` must be the whole capacity that arrived.
    """
    needs, offers = market.needs, market.offers
    asked = np.zeros((len(needs), 4))
    asked[:, 0], asked[:, 1] = needs.category, needs.size
    floor = np.full(len(needs), policy.p_min)
    best = top(index(offers, weights), needs, floor, k=1)
    worth = np.array(policy.gain)[bands(level(needs.urgency, needs.waited_h))]
    asked[best.need, 3] = best.p * worth[best.need]
    offered = np.zeros((len(offers), 4))
    offered[:, 0], offered[:, 2] = offers.category, offers.free
    return np.concatenate((asked, offered))


def reserve(recent: F64, policy: Policy) -> Mapping[int, float]:
    """The price per category with more than five needs and more units asked than offered."""
    prices: dict[int, float] = {}
    for category in np.unique(recent[:, 0]):
        _, asked, offered, worth = recent[recent[:, 0] == category].T
        demand, supply = asked.sum(), offered.sum()
        if np.count_nonzero(asked) > _ENOUGH and demand > supply:
            prices[int(category)] = float(np.quantile(worth[asked > 0], 1 - supply / demand))
    return prices if policy.phi > 0 else {}


def floors(needs: Needs, prices: Mapping[int, float], policy: Policy) -> F64:
    """The least p each need must bring; band today never more than `p_min`."""
    band = bands(level(needs.urgency, needs.waited_h))
    price = np.zeros(len(needs))
    for category, asked in prices.items():
        price[needs.category == category] = asked
    patience = np.array([*policy.patience_h, np.inf])[band]
    patient = 1 + np.minimum(1.0, needs.waited_h / patience)
    floor = policy.phi * price / (np.array(policy.gain)[band] * patient)
    return np.where(band == Band.TODAY, policy.p_min, np.maximum(policy.p_min, floor))

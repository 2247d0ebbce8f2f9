"""Reasons as they stand in the row of a proposal."""

from collections.abc import Iterable

from app.proposals.rules import ReasonFacts, reason_facts
from matching.pair import Pairing


def reasons_of(pairing: Pairing) -> list[dict[str, object]]:
    """The engine's reasons with its bits turned into codes."""
    return kept(reason_facts(one.key.value, one.side, one.values) for one in pairing.reasons)


def kept(reasons: Iterable[ReasonFacts]) -> list[dict[str, object]]:
    """Key, side and values of each."""
    return [{"key": one.key, "side": one.side, "values": dict(one.values)} for one in reasons]

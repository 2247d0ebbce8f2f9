"""The weights in use: those adopted last, else the hand's."""

from collections.abc import Mapping
from typing import Any

import numpy as np
from sqlalchemy import select

from app.db import ReadSession
from app.proposals.models import WeightsVersion
from matching.score import PRIOR, Weights

_PARTS = ("a", "beta", "delta", "usual", "lam")


def parameters_of(weights: Weights) -> dict[str, object]:
    """All numbers of a version, as they are kept."""
    return {name: getattr(weights, name).tolist() for name in _PARTS}


def weights_of(version: str, parameters: Mapping[str, Any]) -> Weights:
    """A version as it was kept."""
    return Weights(version, **{name: np.array(parameters[name]) for name in _PARTS})


async def current_version(reader: ReadSession) -> WeightsVersion | None:
    """The version adopted and not retired; None while the hand's weights are in use."""
    found: WeightsVersion | None = await reader.scalar(
        select(WeightsVersion).where(
            WeightsVersion.adopted_at.is_not(None), WeightsVersion.retired_at.is_(None)
        )
    )
    return found


async def current_weights(reader: ReadSession) -> Weights:
    row = await current_version(reader)
    return PRIOR if row is None else weights_of(row.version, row.parameters)


async def all_weights(reader: ReadSession) -> Mapping[str, Weights]:
    """Every version that a proposal may carry, by name."""
    rows = await reader.scalars(select(WeightsVersion))
    learnt = {row.version: weights_of(row.version, row.parameters) for row in rows}
    return {PRIOR.version: PRIOR, **learnt}


async def newest_versions(reader: ReadSession, most: int = 12) -> list[WeightsVersion]:
    """The versions made last, in use or not."""
    rows = await reader.scalars(
        select(WeightsVersion).order_by(WeightsVersion.id.desc()).limit(most)
    )
    return list(rows)

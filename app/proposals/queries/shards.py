"""Where each shard stands."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select

from app.db import ReadSession
from app.proposals.models import Shard


@dataclass(frozen=True)
class ShardStand:
    """What a planner must know before it begins."""

    id: int
    region: str
    category: int
    version: int

    @property
    def lock_name(self) -> str:
        """What one planner at a time holds."""
        return f"match:{self.region}:{self.category}"


async def read_shard(reader: ReadSession, shard_id: int) -> ShardStand:
    shard = (await reader.execute(select(Shard).where(Shard.id == shard_id))).scalar_one()
    return ShardStand(shard.id, shard.region, shard.category, shard.version)


async def is_asked_since(reader: ReadSession, shard_id: int, moment: datetime) -> bool:
    """Whether somebody asked for a plan after this moment."""
    asked_at = await reader.scalar(select(Shard.asked_at).where(Shard.id == shard_id))
    return asked_at is not None and asked_at > moment

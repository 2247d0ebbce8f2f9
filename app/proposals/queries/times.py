"""When posts can happen, as the engine's masks of 14 local days in quarters."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any

from sqlalchemy import Row, select

from app.clock import BRUSSELS
from app.db import ReadSession
from app.posts.models import Occurrence
from app.posts.queries import windows_of
from app.posts.rules import Slot, Window, occurrences
from matching.windows import ALWAYS, BITS, DAYS, HOURS, QUARTERS, mask


@dataclass(frozen=True)
class Times:
    """Windows of posts by id, and places taken by post and day, from `now` on."""

    now: datetime
    windows: Mapping[int, Sequence[Window]]
    taken: Mapping[tuple[int, date], int]

    @property
    def first_day(self) -> date:
        return self.now.astimezone(BRUSSELS).date()

    def mask(self, post: Row[*tuple[Any, ...]]) -> int:
        """The quarters still to come in which the post can happen; no windows means any time."""
        wished = ALWAYS
        if self.windows[post.id]:
            spans = [
                (slot.starts_at, slot.ends_at)
                for slot in self._slots(post.id)
                if not self._is_helped(post, slot.day)
            ]
            wished = mask(spans, self.first_day, BRUSSELS)
        return wished & self._ahead(post)

    def _is_helped(self, post: Row[*tuple[Any, ...]], day: date) -> bool:
        """A recurring need for which that day is agreed already."""
        return bool(post.kind == "need" and self.taken.get((post.id, day)))

    def days(self, post: Row[*tuple[Any, ...]]) -> list[tuple[int, int, int]]:
        """For each day of a recurring offer: the day's ordinal, its mask, and places left."""
        found = []
        ahead = self._ahead(post)
        slots = self._slots(post.id)
        for day in sorted({slot.day for slot in slots}):
            spans = [(slot.starts_at, slot.ends_at) for slot in slots if slot.day == day]
            taken = self.taken.get((post.id, day), 0)
            places = 0 if post.exclusive and taken else max(0, post.places - taken)
            bits = mask(spans, self.first_day, BRUSSELS) & ahead
            found.append((day.toordinal(), bits, places))
        return found

    def _slots(self, post_id: int) -> list[Slot]:
        start = datetime.combine(self.first_day, time(), BRUSSELS)
        return occurrences(self.windows[post_id], start, start + timedelta(days=DAYS))

    def _ahead(self, post: Row[*tuple[Any, ...]]) -> int:
        """Not the quarters of today that have passed, nothing after the post's own end."""
        passed = self.now.astimezone(BRUSSELS).hour // HOURS
        last: date = post.ends_at.astimezone(BRUSSELS).date()
        if post.latest_by is not None:
            last = min(last, post.latest_by)
        until = max(0, min(BITS, ((last - self.first_day).days + 1) * QUARTERS))
        return ((1 << until) - 1) & ~((1 << passed) - 1)


async def read_times(reader: ReadSession, ids: Sequence[int], now: datetime) -> Times:
    """The times of these posts; an offer that recurs counts its places day by day."""
    windows = await windows_of(reader, ids)
    today = now.astimezone(BRUSSELS).date()
    rows = await reader.execute(
        select(Occurrence.post_id, Occurrence.day, Occurrence.taken).where(
            Occurrence.post_id.in_(ids), Occurrence.day >= today
        )
    )
    return Times(now, windows, {(row.post_id, row.day): row.taken for row in rows})

"""What clients were told, kept outside the platform: the only witness of its promises."""

import time
from collections import Counter
from dataclasses import dataclass, field
from http import HTTPStatus


@dataclass(frozen=True)
class Answered:
    """One answer as a client got it; times are seconds of this process's steady clock."""

    sent: float
    came: float
    what: str
    status: int
    is_honest: bool  # a 503 that says when to come back


@dataclass
class History:
    """Everything acknowledged, and every answer that was none."""

    failures: list[Answered] = field(default_factory=list)
    statuses: Counter[int] = field(default_factory=Counter)
    broken_lines: int = 0
    repeats: int = 0
    differing_repeats: list[str] = field(default_factory=list)
    unanswered: list[str] = field(default_factory=list)
    refused: list[str] = field(default_factory=list)
    written_at: list[tuple[float, float]] = field(default_factory=list)
    posts: dict[str, int] = field(default_factory=dict)  # code → author
    exchanges: dict[str, str] = field(default_factory=dict)  # proposal → exchange
    said: set[tuple[str, str]] = field(default_factory=set)  # exchange, side
    messages: dict[int, str] = field(default_factory=dict)  # id → words
    jobs: set[int] = field(default_factory=set)
    unsure_jobs: set[int] = field(default_factory=set)

    def note(self, sent: float, what: str, status: int, retry_after: str | None) -> None:
        self.statuses[status] += 1
        now = time.monotonic()
        if status >= HTTPStatus.INTERNAL_SERVER_ERROR:
            is_honest = status == HTTPStatus.SERVICE_UNAVAILABLE and retry_after is not None
            self.failures.append(Answered(sent, now, what, status, is_honest))

    def wrote(self, sent: float) -> None:
        """A write that began then was acknowledged now."""
        self.written_at.append((sent, time.monotonic()))

    def first_write_begun_after(self, moment: float) -> float | None:
        """When the first write that began after this moment was acknowledged."""
        return min((came for sent, came in self.written_at if sent > moment), default=None)

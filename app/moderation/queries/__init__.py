"""What reports are about, which ones wait, who reads what of them, and what was decided."""

from app.moderation.queries.log import LARGE_ENOUGH, LogLine, Totals, log, totals
from app.moderation.queries.matter import (
    beside,
    find_matter,
    has_met,
    is_suspended_elsewhere,
    side_of,
    stops,
    strangers,
)
from app.moderation.queries.queue import (
    NO_REPORT,
    Evidence,
    Line,
    Stage,
    decisions_of,
    evidence,
    moderators,
    posts_of,
    queue,
    report_by_code,
)
from app.moderation.queries.reading import (
    NOBODY,
    Reading,
    ReportAnswer,
    answer_of,
    own_reports,
    reading_of,
)

__all__ = [
    "LARGE_ENOUGH",
    "NOBODY",
    "NO_REPORT",
    "Evidence",
    "Line",
    "LogLine",
    "Reading",
    "ReportAnswer",
    "Stage",
    "Totals",
    "answer_of",
    "beside",
    "decisions_of",
    "evidence",
    "find_matter",
    "has_met",
    "is_suspended_elsewhere",
    "log",
    "moderators",
    "own_reports",
    "posts_of",
    "queue",
    "reading_of",
    "report_by_code",
    "side_of",
    "stops",
    "strangers",
    "totals",
]

"""Reporting, stopping at once, deciding with a reason, and looking again."""

from app.moderation.actions.appeal import appeal, review
from app.moderation.actions.decide import claim, decide, let_go, look_at_contacts, pass_on
from app.moderation.actions.report import open_dispute, send_report, watch_newcomer
from app.moderation.actions.stay import report_stay
from app.moderation.actions.tidy import tidy_reports

__all__ = [
    "appeal",
    "claim",
    "decide",
    "let_go",
    "look_at_contacts",
    "open_dispute",
    "pass_on",
    "report_stay",
    "review",
    "send_report",
    "tidy_reports",
    "watch_newcomer",
]

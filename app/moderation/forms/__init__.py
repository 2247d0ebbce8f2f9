"""What people send to moderators, and what moderators write."""

from app.moderation.forms.decision import DecisionForm, LookForm, PassedForm, WordsForm
from app.moderation.forms.report import FindForm, ReportForm, read_about, read_code
from app.moderation.forms.words import CHOICES, OUTCOMES, REASONS, REVIEWS, RULES

__all__ = [
    "CHOICES",
    "OUTCOMES",
    "REASONS",
    "REVIEWS",
    "RULES",
    "DecisionForm",
    "FindForm",
    "LookForm",
    "PassedForm",
    "ReportForm",
    "WordsForm",
    "read_about",
    "read_code",
]

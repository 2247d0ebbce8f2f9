"""What may be reported, who may decide, and what a decision can be.

- Anyone may report, with or without an account; a person reads every report.
- "I do not feel safe" holds the other side's posts at once where the reporter has to do with them.
- Nobody decides about what concerns them or their organisation, nor reviews their own decision.
- A decision names facts, rule, scope and duration; both sides may object for six months.
"""

from app.accounts.rules.network import network_of
from app.moderation.rules.appeal import (
    APPEAL_FOR,
    Outcome,
    Party,
    may_appeal,
    may_review,
    outcome_of,
)
from app.moderation.rules.decision import (
    CLAIM_FOR,
    LONGEST_HOLD,
    STOPS,
    Choice,
    Concerned,
    DecisionDraft,
    Rule,
    is_claimed,
    may_decide,
)
from app.moderation.rules.freeze import (
    FREEZE_PERIOD,
    FREEZES_ALL_STRANGERS,
    FREEZES_PER_STRANGER,
    TRUSTS_AGAIN,
    Strangers,
    may_freeze,
)
from app.moderation.rules.report import (
    LIMIT_PERIOD,
    LONGEST_ADDRESS,
    LONGEST_CODE,
    LONGEST_WORDS,
    PER_BROWSER,
    PER_NETWORK,
    SAME_AGAIN,
    SENT,
    URGENT,
    About,
    Matter,
    Origin,
    Reason,
    ReportDraft,
    Seen,
    Side,
    Stated,
    knows_side,
    read_address,
    reported_sides,
)

__all__ = [
    "APPEAL_FOR",
    "CLAIM_FOR",
    "FREEZES_ALL_STRANGERS",
    "FREEZES_PER_STRANGER",
    "FREEZE_PERIOD",
    "LIMIT_PERIOD",
    "LONGEST_ADDRESS",
    "LONGEST_CODE",
    "LONGEST_HOLD",
    "LONGEST_WORDS",
    "PER_BROWSER",
    "PER_NETWORK",
    "SAME_AGAIN",
    "SENT",
    "STOPS",
    "TRUSTS_AGAIN",
    "URGENT",
    "About",
    "Choice",
    "Concerned",
    "DecisionDraft",
    "Matter",
    "Origin",
    "Outcome",
    "Party",
    "Reason",
    "ReportDraft",
    "Rule",
    "Seen",
    "Side",
    "Stated",
    "Strangers",
    "is_claimed",
    "knows_side",
    "may_appeal",
    "may_decide",
    "may_freeze",
    "may_review",
    "network_of",
    "outcome_of",
    "read_address",
    "reported_sides",
]

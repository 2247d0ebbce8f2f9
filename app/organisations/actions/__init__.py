"""Organisations join and are checked; clients get an alias, a mandate and consents."""

from app.organisations.actions.access import forget_old_views, log_view
from app.organisations.actions.clients import (
    create_client,
    give_mandate,
    revoke_mandate,
    say_how_consent_was_given,
)
from app.organisations.actions.join import apply_organisation, change_desk, warn_of_insurance
from app.organisations.actions.staff import (
    answer_invitation,
    end_work,
    invite_colleague,
    withdraw_invitation,
)
from app.organisations.actions.standing import decide

__all__ = [
    "answer_invitation",
    "apply_organisation",
    "change_desk",
    "create_client",
    "decide",
    "end_work",
    "forget_old_views",
    "give_mandate",
    "invite_colleague",
    "log_view",
    "revoke_mandate",
    "say_how_consent_was_given",
    "warn_of_insurance",
    "withdraw_invitation",
]

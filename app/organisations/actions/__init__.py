"""Organisations join and are checked; clients get an alias, a mandate and consents."""

from app.organisations.actions.access import log_view
from app.organisations.actions.clients import (
    create_client,
    give_mandate,
    revoke_mandate,
    say_how_consent_was_given,
)
from app.organisations.actions.join import apply_organisation, verify_organisation

__all__ = [
    "apply_organisation",
    "create_client",
    "give_mandate",
    "log_view",
    "revoke_mandate",
    "say_how_consent_was_given",
    "verify_organisation",
]

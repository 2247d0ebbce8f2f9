"""What is asked of organisations, their staff and their clients."""

from app.organisations.queries.access import LogFilter, alarms, views
from app.organisations.queries.clients import (
    client_by_alias,
    client_by_id,
    clients_of,
    live_mandate,
)
from app.organisations.queries.organisations import (
    acting_for,
    at_work,
    decisions_about,
    directory,
    led_organisation,
    organisation_by_code,
    own_organisations,
    staffed_organisation,
    waiting_organisations,
)
from app.organisations.queries.staff import (
    colleagues,
    hand_overs,
    invitation_for,
    is_colleague,
    leads_of,
    open_invitations,
)

__all__ = [
    "LogFilter",
    "acting_for",
    "alarms",
    "at_work",
    "client_by_alias",
    "client_by_id",
    "clients_of",
    "colleagues",
    "decisions_about",
    "directory",
    "hand_overs",
    "invitation_for",
    "is_colleague",
    "leads_of",
    "led_organisation",
    "live_mandate",
    "open_invitations",
    "organisation_by_code",
    "own_organisations",
    "staffed_organisation",
    "views",
    "waiting_organisations",
]

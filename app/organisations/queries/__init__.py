"""What is asked of organisations and their clients."""

from app.organisations.queries.clients import client_by_alias, clients_of, live_mandate
from app.organisations.queries.organisations import (
    acting_for,
    at_work,
    organisation_by_code,
    own_organisations,
    waiting_organisations,
)
from app.organisations.queries.staff import leads_of

__all__ = [
    "acting_for",
    "at_work",
    "client_by_alias",
    "clients_of",
    "leads_of",
    "live_mandate",
    "organisation_by_code",
    "own_organisations",
    "waiting_organisations",
]

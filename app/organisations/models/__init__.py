"""Organisations, the clients they speak for, and the mandates and consents that allow it."""

from app.organisations.models.access import AccessAlarm, AccessEntry
from app.organisations.models.clients import (
    Client,
    ClientCode,
    ClientNote,
    ClientRequest,
    CodeTry,
    Consent,
    Mandate,
)
from app.organisations.models.organisation import Organisation
from app.organisations.models.staff import Decision, HandOver, Invitation, Registration, Upload

__all__ = [
    "AccessAlarm",
    "AccessEntry",
    "Client",
    "ClientCode",
    "ClientNote",
    "ClientRequest",
    "CodeTry",
    "Consent",
    "Decision",
    "HandOver",
    "Invitation",
    "Mandate",
    "Organisation",
    "Registration",
    "Upload",
]

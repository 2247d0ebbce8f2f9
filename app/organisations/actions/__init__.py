"""Organisations join and are checked; clients get an alias, a mandate and consents."""

from app.organisations.actions.access import log_view
from app.organisations.actions.clients import create_client, give_mandate
from app.organisations.actions.codes import (
    Spoken,
    end_codes,
    forget_code_tries,
    issue_code,
    try_code,
)
from app.organisations.actions.consents import Said, end_consents, end_mandates, record_consent
from app.organisations.actions.join import apply_organisation, change_desk
from app.organisations.actions.notes import answer_requests, ask_desk, read_notes, write_note
from app.organisations.actions.staff import (
    answer_invitation,
    end_work,
    invite_colleague,
    withdraw_invitation,
)
from app.organisations.actions.standing import decide
from app.organisations.actions.tidy import tidy_organisations

__all__ = [
    "Said",
    "Spoken",
    "answer_invitation",
    "answer_requests",
    "apply_organisation",
    "ask_desk",
    "change_desk",
    "create_client",
    "decide",
    "end_codes",
    "end_consents",
    "end_mandates",
    "end_work",
    "forget_code_tries",
    "give_mandate",
    "invite_colleague",
    "issue_code",
    "log_view",
    "read_notes",
    "record_consent",
    "tidy_organisations",
    "try_code",
    "withdraw_invitation",
    "write_note",
]

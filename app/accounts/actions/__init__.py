"""What people do at the door and with their account."""

from app.accounts.actions.codes import ENDED, SpentCode, ask_code, mark_code_sent, spend_code
from app.accounts.actions.contacts import add_contact, end_links, remove_contact
from app.accounts.actions.factors import (
    begin_app,
    confirm_app,
    prove_factor,
    remove_factor,
    renew_recovery_codes,
    set_app,
)
from app.accounts.actions.passkeys import (
    Site,
    add_passkey,
    ask_passkey,
    offer_passkey,
    prove_passkey,
)
from app.accounts.actions.people import (
    end_grants,
    find_or_register,
    grant,
    register_person,
    rest_grants,
    update_account,
    wake_grants,
)
from app.accounts.actions.sessions import (
    end_all_sessions,
    end_session,
    forget_session,
    keep_form,
    note_use,
    open_session,
    renew_session,
)
from app.accounts.actions.sign_in import (
    CodeOutcome,
    enter_code,
    finish_by_passkey,
    finish_registration,
    finish_sign_in,
)
from app.accounts.actions.tidy import tidy_accounts
from app.accounts.actions.tokens import issue_token, revoke_token
from app.accounts.actions.warn import mark_warning_sent

__all__ = [
    "ENDED",
    "CodeOutcome",
    "Site",
    "SpentCode",
    "add_contact",
    "add_passkey",
    "ask_code",
    "ask_passkey",
    "begin_app",
    "confirm_app",
    "end_all_sessions",
    "end_grants",
    "end_links",
    "end_session",
    "enter_code",
    "find_or_register",
    "finish_by_passkey",
    "finish_registration",
    "finish_sign_in",
    "forget_session",
    "grant",
    "issue_token",
    "keep_form",
    "mark_code_sent",
    "mark_warning_sent",
    "note_use",
    "offer_passkey",
    "open_session",
    "prove_factor",
    "prove_passkey",
    "register_person",
    "remove_contact",
    "remove_factor",
    "renew_recovery_codes",
    "renew_session",
    "rest_grants",
    "revoke_token",
    "set_app",
    "spend_code",
    "tidy_accounts",
    "update_account",
    "wake_grants",
]

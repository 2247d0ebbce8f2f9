"""What people do at the door and with their account."""

from app.accounts.actions.codes import (
    CodeOutcome,
    ask_code,
    enter_code,
    finish_registration,
    mark_code_sent,
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
    open_session,
    touch_session,
)
from app.accounts.actions.tidy import tidy_accounts
from app.accounts.actions.tokens import issue_token, revoke_token

__all__ = [
    "CodeOutcome",
    "ask_code",
    "end_all_sessions",
    "end_grants",
    "end_session",
    "enter_code",
    "find_or_register",
    "finish_registration",
    "forget_session",
    "grant",
    "issue_token",
    "mark_code_sent",
    "open_session",
    "register_person",
    "rest_grants",
    "revoke_token",
    "tidy_accounts",
    "touch_session",
    "update_account",
    "wake_grants",
]

"""Leaving, being forgotten, and keeping no longer than was promised."""

from app.rights.actions.apply import apply_list
from app.rights.actions.client import begin_client_erasure, close_client, erase_client
from app.rights.actions.close import close_account, stay
from app.rights.actions.erase import begin_erasure, erase_person, forget_key
from app.rights.actions.letters import forget_letters
from app.rights.actions.sweep import keep_terms

__all__ = [
    "apply_list",
    "begin_client_erasure",
    "begin_erasure",
    "close_account",
    "close_client",
    "erase_client",
    "erase_person",
    "forget_key",
    "forget_letters",
    "keep_terms",
    "stay",
]

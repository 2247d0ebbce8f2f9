"""Telling people, and letting them choose what they are told."""

from app.notifications.actions.letters import close_letter, mark_sent
from app.notifications.actions.preferences import choose_wishes, mute_channel
from app.notifications.actions.push import forget_browser, mark_pushed, subscribe, unsubscribe
from app.notifications.actions.tell import mark_read, tell, tell_new_device
from app.notifications.actions.tell_many import Telling, tell_many

__all__ = [
    "Telling",
    "choose_wishes",
    "close_letter",
    "forget_browser",
    "mark_pushed",
    "mark_read",
    "mark_sent",
    "mute_channel",
    "subscribe",
    "tell",
    "tell_many",
    "tell_new_device",
    "unsubscribe",
]

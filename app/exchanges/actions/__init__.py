"""What is done with a pairing once it is put before both sides, one verb per function."""

from app.exchanges.actions.accept import Accepted, accept
from app.exchanges.actions.arrange import arrange, send_message
from app.exchanges.actions.calendars import end_calendar, open_calendar
from app.exchanges.actions.cancel import block_other, cancel
from app.exchanges.actions.contacts import ReleasedContact, read_contacts
from app.exchanges.actions.emergency import freeze_host, leave_now
from app.exchanges.actions.reply_by_mail import mark_reply_answered, reply_by_mail
from app.exchanges.actions.say import say
from app.exchanges.actions.stays import (
    answer_check_in,
    ask_check_ins,
    change_last_day,
    write_plan,
)
from app.exchanges.actions.tidy import tidy_exchanges

__all__ = [
    "Accepted",
    "ReleasedContact",
    "accept",
    "answer_check_in",
    "arrange",
    "ask_check_ins",
    "block_other",
    "cancel",
    "change_last_day",
    "end_calendar",
    "freeze_host",
    "leave_now",
    "mark_reply_answered",
    "open_calendar",
    "read_contacts",
    "reply_by_mail",
    "say",
    "send_message",
    "tidy_exchanges",
    "write_plan",
]

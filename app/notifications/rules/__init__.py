"""What people are told, how it reaches them, and links that open one thing for one person."""

from app.notifications.rules.links import (
    LinkPurpose,
    SignedLink,
    path_of,
    read_link,
    read_reply_address,
    reply_address,
    write_link,
)
from app.notifications.rules.notices import (
    ALL_WISHES,
    CONTACT_KIND,
    FACTS,
    GATHER,
    MUTABLE,
    PUSHED,
    QUIET_FROM,
    QUIET_UNTIL,
    TOPIC,
    WISHES,
    Channel,
    Level,
    NoticeKind,
    Topic,
    Wish,
    check_facts,
    choose_channel,
    leaves_at,
    level_of,
)

__all__ = [
    "ALL_WISHES", "CONTACT_KIND", "FACTS", "GATHER", "MUTABLE", "PUSHED", "QUIET_FROM", "QUIET_UNTIL",
    "TOPIC", "WISHES", "Channel", "Level", "LinkPurpose", "NoticeKind", "SignedLink", "Topic",
    "Wish", "check_facts", "choose_channel", "leaves_at", "level_of", "path_of", "read_link",
    "read_reply_address", "reply_address", "write_link",
]  # fmt: skip

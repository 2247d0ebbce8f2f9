"""What people are told, over which channel, and when a letter may leave.

Nothing leaves between 20:00 and 08:00 local time unless the help is needed today.
Notices that meet within a few minutes share one letter.
"""

from collections.abc import Collection, Mapping
from datetime import datetime, time, timedelta
from enum import StrEnum

from app.clock import BRUSSELS

QUIET_FROM = time(20)
QUIET_UNTIL = time(8)
GATHER = timedelta(minutes=2)


class Topic(StrEnum):
    """What a person can mute, topic by topic; security cannot be muted."""

    PROPOSALS = "proposals"
    EXCHANGES = "exchanges"
    POSTS = "posts"
    SECURITY = "security"


class Channel(StrEnum):
    """How a letter leaves, the quietest first: it is the one chosen where both are wanted."""

    EMAIL = "email"
    SMS = "sms"


# The kind of contact that each channel reaches.
CONTACT_KIND = {Channel.EMAIL: "email", Channel.SMS: "phone"}

Wish = tuple[Topic, Channel]
MUTABLE = (Topic.PROPOSALS, Topic.EXCHANGES, Topic.POSTS)
ALL_WISHES: frozenset[Wish] = frozenset(
    (topic, channel) for topic in MUTABLE for channel in Channel
)


# A browser is told of what somebody waits for; news of one's own posts can wait for a visit.
PUSHED = frozenset({Topic.PROPOSALS, Topic.EXCHANGES})


class Level(StrEnum):
    """The short choices; OWN is any other mixture."""

    ALL = "all"
    BASIC = "basic"
    OFF = "off"
    OWN = "own"


WISHES: dict[Level, frozenset[Wish]] = {
    Level.ALL: ALL_WISHES,
    Level.BASIC: frozenset(wish for wish in ALL_WISHES if wish[0] is not Topic.POSTS),
    Level.OFF: frozenset(),
}


def level_of(wishes: Collection[Wish]) -> Level:
    chosen = frozenset(wishes)
    return next((level for level, all_of in WISHES.items() if all_of == chosen), Level.OWN)


def choose_channel(
    topic: Topic, wishes: Collection[Wish], contact_kinds: Collection[str]
) -> Channel | None:
    """The channel a notice leaves by, or None where it stays inside the platform."""
    for channel in Channel:
        reachable = CONTACT_KIND[channel] in contact_kinds
        if reachable and (topic is Topic.SECURITY or (topic, channel) in wishes):
            return channel
    return None


class NoticeKind(StrEnum):
    """Every kind of notice; each has its letter in templates/emails/<kind>/."""

    PROPOSAL = "proposal"  # someone may fit: answer
    AGREED = "agreed"  # both said yes: arrange
    NO_LONGER_FREE = "no_longer_free"  # somebody else was first
    PROPOSAL_WITHDRAWN = "proposal_withdrawn"  # the other side took the post back
    MESSAGE = "message"  # words from the other side
    CANCELLED = "cancelled"  # called off
    DID_IT_HAPPEN = "did_it_happen"  # yes, not yet, no
    COMPLETED = "completed"  # both confirmed
    NOT_DONE = "not_done"  # the other side says that it did not happen
    PUBLISHED = "published"  # it is on show: edit, pause, withdraw
    STILL_THERE = "still_there"  # does it still stand?
    POST_PAUSED = "post_paused"  # rested after unanswered proposals
    POST_EXPIRED = "post_expired"  # ended by time
    NEW_DEVICE = "new_device"  # somebody signed in
    DECIDED = "decided"  # a moderator decided about a report
    REPORT_WAITS = "report_waits"  # for moderators: somebody may be in danger
    ACCESS_ALARM = "access_alarm"  # somebody opened many clients' files within an hour
    INVITED = "invited"  # an administrator asks the reader to be a colleague
    LEFT_DESK = "left_desk"  # the reader no longer works for an organisation
    HANDED_OVER = "handed_over"  # a colleague's clients are the reader's now
    INSURANCE_ENDS = "insurance_ends"  # the organisation's insurance ends soon
    ORGANISATION_DECIDED = "organisation_decided"  # a moderator decided about an organisation

    CHILD_ALONE = "child_alone"  # a roof is asked for a child without a parent
    STAY = "stay"  # the guest's own link: how are you, and leave now
    CHECK_IN = "check_in"  # how are you doing there? for the guest alone
    CALL_GUEST = "call_guest"  # for the worker: call the guest, who was silent or asks to talk
    GUEST_LEFT = "guest_left"  # the guest left in an emergency
    HOST_CHECK_ENDS = "host_check_ends"  # a host's verification ends or has ended
    ATTESTED = "attested"  # somebody stands up for the helper: visits may be proposed
    CLIENT_SPOKE = "client_spoke"  # a client wrote, revoked or took over by code
    ACCOUNT_CLOSING = "account_closing"  # erased in seven days, unless the person stays
    ACCOUNT_SILENT = "account_silent"  # nobody came for long: the account ends in a month


TOPIC: dict[NoticeKind, Topic] = {
    NoticeKind.PROPOSAL: Topic.PROPOSALS,
    NoticeKind.NO_LONGER_FREE: Topic.PROPOSALS,
    NoticeKind.PROPOSAL_WITHDRAWN: Topic.PROPOSALS,
    NoticeKind.AGREED: Topic.EXCHANGES,
    NoticeKind.MESSAGE: Topic.EXCHANGES,
    NoticeKind.CANCELLED: Topic.EXCHANGES,
    NoticeKind.DID_IT_HAPPEN: Topic.EXCHANGES,
    NoticeKind.COMPLETED: Topic.EXCHANGES,
    NoticeKind.NOT_DONE: Topic.EXCHANGES,
    NoticeKind.PUBLISHED: Topic.POSTS,
    NoticeKind.STILL_THERE: Topic.POSTS,
    NoticeKind.POST_PAUSED: Topic.POSTS,
    NoticeKind.POST_EXPIRED: Topic.POSTS,
    NoticeKind.NEW_DEVICE: Topic.SECURITY,
    NoticeKind.DECIDED: Topic.SECURITY,
    NoticeKind.REPORT_WAITS: Topic.SECURITY,
    NoticeKind.ACCESS_ALARM: Topic.SECURITY,
    NoticeKind.INVITED: Topic.SECURITY,
    NoticeKind.ACCOUNT_CLOSING: Topic.SECURITY,
    NoticeKind.ACCOUNT_SILENT: Topic.SECURITY,
    NoticeKind.LEFT_DESK: Topic.SECURITY,
    NoticeKind.HANDED_OVER: Topic.EXCHANGES,
    NoticeKind.INSURANCE_ENDS: Topic.SECURITY,
    NoticeKind.ORGANISATION_DECIDED: Topic.SECURITY,
    NoticeKind.CHILD_ALONE: Topic.SECURITY,
    NoticeKind.STAY: Topic.SECURITY,
    NoticeKind.CHECK_IN: Topic.SECURITY,
    NoticeKind.CALL_GUEST: Topic.SECURITY,
    NoticeKind.GUEST_LEFT: Topic.SECURITY,
    NoticeKind.HOST_CHECK_ENDS: Topic.SECURITY,
    NoticeKind.ATTESTED: Topic.POSTS,
    NoticeKind.CLIENT_SPOKE: Topic.SECURITY,
}


# Harmless values only: codes and buckets. `name` is a first name, and only after agreement.
FACTS = frozenset(
    {
        "category",  # code of the taxonomy
        "municipality",
        "bucket",  # distance in whole kilometres
        "name",
        "side",  # need or offer: which of the two posts is the reader's own
        "kind",  # need or offer: what the post is
        "code",  # public code
        "by",  # organisation, where it was its word
        "day",
        "until",
        "units",
        "device",
    }
)


def check_facts(facts: Mapping[str, str]) -> None:
    """Refuse a value that no notice may carry, such as a contact or an address."""
    strangers = set(facts) - FACTS
    if strangers:
        raise ValueError(f"A notice cannot carry {', '.join(sorted(strangers))}.")


def leaves_at(moment: datetime, *, urgent: bool) -> datetime:
    """When a letter written now may leave: gathered for a moment, never in quiet hours."""
    if urgent:
        return moment
    due = moment + GATHER
    here = due.astimezone(BRUSSELS)
    if QUIET_UNTIL <= here.time() < QUIET_FROM:
        return due
    morning = here.replace(hour=QUIET_UNTIL.hour, minute=0, second=0, microsecond=0)
    if here.time() >= QUIET_FROM:
        morning += timedelta(days=1)
    return morning

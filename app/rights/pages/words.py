"""A person's data in sentences: what it is, then why it is kept, until when and who sees it."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from app.clock import BRUSSELS
from app.exchanges.rules import Side
from app.i18n import current_language, format_day, format_moment, language_name, listed, sentence
from app.i18n import gettext as _
from app.notifications.rules import Channel
from app.posts.rules import category
from app.rights.rules.export import Export, OwnExchange
from app.rights.rules.retention import RETENTION
from app.rights.rules.terms import Kept

KEPT = {one.key: one for one in RETENTION}
AGREED = {
    "adult": sentence("I am 18 or older"),
    "terms": sentence("Help here is free, without anything in return."),
    "sensitive": sentence("My need may be shown, though its kind says something of health."),
    "release_contact": sentence("The other side of an exchange may see my contact."),
    "program": sentence("A program of mine may act for me."),
}
LOOKED = {
    "host_file": sentence("Your file as a host"),
    "phone": sentence("How to call you"),
    "contact": sentence("Your contact, about a report"),
}
ROLES = {
    "caseworker": sentence("Caseworker"),
    "organisation_admin": sentence("Administrator"),
    "coordinator": sentence("Coordinator"),
    "moderator": sentence("Moderator"),
    "operator": sentence("Operator"),
}


@dataclass(frozen=True)
class Line:
    head: str
    details: Sequence[str] = ()
    path: str = ""


@dataclass(frozen=True)
class Section:
    """One part of the page; `change` is the page on which it is put right."""

    title: str
    kept: Kept
    lines: Sequence[Line]
    change: str = ""
    act: str = ""


def sections(found: Export) -> list[Section]:
    """What there is of a person, in the order in which people ask for it."""
    return [
        Section(_("About me"), KEPT["person"], _about(found), "/account", _("Change")),
        Section(_("How you reach me"), KEPT["contact"], _contacts(found)),
        Section(_("My places"), KEPT["address"], _places(found), "/account/place", _("Change")),
        Section(_("My needs and offers"), KEPT["post"], _posts(found), "/posts", _("Change")),
        Section(_("Proposals to me"), KEPT["post"], _proposals(found)),
        Section(_("My exchanges and what I wrote"), KEPT["message"], _exchanges(found)),
        Section(_("What I agreed to"), KEPT["person"], _agreed(found), act=_("Take it back")),
        Section(_("Who of the staff looked"), KEPT["look"], _looks(found)),
        Section(_("My roles"), KEPT["person"], _roles(found)),
        Section(_("My devices"), KEPT["device"], _devices(found), "/account", _("Change")),
        Section(_("My programs"), KEPT["token"], _tokens(found), "/account/tokens", _("Change")),
        Section(
            _("What you told me"),
            KEPT["notice"],
            _notices(found),
            "/account/notifications",
            _("Choose which messages you get"),
        ),
        Section(_("What I reported"), KEPT["report"], _reports(found)),
    ]


def _day(moment: datetime) -> str:
    return format_day(moment.astimezone(BRUSSELS).date())


def _title(code: str) -> str:
    return category(code).name(current_language())


def _about(found: Export) -> list[Line]:
    one = found.account
    spoken = listed(language_name(code) for code in one.languages)
    return [Line(one.name, [spoken, _("Here since %(day)s", day=_day(one.created_at))])]


def _contacts(found: Export) -> list[Line]:
    return [Line(one.value) for one in found.contacts]


def _places(found: Export) -> list[Line]:
    return [
        Line(one.address or one.municipality, [one.municipality] if one.address else [])
        for one in found.places
    ]


def _posts(found: Export) -> list[Line]:
    return [
        Line(
            _title(one.category),
            [
                _("Need") if one.kind == "need" else _("Offer"),
                one.municipality,
                _day(one.created_at),
                one.note,
            ],
            f"/posts/{one.code}",
        )
        for one in found.posts
    ]


def _proposals(found: Export) -> list[Line]:
    return [Line(_title(one.category), [_day(one.proposed_at)]) for one in found.proposals]


def _exchanges(found: Export) -> list[Line]:
    return [
        Line(_title(one.category), _exchange(one), f"/exchanges/{one.code}")
        for one in found.exchanges
    ]


def _exchange(one: OwnExchange) -> list[str]:
    looks = [at for released in one.released for at in released.looks]
    entry = [_("Entry %(number)s of the ledger", number=one.ledger_entry)]
    seen = (
        _("Your contact was last looked at: %(moment)s", moment=format_moment(max(looks)))
        if (looks)
        else ""
    )
    return [
        _("You give") if one.side == Side.GIVER.value else _("You receive"),
        one.other_name,
        _day(one.agreed_at),
        one.meeting_place or "",
        *(entry if one.ledger_entry else []),
        seen,
        *(message.text for message in one.messages),
    ]


def _agreed(found: Export) -> list[Line]:
    return [
        Line(
            _(AGREED[one.what]),
            [_day(one.since), _("Words of %(version)s", version=one.version)],
            one.take_back,
        )
        for one in found.agreed
    ]


def _looks(found: Export) -> list[Line]:
    return [
        Line(_(LOOKED[one.what]), [one.who or _("A moderator"), format_moment(one.at), one.reason])
        for one in found.looks
    ]


def _roles(found: Export) -> list[Line]:
    return [
        Line(_(ROLES.get(one.role, one.role)), [one.organisation or "", _day(one.since)])
        for one in found.roles
    ]


def _devices(found: Export) -> list[Line]:
    return [
        Line(
            one.name if one.name != "?" else _("Unknown device"), [format_moment(one.last_seen_at)]
        )
        for one in found.devices
    ]


def _tokens(found: Export) -> list[Line]:
    return [Line(one.label, [_day(one.since)]) for one in found.tokens]


def _notices(found: Export) -> list[Line]:
    """How many, and which are muted: the words themselves stand in the inbox."""
    off = [Channel(one.channel).value for one in found.muted if not one.wanted]
    count = (
        Line(_("What happened"), [str(len(found.notices))], "/notices") if found.notices else None
    )
    return [*([count] if count else []), *(Line(_("Muted"), [one]) for one in sorted(set(off)))]


def _reports(found: Export) -> list[Line]:
    return [Line(one.code, [_day(one.sent_at), one.words]) for one in found.reports]

"""What stands for a client in plain words: for the client by code, and for the worker's card."""

from dataclasses import dataclass

from app.exchanges import rules
from app.exchanges.pages.words import status_tag
from app.exchanges.queries import ClientPost, ClientView, Stand
from app.i18n import current_language, format_day, format_moment, language_name
from app.i18n import gettext as _
from app.organisations.models import Consent
from app.organisations.rules import ConsentPurpose, Manner
from app.posts.pages import words
from app.posts.rules import PostKind, PostStatus, by_number, status
from app.posts.rules.read_back import STEP_FREE
from app.posts.rules.state import LIVE
from app.posts.rules.taxonomy import category
from app.proposals.models import Proposal


@dataclass(frozen=True)
class ShownNeed:
    """One need of the client; `text` is what was read out."""

    code: str
    address: str
    title: str
    where: str
    details: str
    tag: tuple[str, str]
    text: str
    heard: str
    is_live: bool
    unread: bool
    seeks: bool


@dataclass(frozen=True)
class ShownExchange:
    code: str
    id: int
    title: str
    tag: tuple[str, str]
    who: str
    when: str
    is_open: bool
    shows_contact: bool
    is_stay: bool


@dataclass(frozen=True)
class ShownConsent:
    """A yes of the client that can be taken back by itself."""

    words: str
    code: str
    verb: str


def manner(how: str | None) -> str:
    return {
        Manner.ORAL.value: _("Spoken, after the text was read out"),
        Manner.WRITTEN.value: _("In writing"),
        Manner.INTERPRETER.value: _("Spoken, through an interpreter"),
    }.get(how or "", "")


def shown_need(one: ClientPost) -> ShownNeed:
    post, state = one.post, status(one.post)
    details = [words.how_many(post.places, post.unit), words.when(one.windows)]
    if not one.windows:
        details[1] = words.urgency(post.urgency)
    return ShownNeed(
        code=post.code,
        address=f"/{post.address}",
        title=words.title(post.category, openly=True),
        where=words.where(post.place),
        details=" · ".join(details),
        tag=words.status(state, PostKind(post.kind)),
        text=(one.consent.text_read or "") if one.consent else "",
        heard=_heard(one.consent),
        is_live=state in LIVE,
        unread=state is PostStatus.UNREAD,
        seeks=state is PostStatus.PUBLISHED,
    )


def _heard(consent: Consent | None) -> str:
    if consent is None:
        return ""
    day = format_day(consent.given_at.date())
    if consent.language is None:
        return _("Read out on %(day)s", day=day)
    language = language_name(consent.language)
    if consent.interpreter:
        return _(
            "Read out in %(language)s with an interpreter on %(day)s", language=language, day=day
        )
    return _("Read out in %(language)s on %(day)s", language=language, day=day)


def shown_exchange(stand: Stand, view: ClientView) -> ShownExchange:
    one = stand.exchange
    agreed = {
        consent.ref
        for consent in view.consents
        if consent.purpose == ConsentPurpose.RELEASE_CONTACT.value
    }
    return ShownExchange(
        code=one.code,
        id=one.id,
        title=stand.category.name(current_language()),
        tag=status_tag(stand),
        who=stand.other_name,
        when=format_moment(one.meeting_at)
        if one.meeting_at
        else (format_day(one.day) if one.day else _("Not agreed yet")),
        is_open=rules.is_open(one),
        shows_contact=one.id in agreed,
        is_stay=stand.category.is_hosting,
    )


def shown_proposal(one: Proposal) -> str:
    """What may come of a need, in a sentence."""
    offer = one.offer
    name = offer.organisation.name if offer.organisation else offer.author.name
    return _(
        "%(name)s in %(place)s could help: %(what)s. Your organisation answers by %(day)s.",
        name=name,
        place=words.where(offer.place),
        what=by_number(offer.category).name(current_language()),
        day=format_day(one.expires_at.date()),
    )


def shown_consents(view: ClientView) -> list[ShownConsent]:
    """Each explicit yes to something that reveals health, with its post."""
    codes = {one.post.id: one.post.code for one in view.posts if status(one.post) in LIVE}
    return [
        ShownConsent(sensitive(consent.about or ""), codes[consent.ref], "unsay")
        for consent in view.consents
        if consent.purpose == ConsentPurpose.SENSITIVE.value and consent.ref in codes
    ]


def sensitive(about: str) -> str:
    if about == STEP_FREE:
        return _("No steps, wheelchair can enter")
    return category(about).name(current_language())

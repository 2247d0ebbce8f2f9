"""One post ready for its page."""

from collections.abc import Sequence
from dataclasses import dataclass

from app.i18n import current_language, format_day, language_name, listed
from app.i18n import gettext as _
from app.posts.models import Post
from app.posts.pages import words
from app.posts.rules import (
    PostKind,
    PostStatus,
    Window,
    category_of,
    free_places,
    may_ask,
    may_confirm,
    may_edit,
    may_extend,
    may_pause,
    may_read_words,
    may_resume,
    may_withdraw,
    owns,
    status,
)
from app.posts.rules.child_protection import ChildContact, child_contact
from app.posts.rules.household import Guests
from app.posts.rules.taxonomy import public_icon
from app.web.visit import Visitor


@dataclass(frozen=True)
class ShownPost:
    """`rows` are (words, values) in the order of the page; `verbs` what the viewer may do."""

    code: str
    kind: str
    category: str
    title: str
    icon: str
    where: str
    status: tuple[str, str]
    state: str
    rows: list[dict[str, str]]
    note: str
    note_language: str
    written_in: str | None
    by: str | None
    checked: str | None
    insurance: str
    is_own: bool
    is_asked: bool
    verbs: frozenset[str]
    closed: str | None
    waits_for: str | None = None
    child: ChildContact | None = None


def shown_post(post: Post, windows: Sequence[Window], visitor: Visitor) -> ShownPost:
    """Of a need that is not their own, people read only what and where."""
    openly = may_read_words(visitor, post)
    kind = PostKind(post.kind)
    return ShownPost(
        code=post.code,
        kind=post.kind,
        category=category_of(post).code if openly else category_of(post).group.code,
        title=words.title(post.category, openly=owns(visitor, post)),
        icon=public_icon(category_of(post)),
        where=words.where(post.place),
        status=words.status(status(post), kind),
        state=status(post).value,
        rows=_rows(post, windows) if openly else [],
        note=post.note if openly else "",
        note_language=post.note_language,
        written_in=_written_in(post) if openly else None,
        by=_by(post) if openly else None,
        checked=post.adopter.name if post.adopter else None,
        insurance=words.insurance(
            post.insured_by, by_organisation=post.organisation_id is not None
        ),
        is_own=owns(visitor, post),
        is_asked=post.asked_at is not None,
        verbs=_verbs(post, visitor),
        closed=_closed(post),
        waits_for=_waits_for(post) if owns(visitor, post) else None,
        child=child_of(post) if owns(visitor, post) else None,
    )


def _waits_for(post: Post) -> str | None:
    """What its own side can do: a host is visited, a visitor becomes known."""
    if post.kind != PostKind.OFFER:
        return None
    if category_of(post).is_hosting:
        return "verification"
    return "known" if status(post) is PostStatus.WAITING else None


def child_of(post: Post) -> ChildContact | None:
    """Whom to call for a child without a parent."""
    alone = Guests.CHILD_ALONE in Guests(post.profile)
    return child_contact(post.place.nis) if alone else None


def json_ld(post: Post, address: str) -> dict[str, object]:
    """A public offer for search engines: what, where, in which languages; never a price."""
    place = post.place
    return {
        "@context": "https://schema.org",
        "@type": "Service",
        "name": words.title(post.category),
        "description": post.note,
        "areaServed": {"@type": "City", "name": words.where(place)},
        "availableLanguage": list(post.languages),
        "inLanguage": current_language(),
        "url": address,
    }


def _rows(post: Post, windows: Sequence[Window]) -> list[dict[str, str]]:
    is_need = post.kind == PostKind.NEED
    rows = [
        (_("Languages"), words.speaks(post.languages)),
        (_("When"), "; ".join(words.all_times(windows)) or _("Any time")),
        (_("For how many") if is_need else _("Room for"), words.how_many(post.places, post.unit)),
    ]
    if not is_need and not post.recurring and post.taken:
        left = free_places(post.places, post.taken, exclusive=post.exclusive)
        rows.append((_("Still free"), words.how_many(left, post.unit)))
    if is_need:
        rows.append((_("How urgent"), words.urgency(post.urgency)))
    if post.latest_by is not None:
        rows.append((_("Not after"), format_day(post.latest_by)))
    if post.interpreter:
        rows.append((_("Interpreter"), _("Somebody can interpret.")))
    if post.remote:
        rows.append((_("From a distance"), _("This can be done by phone or online.")))
    rows += [
        (name, listed(words.features(mask)))
        for name, mask in (
            (_("Good to know"), post.features),
            (_("Must have"), post.required),
            (_("Would be good"), post.wished),
        )
        if mask
    ]
    return [{"key": key, "value": value} for key, value in rows]


def _written_in(post: Post) -> str | None:
    """Only said where the page speaks another language; nothing is translated silently."""
    if not post.note or post.note_language == current_language():
        return None
    return _("Written in %(language)s", language=language_name(post.note_language))


def _by(post: Post) -> str:
    return post.organisation.name if post.organisation else post.author.name or _("Someone")


def _verbs(post: Post, visitor: Visitor) -> frozenset[str]:
    rules = {
        "edit": may_edit,
        "pause": may_pause,
        "resume": may_resume,
        "extend": may_extend,
        "withdraw": may_withdraw,
        "still_there": may_confirm,
        "ask": may_ask,
    }
    return frozenset(verb for verb, may in rules.items() if may(visitor, post))


def _closed(post: Post) -> str | None:
    """Why nobody can answer it now."""
    is_need = post.kind == PostKind.NEED
    return {
        PostStatus.FULL: _("Somebody helps already.") if is_need else _("All places are taken."),
        PostStatus.PAUSED: _("It is resting for now."),
        PostStatus.HELD: _("Someone of our team is checking it."),
        PostStatus.UNREAD: _("These words must be read out, or changed, first."),
        PostStatus.WITHDRAWN: _("It was taken back."),
        PostStatus.EXPIRED: _("Its time has ended."),
        PostStatus.FULFILLED: _("The help has happened."),
        PostStatus.WAITING: _("An organisation must check it before anyone can answer."),
    }.get(status(post))

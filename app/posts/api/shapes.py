"""What programs read of posts; of needs that are not their own only what and where."""

from collections.abc import Sequence
from datetime import date, datetime
from enum import StrEnum

import msgspec

from app.i18n import gettext as _
from app.posts.models import Post
from app.posts.queries import Card
from app.posts.rules import (
    Category,
    Feature,
    PostKind,
    PostStatus,
    Urgency,
    Window,
    by_number,
    free_places,
    may_read_words,
    owns,
    status,
)
from app.posts.rules.child_protection import child_contact
from app.posts.rules.household import Guests
from app.posts.rules.taxonomy import Unit
from app.territories.rules import DistanceBucket
from app.web.visit import Visitor


class UrgencyName(StrEnum):
    FLEXIBLE = "flexible"
    THIS_WEEK = "this_week"
    TODAY = "today"


class FeatureName(StrEnum):
    STEP_FREE = "step_free"
    PETS_WELCOME = "pets_welcome"
    SMOKE_FREE = "smoke_free"
    FAMILY_HOUSEHOLD = "family_household"
    WOMENS_HOUSEHOLD = "womens_household"
    COUPLE_HOUSEHOLD = "couple_household"
    NO_LONE_MAN = "no_lone_man"


class WindowShown(msgspec.Struct):
    """In UTC; with an RRULE in Brussels time it is the first occurrence."""

    starts_at: datetime
    ends_at: datetime
    rule: str | None = None


class Municipality(msgspec.Struct):
    name_fr: str
    name_nl: str
    postcode: str | None


class PostWords(msgspec.Struct):
    """Everything but what and where."""

    languages: list[str]
    interpreter: bool
    places: int
    free: int
    unit: Unit
    windows: list[WindowShown]
    urgency: UrgencyName
    recurring: bool
    remote: bool


class ChildProtection(msgspec.Struct):
    """Whom to call for a child without a parent: such a request is never matched."""

    name: str
    phone: str
    hours: str


class PostSummary(msgspec.Struct):
    """`category` is null where its name alone would say too much; then `group` speaks."""

    code: str
    type: PostKind
    group: str
    category: str | None
    place: Municipality
    published_at: datetime
    distance: DistanceBucket | None
    words: PostWords | None


class PostDetail(msgspec.Struct):
    """`ends_at` and `version` are for the post's own side; the exact place is for nobody here."""

    code: str
    type: PostKind
    status: PostStatus
    group: str
    category: str | None
    place: Municipality
    published_at: datetime
    words: PostWords | None
    note: str
    note_language: str
    latest_by: date | None
    features: list[FeatureName]
    required: list[FeatureName]
    wished: list[FeatureName]
    insured_by: str | None
    own: bool
    ends_at: datetime | None
    version: int | None
    child_protection: ChildProtection | None


def summary(card: Card) -> PostSummary:
    category = by_number(card.category)
    return PostSummary(
        code=card.code,
        type=card.kind,
        group=category.group.code,
        category=_public_code(category),
        place=Municipality(card.name_fr, card.name_nl, card.postcode),
        published_at=card.published_at,
        distance=card.distance,
        words=None if card.kind is PostKind.NEED else _card_words(card),
    )


def detail(post: Post, windows: Sequence[Window], visitor: Visitor) -> PostDetail:
    """As much as the visitor may read."""
    openly, own = may_read_words(visitor, post), owns(visitor, post)
    category = by_number(post.category)
    return PostDetail(
        code=post.code,
        type=PostKind(post.kind),
        status=status(post),
        group=category.group.code,
        category=category.code if own else _public_code(category),
        place=Municipality(post.place.name_fr, post.place.name_nl, post.place.postcode),
        published_at=post.published_at or post.created_at,
        words=_post_words(post, windows) if openly else None,
        note=post.note if openly else "",
        note_language=post.note_language,
        latest_by=post.latest_by if openly else None,
        features=_features(post.features),
        required=_features(post.required) if openly else [],
        wished=_features(post.wished) if openly else [],
        insured_by=post.insured_by,
        own=own,
        ends_at=post.ends_at if own else None,
        version=post.version if own else None,
        child_protection=_child_protection(post) if own else None,
    )


def _child_protection(post: Post) -> ChildProtection | None:
    if Guests.CHILD_ALONE not in Guests(post.profile):
        return None
    contact = child_contact(post.place.nis)
    return ChildProtection(contact.name, contact.phone, _(contact.hours))


def feature_mask(names: Sequence[FeatureName]) -> Feature:
    mask = Feature.NONE
    for name in names:
        mask |= Feature[name.name]
    return mask


def _features(mask: int) -> list[FeatureName]:
    return [name for name in FeatureName if Feature[name.name] & Feature(mask)]


def _public_code(category: Category) -> str | None:
    return None if category.is_veiled else category.code


def _card_words(card: Card) -> PostWords:
    return PostWords(
        languages=list(card.languages),
        interpreter=card.interpreter,
        places=card.places,
        free=card.free,
        unit=Unit(card.unit),
        windows=[_window(one) for one in card.windows],
        urgency=UrgencyName[Urgency(card.urgency).name],
        recurring=card.recurring,
        remote=card.remote,
    )


def _post_words(post: Post, windows: Sequence[Window]) -> PostWords:
    room = free_places(post.places, post.taken, exclusive=post.exclusive)
    return PostWords(
        languages=list(post.languages),
        interpreter=post.interpreter,
        places=post.places,
        free=post.places if post.recurring else room,
        unit=Unit(post.unit),
        windows=[_window(one) for one in windows],
        urgency=UrgencyName[Urgency(post.urgency).name],
        recurring=post.recurring,
        remote=post.remote,
    )


def _window(one: Window) -> WindowShown:
    return WindowShown(one.starts_at, one.ends_at, one.rule)

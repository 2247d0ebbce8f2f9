"""What a post is now, and who may do what with it.

- Status is read from time stamps: the latest end wins, then held, paused, waiting, full.
- A post in an organisation's name belongs to those who work for it, any other to its author.
- What stands for a client waits until the client has heard it; any edit asks for that again.
- Hosting waits until a verified organisation adopts it; until then only its own side sees it.
- An offer to visit people waits until somebody stands up for the helper (rules.attested).
- A need is shown without words; a hosting need is not shown at all.
- Full is derived; a recurring offer is never full, only a day of it can be.
"""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Protocol

from app.accounts.rules import Role, Visitor, may_work_for
from app.posts.rules.draft import PostDraft, PostKind
from app.posts.rules.taxonomy import Category, by_number

STAFF = frozenset({Role.COORDINATOR.value, Role.MODERATOR.value})


class PostStatus(StrEnum):
    PUBLISHED = "published"
    UNREAD = "unread"  # the client has not heard the words as they stand
    WAITING = "waiting"  # nobody vouches for the hosting, or for the visitor, yet
    FULL = "full"
    PAUSED = "paused"
    HELD = "held"
    WITHDRAWN = "withdrawn"
    EXPIRED = "expired"
    FULFILLED = "fulfilled"


LIVE = frozenset(
    {
        PostStatus.PUBLISHED,
        PostStatus.UNREAD,
        PostStatus.WAITING,
        PostStatus.FULL,
        PostStatus.PAUSED,
        PostStatus.HELD,
    }
)
ENDED = frozenset(PostStatus) - LIVE


class Viewer(Protocol):
    """Whoever looks: a stranger has no `person_id` and no roles."""

    @property
    def person_id(self) -> int | None: ...
    @property
    def roles(self) -> frozenset[str]: ...


@dataclass(frozen=True)
class PostFacts:
    """What state and permissions are decided from."""

    kind: PostKind
    category: int
    author_id: int
    organisation_id: int | None
    places: int
    taken: int
    exclusive: bool
    recurring: bool
    published_at: datetime | None
    adopted_at: datetime | None
    paused_at: datetime | None
    held_at: datetime | None
    withdrawn_at: datetime | None
    expired_at: datetime | None
    fulfilled_at: datetime | None
    attested_at: datetime | None = None


class HasFacts(Protocol):
    """A row that can say its facts."""

    @property
    def facts(self) -> PostFacts: ...


def status(post: HasFacts) -> PostStatus:
    """The one word for the state of a post."""
    facts = post.facts
    ends = [
        (moment, name)
        for moment, name in (
            (facts.withdrawn_at, PostStatus.WITHDRAWN),
            (facts.expired_at, PostStatus.EXPIRED),
            (facts.fulfilled_at, PostStatus.FULFILLED),
        )
        if moment is not None
    ]
    if ends:
        return max(ends)[1]
    if facts.held_at is not None:
        return PostStatus.HELD
    if facts.published_at is None:
        return PostStatus.UNREAD
    if facts.paused_at is not None:
        return PostStatus.PAUSED
    if not is_matchable(post):
        return PostStatus.WAITING
    return PostStatus.FULL if is_full(post) else PostStatus.PUBLISHED


def category_of(post: HasFacts) -> Category:
    return by_number(post.facts.category)


def is_matchable(post: HasFacts) -> bool:
    """Hosting needs an organisation that vouches; who visits people, somebody who knows them."""
    facts, category = post.facts, category_of(post)
    if category.is_hosting:
        return facts.adopted_at is not None
    if category.is_visit and facts.kind is PostKind.OFFER and facts.organisation_id is None:
        return facts.attested_at is not None
    return True


def free_places(places: int, taken: int, *, exclusive: bool) -> int:
    """Room left; one party fills an exclusive offer whatever its size."""
    return 0 if exclusive and taken else places - taken


def is_full(post: HasFacts) -> bool:
    facts = post.facts
    return not facts.recurring and not free_places(
        facts.places, facts.taken, exclusive=facts.exclusive
    )


def owns(viewer: Viewer, post: HasFacts) -> bool:
    """True for the author, or for whoever works for the organisation in whose name it is."""
    if not isinstance(viewer, Visitor):
        return False
    if post.facts.organisation_id is not None:
        return may_work_for(viewer, post.facts.organisation_id)
    return viewer.person_id == post.facts.author_id


def vouches(viewer: Viewer, adopted_by: int | None) -> bool:
    """True for whoever works for the organisation that vouches for a guest."""
    return (
        isinstance(viewer, Visitor)
        and adopted_by is not None
        and (may_work_for(viewer, adopted_by))
    )


def may_publish(visitor: Visitor, draft: PostDraft) -> bool:
    """Anyone for themselves; for an organisation only those who work for it."""
    if draft.organisation_id is None:
        return draft.client_id is None
    return may_work_for(visitor, draft.organisation_id)


def may_see(viewer: Viewer, post: HasFacts) -> bool:
    """Own posts and staff always; others what is public: no held posts, no unverified hosting."""
    if owns(viewer, post) or viewer.roles & STAFF:
        return True
    if post.facts.held_at is not None or post.facts.published_at is None:
        return False
    hosting = category_of(post).is_hosting
    if post.facts.kind is PostKind.NEED:
        return not hosting
    return is_matchable(post)


def may_read_words(viewer: Viewer, post: HasFacts) -> bool:
    """A need's words and numbers are for its own side and for staff; an offer's are public."""
    if post.facts.kind is PostKind.OFFER:
        return may_see(viewer, post)
    return owns(viewer, post) or bool(viewer.roles & STAFF)


def may_edit(viewer: Viewer, post: HasFacts) -> bool:
    return owns(viewer, post) and status(post) in LIVE - {PostStatus.HELD}


def may_pause(viewer: Viewer, post: HasFacts) -> bool:
    return owns(viewer, post) and status(post) in LIVE - {
        PostStatus.PAUSED,
        PostStatus.HELD,
        PostStatus.UNREAD,
    }


def may_resume(viewer: Viewer, post: HasFacts) -> bool:
    return owns(viewer, post) and status(post) is PostStatus.PAUSED


def may_extend(viewer: Viewer, post: HasFacts) -> bool:
    """What time ended may come back; what its author took back may not."""
    return owns(viewer, post) and status(post) in (LIVE - {PostStatus.HELD}) | {PostStatus.EXPIRED}


def may_withdraw(viewer: Viewer, post: HasFacts) -> bool:
    return owns(viewer, post) and status(post) in LIVE


def may_confirm(viewer: Viewer, post: HasFacts) -> bool:
    """Answer "still there?"."""
    return may_edit(viewer, post)


def may_ask(viewer: Viewer, post: HasFacts) -> bool:
    """Anyone but its own side may ask for an offer that has room."""
    is_open = status(post) is PostStatus.PUBLISHED and post.facts.kind is PostKind.OFFER
    return is_open and not owns(viewer, post)

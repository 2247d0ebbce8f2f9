"""What is asked of needs and offers."""

from app.posts.queries.browse import browse, similar_posts
from app.posts.queries.cards import BrowseFilter, Card, Spot
from app.posts.queries.desk import (
    WaitingPost,
    client_posts,
    desk_posts,
    signatures_of,
    waiting_hosting,
)
from app.posts.queries.drafts import (
    answers_for_offer,
    answers_of,
    answers_of_post,
    answers_to_begin,
    client_of_draft,
    draft_by_token,
    draft_of_post,
    place_answer,
    post_of_draft,
)
from app.posts.queries.hosts import (
    Verified,
    host_file,
    host_files_of,
    host_offer,
    verified,
)
from app.posts.queries.imports import imported_post, writer_of
from app.posts.queries.map import spots
from app.posts.queries.one import (
    asked_on_first_day,
    find_post,
    has_mandate,
    is_blocked,
    is_reported,
    may_work,
    own_posts,
    place_with_address,
    post_by_code,
    posts_today,
    windows_of,
)
from app.posts.queries.waiting import child_of_draft, guest_contacts, waiting_need

__all__ = [
    "BrowseFilter",
    "Card",
    "Spot",
    "Verified",
    "WaitingPost",
    "answers_for_offer",
    "answers_of",
    "answers_of_post",
    "answers_to_begin",
    "asked_on_first_day",
    "browse",
    "child_of_draft",
    "client_of_draft",
    "client_posts",
    "desk_posts",
    "draft_by_token",
    "draft_of_post",
    "find_post",
    "guest_contacts",
    "has_mandate",
    "host_file",
    "host_files_of",
    "host_offer",
    "imported_post",
    "is_blocked",
    "is_reported",
    "may_work",
    "own_posts",
    "place_answer",
    "place_with_address",
    "post_by_code",
    "post_of_draft",
    "posts_today",
    "signatures_of",
    "similar_posts",
    "spots",
    "verified",
    "waiting_hosting",
    "waiting_need",
    "windows_of",
    "writer_of",
]

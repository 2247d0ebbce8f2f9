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
    draft_by_token,
    draft_of_post,
    place_answer,
    post_of_draft,
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

__all__ = [
    "BrowseFilter",
    "Card",
    "Spot",
    "WaitingPost",
    "answers_for_offer",
    "answers_of",
    "answers_of_post",
    "answers_to_begin",
    "asked_on_first_day",
    "browse",
    "client_posts",
    "desk_posts",
    "draft_by_token",
    "draft_of_post",
    "find_post",
    "has_mandate",
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
    "waiting_hosting",
    "windows_of",
    "writer_of",
]

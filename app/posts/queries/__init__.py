"""What is asked of needs and offers."""

from app.posts.queries.browse import browse, similar_posts
from app.posts.queries.cards import BrowseFilter, Card, Spot
from app.posts.queries.map import spots
from app.posts.queries.one import (
    find_post,
    has_mandate,
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
    "browse",
    "find_post",
    "has_mandate",
    "may_work",
    "own_posts",
    "place_with_address",
    "post_by_code",
    "posts_today",
    "similar_posts",
    "spots",
    "windows_of",
]

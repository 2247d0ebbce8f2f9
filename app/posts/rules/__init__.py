"""What must hold for needs and offers.

Drafts say what is wanted; validity refuses what cannot be; state and expiry read time stamps.
"""

from app.posts.rules.draft import (
    Feature,
    PlaceDraft,
    PostDraft,
    PostKind,
    Urgency,
    Window,
)
from app.posts.rules.schedule import Slot, occurrences
from app.posts.rules.state import (
    PostFacts,
    PostStatus,
    category_of,
    free_places,
    is_full,
    is_matchable,
    may_ask,
    may_confirm,
    may_edit,
    may_extend,
    may_pause,
    may_publish,
    may_read_words,
    may_resume,
    may_see,
    may_withdraw,
    owns,
    status,
    vouches,
)
from app.posts.rules.taxonomy import CATEGORIES, Category, by_number, category
from app.posts.rules.validity import refuse_invalid

__all__ = [
    "CATEGORIES",
    "Category",
    "Feature",
    "PlaceDraft",
    "PostDraft",
    "PostFacts",
    "PostKind",
    "PostStatus",
    "Slot",
    "Urgency",
    "Window",
    "by_number",
    "category",
    "category_of",
    "free_places",
    "is_full",
    "is_matchable",
    "may_ask",
    "may_confirm",
    "may_edit",
    "may_extend",
    "may_pause",
    "may_publish",
    "may_read_words",
    "may_resume",
    "may_see",
    "may_withdraw",
    "occurrences",
    "owns",
    "refuse_invalid",
    "status",
    "vouches",
]

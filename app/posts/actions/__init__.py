"""What is done with needs and offers, one verb per function."""

from app.posts.actions.capacity import (
    free_places,
    fulfil_need,
    lock_posts,
    reopen_need,
    take_need,
    take_places,
)
from app.posts.actions.drafts import keep_answers, publish_draft, start_draft
from app.posts.actions.edit import edit
from app.posts.actions.hosts import forget_signatures
from app.posts.actions.imports import import_post
from app.posts.actions.publish import publish, publish_need, publish_offer
from app.posts.actions.tidy import tidy_posts
from app.posts.actions.verbs import (
    adopt,
    confirm_still_there,
    extend,
    pause,
    pause_for_silence,
    resume,
    withdraw,
    withdraw_for_client,
)
from app.posts.actions.vouch import vouch

__all__ = [
    "adopt",
    "confirm_still_there",
    "edit",
    "extend",
    "forget_signatures",
    "free_places",
    "fulfil_need",
    "import_post",
    "keep_answers",
    "lock_posts",
    "pause",
    "pause_for_silence",
    "publish",
    "publish_draft",
    "publish_need",
    "publish_offer",
    "reopen_need",
    "resume",
    "start_draft",
    "take_need",
    "take_places",
    "tidy_posts",
    "vouch",
    "withdraw",
    "withdraw_for_client",
]

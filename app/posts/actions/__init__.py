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
from app.posts.actions.hosts import (
    change_household,
    forget_signatures,
    name_all_adults,
    note_view,
    open_host_file,
    suspend_host,
    void_check,
)
from app.posts.actions.imports import import_post
from app.posts.actions.of_organisation import (
    change_author_of_own,
    change_caseworker,
    rest_posts_of,
    withdraw_posts_of,
)
from app.posts.actions.protect import hold_posts_of, reopen_urgently
from app.posts.actions.publish import publish, publish_need, publish_offer
from app.posts.actions.tidy import tidy_posts
from app.posts.actions.units import (
    Nights,
    book_units,
    booking,
    bookings_of,
    free_past_units,
    free_units,
    is_counted,
    is_lived_in,
    move_end,
)
from app.posts.actions.verbs import (
    adopt,
    ask_to_read_again,
    confirm_still_there,
    extend,
    pause,
    pause_for_silence,
    resume,
    withdraw,
    withdraw_for_client,
)
from app.posts.actions.vouch import adopt_need, look_at_contact, vouch

__all__ = [
    "Nights",
    "adopt",
    "adopt_need",
    "ask_to_read_again",
    "book_units",
    "booking",
    "bookings_of",
    "change_author_of_own",
    "change_caseworker",
    "change_household",
    "confirm_still_there",
    "edit",
    "extend",
    "forget_signatures",
    "free_past_units",
    "free_places",
    "free_units",
    "fulfil_need",
    "hold_posts_of",
    "import_post",
    "is_counted",
    "is_lived_in",
    "keep_answers",
    "lock_posts",
    "look_at_contact",
    "move_end",
    "name_all_adults",
    "note_view",
    "open_host_file",
    "pause",
    "pause_for_silence",
    "publish",
    "publish_draft",
    "publish_need",
    "publish_offer",
    "reopen_need",
    "reopen_urgently",
    "rest_posts_of",
    "resume",
    "start_draft",
    "suspend_host",
    "take_need",
    "take_places",
    "tidy_posts",
    "void_check",
    "vouch",
    "withdraw",
    "withdraw_for_client",
    "withdraw_posts_of",
]

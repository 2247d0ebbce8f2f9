"""A person puts two posts before each other; what protects people is asked as of the engine."""

from dataclasses import replace
from datetime import date

from app.accounts.rules import Role, Visitor
from app.db import Session
from app.errors import ConflictError, NotAllowedError
from app.i18n import sentence
from app.posts.actions import lock_posts
from app.posts.models import Post
from app.posts.rules import PostKind, by_number, owns, vouches
from app.proposals.actions.propose import asked_pair, propose_pair
from app.proposals.actions.reasons import reasons_of
from app.proposals.models import Proposal
from app.proposals.rules import Side
from matching.pair import Pairing

NOT_NOW = sentence(
    "These two cannot meet now: one is full or over, was asked already, or does not fit."
)
OTHER_KIND = sentence("These are different kinds of help. Only a coordinator may pair them.")
NEVER = sentence("This kind of help is never paired with another kind.")


async def propose_by_hand(
    session: Session,
    visitor: Visitor,
    need: Post,
    offer: Post,
    *,
    pairing: Pairing | None = None,
    other_kind: bool = False,
) -> Proposal:
    """Ask both sides, or the offer's alone where the visitor speaks for the need.

    `ConflictError` where they may not meet; the same words whatever the reason is, so that
    nobody learns of a refusal or a block. `pairing` is how the engine would put it.
    """
    posts = await lock_posts(session, [need.id, offer.id])
    need, offer = posts[need.id], posts[offer.id]
    _refuse_strangers(visitor, need, offer)
    _refuse_kinds(visitor, need, offer, other_kind=other_kind)
    if need.author_id == offer.author_id or not _has_required(need, offer):
        raise ConflictError(NOT_NOW)
    plain = await asked_pair(session, need, offer)
    if pairing is not None and pairing.occurrence:
        plain = replace(plain, day=date.fromordinal(pairing.occurrence))
    proposal = await propose_pair(
        session,
        replace(
            plain,
            proposer="coordinator",
            proposed_by=visitor.person_id,
            agreed=_agreed(visitor, need),
            reasons=plain.reasons if pairing is None else reasons_of(pairing),
        ),
    )
    if proposal is None:
        raise ConflictError(NOT_NOW)
    return proposal


def _refuse_strangers(visitor: Visitor, need: Post, offer: Post) -> None:
    """A coordinator of any, a colleague of what their own organisation has a hand in."""
    coordinates = Role.COORDINATOR.value in visitor.roles
    own = owns(visitor, need) or owns(visitor, offer) or vouches(visitor, need.adopted_by)
    if not (coordinates or own):
        raise NotAllowedError("One of the two must be your organisation's own.")
    if need.kind != PostKind.NEED.value or offer.kind != PostKind.OFFER.value:
        raise ConflictError("Choose one need and one offer.")


def _refuse_kinds(visitor: Visitor, need: Post, offer: Post, *, other_kind: bool) -> None:
    """Kinds that need care meet their own kind alone, whoever asks."""
    if need.category == offer.category:
        return
    if any(by_number(post.category).classes for post in (need, offer)):
        raise ConflictError(NEVER)
    if not other_kind or Role.COORDINATOR.value not in visitor.roles:
        raise ConflictError(OTHER_KIND)


def _has_required(need: Post, offer: Post) -> bool:
    return offer.features & need.required == need.required


def _agreed(visitor: Visitor, need: Post) -> frozenset[Side]:
    """Who asks for their own client has the client's yes; a helper is always asked."""
    return frozenset({"need"}) if owns(visitor, need) else frozenset()

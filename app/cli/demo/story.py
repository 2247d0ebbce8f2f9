"""What happened between neighbours lately: every state of a proposal and of an exchange.

A need is written for one offer, as anyone can from an offer's page; both sides then act.
"""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass, replace
from datetime import date
from random import Random

from app.cli.demo.cast import Resident
from app.cli.demo.drafts import draw_draft
from app.db import Session
from app.exchanges import actions as exchanges
from app.exchanges import queries
from app.exchanges.forms import Said
from app.exchanges.models import Exchange
from app.exchanges.rules import Answer
from app.posts import actions as posts
from app.posts.models import Post
from app.posts.rules import Feature, PostKind, by_number
from app.proposals import actions as proposals
from app.proposals.models import Proposal

GREETINGS = {
    "fr": ("Bonjour, samedi matin vous conviendrait ?", "Oui, avec plaisir. À samedi !"),
    "nl": ("Dag, past zaterdagochtend voor u?", "Ja, graag. Tot zaterdag!"),
    "en": ("Hello, would Saturday morning suit you?", "Yes, gladly. See you on Saturday!"),
    "ar": ("مرحبا، هل يناسبك صباح السبت؟", "نعم، بكل سرور. إلى اللقاء!"),
    "uk": ("Добрий день, субота вранці підійде?", "Так, залюбки. До суботи!"),
    "pt": ("Olá, sábado de manhã dá jeito?", "Sim, com gosto. Até sábado!"),
}
THANKS = {"fr": "Merci de tout cœur !", "nl": "Van harte bedankt!", "en": "Thank you so much!"}


@dataclass(frozen=True)
class Meeting:
    """A need that asks for one offer, and the people of both sides."""

    asker: Resident
    helper: Resident
    proposal: Proposal


Ending = Callable[[Session, Meeting], Awaitable[None]]


async def ask(
    session: Session, random: Random, asker: Resident, helper: Resident, *, offer: Post, today: date
) -> Meeting | None:
    """Ask for an offer; None where it cannot be asked for any more."""
    drawn = draw_draft(random, asker.neighbour, PostKind.NEED, by_number(offer.category), today)
    draft = replace(
        drawn,
        places=1,
        windows=(),
        latest_by=None,
        required=Feature.NONE,
        interpreter=True,
        asked_offer=offer.code,
    )
    need = await posts.publish_need(session, asker.visitor, draft)
    proposal = await proposals.propose_asked(session, need.id)
    return Meeting(asker, helper, proposal) if proposal else None


async def leave_open(_session: Session, _meeting: Meeting) -> None:
    """The helper has not answered yet."""


async def decline(session: Session, meeting: Meeting) -> None:
    await proposals.decline(session, meeting.proposal, "offer")


async def look_only(session: Session, meeting: Meeting) -> None:
    """The helper opened it and thinks about it."""
    await proposals.mark_seen(session, meeting.proposal, "offer")


async def agree(session: Session, meeting: Meeting) -> None:
    await _exchange(session, meeting)


async def talk(session: Session, meeting: Meeting) -> None:
    """They agreed and wrote to each other."""
    exchange = await _exchange(session, meeting)
    words = GREETINGS.get(meeting.asker.neighbour.language, GREETINGS["fr"])
    for who, body in zip((meeting.asker, meeting.helper), words, strict=True):
        stand = await queries.stand(session, who.visitor, exchange.code)
        await exchanges.send_message(session, stand, who.visitor.person_id, body)


async def complete(session: Session, meeting: Meeting) -> None:
    """It happened, and both said so."""
    exchange = await _exchange(session, meeting)
    thanks = THANKS.get(meeting.asker.neighbour.language, "")
    await _say(session, meeting.helper, exchange, Said(Answer.YES))
    await _say(session, meeting.asker, exchange, Said(Answer.YES, thanks))


async def half_confirm(session: Session, meeting: Meeting) -> None:
    """One side said that it happened."""
    exchange = await _exchange(session, meeting)
    await _say(session, meeting.asker, exchange, Said(Answer.YES))


async def miss(session: Session, meeting: Meeting) -> None:
    """It did not happen; both say so."""
    exchange = await _exchange(session, meeting)
    await _say(session, meeting.asker, exchange, Said(Answer.NO))
    await _say(session, meeting.helper, exchange, Said(Answer.NO))


async def dispute(session: Session, meeting: Meeting) -> None:
    """One says yes, the other no."""
    exchange = await _exchange(session, meeting)
    await _say(session, meeting.helper, exchange, Said(Answer.YES))
    await _say(session, meeting.asker, exchange, Said(Answer.NO))


async def cancel(session: Session, meeting: Meeting) -> None:
    exchange = await _exchange(session, meeting)
    stand = await queries.stand(session, meeting.helper.visitor, exchange.code)
    await exchanges.cancel(session, stand)


# In this order again and again, so that even a small town has every state.
ENDINGS: tuple[Ending, ...] = (
    leave_open,
    complete,
    agree,
    decline,
    complete,
    talk,
    look_only,
    complete,
    half_confirm,
    cancel,
    miss,
    complete,
    dispute,
)


async def _exchange(session: Session, meeting: Meeting) -> Exchange:
    accepted = await exchanges.accept(session, meeting.helper.visitor, meeting.proposal.code)
    if accepted.exchange is None:
        raise RuntimeError("Whoever asks has said yes: the helper's yes opens an exchange.")
    return accepted.exchange


async def _say(session: Session, who: Resident, exchange: Exchange, said: Said) -> None:
    stand = await queries.stand(session, who.visitor, exchange.code)
    await exchanges.say(session, stand, who.visitor.person_id, said)

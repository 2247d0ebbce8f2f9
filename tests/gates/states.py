"""Everything in every state: posts that rest or ended, proposals answered, help that went wrong."""

from collections.abc import Awaitable, Callable
from datetime import datetime, timedelta
from typing import Any

from app.accounts.rules import Visitor
from app.clock import now
from app.db import Session
from app.exchanges.models import Exchange
from app.posts.models import Post
from app.posts.rules import CATEGORIES
from app.proposals.models import Proposal
from tests.factories.accounts import make_person
from tests.factories.exchanges import Pair, a_pair, a_proposal, agree, visitor_of
from tests.factories.posts import a_need, an_author, an_offer, in_days, somewhere

Values = dict[str, tuple[str, ...]]

TOWNS = ("1060", "1000", "1030", "1080", "1180", "Namur", "Gent", "Liège")
SPOKEN = (("fr", "ar"), ("nl", "fr", "en"), ("uk", "ru"), ("pt", "fr"), ("tr", "de", "nl", "fr"))
WORDS = (
    ("fr", "Une soupe chaude et du pain, chez nous, autour de la table."),
    ("nl", "Warme soep en brood, bij ons thuis aan tafel. Bel gerust vooraf."),
    ("ar", "حساء ساخن وخبز في بيتنا، حول المائدة."),
    ("fr", ""),
)
PEOPLE = ("Jan", "Amal", "Олена", "Inês", "أمل", "Maria-Antoinette Vanderbruggen-Delacroix")
POSTS: tuple[dict[str, str], ...] = (
    {"taken": "places"},
    {"paused_at": "now"},
    {"expired_at": "now"},
    {"withdrawn_at": "now"},
    {"fulfilled_at": "now"},
    {"asked_at": "now"},
    # Whose post is held has the next ones held too, so this one is the last.
    {"held_at": "now"},
)
ENDS: tuple[dict[str, Any], ...] = (
    {"giver_said": "yes"},
    {"receiver_said": "yes"},
    {"giver_said": "yes", "receiver_said": "yes", "completed_at": "now"},
    {"cancelled_at": "now"},
    {"giver_said": "no", "not_done_at": "now"},
    {"giver_said": "yes", "receiver_said": "no", "disputed_at": "now"},
    {"unconfirmed_at": "now"},
    {"meeting_at": "now"},
)
ANSWERS: tuple[dict[str, str], ...] = (
    {},
    {"offer_accepted_at": "now"},
    {"need_accepted_at": "now"},
    {"declined_at": "now", "declined_by": "offer"},
    {"declined_at": "now", "declined_by": "need"},
    {"withdrawn_at": "now"},
    {"expired_at": "now"},
    {"superseded_at": "now"},
)


def stamp(row: object, columns: dict[str, Any]) -> None:
    """Put a row into a state: the word `now` stands for the time, `places` for all of them."""
    moment: datetime = now()
    for name, value in columns.items():
        known = {"now": moment, "places": getattr(row, "places", None)}
        setattr(row, name, known.get(value, value))


async def written_long_ago(session: Session, post: Post) -> Post:
    """The limit of a day is for what is sent now."""
    post.created_at -= timedelta(days=3)
    await session.flush()
    return post


async def a_street(session: Session) -> None:
    """Offers of many kinds in many places, so that lists are long and words differ."""
    plain = [one.number for one in CATEGORIES if not (one.is_hosting or one.is_sensitive)]
    for at in range(24):
        language, words = WORDS[at % len(WORDS)]
        author = await an_author(session, PEOPLE[at % len(PEOPLE)])
        await an_offer(
            session,
            author,
            category=plain[(at * 5) % len(plain)],
            place=somewhere(TOWNS[at % len(TOWNS)]),
            places=1 + at % 6,
            languages=SPOKEN[at % len(SPOKEN)],
            note=words,
            note_language=language,
            windows=(in_days(1 + at % 9),) if at % 2 else (),
        )


async def posts_in_states(
    session: Session, author: Visitor, make: Callable[..., Awaitable[Post]]
) -> tuple[str, ...]:
    codes = []
    for columns in POSTS if make is an_offer else POSTS[:-1]:
        post = await written_long_ago(session, await make(session, author))
        stamp(post, columns)
        codes.append(post.code)
    await session.flush()
    return tuple(codes)


async def _pair(session: Session, giver: Visitor) -> Pair:
    """Somebody new needs what the giver offers."""
    amal = visitor_of(await make_person(session, name="Amal"))
    given = await written_long_ago(session, await an_offer(session, giver))
    need = await a_need(session, amal, places=2)
    proposal = await a_proposal(session, need, given)
    return Pair(giver, amal, need.id, given.id, proposal.id, proposal.code)


async def exchanges_in_states(session: Session, giver: Visitor) -> tuple[str, ...]:
    codes = []
    for columns in ENDS:
        exchange: Exchange = await agree(session, await _pair(session, giver))
        stamp(exchange, columns)
        codes.append(exchange.code)
    await session.flush()
    return tuple(codes)


async def proposals_in_states(session: Session, giver: Visitor) -> tuple[str, ...]:
    codes = []
    for columns in ANSWERS:
        pair = await _pair(session, giver)
        stamp(await session.get_one(Proposal, pair.proposal_id), columns)
        codes.append(pair.code)
    await session.flush()
    return tuple(codes)


async def every_state(session: Session, jan: Visitor) -> Values:
    """Codes by route: Jan's things and a stranger's things, each in each state."""
    other = (await a_pair(session)).giver
    found = {
        "/exchanges/{code:str}": await exchanges_in_states(session, jan),
        "/proposals/{code:str}": await proposals_in_states(session, jan),
    }
    strange = await posts_in_states(session, other, an_offer)
    for kind, make in (("offers", an_offer), ("needs", a_need)):
        found[f"/{kind}/{{name:str}}"] = await posts_in_states(session, jan, make)
    found["/offers/{name:str}"] += strange
    # Last, so that lists begin with what differs.
    await a_street(session)
    return found

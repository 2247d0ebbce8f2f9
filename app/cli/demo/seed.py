"""Fill an empty platform with a town: the same one for the same seed and day.

Everything happens in one transaction, so a town is there whole or not at all, and no worker sees
it before it is finished.
"""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from random import Random

from sqlalchemy import Interval, bindparam, delete, func, select, update

from app.cli.demo import story
from app.cli.demo.bulk import insert_posts
from app.cli.demo.cast import House, Resident, find_person, settle, settle_personas
from app.cli.demo.drafts import OLDEST_HOURS, draw_category, draw_draft, draw_kinds
from app.cli.demo.hosts import become_known, verify_host
from app.cli.demo.people import Neighbour, neighbours, personas
from app.cli.demo.scenes import client_needs, persona_posts
from app.clock import local
from app.db import Session
from app.moderation import actions as moderation
from app.moderation.rules import About, Origin, Reason, ReportDraft
from app.notifications.models import Letter
from app.outbox import Job, JobRow
from app.posts import actions as posts
from app.posts.models import Post
from app.posts.rules import PostDraft, PostKind, Urgency, category_of, is_matchable
from app.posts.rules.read_back import ReadBack, sensitive_in
from app.territories.rules import distance_km

FEWEST_POSTS = 100
MOST_BY_ACTIONS = 2_000
POSTS_PER_PERSON = 1.6
POSTS_PER_STORY = 14
RACERS = 2
SEARCHES_LEFT = 60
NEAREST_OF = 40
PAUSED, WITHDRAWN, EXPIRED, VOUCHED, KNOWN = 0.04, 0.03, 0.03, 0.5, 0.9

Step = Callable[[int], None]


@dataclass
class Town:
    """What is being made."""

    session: Session
    random: Random
    today: date
    step: Step
    house: House
    personas: dict[str, Resident]
    residents: list[Resident] = field(default_factory=list)
    posts: list[tuple[Post, Resident]] = field(default_factory=list)

    async def publish(self, author: Resident, draft: PostDraft) -> Post:
        if draft.kind is PostKind.OFFER and self.random.random() < KNOWN:
            fatou, person = self.personas["fatou"].visitor, author.visitor.person_id
            await become_known(self.session, fatou, self.house.id, person, draft.category)
        post = await posts.publish(self.session, author.visitor, draft, _heard(draft))
        self.posts.append((post, author))
        self.step(1)
        return post


async def seed_town(session: Session, *, count: int, seed: int, step: Step) -> bool:
    """Make the town of this seed; False where it stands already."""
    random = Random(seed)  # noqa: S311 - a story, not a secret
    people = list(neighbours(random, seed, max(20, round(count / POSTS_PER_PERSON))))
    if await find_person(session, people[0]) is not None:
        return False
    now: datetime = (await session.execute(select(func.now()))).scalar_one()
    town = await _found(session, random, seed, local(now).date(), step)
    by_actions = min(count, MOST_BY_ACTIONS)
    await _fill(town, people[: round(by_actions / POSTS_PER_PERSON)], by_actions)
    await _vouch(town)
    told = await _tell_stories(town, stories_in(by_actions))
    await _end_some(town, told)
    await _age(town, told)
    if count > by_actions:
        rest = people[round(by_actions / POSTS_PER_PERSON) :]
        left = count - by_actions
        await insert_posts(session, random, people=rest, count=left, now=now, step=step)
    await _hush(town)
    return True


def _heard(draft: PostDraft) -> ReadBack | None:
    """A client of the demo has heard what is posted for them."""
    if draft.client_id is None:
        return None
    allowed = frozenset(sensitive_in(draft))
    return ReadBack(draft.note or "-", draft.note_language, "oral", sensitive=allowed)


def stories_in(count: int) -> int:
    """Enough for every ending, and more in a larger town."""
    return max(len(story.ENDINGS), count // POSTS_PER_STORY)


def fixed() -> Random:
    """What the people of the design are drawn with: they are the same in every town."""
    return Random(0)  # noqa: S311 - a story, not a secret


async def _found(session: Session, random: Random, seed: int, today: date, step: Step) -> Town:
    """The people of the design; a later town shares them."""
    cast = personas(fixed())
    residents, house = await settle_personas(session, random, cast.values())
    town = Town(session, random, today, step, house, residents)
    if seed == 1:
        for key, draft in persona_posts(random, cast, today):
            await town.publish(residents[key], draft)
        for draft in client_needs(random, cast["fatou"], house.id, house.clients, today):
            await town.publish(residents["fatou"], draft)
    return town


async def _fill(town: Town, people: Iterable[Neighbour], count: int) -> None:
    """Ordinary people post what they need and offer; no one more than a few things."""
    town.residents = [await settle(town.session, person) for person in people]
    authors = town.residents * 4
    town.random.shuffle(authors)
    ordinary = count - stories_in(count) - RACERS - len(town.posts)
    for kind, author in zip(draw_kinds(town.random, ordinary), authors, strict=False):
        help_ = draw_category(town.random, kind)
        draft = draw_draft(town.random, author.neighbour, kind, help_, town.today)
        await town.publish(author, draft)


async def _vouch(town: Town) -> None:
    """The organisation vouches for half of the hosting; the other half waits at its desk."""
    workers = [town.personas["fatou"], town.personas["nadia"]]
    for post, author in town.posts:
        waits = category_of(post).is_hosting and not is_matchable(post) and post.is_open
        if waits and author not in workers and town.random.random() < VOUCHED:
            both = [worker.visitor for worker in workers]
            if post.kind == PostKind.OFFER:
                await verify_host(town.session, both, post, town.house.id, town.random)
            else:
                await posts.vouch(town.session, both[0], post, town.house.id)


async def _tell_stories(town: Town, count: int) -> set[int]:
    """Needs written for one offer each, and what came of them; gives the ids of their posts."""
    offers = [pair for pair in town.posts if _may_be_asked(pair[0])]
    # The people of the design live through the first stories.
    offers.sort(key=lambda pair: pair[1] not in town.personas.values())
    told = await _race(town, offers)
    for number, (offer, helper) in zip(range(count), offers, strict=False):
        meeting = await _ask(town, offer, helper)
        if meeting is not None:
            await story.ENDINGS[number % len(story.ENDINGS)](town.session, meeting)
            told |= {meeting.proposal.need_id, offer.id}
    await _report(town, offers[-1][0])
    return told


async def _report(town: Town, offer: Post) -> None:
    """Somebody wonders about an offer: a moderator finds it in the queue."""
    draft = ReportDraft(
        About.POST, offer.code, Reason.OTHER, "Is this still there? Nobody answers."
    )
    origin = Origin(device=b"demo device", network=b"demo network")
    await moderation.send_report(town.session, draft, origin)


async def _race(town: Town, offers: list[tuple[Post, Resident]]) -> set[int]:
    """Two ask for the one place there is: the second reads that it is no longer free."""
    one = next(pair for pair in reversed(offers) if pair[0].places == 1 and not pair[0].recurring)
    offers.remove(one)
    meetings = [await _ask(town, *one) for _ in range(RACERS)]
    found = [meeting for meeting in meetings if meeting is not None]
    await story.agree(town.session, found[0])
    return {one[0].id, *(meeting.proposal.need_id for meeting in found)}


async def _ask(town: Town, offer: Post, helper: Resident) -> story.Meeting | None:
    town.step(1)
    asker = _asker(town, offer, helper)
    return await story.ask(town.session, town.random, asker, helper, offer=offer, today=town.today)


def _may_be_asked(offer: Post) -> bool:
    is_plain = not category_of(offer).is_hosting and not offer.required
    return offer.kind == PostKind.OFFER and is_plain and offer.organisation_id is None


def _asker(town: Town, offer: Post, helper: Resident) -> Resident:
    """The nearest of some neighbours who can talk to the helper."""
    others = [one for one in town.random.choices(town.residents, k=NEAREST_OF) if one != helper]
    speaking = [one for one in others if _share_words(one, helper)] or others
    return min(speaking, key=lambda one: _km(one, offer))


def _share_words(one: Resident, other: Resident) -> bool:
    return bool(set(one.neighbour.languages) & set(other.neighbour.languages))


def _km(one: Resident, offer: Post) -> float:
    home = one.neighbour.place
    return distance_km(home.lat, home.lon, offer.lat, offer.lon)


async def _end_some(town: Town, told: set[int]) -> None:
    """Some posts rest, some were taken back, some ended by time."""
    late = []
    for post, author in town.posts:
        if post.id in told or author in town.personas.values():
            continue
        draw = town.random.random()
        if draw < PAUSED:
            await posts.pause(town.session, author.visitor, post)
        elif draw < PAUSED + WITHDRAWN:
            await posts.withdraw(town.session, author.visitor, post)
        elif draw < PAUSED + WITHDRAWN + EXPIRED:
            late.append(post.id)
    await town.session.execute(
        update(Post).where(Post.id.in_(late)).values(ends_at=func.now() - timedelta(hours=1))
    )
    await posts.tidy_posts(town.session)


async def _age(town: Town, told: set[int]) -> None:
    """Posts are some hours or weeks old, as in a town that lives."""
    ages = []
    for post, _author in town.posts:
        oldest = OLDEST_HOURS[Urgency(post.urgency)]
        hours = town.random.uniform(0.1, oldest) if post.id not in told else 0.1
        ages.append({"post_id": post.id, "age": timedelta(hours=hours)})
    columns = ("published_at", "confirmed_at", "waiting_since", "created_at")
    aged = {name: getattr(Post, name) - bindparam("age", type_=Interval()) for name in columns}
    connection = await town.session.connection()
    await connection.execute(update(Post).where(Post.id == bindparam("post_id")).values(aged), ages)


async def _hush(town: Town) -> None:
    """No letter goes out about a made-up past; the engine looks around the newest needs only.

    Rows of this transaction are known by its moment, which no other row has.
    """
    await town.session.execute(delete(Letter).where(Letter.created_at == func.now()))
    newest = _newest_needs(town.posts)
    await town.session.execute(
        delete(JobRow).where(
            JobRow.created_at == func.now(),
            (JobRow.kind != Job.FIND_PAIRINGS.value) | JobRow.ref.not_in(newest),
        )
    )


def _newest_needs(made: Sequence[tuple[Post, Resident]]) -> list[int]:
    ids = [post.id for post, _author in made if post.kind == PostKind.NEED]
    return ids[-SEARCHES_LEFT:]

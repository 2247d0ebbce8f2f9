"""What is done for each job, and in which transactions."""

from collections.abc import Awaitable, Callable
from datetime import timedelta

from app import idempotency, outbox
from app.accounts import actions as accounts
from app.db import Session
from app.exchanges import actions as exchanges
from app.moderation import actions as moderation
from app.notifications import actions as notifications
from app.outbox import BALANCE_EVERY, FIT_EVERY, SWEEP_EVERY, TERMS_EVERY, Job
from app.posts import actions as posts
from app.proposals import actions as proposals
from app.proposals.queries import market_around
from app.rights import actions as rights
from workers import (
    balancing,
    erasing,
    learning,
    letters,
    planning,
    push,
    replies,
    sealing,
    security,
)
from workers.engine import AT_ONCE, match_beside
from workers.protocol import Task, Work


def does(act: Callable[[Session, int], Awaitable[object]]) -> Work:
    """Work that is one act on what the row is about."""

    async def work(task: Task) -> None:
        async with task.effect() as session:
            await act(session, task.ref)

    return work


def sweeps(
    job: Job, *acts: Callable[[Session], Awaitable[object]], every: timedelta = SWEEP_EVERY
) -> Work:
    """Work on everything that is due, which asks for its own next round."""

    async def work(task: Task) -> None:
        async with task.effect() as session:
            for act in acts:
                await act(session)
            await outbox.defer_once(session, job, after=every)

    return work


async def find_pairings(task: Task) -> None:
    """Look around one post and put what fits before both sides; no connection while matching."""
    async with task.reading() as reader:
        market = await market_around(reader, task.ref)
    weights = await task.tools.weights.read(task.tools.maker)
    found = await match_beside(market, weights, AT_ONCE) if market else None
    async with task.effect() as session:
        await proposals.propose_asked(session, task.ref)
        if found is not None:
            await proposals.propose(session, found.pairings, weights.version)
        await proposals.look_again_later(session, task.ref)


async def send_letter(task: Task) -> None:
    async with task.before() as session:
        await notifications.close_letter(session, task.ref)
    async with task.reading() as reader:
        letter = await letters.compose(reader, task.tools.settings, task.ref)
    if letter is not None:
        await letters.deliver(task.tools.settings, letter, f"job-{task.id}")
    async with task.effect() as session:
        await notifications.mark_sent(session, task.ref)


async def send_code(task: Task) -> None:
    async with task.reading() as reader:
        code = await letters.compose_code(reader, task.tools.settings, task.ref)
    if code is not None:
        await letters.deliver(task.tools.settings, code, f"job-{task.id}")
    async with task.effect() as session:
        await accounts.mark_code_sent(session, task.ref)


async def answer_reporter(task: Task) -> None:
    async with task.reading() as reader:
        letter = await letters.compose_answer(reader, task.tools.settings, task.ref)
    if letter is not None:
        await letters.deliver(task.tools.settings, letter, f"job-{task.id}")
    async with task.effect():
        pass


async def balance_shard(task: Task) -> None:
    await balancing.balance_shard(task.tools, task.ref)
    async with task.effect():
        pass


async def draw_plan(task: Task) -> None:
    figures = await planning.draw(task.tools)
    async with task.effect() as session:
        await proposals.keep_figures(session, task.ref, figures)


async def fit_weights(task: Task) -> None:
    lesson = await learning.learn(task.tools)
    async with task.effect() as session:
        if lesson is not None:
            await proposals.keep_lesson(session, lesson)
        await outbox.defer_once(session, Job.FIT_WEIGHTS, after=FIT_EVERY)


JOBS: dict[Job, Work] = {
    Job.FIND_PAIRINGS: find_pairings,
    Job.CLOSE_PROPOSALS: does(proposals.close_proposals),
    Job.SEND_LETTER: send_letter,
    Job.SEND_CODE: send_code,
    Job.SEND_WARNING: security.send_warning,
    Job.TELL_NEW_DEVICE: does(notifications.tell_new_device),
    Job.OPEN_DISPUTE: does(moderation.open_dispute),
    Job.REPORT_STAY: does(moderation.report_stay),
    Job.WATCH_NEWCOMER: does(moderation.watch_newcomer),
    Job.ANSWER_REPORTER: answer_reporter,
    Job.COLLECT_REPLIES: replies.collect,
    Job.ANSWER_REPLY: replies.answer,
    Job.PUSH_NEWS: push.push_news,
    Job.TIDY_REPORTS: sweeps(Job.TIDY_REPORTS, moderation.tidy_reports),
    Job.TIDY_POSTS: sweeps(Job.TIDY_POSTS, posts.tidy_posts),
    Job.TIDY_PROPOSALS: sweeps(Job.TIDY_PROPOSALS, proposals.tidy_proposals),
    Job.TIDY_EXCHANGES: sweeps(Job.TIDY_EXCHANGES, exchanges.tidy_exchanges),
    Job.TIDY_ACCOUNTS: sweeps(
        Job.TIDY_ACCOUNTS, accounts.tidy_accounts, idempotency.forget_answers
    ),
    Job.BALANCE: sweeps(Job.BALANCE, proposals.ask_balance, every=BALANCE_EVERY),
    Job.BALANCE_SHARD: balance_shard,
    Job.DRAW_PLAN: draw_plan,
    Job.FIT_WEIGHTS: fit_weights,
    Job.SEAL_LEDGER: sealing.seal_ledger,
    Job.CHECK_LEDGER: sealing.check_ledger,
    Job.ERASE_PERSON: erasing.erase_person,
    Job.ERASE_CLIENT: erasing.erase_client,
    Job.KEEP_TERMS: sweeps(Job.KEEP_TERMS, rights.keep_terms, every=TERMS_EVERY),
}

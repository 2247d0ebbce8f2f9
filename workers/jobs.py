"""One short coroutine per job: what is done for it, and in which transactions."""

from app import outbox
from app.accounts import actions as accounts
from app.exchanges import actions as exchanges
from app.moderation import actions as moderation
from app.notifications import actions as notifications
from app.outbox import BALANCE_EVERY, FIT_EVERY, SWEEP_EVERY, Job
from app.posts import actions as posts
from app.proposals import actions as proposals
from app.proposals.queries import market_around
from workers import balancing, learning, letters, planning, sealing
from workers.engine import AT_ONCE, match_beside
from workers.protocol import Task, Work


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


async def close_proposals(task: Task) -> None:
    async with task.effect() as session:
        await proposals.close_proposals(session, task.ref)


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


async def tell_new_device(task: Task) -> None:
    async with task.effect() as session:
        await notifications.tell_new_device(session, task.ref)


async def open_dispute(task: Task) -> None:
    async with task.effect() as session:
        await moderation.open_dispute(session, task.ref)


async def report_stay(task: Task) -> None:
    async with task.effect() as session:
        await moderation.report_stay(session, task.ref)


async def watch_newcomer(task: Task) -> None:
    async with task.effect() as session:
        await moderation.watch_newcomer(session, task.ref)


async def answer_reporter(task: Task) -> None:
    async with task.reading() as reader:
        letter = await letters.compose_answer(reader, task.tools.settings, task.ref)
    if letter is not None:
        await letters.deliver(task.tools.settings, letter, f"job-{task.id}")
    async with task.effect():
        pass


async def tidy_reports(task: Task) -> None:
    async with task.effect() as session:
        await moderation.tidy_reports(session)
        await outbox.defer_once(session, Job.TIDY_REPORTS, after=SWEEP_EVERY)


async def balance(task: Task) -> None:
    async with task.effect() as session:
        await proposals.ask_balance(session)
        await outbox.defer_once(session, Job.BALANCE, after=BALANCE_EVERY)


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


async def tidy_posts(task: Task) -> None:
    async with task.effect() as session:
        await posts.tidy_posts(session)
        await outbox.defer_once(session, Job.TIDY_POSTS, after=SWEEP_EVERY)


async def tidy_proposals(task: Task) -> None:
    async with task.effect() as session:
        await proposals.tidy_proposals(session)
        await outbox.defer_once(session, Job.TIDY_PROPOSALS, after=SWEEP_EVERY)


async def tidy_exchanges(task: Task) -> None:
    async with task.effect() as session:
        await exchanges.tidy_exchanges(session)
        await outbox.defer_once(session, Job.TIDY_EXCHANGES, after=SWEEP_EVERY)


async def tidy_accounts(task: Task) -> None:
    async with task.effect() as session:
        await accounts.tidy_accounts(session)
        await outbox.defer_once(session, Job.TIDY_ACCOUNTS, after=SWEEP_EVERY)


JOBS: dict[Job, Work] = {
    Job.FIND_PAIRINGS: find_pairings,
    Job.CLOSE_PROPOSALS: close_proposals,
    Job.SEND_LETTER: send_letter,
    Job.SEND_CODE: send_code,
    Job.TELL_NEW_DEVICE: tell_new_device,
    Job.OPEN_DISPUTE: open_dispute,
    Job.REPORT_STAY: report_stay,
    Job.WATCH_NEWCOMER: watch_newcomer,
    Job.ANSWER_REPORTER: answer_reporter,
    Job.TIDY_REPORTS: tidy_reports,
    Job.TIDY_POSTS: tidy_posts,
    Job.TIDY_PROPOSALS: tidy_proposals,
    Job.TIDY_EXCHANGES: tidy_exchanges,
    Job.TIDY_ACCOUNTS: tidy_accounts,
    Job.BALANCE: balance,
    Job.BALANCE_SHARD: balance_shard,
    Job.DRAW_PLAN: draw_plan,
    Job.FIT_WEIGHTS: fit_weights,
    Job.SEAL_LEDGER: sealing.seal_ledger,
    Job.CHECK_LEDGER: sealing.check_ledger,
}

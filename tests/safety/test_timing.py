"""Nobody learns by the clock who has an account: two samples of 200 answers cannot be told apart.

Known and unknown contacts take turns, so that whatever else this machine does falls on both. The
rank test asks whether either side is slower, by the clock that a stranger has and by the work done,
which a busy machine does not blur; the power says how small a leak would have been seen.
"""

import random
import time
from collections.abc import Awaitable, Callable

import numpy as np
import pytest
from litestar import Litestar
from scipy.stats import mannwhitneyu  # type: ignore[import-untyped] # ships no types

from app.accounts import queries
from app.accounts.actions.slow_hash import slow_hash
from app.accounts.forms import ContactInput
from app.db import SessionMaker, reading, transaction
from tests.conftest import new_client
from tests.factories.accounts import csrf_token, make_person

SAMPLE = 200
ALPHA = 0.001
# Repeated once when it rejects: a false alarm then takes one run in a million.
ROUNDS = 2
# A hash costs more than this: what is seen below it would show one that is left out.
HASH_MS = 10.0
LEAKS_MS = (0.25, 0.5, 1.0, 2.0, 4.0, 8.0, 16.0)
Timed = Callable[[str], Awaitable[dict[str, float]]]
Samples = dict[str, tuple[list[float], list[float]]]


async def measure(known: list[str], unknown: list[str], timed: Timed) -> Samples:
    """Milliseconds of each step, for known and for unknown contacts, in random order."""
    turns = [(contact, 0) for contact in known] + [(contact, 1) for contact in unknown]
    random.Random(7).shuffle(turns)  # noqa: S311 - an order, no secret
    found: Samples = {}
    for contact, side in turns:
        for step, milliseconds in (await timed(contact)).items():
            found.setdefault(step, ([], []))[side].append(milliseconds)
    return found


def difference(one: list[float], other: list[float]) -> float:
    """How likely such samples are if nothing differs."""
    return float(mannwhitneyu(one, other).pvalue)


def power(one: list[float]) -> tuple[float, float]:
    """The smallest leak, in ms, that nine of ten such samples would show; and the median."""
    chance = np.random.default_rng(1)
    sample = np.array(one)
    for leak in LEAKS_MS:
        drawn = [chance.choice(sample, (2, SAMPLE)) for _ in range(100)]
        seen = sum(difference(list(a), list(b + leak)) < ALPHA for a, b in drawn)
        if seen >= 90:
            return leak, float(np.median(sample))
    return float("inf"), float(np.median(sample))


async def people(maker: SessionMaker, name: str) -> list[str]:
    mails = [f"{name}{number}@example.org" for number in range(SAMPLE)]
    async with transaction(maker) as session:
        for mail in mails:
            await make_person(session, email=mail)
    return mails


async def test_known_and_unknown_take_the_same_time(
    app: Litestar, maker: SessionMaker, capsys: pytest.CaptureFixture[str]
) -> None:
    async with new_client(app) as browser:
        token = csrf_token((await browser.get("/en/sign-in")).text)

        async def post(step: str, path: str, status: int, **fields: str) -> dict[str, float]:
            cpu, wall = time.process_time(), time.perf_counter()
            answer = await browser.post(path, data={"_csrf_token": token, **fields})
            spent = {
                f"{step}, clock": time.perf_counter() - wall,
                f"{step}, work": time.process_time() - cpu,
            }
            assert answer.status_code == status
            return {name: seconds * 1000 for name, seconds in spent.items()}

        async def sign_in(contact: str) -> dict[str, float]:
            asked = await post("asking", "/en/sign-in", 303, contact=contact)
            return asked | await post("entering", "/en/sign-in/code", 422, code="000000")

        told_apart: set[str] = set()
        for attempt in range(ROUNDS):
            known = await people(maker, f"known{attempt}.")
            unknown = [mail.replace("known", "unknown") for mail in known]
            samples = await measure(known, unknown, sign_in)
            likely = {step: difference(*both) for step, both in samples.items()}
            seen = {step: power(both[0]) for step, both in samples.items()}
            with capsys.disabled():
                for step, (leak, median) in seen.items():
                    said = f"{step}: median {median:.1f} ms, p {likely[step]:.3f}"
                    print(f"\n{said}, would see {leak} ms", end="")  # noqa: T201 - the figure
            found = {step for step, p in likely.items() if p < ALPHA}
            told_apart = found if attempt == 0 else told_apart & found
            if not told_apart:
                break
        assert not told_apart
        # The clock of a busy machine may be blind; the work that is done never is.
        assert all(leak < HASH_MS for step, (leak, _) in seen.items() if "work" in step)


async def test_a_sign_in_without_the_dummy_hash_is_found_out(maker: SessionMaker) -> None:
    """The control: it hashes only where somebody is, as many sites do."""
    known = await people(maker, "somebody")
    unknown = [mail.replace("somebody", "nobody") for mail in known]

    async def naive(contact: str) -> dict[str, float]:
        before = time.process_time()
        async with reading(maker) as reader:
            if await queries.person_with(reader, ContactInput("email", contact)) is not None:
                await slow_hash("123456")
        return {"asking": (time.process_time() - before) * 1000}

    samples = await measure(known, unknown, naive)
    assert difference(*samples["asking"]) < ALPHA

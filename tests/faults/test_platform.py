"""The short form of `python -m tests.faults`: a few faults on a whole platform, and its control."""

from collections.abc import AsyncIterator
from random import Random

import pytest
from sqlalchemy import text

from app import crypto
from app.db import transaction
from app.settings import Settings
from tests.faults.calm import Calm
from tests.faults.history import Answered
from tests.faults.injections import kill_database, kill_several, poison
from tests.faults.invariants import breaches
from tests.faults.report import Report
from tests.faults.run import Run, Wishes
from tests.faults.stand import Standing, standing

ORDER = (poison, kill_database, kill_several)
# What a broken promise would look like in the database, and the words that tell it.
HARM = {
    "DELETE FROM message WHERE id = (SELECT max(id) FROM message)": "acknowledged messages",
    "DELETE FROM fault_effect WHERE ref = (SELECT max(ref) FROM fault_effect)": "without effect",
    "INSERT INTO fault_effect SELECT * FROM fault_effect LIMIT 1": "took effect twice",
    "UPDATE post SET taken = 0 WHERE taken > 0": "a counter does not say",
    "UPDATE exchange SET completed_at = NULL": "or an entry no completed exchange",
    "UPDATE job SET dead_at = now() WHERE id = (SELECT max(id) FROM job)": "given up",
    """INSERT INTO notice (person_id, kind, facts, link_purpose, link_ref)
    SELECT person_id, kind, facts, link_purpose, link_ref
    FROM notice WHERE kind = 'published' LIMIT 1""": "told the same",
}


@pytest.fixture(scope="module")
async def lived(
    tmp_path_factory: pytest.TempPathFactory, settings: Settings
) -> AsyncIterator[tuple[Standing, Report]]:
    folder, random = tmp_path_factory.mktemp("faults"), Random(7)  # noqa: S311 - repeatable
    report = Report(7, 0.5)
    try:
        async with standing(folder, random, at_once=2, scale=0.2) as platform:
            wishes = Wishes(minutes=0.5, seed=7, order=ORDER, patience=4)
            yield platform, await Run(wishes, platform, report, lambda _: None).live()
    finally:
        crypto.keyring.open(settings.secret_key)


def test_every_promise_held(lived: tuple[Standing, Report]) -> None:
    _, report = lived
    assert report.breaches == []
    assert len(report.injected) == len(ORDER)
    assert sum(report.kills.values()) >= 4
    assert (report.figures["exchanges completed"] or 0) > 0
    assert (report.figures["small jobs done"] or 0) > 50
    assert (report.figures["jobs given up (the poison)"] or 0) <= 1


@pytest.mark.parametrize("harm", HARM)
async def test_control_each_broken_promise_is_seen(
    lived: tuple[Standing, Report], harm: str
) -> None:
    platform, _ = lived
    async with transaction(platform.maker) as session:
        await session.execute(text(harm))
        found = await breaches(session, platform.history)
        await session.rollback()
    assert any(HARM[harm] in breach for breach in found), found


def test_control_failures_in_calm_are_seen() -> None:
    calm = Calm(spans=[(10.0, 20.0)])
    honest = Answered(sent=5.0, came=6.0, what="GET /", status=503, is_honest=True)
    late = Answered(sent=12.0, came=13.0, what="GET /", status=503, is_honest=True)
    silent = Answered(sent=5.0, came=6.0, what="GET /", status=500, is_honest=False)
    assert list(calm.broken_by([honest])) == []
    assert len(list(calm.broken_by([late, silent]))) == 2

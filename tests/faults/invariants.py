"""What must hold after everything that was done, asked of the database by an outsider."""

from collections.abc import Sequence

from sqlalchemy import text

from app.db import ReadSession
from app.ledger import queries as ledger
from app.outbox import EXTERNAL, LONG, SWEEPS
from tests.faults.history import History
from tests.faults.kinds import COUNTED, POISON

# One sentence for each promise, and the statement that finds who breaks it.
NEVER = {
    "a proposal led to two exchanges": """
        SELECT proposal_id FROM exchange GROUP BY proposal_id HAVING count(*) > 1""",
    "two said yes and no exchange opened, or the reverse": """
        SELECT p.id FROM proposal p FULL JOIN exchange e ON e.proposal_id = p.id
        WHERE (p.agreed_at IS NULL) <> (e.id IS NULL)""",
    "an offer gave more places than it has": """
        SELECT o.id FROM post o JOIN exchange e ON e.offer_id = o.id
        WHERE NOT o.recurring AND e.cancelled_at IS NULL AND e.not_done_at IS NULL
        GROUP BY o.id HAVING sum(e.units) > o.places""",
    "a counter does not say what was given": """
        SELECT o.id FROM post o LEFT JOIN exchange e
        ON e.offer_id = o.id AND e.cancelled_at IS NULL AND e.not_done_at IS NULL
        WHERE o.kind = 'offer' AND NOT o.recurring
        GROUP BY o.id HAVING coalesce(sum(e.units), 0) <> o.taken""",
    "a completed exchange has no entry, or an entry no completed exchange": """
        SELECT e.id FROM exchange e FULL JOIN ledger_entry l ON l.reference = e.reference
        WHERE (e.completed_at IS NULL) <> (l.id IS NULL)""",
    "an entry has no place in the tree, or two": """
        SELECT l.id FROM ledger_entry l LEFT JOIN ledger_leaf f ON f.entry_id = l.id
        GROUP BY l.id HAVING count(f.index) <> 1""",
    "somebody was told the same twice": """
        SELECT person_id, kind, link_purpose, link_ref FROM notice
        WHERE kind IN ('published', 'agreed', 'completed')
        GROUP BY 1, 2, 3, 4 HAVING count(*) > 1""",
    "somebody who published once has two posts": """
        SELECT author_id FROM post GROUP BY author_id, kind HAVING count(*) > 1""",
    "one need asked for one offer and met it twice": """
        SELECT need_id FROM proposal GROUP BY need_id, offer_id HAVING count(*) > 1""",
    "a small job took effect twice": """
        SELECT ref FROM fault_effect GROUP BY ref HAVING count(*) > 1""",
    "a small job was done without effect, or had an effect without being done": """
        SELECT j.id FROM (SELECT * FROM job WHERE kind = :counted) j
        FULL JOIN fault_effect f ON f.job_id = j.id
        WHERE (j.done_at IS NULL) <> (f.job_id IS NULL)""",
    "work other than the poison was given up": """
        SELECT id FROM job WHERE dead_at IS NOT NULL AND kind <> :poison""",
}


_KINDS = {"counted": COUNTED.value, "poison": POISON.value}


async def breaches(reader: ReadSession, history: History) -> list[str]:
    found = []
    for words, statement in NEVER.items():
        asked = text(statement)
        named = {name: value for name, value in _KINDS.items() if f":{name}" in statement}
        rows = (await reader.execute(asked, named)).all()
        if rows:
            found.append(f"{len(rows)} times: {words}")
    found += await _lost(reader, history)
    checked = await ledger.verify(reader)
    if checked.problems:
        found.append(f"the ledger does not fit: {checked.problems}")
    found += [f"never answered: {what}" for what in history.unanswered]
    found += [f"refused without reason: {what}" for what in history.refused]
    found += [f"repeated with another answer: {what}" for what in history.differing_repeats]
    return found


async def _lost(reader: ReadSession, history: History) -> list[str]:
    """Whatever a client was told is there."""
    checks: Sequence[tuple[str, set[object], str]] = (
        ("posts", set(history.posts), "SELECT code FROM post"),
        ("exchanges", set(history.exchanges.values()), "SELECT code FROM exchange"),
        ("messages", set(history.messages), "SELECT id FROM message"),
        ("small jobs", set(history.jobs), "SELECT ref FROM fault_effect"),
        (
            "answers",
            {f"{code} {side}" for code, side in history.said},
            """SELECT e.code || ' ' || side.side FROM exchange e,
            LATERAL (VALUES ('giver', e.giver_said), ('receiver', e.receiver_said))
            side (side, said) WHERE side.said = 'yes'""",
        ),
    )
    lost = []
    for words, told, statement in checks:
        there = set(await reader.scalars(text(statement)))
        if missing := told - there:
            lost.append(f"{len(missing)} acknowledged {words} are lost")
    return lost


# The poison is retried ever later until it is given up; sweeps come again anyway.
_SWEEPS = sorted(job.value for job in SWEEPS | LONG | {POISON})
_LETTERS = sorted(job.value for job in EXTERNAL)
_OPEN = """
    SELECT kind || ' ' || starts FROM job WHERE done_at IS NULL AND dead_at IS NULL
    AND kind <> ALL (:sweeps) AND created_at <= :moment
    AND NOT (starts = 0 AND run_after > :moment) AND (kind = ANY (:letters)) = :is_letter
"""


async def unsettled(reader: ReadSession, moment: object, *, letters: bool) -> list[str]:
    """Work asked for before this moment and due then, not done; sweeps come again anyway."""
    values = {"sweeps": _SWEEPS, "letters": _LETTERS, "moment": moment, "is_letter": letters}
    return sorted(await reader.scalars(text(_OPEN), values))

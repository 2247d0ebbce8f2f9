"""Which work never waits behind which: a lane is a queue with slots of its own in every worker."""

from collections.abc import Sequence
from dataclasses import dataclass

from app.outbox import LONG, Job


@dataclass(frozen=True)
class Lane:
    """Kinds of work that may delay each other, and how many of them a process does at once.

    Where it `computes`, the engine is compiled before the lane opens.
    """

    queue: str
    at_once: int
    jobs: frozenset[Job]
    computes: bool = False

    @property
    def name(self) -> str:
        return self.queue.partition(":")[2]


# Whatever stands in no lane goes through the queue's default.
LANES = (
    # People stand at the door.
    Lane("solidare:codes", 2, frozenset({Job.SEND_CODE})),
    # A mail server that hangs holds up mail alone.
    Lane("solidare:letters", 4, frozenset({Job.SEND_LETTER, Job.ANSWER_REPLY})),
    # Matching computes: more at once would only make each of them late.
    Lane("solidare:pairings", 2, frozenset({Job.FIND_PAIRINGS}), computes=True),
    # A plan takes seconds: no single pairing waits behind it.
    Lane("solidare:plans", 1, LONG, computes=True),
)


def queue_of(kind: str, lanes: Sequence[Lane] = LANES) -> str | None:
    """The queue that this kind of work goes through; None for the default one."""
    return next((lane.queue for lane in lanes if kind in lane.jobs), None)

"""What was looked at, how it is, and what to do about it."""

from dataclasses import dataclass

OK, WARN, FAIL = "ok", "warn", "fail"


@dataclass(frozen=True)
class Finding:
    """One line of what `solidare doctor` says."""

    part: str
    state: str
    words: str

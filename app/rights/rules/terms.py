"""The form of a row in the table of what is kept."""

from dataclasses import dataclass
from datetime import timedelta
from enum import StrEnum

from app.i18n import lazy_gettext as lazy
from app.outbox import Job

# For ends that are no fixed term: the account's or the file's own.
OPEN_END = None


class Basis(StrEnum):
    """Why the law lets us: articles 6 and 9 of the GDPR."""

    CONTRACT = "contract"  # 6(1)(b)
    DUTY = "duty"  # 6(1)(c)
    INTEREST = "interest"  # 6(1)(f)
    CONSENT = "consent"  # 6(1)(a), 9(2)(a)


BASES: dict[Basis, str] = {
    Basis.CONTRACT: lazy("To do what you asked for"),
    Basis.DUTY: lazy("A legal duty"),
    Basis.INTEREST: lazy("To keep people safe and the service working"),
    Basis.CONSENT: lazy("Your consent, which you may take back"),
}


@dataclass(frozen=True)
class Term:
    """Rows of a table go when so much time has passed since this moment of theirs.

    A table whose rows go by a rule of their own (`job` knows it) names no column.
    """

    table: str
    column: str = ""
    after: timedelta | None = OPEN_END


@dataclass(frozen=True)
class Kept:
    """One kind of data; who sees it, why it is kept, when it goes and who sees to it."""

    key: str
    what: str
    why: str
    seen_by: str
    until: str
    basis: Basis
    job: Job
    terms: tuple[Term, ...]

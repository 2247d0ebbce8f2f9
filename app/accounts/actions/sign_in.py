"""Coming in: a code proves the contact; a new person gives a name, some take a second step.

Who exists is looked at only once the code was right.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import func, select

from app.accounts import queries
from app.accounts.actions.codes import ENDED, knows_browser, lock_code, try_code
from app.accounts.actions.factors import prove_factor
from app.accounts.actions.people import register_person
from app.accounts.forms import PersonDraft
from app.accounts.models import Contact, Person, SignInCode
from app.accounts.rules import Purpose, clean_name
from app.db import Session, Wall, open_wall
from app.i18n import sentence
from app.outbox import Job, defer

STOPPED = sentence("This account is stopped. Call us if you think that this is wrong.")


@dataclass(frozen=True)
class CodeOutcome:
    """Who came in, or why not, or that a name or the second step is missing."""

    person: Person | None = None
    problem: str = ""
    name_needed: bool = False
    factor_needed: bool = False


async def enter_code(
    session: Session,
    *,
    code: str,
    device: str,
    name: str = "",
    language: str = "",
    languages: Sequence[str] = (),
    signed_in: int | None = None,
) -> CodeOutcome:
    """Try a code in the browser that asked for it; a right one is spent, a wrong one is counted.

    The outcome carries problems instead of raising them: the count must be committed. `name` is
    given only where the person also said to be 18 or older. Whoever has a second step takes it
    next, unless `signed_in` says that they are inside already.
    """
    row = await lock_code(session, device, Purpose.SIGN_IN)
    problem = await try_code(session, row, code)
    if row is None or problem:
        return CodeOutcome(problem=problem)
    row.proven_at = await session.scalar(select(func.now()))
    new = PersonDraft(clean_name(name), tuple(languages))
    return await _come_in(session, row, new, language, signed_in)


async def finish_registration(
    session: Session, *, device: str, draft: PersonDraft, language: str
) -> CodeOutcome:
    """Spend a code that was right but came without the new person's name."""
    row = await lock_code(session, device, Purpose.SIGN_IN)
    if row is None or row.proven_at is None:
        return CodeOutcome(problem=ENDED)
    new = PersonDraft(clean_name(draft.name), draft.languages)
    return await _come_in(session, row, new, language, None)


async def finish_sign_in(session: Session, *, device: str, typed: str) -> CodeOutcome:
    """The second step after a right code: of the app, or one of the ten recovery codes."""
    row = await lock_code(session, device, Purpose.SIGN_IN)
    person = await _owner(session, row) if row is not None and row.proven_at is not None else None
    if row is None or person is None:
        return CodeOutcome(problem=ENDED)
    problem = await prove_factor(session, person.id, typed)
    if problem:
        return CodeOutcome(problem=problem)
    return await _open_to(session, row, person)


async def finish_by_passkey(session: Session, *, device: str, person: Person) -> None:
    """A passkey answered: the code that this browser had asked for has no more use."""
    row = await lock_code(session, device, Purpose.SIGN_IN)
    if row is not None and row.proven_at is not None:
        await _open_to(session, row, person)


async def _come_in(
    session: Session, row: SignInCode, new: PersonDraft, language: str, signed_in: int | None
) -> CodeOutcome:
    person = await _owner(session, row)
    if person is None and not new.name:
        return CodeOutcome(name_needed=True)
    if person is None:
        row.used_at = await session.scalar(select(func.now()))
        return CodeOutcome(
            await register_person(
                session,
                name=new.name,
                language=language or row.language,
                languages=new.languages,
                **{row.kind: row.value},
            )
        )
    if person.id != signed_in and await queries.factors_of(session, person.id):
        return CodeOutcome(factor_needed=True)
    return await _open_to(session, row, person)


async def _open_to(session: Session, row: SignInCode, person: Person) -> CodeOutcome:
    row.used_at = await session.scalar(select(func.now()))
    if person.suspended_at is not None or person.erased_at is not None:
        return CodeOutcome(problem=STOPPED)
    if not await knows_browser(session, row.lookup, row.device, but=row.id):
        await defer(session, Job.TELL_NEW_DEVICE, person.id)
    return CodeOutcome(person)


async def _owner(session: Session, row: SignInCode) -> Person | None:
    await open_wall(session, Wall.LOOKUP, row.lookup.hex())
    person: Person | None = await session.scalar(
        select(Person)
        .join(Contact, Contact.person_id == Person.id)
        .where(Contact.lookup == row.lookup, Contact.verified_at.is_not(None))
    )
    return person

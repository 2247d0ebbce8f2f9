"""Words that come by mail stand in their exchange once, under nobody else's name.

The address proves to whom the letter went; the sender must be that person's own proven address.
Neither side ever sees the other's. Machines are not answered, and people three times a day.
"""

from datetime import timedelta

from sqlalchemy import func, select
from sqlalchemy.dialects.postgresql import insert

from app import crypto
from app.accounts import queries as accounts
from app.accounts.forms import read_contact
from app.accounts.models import Person
from app.accounts.rules import Visitor
from app.db import Session
from app.errors import SolidareError
from app.exchanges import queries
from app.exchanges.actions.arrange import send_message
from app.exchanges.forms import WARNING_WORDS
from app.exchanges.models import MailReply
from app.exchanges.rules import LONGEST_MESSAGE, warnings_in
from app.i18n import sentence
from app.notifications.rules import read_reply_address
from app.notifications.rules.replies import Fate, ReceivedMail, own_words
from app.outbox import Job, defer

MOST_A_DAY = 30
MOST_ANSWERS = 3
DAY = timedelta(days=1)
WHY = {
    Fate.WRONG_SENDER: sentence(
        "This reply came from another address than the one we wrote to. Use your own address."
    ),
    Fate.EMPTY: sentence("We found no new words in your reply. Write above the old message."),
    Fate.LONG: sentence("Your reply is too long. Write at most 2,000 letters."),
}


async def reply_by_mail(session: Session, base: str, mail: ReceivedMail) -> Fate:
    """Take one mail in; the same mail fetched again changes nothing."""
    row_id = await session.scalar(
        insert(MailReply)
        .values(key=crypto.sign("mail_reply", mail.key), outcome=Fate.STRAY.value)
        .on_conflict_do_nothing(index_elements=[MailReply.key])
        .returning(MailReply.id)
    )
    if row_id is None:
        return Fate.KNOWN
    row = await session.get_one(MailReply, row_id)
    addresses = (read_reply_address(base, address) for address in mail.to)
    code, person_id = next((found for found in addresses if found), ("", 0))
    person = await session.get(Person, person_id) if code else None
    if person is None or person.suspended_at or person.erased_at:
        return Fate.STRAY
    row.person_id, row.language = person.id, person.language
    fate, why = await _take(session, row, person, code, mail)
    row.outcome = fate.value
    if why:
        await _answer(session, row, mail.sender, why)
    await session.flush()
    return fate


async def _take(
    session: Session, row: MailReply, person: Person, code: str, mail: ReceivedMail
) -> tuple[Fate, str]:
    """What becomes of it, and what the writer is told; no words where nobody is."""
    if mail.automatic:
        return Fate.MACHINE, ""
    if await _count_today(session, person.id) > MOST_A_DAY:
        return Fate.MANY, ""
    if not await _is_own(session, person.id, mail.sender):
        return Fate.WRONG_SENDER, WHY[Fate.WRONG_SENDER]
    words = own_words(mail.text)
    if not words or len(words) > LONGEST_MESSAGE:
        fate = Fate.LONG if words else Fate.EMPTY
        return fate, WHY[fate]
    try:
        async with session.begin_nested():
            row.exchange_id = await _send(session, person, code, words)
    except SolidareError as refusal:
        return Fate.REFUSED, refusal.message
    warnings = warnings_in(words)
    return Fate.ARRIVED, WARNING_WORDS[warnings[0]] if warnings else ""


async def _send(session: Session, person: Person, code: str, words: str) -> int:
    grants = await accounts.grants_of(session, person.id)
    visitor = Visitor(person.id, person.name, person.language, grants)
    stand = await queries.stand(session, visitor, code)
    await send_message(session, stand, person.id, words)
    return stand.exchange.id


async def _is_own(session: Session, person_id: int, sender: str) -> bool:
    wrote = read_contact(sender)
    proven = await accounts.contacts_of(session, person_id)
    return wrote is not None and any(
        contact.kind == wrote.kind == "email" and contact.value.casefold() == wrote.value
        for contact in proven
    )


async def _count_today(session: Session, person_id: int) -> int:
    found = await session.scalar(
        select(func.count()).where(
            MailReply.person_id == person_id, MailReply.received_at > func.now() - DAY
        )
    )
    return found or 0


async def _answer(session: Session, row: MailReply, sender: str, why: str) -> None:
    """Tell the writer, unless this address was answered often enough today."""
    told = await session.scalar(
        select(func.count()).where(
            MailReply.person_id == row.person_id,
            MailReply.answer.is_not(None),
            MailReply.received_at > func.now() - DAY,
        )
    )
    if read_contact(sender) is None or (told or 0) >= MOST_ANSWERS:
        return
    row.answer_to, row.answer = sender, why
    await session.flush()
    await defer(session, Job.ANSWER_REPLY, row.id)


async def mark_reply_answered(session: Session, reply_id: int) -> None:
    """The address of the writer is needed no longer."""
    row = await session.get(MailReply, reply_id, with_for_update=True)
    if row is not None and row.answered_at is None:
        row.answer_to = None
        row.answered_at = await session.scalar(select(func.now()))

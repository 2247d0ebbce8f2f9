"""Warnings: each contact of an account hears what changed on it."""

from app import i18n
from app.accounts import actions as accounts
from app.accounts import queries
from app.accounts.rules.factors import CHANGE_WORDS, Change
from app.db import ReadSession
from app.notifications.rules import Channel
from app.settings import Settings
from app.web.templates import create_environment
from workers import letters
from workers.letters import Outgoing, Section
from workers.protocol import Task


async def send_warning(task: Task) -> None:
    async with task.reading() as reader:
        warning = await compose_warning(reader, task.tools.settings, task.ref)
    if warning is not None:
        await letters.deliver(task.tools.settings, warning, f"job-{task.id}")
    async with task.effect() as session:
        await accounts.mark_warning_sent(session, task.ref)


async def compose_warning(
    reader: ReadSession, settings: Settings, letter_id: int
) -> Outgoing | None:
    """The warning as it leaves; None where it is sent already."""
    row = await queries.security_letter(reader, letter_id)
    if row is None:
        return None
    environment = create_environment(settings)
    words = {"words": CHANGE_WORDS[Change(row.change)]}
    with i18n.speaking(row.language):
        subject = environment.get_template("emails/security/subject.txt").render(words).strip()
        if row.kind == "phone":
            text = environment.get_template("emails/security/sms.txt").render(words)
            short = f"Solidare: {subject} {settings.contact.phone}"
            text = letters.fitting([" ".join(text.split()), short])
            return Outgoing(Channel.SMS, row.value, "", text, "", row.language)
        body = environment.get_template("emails/security/text.txt").render(words).strip()
        *paragraphs, act = body.split("\n\n")
        link = letters.page_address(settings, "/account")
        section = Section(subject, paragraphs, act, link, "")
        return letters.short_mail(settings, row.value, subject, section)

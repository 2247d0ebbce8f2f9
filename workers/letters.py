"""Letters and codes are written in the person's language and handed to mail or SMS."""

import asyncio
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from functools import cache
from urllib.parse import urlsplit

import css_inline
from jinja2 import Environment
from markupsafe import Markup

from app import i18n
from app.accounts import queries as accounts
from app.db import ReadSession, Session
from app.moderation import queries as moderation
from app.moderation.queries import ReportAnswer
from app.notifications import queries as notifications
from app.notifications.models import Letter
from app.notifications.queries import LetterContent, NoticeLine
from app.notifications.rules import (
    TOPIC,
    Channel,
    LinkPurpose,
    NoticeKind,
    SignedLink,
    Topic,
    path_of,
    reply_address,
)
from app.posts.rules.taxonomy import category, public_name
from app.settings import Settings
from app.web.templates import create_environment
from workers import sms, smtp

TIME_LIMIT = 20
# Words of another person, or the moment to write the first ones.
ANSWERABLE = frozenset({NoticeKind.AGREED, NoticeKind.MESSAGE})
_inliner = css_inline.CSSInliner(keep_style_tags=False, load_remote_stylesheets=False)


@dataclass(frozen=True)
class Outgoing:
    """A finished message; a text message has no subject and no HTML."""

    channel: Channel
    to: str
    subject: str
    text: str
    html: str
    language: str
    unsubscribe: str = ""
    reply_to: str = ""
    automatic: str = "auto-generated"


@dataclass(frozen=True)
class Section:
    """What a letter says about one notice: the words, one link and what the link does."""

    title: str
    paragraphs: Sequence[str]
    act: str
    link: str
    reference: str


async def compose(reader: ReadSession, settings: Settings, letter_id: int) -> Outgoing | None:
    """The letter as it leaves; None where there is nothing to send any more."""
    content = await notifications.letter_content(reader, letter_id)
    if content is None:
        return None
    with i18n.speaking(content.language):
        write = write_sms if content.channel is Channel.SMS else write_mail
        return write(settings, content)


async def compose_code(reader: ReadSession, settings: Settings, code_id: int) -> Outgoing | None:
    """A sign-in code as it leaves; None where it is sent, spent or over."""
    row = await accounts.code_to_send(reader, code_id)
    if row is None:
        return None
    environment = _environment(settings)
    words = {"code": row.sealed_code, "host": urlsplit(settings.public_url).hostname}
    with i18n.speaking(row.language):
        if row.kind == "phone":
            text = environment.get_template("emails/code/sms.txt").render(words)
            return Outgoing(Channel.SMS, row.value, "", text, "", row.language)
        subject = environment.get_template("emails/code/subject.txt").render(words)
        text = environment.get_template("emails/code/text.txt").render(words)
        shown: dict[str, object] = {"subject": subject, "sections": (), "name": "", **words}
        html = _html(environment, shown)
        return Outgoing(Channel.EMAIL, row.value, subject, text, html, row.language)


async def compose_answer(
    reader: ReadSession, settings: Settings, report_id: int
) -> Outgoing | None:
    """What somebody without account hears of their report; None where they left no address."""
    answer = await moderation.answer_of(reader, report_id)
    if answer is None:
        return None
    with i18n.speaking(answer.language):
        return _answer(settings, answer)


def _answer(settings: Settings, answer: ReportAnswer) -> Outgoing:
    """Only that there is something to read: nothing of what was written, by nobody."""
    environment = _environment(settings)
    words = {"decided": answer.decided}
    subject = _tidy(environment.get_template("emails/report_answer/subject.txt").render(words))
    if answer.contact.kind == "phone":
        text = f"Solidare: {_plain(subject)} {settings.public_url}{answer.path}"
        return Outgoing(Channel.SMS, answer.contact.value, "", text, "", answer.language)
    body = _tidy(environment.get_template("emails/report_answer/text.txt").render(words))
    *paragraphs, act = body.split("\n\n")
    section = Section(subject, paragraphs, act, page_address(settings, answer.path), answer.code)
    return short_mail(settings, answer.contact.value, subject, section, name=answer.name)


def short_mail(
    settings: Settings, to: str, subject: str, section: Section, *, name: str = ""
) -> Outgoing:
    """One thing said to somebody who may have no account, in the current language."""
    environment = _environment(settings)
    letter: dict[str, object] = {"name": name, "sections": [section]}
    return Outgoing(
        channel=Channel.EMAIL,
        to=to,
        subject=subject,
        text=_tidy(environment.get_template("emails/letter.txt").render(letter | NO_WAYS)),
        html=_html(environment, {"subject": subject, "code": "", **letter}),
        language=i18n.current_language(),
    )


async def deliver(settings: Settings, outgoing: Outgoing, idempotency_key: str) -> None:
    """Hand the message to its server, or raise; no database connection is held meanwhile."""
    async with asyncio.timeout(TIME_LIMIT):
        if outgoing.channel is Channel.SMS:
            await sms.open_sender(settings).send(outgoing.to, outgoing.text, idempotency_key)
            return
        await smtp.send(
            settings.mail,
            smtp.Mail(
                to=outgoing.to,
                subject=outgoing.subject,
                text=outgoing.text,
                html=outgoing.html,
                language=outgoing.language,
                unsubscribe=outgoing.unsubscribe,
                reply_to=outgoing.reply_to,
                automatic=outgoing.automatic,
            ),
            idempotency_key,
        )


async def give_up(session: Session, letter_id: int, moment: datetime) -> None:
    """Its job died: the letter is marked as failed, so that later news begins another."""
    letter = await session.get(Letter, letter_id, with_for_update=True)
    if letter is not None and letter.sent_at is None:
        letter.failed_at = moment


def write_mail(settings: Settings, content: LetterContent) -> Outgoing:
    """One mail for all notices of the letter, text first."""
    environment = _environment(settings)
    sections = [_section(settings, environment, content, line) for line in content.lines]
    subject = sections[0].title if len(sections) == 1 else _digest_subject(len(sections))
    link = SignedLink(LinkPurpose.UNSUBSCRIBE, content.channel.value, content.person_id)
    mutable = any(TOPIC[line.kind] is not Topic.SECURITY for line in content.lines)
    unsubscribe = page_address(settings, path_of(link)) if mutable else ""
    reply_to = _reply_to(settings, content)
    said: dict[str, object] = {"name": content.name, "sections": sections}
    ways = {"unsubscribe": unsubscribe, "may_reply": bool(reply_to)}
    text = environment.get_template("emails/letter.txt").render(said | ways)
    return Outgoing(
        channel=content.channel,
        to=content.address,
        subject=subject,
        text=_tidy(text),
        html=_html(environment, {"subject": subject, "code": "", **said, **ways}),
        language=content.language,
        unsubscribe=unsubscribe,
        reply_to=reply_to,
    )


def _reply_to(settings: Settings, content: LetterContent) -> str:
    """Where the answer to this letter goes; empty where it is about no single exchange."""
    codes = {line.facts["code"] for line in content.lines}
    answerable = all(line.kind in ANSWERABLE for line in content.lines)
    code = codes.pop() if answerable and len(codes) == 1 else ""
    if not code or not settings.replies.address:
        return ""
    return reply_address(settings.replies.address, code, content.person_id)


def write_sms(settings: Settings, content: LetterContent) -> Outgoing:
    """One part: the news in words if they fit, else the link alone; no names, no places."""
    plain = [_without_facts(line) for line in content.lines]
    environment = _environment(settings)
    inbox = f"{settings.public_url}/notices"
    # The guest's own way out is never one line among others.
    own = (NoticeKind.STAY, NoticeKind.CHECK_IN)
    stay = next((line for line in plain if line.kind in own), None)
    if stay is not None:
        plain = [stay]
    if len(plain) == 1:
        news, link = _subject(environment, plain[0]), f"{settings.public_url}{plain[0].path}"
    else:
        news, link = _digest_subject(len(plain)), inbox
    versions = [f"Solidare: {_plain(news)} {link}", f"Solidare: {link}", f"Solidare: {inbox}"]
    return Outgoing(content.channel, content.address, "", fitting(versions), "", content.language)


def fitting(versions: Sequence[str]) -> str:
    """The first of these that is one message on its way, or the last and shortest."""
    plain = [_plain(one) for one in versions]
    return next((one for one in plain if sms.parts(one) == 1), plain[-1])


def _section(
    settings: Settings, environment: Environment, content: LetterContent, line: NoticeLine
) -> Section:
    facts = line.facts
    code = facts["category"]
    words = environment.get_template(f"emails/{line.kind.value}/text.txt").render(
        facts=facts,
        side=facts["side"] or facts["kind"],
        category=public_name(category(code), content.language) if code else "",
        day=i18n.format_day(date.fromisoformat(facts["day"])) if facts["day"] else "",
        until=i18n.format_moment(datetime.fromisoformat(facts["until"])) if facts["until"] else "",
    )
    *paragraphs, act = _tidy(words).split("\n\n")
    return Section(
        title=_subject(environment, line),
        paragraphs=paragraphs,
        act=act.strip(),
        link=page_address(settings, line.path),
        reference=line.reference,
    )


def _plain(text: str) -> str:
    """Typographic signs that the alphabet of phones lacks, in their plain form."""
    return text.translate({0x2019: "'", 0x202F: " ", 0xA0: " "})


def _subject(environment: Environment, line: NoticeLine) -> str:
    """The sentence of the inbox, as plain text on one line."""
    module = environment.get_template("notifications/notice_words.html").module
    words: Markup = module.notice_words(line)  # type: ignore[attr-defined] # a macro of the template
    return " ".join(words.unescape().split())


def _digest_subject(count: int) -> str:
    return i18n.ngettext(
        "%(n)s piece of news for you on Solidare", "%(n)s pieces of news for you on Solidare", count
    )


def _without_facts(line: NoticeLine) -> NoticeLine:
    kept = ("side", "kind")
    return replace(line, facts={k: v if k in kept else "" for k, v in line.facts.items()})


NO_WAYS: dict[str, object] = {"unsubscribe": "", "may_reply": False}


def _html(environment: Environment, words: Mapping[str, object]) -> str:
    page = environment.get_template("emails/layout.html").render(
        lang=i18n.current_language(),
        direction=i18n.direction(),
        **NO_WAYS | dict(words),
    )
    return _inliner.inline(page)


def page_address(settings: Settings, path: str) -> str:
    return f"{settings.public_url}/{i18n.current_language()}{path}"


def _tidy(text: str) -> str:
    """Lines without trailing spaces, and never more than one empty line between paragraphs."""
    lines = "\n".join(line.strip() for line in text.strip().splitlines())
    return re.sub(r"\n{3,}", "\n\n", lines)


@cache
def _environment(settings: Settings) -> Environment:
    return create_environment(settings)

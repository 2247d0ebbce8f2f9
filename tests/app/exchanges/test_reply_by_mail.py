"""Answers by mail, sent by real SMTP: they arrive once, cut, warned, under nobody else's name."""

from collections.abc import Iterator
from dataclasses import replace
from email.message import EmailMessage
from pathlib import Path
from typing import Any

import aiosmtplib
import pytest
from sqlalchemy import select

from app.db import SessionMaker, reading, transaction
from app.embedded.mail import REPLIES, mail_catcher
from app.exchanges import actions
from app.exchanges.actions.reply_by_mail import MOST_ANSWERS
from app.exchanges.models import MailReply, Message
from app.exchanges.rules import Side
from app.notifications.models import Notice
from app.notifications.rules import Channel, NoticeKind, read_reply_address, reply_address
from app.notifications.rules.replies import Fate, ReceivedMail, is_automatic, own_words
from app.outbox import Job, JobRow, defer
from app.settings import MailSettings, ReplySettings, Secret, Settings
from tests.app.notifications.test_letters import caught, content, line
from tests.factories.exchanges import GIVER_PHONE, RECEIVER_EMAIL, an_exchange, stand_of
from workers import letters, smtp
from workers.jobs import JOBS
from workers.protocol import Tools, run
from workers.replies import read_mail

BASE = "reply@localhost"
QUOTE = "\n\nOn Fri, 20 Nov 2026 at 16:00, Solidare\n<no-reply@localhost> wrote:\n> Your address\n"


@pytest.fixture
def house(settings: Settings, tmp_path: Path) -> Iterator[tuple[Settings, Path]]:
    """Settings as `solidare up` makes them: letters and replies go through one real server."""
    with mail_catcher(tmp_path) as address:
        mail = MailSettings(Secret(address), "Solidare <no-reply@localhost>")
        replies = ReplySettings(BASE, folder=tmp_path / REPLIES)
        yield replace(settings, mail=mail, replies=replies), tmp_path


async def write(
    settings: Settings, to: str, body: str, *, sender: str = RECEIVER_EMAIL, **headers: str
) -> None:
    """As the mail program of a person sends it."""
    mail = EmailMessage()
    mail["From"], mail["To"], mail["Subject"] = f"Amal <{sender}>", to, "Re: news"
    for name, value in headers.items():
        mail[name.replace("_", "-")] = value
    if "Message_ID" not in headers:
        mail["Message-ID"] = f"<{abs(hash((to, body, sender)))}@example.org>"
    mail.set_content(body)
    server = smtp.read_server(settings.mail.smtp_url.reveal())
    await aiosmtplib.send(mail, hostname=server.host, port=server.port, start_tls=False)


async def work(maker: SessionMaker, settings: Settings, job: Job, ref: int = 0) -> None:
    """Do one piece of work as the worker does."""
    async with transaction(maker) as session:
        await defer(session, job, ref)
        row_id = await session.scalar(
            select(JobRow.id).where(JobRow.kind == job.value).order_by(JobRow.id.desc()).limit(1)
        )
    assert row_id is not None
    await run(JOBS[job], {"tools": Tools(settings, maker)}, row_id, 0)
    async with reading(maker) as reader:
        done = await reader.get_one(JobRow, row_id)
    assert (done.error_code, done.done_at is not None) == (None, True)


async def messages(maker: SessionMaker) -> list[Any]:
    async with reading(maker) as reader:
        return list(await reader.scalars(select(Message).order_by(Message.id)))


async def fates(maker: SessionMaker) -> list[str]:
    async with reading(maker) as reader:
        return list(await reader.scalars(select(MailReply.outcome).order_by(MailReply.id)))


async def test_an_answer_by_mail_stands_in_the_exchange_and_betrays_nobody(
    maker: SessionMaker, house: tuple[Settings, Path]
) -> None:
    settings, folder = house
    pair, code = await an_exchange(maker)
    assert pair.receiver.person_id is not None
    to = reply_address(BASE, code, pair.receiver.person_id)
    await write(settings, to.upper(), f"Yes, tomorrow at six.{QUOTE}")
    await write(settings, to, f"Call me: 0470 12 34 56{QUOTE}")
    await work(maker, settings, Job.COLLECT_REPLIES)
    first, second = await messages(maker)
    assert (first.body, first.side, first.warned) == ("Yes, tomorrow at six.", "receiver", False)
    assert (second.body, second.warned) == ("Call me: 0470 12 34 56", True)
    assert list((folder / REPLIES).iterdir()) == []
    async with reading(maker) as reader:
        told = (
            await reader.scalars(select(Notice).where(Notice.kind == NoticeKind.MESSAGE.value))
        ).all()
        answers = (await reader.scalars(select(MailReply).order_by(MailReply.id))).all()
    assert {notice.person_id for notice in told} == {pair.giver.person_id}
    assert RECEIVER_EMAIL not in str([notice.facts for notice in told])
    assert [row.answer is None for row in answers] == [True, False]
    await work(maker, settings, Job.ANSWER_REPLY, answers[1].id)
    (warning,) = caught(folder / "mail")
    assert (warning["To"], warning["Auto-Submitted"]) == (RECEIVER_EMAIL, "auto-replied")
    assert "You sent a contact" in str(warning.get_body(("plain",)))
    async with reading(maker) as reader:
        row = await reader.get_one(MailReply, answers[1].id)
        assert row.answer_to is None


async def test_a_mail_counts_once_and_a_machine_never(
    maker: SessionMaker, house: tuple[Settings, Path]
) -> None:
    settings, _ = house
    pair, code = await an_exchange(maker)
    assert pair.receiver.person_id is not None
    to = reply_address(BASE, code, pair.receiver.person_id)
    for _again in range(2):
        await write(settings, to, "Once.", Message_ID="<once@example.org>")
        await work(maker, settings, Job.COLLECT_REPLIES)
    await write(settings, to, "I am away.", Auto_Submitted="auto-replied")
    await write(settings, to, "Absent.", Precedence="bulk")
    await write(settings, to, "Failed.", sender="MAILER-DAEMON@example.org")
    await write(settings, f"reply+{code}.1.{'a' * 24}@localhost", "Forged.")
    await work(maker, settings, Job.COLLECT_REPLIES)
    assert [message.body for message in await messages(maker)] == ["Once."]
    machine = Fate.MACHINE.value
    assert sorted(await fates(maker)) == sorted(
        [Fate.ARRIVED.value, machine, machine, machine, Fate.STRAY.value]
    )
    async with reading(maker) as reader:
        rows = await reader.scalars(select(JobRow).where(JobRow.kind == Job.ANSWER_REPLY.value))
        assert rows.all() == [], "nobody answers a machine"


async def test_who_is_not_the_person_is_refused_kindly(
    maker: SessionMaker, house: tuple[Settings, Path]
) -> None:
    settings, folder = house
    pair, code = await an_exchange(maker)
    assert pair.receiver.person_id is not None
    to = reply_address(BASE, code, pair.receiver.person_id)
    await write(settings, to, "It is me, really.", sender="somebody@example.net")
    await write(settings, to, f"\n{QUOTE}")
    await write(settings, to, "x" * 3_000)
    async with transaction(maker) as session:
        stand = await stand_of(session, pair, code, Side.GIVER)
        await actions.cancel(session, stand)
    await write(settings, to, "Too late?")
    await work(maker, settings, Job.COLLECT_REPLIES)
    assert await messages(maker) == []
    assert await fates(maker) == ["wrong_sender", "empty", "long", "refused"]
    async with reading(maker) as reader:
        refs = list(
            await reader.scalars(
                select(JobRow.ref).where(JobRow.kind == Job.ANSWER_REPLY.value).order_by(JobRow.id)
            )
        )
    assert len(refs) == MOST_ANSWERS, "no loop of answers"
    await work(maker, settings, Job.ANSWER_REPLY, refs[0])
    (answer,) = caught(folder / "mail")
    words = str(answer.get_body(("plain",)))
    assert answer["To"] == "somebody@example.net"
    assert "another address" in words
    for secret in (code, RECEIVER_EMAIL, GIVER_PHONE, "Jan", "Amal"):
        assert secret not in words


def test_only_letters_about_one_exchange_can_be_answered(settings: Settings) -> None:
    open_house = replace(settings, replies=ReplySettings(BASE))
    message = line(NoticeKind.MESSAGE, code="abcd2345")
    for lines, answerable in (
        ([message, message], True),
        ([message, line(NoticeKind.MESSAGE, code="efgh2345")], False),
        ([line(NoticeKind.PROPOSAL, code="abcd2345")], False),
    ):
        mail = letters.write_mail(open_house, content("en", Channel.EMAIL, *lines))
        assert bool(mail.reply_to) is answerable
        assert ("answer this e-mail" in mail.text) is answerable
        assert ("answer this e-mail" in mail.html) is answerable
        if answerable:
            assert read_reply_address(BASE, mail.reply_to) == ("abcd2345", 1)
    assert letters.write_mail(settings, content("en", Channel.EMAIL, message)).reply_to == ""


@pytest.mark.parametrize(
    ("text", "kept"),
    [
        ("Oui\n\nLe ven. 20 nov. 2026 à 16:00, Solidare <r@x> a écrit :\n> b", "Oui"),
        ("Ja\r\n\r\nOp vr 20 nov 2026 om 16:00 schreef Solidare <r@x>:\r\n> x", "Ja"),
        ("نعم\n\nفي الجمعة، ٢٠ نوفمبر كتب Solidare <r@x>:\n> x", "نعم"),
        ("Так\n\nпт, 20 лист. Solidare <r@x> пише:\n> a", "Так"),
        ("Sim\n\nEm sex., 20 de nov. de 2026, Solidare <r@x> escreveu:\n> a", "Sim"),
        ("On arrive\n-- \nJan\n+32 470 12 34 56", "On arrive"),
        ("hi\n________________\nFrom: Solidare <a@b>\nSent: x", "hi"),
        ("ok\n\nEnvoyé de mon iPhone", "ok"),
        ("> only what you wrote", ""),
        # The control: plain words that look a little like an introduction stay.
        ("On Monday I can come: is that ok?\n\nI wrote it down", None),
    ],
)
def test_quotes_and_signatures_are_cut(text: str, kept: str | None) -> None:
    assert own_words(text) == (text if kept is None else kept)


def test_a_person_is_no_machine() -> None:
    assert not is_automatic({"auto-submitted": "no", "return-path": "<a@b.org>"}, "a@b.org")
    for headers, sender in (
        ({"auto-submitted": "auto-generated"}, "a@b.org"),
        ({"list-id": "<x>"}, "a@b.org"),
        ({"return-path": "<>"}, "a@b.org"),
        ({}, "no-reply@b.org"),
        ({}, ""),
    ):
        assert is_automatic(headers, sender)


def test_whatever_somebody_sends_is_read() -> None:
    from_html = (
        b"From: a@b.org\nTo: x@y.org\nContent-Type: text/html\n\n<p>Yes<br>now</p><blockquote>no"
    )
    mail = read_mail(from_html)
    assert own_words(mail.text) == "Yes\nnow"
    for raw in (
        b"",
        b"\xff\xfe",
        b"From: \xff\n\n\xff",
        b"Content-Type: text/plain; charset=x\n\n\xe9",
    ):
        assert isinstance(read_mail(raw), ReceivedMail)

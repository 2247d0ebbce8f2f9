"""Every letter, in every language, over real SMTP; the same words as the inbox."""

import email
import email.policy
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime
from email.message import EmailMessage
from pathlib import Path

import pytest
from sqlalchemy import select, update

from app import i18n
from app.accounts.actions import ask_code, mark_code_sent
from app.accounts.models import Person, SignInCode
from app.accounts.rules.factors import CHANGE_WORDS
from app.clock import now
from app.db import SessionMaker, reading, transaction
from app.embedded.mail import mail_catcher
from app.errors import UnavailableError
from app.notifications import actions
from app.notifications.models import Letter
from app.notifications.queries import LetterContent, NoticeLine
from app.notifications.rules import FACTS, TOPIC, Channel, LinkPurpose, NoticeKind, Topic
from app.outbox import JobRow
from app.posts.rules.taxonomy import CATEGORIES
from app.settings import MailSettings, Secret, Settings
from app.web.templates import create_environment
from tests.factories.accounts import a_person
from workers import letters, sms, smtp

FILLED = {
    "category": "roof.room", "municipality": "Ixelles", "bucket": "2", "name": "Jan & <Co>",
    "side": "need", "code": "abcd2345", "device": "Firefox, Linux",
    "day": "2026-11-21", "until": "2026-11-20T17:00:00+00:00", "units": "2", "kind": "need",
}  # fmt: skip


@pytest.fixture
def mailed(settings: Settings, tmp_path: Path) -> Iterator[tuple[Settings, Path]]:
    """Settings whose mail goes to a real server that keeps it in a folder."""
    with mail_catcher(tmp_path) as address:
        mail = MailSettings(Secret(address), "Solidare <no-reply@solidare.example>", tmp_path)
        yield replace(settings, mail=mail), tmp_path / "mail"


def caught(folder: Path) -> list[EmailMessage]:
    policy = email.policy.default
    return [
        email.message_from_bytes(path.read_bytes(), policy=policy)
        for path in sorted(folder.glob("*.eml"))
    ]


def line(kind: NoticeKind, /, **facts: str) -> NoticeLine:
    full = {name: facts.get(name, "") for name in FACTS}
    return NoticeLine(1, kind, full, "/x/abc.1.sig", "abcd2345", now(), read=False)


def content(language: str, channel: Channel, *lines: NoticeLine) -> LetterContent:
    address = "amina@example.org" if channel is Channel.EMAIL else "+32470123456"
    return LetterContent(1, "Amina", language, channel, address, lines)


def body(message: EmailMessage, kind: str) -> str:
    part = message.get_body((kind,))
    assert part is not None
    return str(part.get_content())


@pytest.mark.parametrize("language", ["fr", "nl", "en", "ar"])
async def test_every_kind_leaves_by_real_mail(mailed: tuple[Settings, Path], language: str) -> None:
    settings, folder = mailed
    for number, kind in enumerate(NoticeKind):
        written = content(language, Channel.EMAIL, line(kind, **FILLED))
        with i18n.speaking(language):
            outgoing = letters.write_mail(settings, written)
        await letters.deliver(settings, outgoing, f"job-{number}")
    messages = caught(folder)
    assert len(messages) == len(NoticeKind)
    for number, (kind, message) in enumerate(zip(NoticeKind, messages, strict=True)):
        parts = [part.get_content_type() for part in message.walk()]
        assert parts == ["multipart/alternative", "text/plain", "text/html"]
        assert message["Message-ID"] == f"<job-{number}@solidare.example>"
        assert message["Content-Language"] == language
        assert ("List-Unsubscribe" in message) is (TOPIC[kind] is not Topic.SECURITY)
        text, html = body(message, "plain"), body(message, "html")
        assert text.count("/x/abc.1.sig") == html.count("/x/abc.1.sig") == 1
        assert "abcd2345" in text
        assert f'lang="{language}" dir="{"rtl" if language == "ar" else "ltr"}"' in html
        assert "<style" not in html
        assert "style=" in html
        assert "<Co>" not in html
        assert message["Subject"]
        assert "&" not in message["Subject"].replace("Jan & <Co>", "")


@pytest.mark.parametrize("kind", NoticeKind)
def test_letters_stand_without_any_fact(settings: Settings, kind: NoticeKind) -> None:
    outgoing = letters.write_mail(settings, content("en", Channel.EMAIL, line(kind)))
    assert "None" not in outgoing.text
    assert "%(" not in outgoing.text + outgoing.html + outgoing.subject
    assert "\n\n\n" not in outgoing.text


def test_a_sensitive_kind_is_not_named_in_mail(settings: Settings) -> None:
    sensitive = next(one for one in CATEGORIES if one.is_sensitive)
    notice = line(NoticeKind.PROPOSAL, category=sensitive.code, side="offer")
    outgoing = letters.write_mail(settings, content("en", Channel.EMAIL, notice))
    assert sensitive.name("en") not in outgoing.text
    assert sensitive.group.name("en") in outgoing.text


def test_a_proposal_says_what_where_when(settings: Settings) -> None:
    with i18n.speaking("en"):
        notice = line(NoticeKind.PROPOSAL, **FILLED)
        outgoing = letters.write_mail(settings, content("en", Channel.EMAIL, notice))
    for words in ("Where: Ixelles", "about 2 km", "Sat", "21", "18:00"):
        assert words in outgoing.text
    assert outgoing.subject == "Somebody may be able to help you: please answer"


def test_several_notices_are_one_mail(settings: Settings) -> None:
    lines = [line(NoticeKind.PROPOSAL, side="need"), line(NoticeKind.MESSAGE, name="Jan")]
    with i18n.speaking("en"):
        outgoing = letters.write_mail(settings, content("en", Channel.EMAIL, *lines))
    assert outgoing.subject == "2 pieces of news for you on Solidare"
    assert "* Somebody may be able to help you" in outgoing.text
    assert "* Jan wrote to you" in outgoing.text
    assert outgoing.text.count("/x/abc.1.sig") == 2


@pytest.mark.parametrize("language", i18n.LANGUAGES)
@pytest.mark.parametrize("kind", NoticeKind)
def test_a_text_message_is_one_part_without_names_or_places(
    settings: Settings, language: str, kind: NoticeKind
) -> None:
    with i18n.speaking(language):
        outgoing = letters.write_sms(settings, content(language, Channel.SMS, line(kind, **FILLED)))
    assert sms.parts(outgoing.text) == 1
    assert settings.public_url in outgoing.text
    assert not any(FILLED[name] in outgoing.text for name in ("name", "municipality", "device"))


SMS_FILES = sorted(path.parent.name for path in Path("templates/emails").glob("*/sms.txt"))
SMS_WORDS = {"code": "123456", "host": "solidare.example"}


@pytest.mark.parametrize("language", i18n.LANGUAGES)
def test_every_other_text_message_is_one_part_too(settings: Settings, language: str) -> None:
    """Codes, warnings, digests and answers: the sentences that no notice stands behind."""
    environment = create_environment(settings)
    with i18n.speaking(language):
        written = [environment.get_template("emails/code/sms.txt").render(SMS_WORDS)]
        subject = environment.get_template("emails/security/subject.txt").render().strip()
        for words in CHANGE_WORDS.values():
            warning = environment.get_template("emails/security/sms.txt").render(words=words)
            short = f"Solidare: {subject} {settings.contact.phone}"
            written.append(letters.fitting([" ".join(warning.split()), short]))
        many = content(language, Channel.SMS, *[line(NoticeKind.MESSAGE, **FILLED)] * 12)
        written.append(letters.write_sms(settings, many).text)
    assert SMS_FILES == ["code", "security"], "Another one must be written here too"
    assert {text: sms.parts(text) for text in written if sms.parts(text) != 1} == {}


def test_letters_are_counted_as_networks_count_them() -> None:
    """The control: by length alone each of these would be one message."""
    for text, count in (
        ("a" * 160, 1),
        ("a" * 161, 2),
        ("€" * 80, 1),
        ("€" * 81, 2),
        ("\u00e7" * 70, 1),
        ("\u00e7" * 71, 2),
        ("\u0645" * 71, 2),
        ("\U0001f6cf" * 36, 2),
    ):
        assert sms.parts(text) == count
    assert len("\u0645" * 71) <= 160


async def test_a_letter_goes_from_act_to_mailbox(
    maker: SessionMaker, mailed: tuple[Settings, Path]
) -> None:
    settings, folder = mailed
    person = await a_person(maker, email="amina@example.org", language="nl")
    async with transaction(maker) as session:
        link = (LinkPurpose.PROPOSAL, "abcd2345")
        for side in ("need", "offer"):
            facts = {"side": side}
            await actions.tell(session, person.id, NoticeKind.PROPOSAL, facts=facts, link=link)
        row = (await session.scalars(select(JobRow))).one()
    async with transaction(maker) as session:
        await actions.close_letter(session, row.ref)
    async with reading(maker) as reader:
        outgoing = await letters.compose(reader, settings, row.ref)
    assert outgoing is not None
    await letters.deliver(settings, outgoing, f"job-{row.id}")
    async with transaction(maker) as session:
        await actions.mark_sent(session, row.ref)
    async with reading(maker) as reader:
        assert await letters.compose(reader, settings, row.ref) is None
    (message,) = caught(folder)
    assert message["To"] == "amina@example.org"
    assert body(message, "plain").count(f"{settings.public_url}/nl/p/abcd2345.{person.id}.") == 2


async def test_nobody_who_is_stopped_gets_letters(maker: SessionMaker, settings: Settings) -> None:
    person = await a_person(maker)
    async with transaction(maker) as session:
        link = (LinkPurpose.ACCOUNT, "")
        await actions.tell(session, person.id, NoticeKind.MESSAGE, facts={}, link=link)
        letter = (await session.scalars(select(Letter))).one()
        await session.execute(update(Person).values(suspended_at=now()))
    async with reading(maker) as reader:
        assert await letters.compose(reader, settings, letter.id) is None


@pytest.mark.parametrize(("kind", "value"), [("email", "a@example.org"), ("phone", "+32470123456")])
async def test_a_code_leaves_once(
    maker: SessionMaker, mailed: tuple[Settings, Path], kind: str, value: str
) -> None:
    settings, folder = mailed
    async with transaction(maker) as session:
        await ask_code(session, kind=kind, value=value, device="d", language="fr")
        row = (await session.scalars(select(SignInCode))).one()
    code = row.sealed_code or ""
    async with reading(maker) as reader:
        outgoing = await letters.compose_code(reader, settings, row.id)
    assert outgoing is not None
    await letters.deliver(settings, outgoing, "job-1")
    if kind == "email":
        (message,) = caught(folder)
        assert code in message["Subject"]
        assert code in body(message, "plain")
        assert code in body(message, "html")
    else:
        (kept,) = folder.parent.glob("*.sms")
        assert kept.read_text().rstrip().endswith(f"@localhost #{code}")
        assert sms.parts(outgoing.text) == 1
    async with transaction(maker) as session:
        await mark_code_sent(session, row.id)
        assert (await session.scalars(select(SignInCode.sealed_code))).one() is None
    async with reading(maker) as reader:
        assert await letters.compose_code(reader, settings, row.id) is None


def test_server_addresses_are_read() -> None:
    server = smtp.read_server("smtp://me%40x:p%3Aw@mail.example:587?starttls=1")
    assert server == smtp.Server("mail.example", 587, "me@x", "p:w", tls=False, starttls=True)
    assert smtp.read_server("smtps://mail.example").port == 465
    for wrong in ("", "mail.example", "http://mail.example", "smtp://"):
        with pytest.raises(UnavailableError):
            smtp.read_server(wrong)


async def test_no_server_is_an_error_not_a_silence(settings: Settings) -> None:
    outgoing = letters.Outgoing(Channel.EMAIL, "a@example.org", "s", "t", "<p>t</p>", "en")
    gone = replace(settings, mail=MailSettings(Secret("smtp://127.0.0.1:1")))
    with pytest.raises(OSError):  # noqa: PT011 - whichever way the network says no
        await letters.deliver(gone, outgoing, "job-1")


def test_the_date_of_a_letter_is_now() -> None:
    mail = smtp.Mail("a@example.org", "s", "t", "<p>t</p>", "en")
    message = smtp.build("Solidare <no-reply@solidare.example>", mail, "job-1")
    sent = email.utils.parsedate_to_datetime(message["Date"])
    assert abs((datetime.now(UTC) - sent).total_seconds()) < 60

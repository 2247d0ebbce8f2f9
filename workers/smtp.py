"""Mail leaves by SMTP, text part first, under an id that a repeated try keeps."""

from dataclasses import dataclass
from email.headerregistry import Address
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import format_datetime, parseaddr
from urllib.parse import parse_qs, unquote, urlsplit

import aiosmtplib

from app.clock import now
from app.errors import UnavailableError
from app.settings import MailSettings

TIMEOUT = 15
NO_SERVER = "No mail server is set up."


@dataclass(frozen=True)
class Mail:
    to: str
    subject: str
    text: str
    html: str
    language: str
    unsubscribe: str = ""
    reply_to: str = ""
    automatic: str = "auto-generated"  # or auto-replied: what nobody should answer by machine


@dataclass(frozen=True)
class Server:
    """Where mail is handed over; `tls` from the first byte, or `starttls` after the greeting."""

    host: str
    port: int
    user: str | None
    password: str | None
    tls: bool
    starttls: bool


def read_server(address: str) -> Server:
    """smtp[s]://[user:password@]host[:port][?starttls=1]; `UnavailableError` for anything else."""
    parts = urlsplit(address)
    if parts.scheme not in ("smtp", "smtps") or not parts.hostname:
        raise UnavailableError(NO_SERVER)
    tls = parts.scheme == "smtps"
    return Server(
        host=parts.hostname,
        port=parts.port or (465 if tls else 25),
        user=unquote(parts.username) if parts.username else None,
        password=unquote(parts.password) if parts.password else None,
        tls=tls,
        starttls=parse_qs(parts.query).get("starttls") == ["1"],
    )


async def send(settings: MailSettings, mail: Mail, idempotency_key: str) -> None:
    """Hand one mail to the server, or raise what went wrong."""
    server = read_server(settings.smtp_url.reveal())
    await aiosmtplib.send(
        build(settings.sender, mail, idempotency_key),
        hostname=server.host,
        port=server.port,
        username=server.user,
        password=server.password,
        use_tls=server.tls,
        start_tls=server.starttls,
        timeout=TIMEOUT,
    )


def build(sender: str, mail: Mail, idempotency_key: str) -> EmailMessage:
    """The message as it goes over the wire; one key always gives one Message-ID."""
    _, address = parseaddr(sender)
    domain = address.rpartition("@")[2] or "localhost"
    message = EmailMessage(policy=SMTP)
    message["From"] = sender
    message["To"] = Address(addr_spec=mail.to)
    message["Subject"] = mail.subject
    message["Date"] = format_datetime(now())
    message["Message-ID"] = f"<{idempotency_key}@{domain}>"
    message["Auto-Submitted"] = mail.automatic
    if mail.reply_to:
        message["Reply-To"] = Address(display_name="Solidare", addr_spec=mail.reply_to)
    if mail.unsubscribe:
        message["List-Unsubscribe"] = f"<{mail.unsubscribe}>"
        message["List-Unsubscribe-Post"] = "List-Unsubscribe=One-Click"
    message.set_content(mail.text)
    message.add_alternative(mail.html, subtype="html")
    # Last: whatever is said of the content earlier moves to the first part alone.
    message["Content-Language"] = mail.language
    return message

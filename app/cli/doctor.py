"""`solidare doctor` says whether this platform is fit to serve people."""

import asyncio
import smtplib
import ssl
from collections.abc import AsyncIterator, Iterator
from pathlib import Path
from urllib.parse import parse_qs, unquote, urlsplit

import click
from rich.console import Console
from rich.table import Table
from sqlalchemy import select, text
from sqlalchemy.exc import SQLAlchemyError

from app.accounts.models import Contact
from app.cli.doctor_secrets import examine_secrets, examine_staff
from app.cli.findings import FAIL, OK, WARN, Finding
from app.cli.servers import folder_option, reached
from app.clock import now
from app.db import ReadSession, create_engine, reading, session_maker
from app.home.queries import gauges, health
from app.outbox.reach import PLAIN_PORT, queue_lets_in
from app.settings import ContactSettings, Settings

_COLOURS = {OK: "green", WARN: "yellow", FAIL: "red"}
_PATIENCE_SECONDS = 5
_SHORTEST_SECRET = 32
_FEWEST_LETTERS = 12
_CLOCKS_APART_SECONDS = 5
_EXTENSIONS = frozenset({"cube", "earthdistance"})


@click.command()
@folder_option
def doctor(folder: Path) -> None:
    """Check servers, schema, keys and settings; exit 1 where something must be mended."""
    with reached(folder) as settings:
        findings = [*examine_settings(settings), *asyncio.run(_examine_servers(settings))]
    table = Table("Part", "State", "Finding", title=f"Solidare, {settings.environment}")
    for found in findings:
        table.add_row(found.part, f"[{_COLOURS[found.state]}]{found.state}[/]", found.words)
    Console(width=None if Console().is_terminal else 120).print(table)
    if any(found.state == FAIL for found in findings):
        raise SystemExit(1)


async def _examine_servers(settings: Settings) -> list[Finding]:
    found = [finding async for finding in examine_database(settings)]
    return [*found, examine_queue(settings.redis_url.reveal()), examine_mail(settings)]


def examine_settings(settings: Settings) -> Iterator[Finding]:
    """Values that are fine at home and dangerous in front of people."""
    bad = FAIL if settings.is_production else WARN
    secret = settings.secret_key.reveal()
    weak = len(secret) < _SHORTEST_SECRET or len(set(secret)) < _FEWEST_LETTERS
    yield (
        Finding("secret key", bad, "Too short or too plain. Draw 32 random bytes.")
        if weak
        else Finding("secret key", OK, f"{len(secret)} characters")
    )
    if not settings.is_production:
        yield Finding("environment", OK, f"{settings.environment}: unsafe values are allowed")
        return
    yield (
        Finding("public address", OK, settings.public_url)
        if settings.is_https
        else Finding("public address", FAIL, "SOLIDARE_PUBLIC_URL must begin with https://")
    )
    yield from examine_secrets(settings)
    yield (
        Finding("contact", FAIL, "SOLIDARE_CONTACT_PHONE is still the example: nobody answers it.")
        if settings.contact.phone == ContactSettings.phone
        else Finding("contact", OK, settings.contact.phone)
    )
    if settings.mail.folder is not None:
        yield Finding("mail folder", FAIL, "SOLIDARE_MAIL_FOLDER shows letters to everybody.")
    if settings.mail.sender == type(settings.mail).sender:
        yield Finding("sender", WARN, "SOLIDARE_MAIL_SENDER is still no-reply@localhost.")
    if settings.erasure_list is None:
        words = "SOLIDARE_LEDGER_FOLDER is missing: nobody can be erased without a list outside."
        yield Finding("erasures", FAIL, words)
    if settings.ledger.copy_folder is None and not settings.ledger.copies:
        words = "SOLIDARE_LEDGER_FOLDER or _COPIES: after a restore nothing could tell a fork."
        yield Finding("ledger copies", WARN, words)
    tiles = settings.map
    if tiles.tile_url and not (tiles.tile_url.startswith("https://") and tiles.attribution):
        yield Finding("map", FAIL, "Tiles need an https:// address and their attribution.")


async def examine_database(settings: Settings) -> AsyncIterator[Finding]:
    engine = create_engine(settings.database, at_work=True)
    try:
        async with asyncio.timeout(_PATIENCE_SECONDS), reading(session_maker(engine)) as reader:
            version = await reader.scalar(text("SHOW server_version"))
            yield Finding("database", OK, f"PostgreSQL {version}")
            for finding in [f async for f in _examine_inside(reader, settings)]:
                yield finding
    except (OSError, TimeoutError, SQLAlchemyError) as error:
        yield Finding("database", FAIL, f"Does not answer: {type(error).__name__}.")
    finally:
        await engine.dispose()


async def _examine_inside(reader: ReadSession, settings: Settings) -> AsyncIterator[Finding]:
    present = set(await reader.scalars(text("SELECT extname FROM pg_extension")))
    if missing := _EXTENSIONS - present:
        yield Finding("extensions", FAIL, f"CREATE EXTENSION {', '.join(sorted(missing))};")
    if settings.is_production:
        yield await _examine_role(reader)
    apart = abs(((await reader.scalar(text("SELECT clock_timestamp()"))) - now()).total_seconds())
    if apart > _CLOCKS_APART_SECONDS:
        yield Finding("clock", WARN, f"This machine and the database differ by {apart:.0f} s.")
    schema, newest = await health.current_schema(reader), health.newest_schema()
    if schema < newest:
        yield Finding(
            "schema", FAIL, f"At {schema or 'nothing'}, not {newest}: solidare database upgrade"
        )
        return
    beyond = "the newest" if schema == newest else f"newer than this code, which knows {newest}"
    yield Finding("schema", OK, f"At {schema}, {beyond}")
    yield await _examine_keys(reader)
    yield await examine_staff(reader, is_production=settings.is_production)
    yield _examine_jobs(await gauges.gauges(reader))


async def _examine_role(reader: ReadSession) -> Finding:
    """Walls hold for who can neither pass nor remove them."""
    passes = "SELECT rolsuper OR rolbypassrls FROM pg_roles WHERE rolname = current_user"
    owns = "SELECT tableowner = current_user FROM pg_tables WHERE tablename = 'contact'"
    if await reader.scalar(text(passes)):
        return Finding("database role", FAIL, "The platform's role passes every wall: see docs.")
    if await reader.scalar(text(owns)):
        words = (
            "SOLIDARE_DATABASE_ROLE is not set: the platform owns its walls. See docs/security.md"
        )
        return Finding("database role", WARN, words)
    return Finding("database role", OK, "Owns nothing, passes no wall")


async def _examine_keys(reader: ReadSession) -> Finding:
    """A contact written long ago must still be readable with today's secret."""
    try:
        contact = await reader.scalar(select(Contact).order_by(Contact.id).limit(1))
    except ValueError:
        return Finding(
            "keys", FAIL, "The secret key is not the one this database was written with."
        )
    return Finding("keys", OK, "Sealed values can be read" if contact else "Nothing sealed yet")


def _examine_jobs(found: gauges.Gauges) -> Finding:
    if found.oldest_due_seconds > health.LATE_SECONDS:
        minutes = found.oldest_due_seconds / 60
        return Finding("worker", WARN, f"Work waits for {minutes:.0f} min: is a worker running?")
    if found.jobs_dead:
        return Finding("worker", WARN, f"{found.jobs_dead} jobs were given up.")
    return Finding("worker", OK, f"{found.jobs_waiting} jobs wait, none too long")


def examine_queue(url: str) -> Finding:
    try:
        lets_in = queue_lets_in(url, _PATIENCE_SECONDS)
    except OSError as error:
        return Finding("queue", FAIL, f"Does not answer: {type(error).__name__}.")
    if not lets_in:
        return Finding("queue", FAIL, "Answers, but does not let us in.")
    parts = urlsplit(url)
    return Finding("queue", OK, f"{parts.hostname}:{parts.port or PLAIN_PORT} answers")


def examine_mail(settings: Settings) -> Finding:
    """Greet the mail server, and sign in where it asks; no letter is sent."""
    url = settings.mail.smtp_url.reveal()
    if not url:
        state = FAIL if settings.is_production else WARN
        return Finding("mail", state, "No mail server: letters and codes wait. SOLIDARE_SMTP_URL")
    parts = urlsplit(url)
    kind = smtplib.SMTP_SSL if parts.scheme == "smtps" else smtplib.SMTP
    try:
        with kind(
            parts.hostname or "localhost", parts.port or 25, timeout=_PATIENCE_SECONDS
        ) as server:
            server.ehlo()
            if parse_qs(parts.query).get("starttls") == ["1"]:
                server.starttls(context=ssl.create_default_context())
            if parts.username:
                server.login(unquote(parts.username), unquote(parts.password or ""))
    except (OSError, smtplib.SMTPException) as error:
        return Finding("mail", FAIL, f"Does not let us in: {type(error).__name__}.")
    return Finding("mail", OK, f"{parts.hostname}:{parts.port or 25} answers")

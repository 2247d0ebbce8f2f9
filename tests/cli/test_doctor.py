"""`solidare doctor` on a good and on a bad platform."""

from dataclasses import replace
from pathlib import Path

import pytest
from sqlalchemy import text

from app import crypto, embedded
from app.accounts import actions as accounts
from app.accounts.rules import Role
from app.cli.doctor import examine_database, examine_mail, examine_queue, examine_settings
from app.cli.findings import FAIL, OK, WARN
from app.db import SessionMaker, transaction
from app.settings import (
    ContactSettings,
    DatabaseSettings,
    LedgerSettings,
    MailSettings,
    MapSettings,
    Secret,
    Settings,
)
from tests.cli.test_users import solidare
from tests.factories.accounts import a_person

DB = "postgresql://solidare:"
STRONG = "mQx8Zr2LpVw5TjKdYf3HbNs7CgAe9UiOXX"


def seen(settings: Settings) -> dict[str, str]:
    return {found.part: found.state for found in examine_settings(settings)}


async def seen_inside(settings: Settings) -> dict[str, str]:
    return {found.part: found.state async for found in examine_database(settings)}


@pytest.fixture
def production(settings: Settings) -> Settings:
    """Fit to serve people."""
    return replace(
        settings,
        environment="production",
        public_url="https://solidare.example.org",
        secret_key=Secret(STRONG),
        contact=ContactSettings(phone="+32 2 123 45 67", name="Solidare"),
        mail=MailSettings(Secret("smtp://127.0.0.1:1"), "Solidare <post@example.org>", None),
        ledger=LedgerSettings(copy_folder=Path("ledger")),
    )


def test_a_fit_production_has_no_complaint(production: Settings) -> None:
    assert set(seen(production).values()) == {OK}


@pytest.mark.parametrize(
    ("part", "changes"),
    [
        ("public address", {"public_url": "http://solidare.example.org"}),
        ("contact", {"contact": ContactSettings()}),
        ("secret key", {"secret_key": Secret("short")}),
        ("secret key", {"secret_key": Secret("a" * 64)}),
        ("mail folder", {"mail": MailSettings(Secret(""), "S <s@example.org>", Path("mail"))}),
        ("database password", {"database": DatabaseSettings(Secret("postgresql://a@db:1/a"))}),
        ("database password", {"database": DatabaseSettings(Secret(f"{DB}postgres-2026@db:1/a"))}),
        ("queue password", {"redis_url": Secret("redis://valkey:6379/0")}),
        ("queue password", {"redis_url": Secret("redis://:valkeyvalkey@valkey:6379/0")}),
        ("metrics token", {"metrics_token": Secret("metrics")}),
        ("mail password", {"mail": MailSettings(Secret("smtp://u:p@mail:25"), "S <s@e.org>")}),
        ("map", {"map": MapSettings("http://tiles.example.org/{z}/{x}/{y}.png", "")}),
    ],
)
def test_each_unsafe_value_fails_in_production_only(
    part: str, changes: dict[str, object], production: Settings
) -> None:
    unsafe = replace(production, **changes)  # type: ignore[arg-type] # fields of the parameters
    assert [name for name, state in seen(unsafe).items() if state == FAIL] == [part]
    at_home = replace(unsafe, environment="development")
    assert FAIL not in seen(at_home).values()


async def test_the_database_is_examined(settings: Settings, maker: SessionMaker) -> None:
    await a_person(maker)
    assert set((await seen_inside(settings)).values()) == {OK}


@pytest.mark.parametrize(("environment", "state"), [("production", FAIL), ("development", WARN)])
async def test_whoever_has_a_role_needs_a_second_step(
    production: Settings, maker: SessionMaker, environment: str, state: str
) -> None:
    person = await a_person(maker)
    async with transaction(maker) as session:
        await accounts.grant(session, person.id, Role.MODERATOR)
    there = replace(production, environment=environment, secret_key=Secret(STRONG))
    assert (await seen_inside(there))["second step"] == state
    async with transaction(maker) as session:
        await accounts.set_app(session, person.id, "SOLIDARESOLIDARESOLIDARESOLIDARE")
    assert (await seen_inside(there))["second step"] == OK


async def test_another_secret_than_the_databases_own_is_found(
    settings: Settings, maker: SessionMaker
) -> None:
    await a_person(maker)
    crypto.keyring.open(Secret(STRONG))
    try:
        assert (await seen_inside(settings))["keys"] == FAIL
    finally:
        crypto.keyring.open(settings.secret_key)


async def test_an_old_schema_is_found(settings: Settings, maker: SessionMaker) -> None:
    async with transaction(maker) as session:
        newest = await session.scalar(text("SELECT version_num FROM alembic_version"))
        await session.execute(text("UPDATE alembic_version SET version_num = '0000'"))
    try:
        assert (await seen_inside(settings))["schema"] == FAIL
    finally:
        async with transaction(maker) as session:
            back = text("UPDATE alembic_version SET version_num = :newest")
            await session.execute(back, {"newest": newest})


async def test_servers_that_do_not_answer_are_found(settings: Settings) -> None:
    nowhere = DatabaseSettings(Secret("postgresql+asyncpg://nobody:nothing@127.0.0.1:1/none"))
    assert await seen_inside(replace(settings, database=nowhere)) == {"database": FAIL}
    assert examine_queue("redis://127.0.0.1:1/0").state == FAIL
    mail = MailSettings(Secret("smtp://127.0.0.1:1"))
    assert examine_mail(replace(settings, mail=mail)).state == FAIL


def test_the_queue_lets_only_us_in(settings: Settings) -> None:
    url = settings.redis_url.reveal()
    assert examine_queue(url).state == OK
    password = url.split(":")[2].split("@")[0]
    assert examine_queue(url.replace(password, "wrong")).state == FAIL
    assert examine_queue(url.replace(f":{password}@", "")).state == FAIL


def test_mail_is_greeted(settings: Settings, tmp_path: Path) -> None:
    with embedded.mail_catcher(tmp_path) as url:
        assert examine_mail(replace(settings, mail=MailSettings(Secret(url)))).state == OK
    silent = replace(settings, mail=MailSettings(Secret("")))
    assert examine_mail(silent).state == WARN
    assert examine_mail(replace(silent, environment="production")).state == FAIL


def test_the_command_exits_0_at_home_and_1_where_people_would_be_harmed(
    servers: dict[str, str],
) -> None:
    good = solidare(servers, "doctor")
    assert good.returncode == 0, good.stdout + good.stderr
    bad = solidare(servers, "doctor", SOLIDARE_ENVIRONMENT="production")
    assert bad.returncode == 1
    assert "SOLIDARE_CONTACT_PHONE" in bad.stdout
    assert servers["SOLIDARE_SECRET_KEY"] not in bad.stdout + bad.stderr
    missing = solidare({**servers, "SOLIDARE_SECRET_KEY": ""}, "doctor")
    assert missing.returncode == 1
    assert "SOLIDARE_SECRET_KEY is not set" in missing.stderr


def test_it_starts_its_own_servers_where_none_are_named(tmp_path: Path) -> None:
    """In a fresh folder: everything answers, only the schema is missing until the first command."""
    plain = {"DATABASE_URL": "", "REDIS_URL": ""}
    folder = ("--folder", str(tmp_path / "run"))
    fresh = solidare(plain, "doctor", *folder)
    assert fresh.returncode == 1
    assert "solidare database upgrade" in fresh.stdout
    made = solidare(
        plain, "users", "create", *folder, "--name", "Jan", "--email", "jan@example.org", "--adult"
    )
    assert made.returncode == 0, made.stderr
    assert solidare(plain, "doctor", *folder).returncode == 0

"""Commands find the servers that the environment names, those that run, or start their own."""

import smtplib
from email.message import EmailMessage
from pathlib import Path

import pytest

from app import embedded
from app.embedded.environment import told_environment
from app.embedded.folder import held
from tests.embedded.database import connected


@pytest.fixture(autouse=True)
def nothing_is_configured(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("DATABASE_URL", "REDIS_URL", "SOLIDARE_SMTP_URL", "SOLIDARE_SECRET_KEY"):
        monkeypatch.delenv(name, raising=False)


async def test_servers_are_started_for_a_command(tmp_path: Path) -> None:
    with embedded.platform(tmp_path) as environment:
        url = environment["DATABASE_URL"]
        async with connected(url) as connection:
            assert await connection.fetchval("SELECT 1") == 1
        assert environment["REDIS_URL"].startswith("redis://")
        assert environment["SOLIDARE_ENVIRONMENT"]
        secret = environment["SOLIDARE_SECRET_KEY"]
    with pytest.raises(OSError, match="Connect call failed"):
        await connected(url).__aenter__()
    kept = tmp_path / "secret"
    assert kept.read_text() == secret
    assert kept.stat().st_mode & 0o777 == 0o600


def test_a_running_platform_is_found(tmp_path: Path) -> None:
    told = {"DATABASE_URL": "postgresql+asyncpg://a", "REDIS_URL": "redis://b"}
    with held(tmp_path) as ours, told_environment(tmp_path, told):
        assert ours
        assert embedded.read_environment(tmp_path) == told
        assert (tmp_path / "environment").stat().st_mode & 0o777 == 0o600
        with embedded.platform(tmp_path) as environment:
            assert environment == told
    assert embedded.read_environment(tmp_path) == {}


def test_a_killed_platform_is_not_believed(tmp_path: Path) -> None:
    (tmp_path / "environment").write_text("DATABASE_URL=postgresql://gone\n")
    assert embedded.read_environment(tmp_path) == {}


def test_what_the_environment_names_comes_first(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("DATABASE_URL", "postgresql://production")
    with embedded.platform(tmp_path) as environment:
        assert environment["DATABASE_URL"] == "postgresql://production"
        assert environment["REDIS_URL"].startswith("redis://:")
    assert not (tmp_path / "postgres").exists()
    monkeypatch.setenv("REDIS_URL", "redis://production")
    with embedded.platform(tmp_path / "untouched") as environment:
        assert environment == {}
    assert not (tmp_path / "untouched").exists()


def test_letters_are_kept_as_files(tmp_path: Path) -> None:
    letter = EmailMessage()
    letter["To"] = "amina@example.org"
    letter["Subject"] = "Votre code : 123456"
    letter.set_content("Ça marche. Доброго дня.")
    with embedded.mail_catcher(tmp_path) as url:
        host, port = url.removeprefix("smtp://").split(":")
        with smtplib.SMTP(host, int(port)) as post:
            post.send_message(letter, from_addr="no-reply@localhost")
            post.send_message(letter, from_addr="no-reply@localhost")
    kept = sorted((tmp_path / "mail").iterdir())
    assert [path.suffix for path in kept] == [".eml", ".eml"]
    assert b"Subject: Votre code" in kept[0].read_bytes()

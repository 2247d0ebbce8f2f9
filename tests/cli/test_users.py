"""`solidare users` against real servers, as typed in a terminal."""

import json
import os
import subprocess
import sys
from collections.abc import Mapping

import httpx
import pytest
from sqlalchemy import select

from app.accounts.models import Person, RoleGrant
from app.db import SessionMaker, reading

COMMAND = [sys.executable, "-m", "app.cli.main"]


def solidare(
    servers: Mapping[str, str], *words: str, **environment: str
) -> subprocess.CompletedProcess[str]:
    """One command in a terminal of its own."""
    return subprocess.run(  # noqa: S603 - our own command and words
        [*COMMAND, *words],
        env={**os.environ, **servers, **environment},
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )


def create(servers: Mapping[str, str], *words: str) -> subprocess.CompletedProcess[str]:
    return solidare(servers, "users", "create", "--name", "Amal", "--adult", *words)


async def test_create_grant_token_and_the_token_opens_the_api(
    servers: dict[str, str], client: httpx.AsyncClient, maker: SessionMaker
) -> None:
    made = create(servers, "--phone", "0470 12.34/56", "--language", "ar")
    assert made.returncode == 0, made.stderr
    granted = solidare(servers, "users", "grant", "+32470123456", "moderator")
    assert granted.returncode == 0, granted.stderr
    async with reading(maker) as reader:
        person = (await reader.scalars(select(Person))).one()
        assert (person.name, person.language) == ("Amal", "ar")
        role = (await reader.scalars(select(RoleGrant))).one()
        assert (role.person_id, role.role) == (person.id, "moderator")
    token = solidare(servers, "users", "token", "0470123456").stdout.strip()
    assert len(token) >= 43
    answer = await client.get("/api/v1/me", headers={"authorization": f"Bearer {token}"})
    assert answer.status_code in (200, 404), answer.text  # 404 only where the API has no such page
    assert token not in json.dumps(answer.text)


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("--email", "not an address"), "is not email"),
        ((), "Give --email or --phone"),
        (("--email", "a@example.org", "--language", "tlh"), "tlh"),
    ],
)
def test_create_says_what_is_wrong(
    words: tuple[str, ...], said: str, servers: dict[str, str]
) -> None:
    refused = create(servers, *words)
    assert refused.returncode == 2
    assert said in refused.stderr
    assert "Traceback" not in refused.stderr


async def test_the_same_contact_is_refused_the_second_time(
    servers: dict[str, str], maker: SessionMaker
) -> None:
    assert create(servers, "--email", "Amal@Example.org").returncode == 0
    again = create(servers, "--email", "amal@example.org")
    assert (again.returncode, "already signs in" in again.stderr) == (1, True)


async def test_roles_of_an_organisation_need_it_and_others_do_not(
    servers: dict[str, str], maker: SessionMaker
) -> None:
    create(servers, "--email", "amal@example.org")
    without = solidare(servers, "users", "grant", "amal@example.org", "caseworker")
    assert "needs --organisation" in without.stderr
    unknown = solidare(
        servers, "users", "grant", "amal@example.org", "caseworker", "--organisation", "none"
    )
    assert "no organisation with the code none" in unknown.stderr
    nobody = solidare(servers, "users", "grant", "b@example.org", "moderator")
    assert (nobody.returncode, "Nobody signs in" in nobody.stderr) == (1, True)


def test_help_shows_every_family(servers: dict[str, str]) -> None:
    shown = solidare(servers, "--help").stdout
    for family in (
        "up",
        "run",
        "worker",
        "database",
        "users",
        "ledger",
        "doctor",
        "import",
        "demo",
        "i18n",
    ):
        assert f"  {family} " in shown

"""The pages of everybody: there in each language, without account, without anything stored."""

from datetime import UTC, datetime, timedelta

import httpx
import pytest
from markupsafe import escape

from app.db import SessionMaker, transaction
from app.home.rules.choices import CHOICES, shown_count
from app.home.rules.machines import robots_text
from app.home.rules.services import CHECKED_EVERY, SERVICES, Matter, dialled, is_stale
from app.i18n import LANGUAGES
from app.posts.rules import category
from app.rights.rules.retention import RETENTION
from tests.conftest import SignIn
from tests.factories.accounts import a_person, csrf_token
from tests.factories.posts import an_author, an_offer

PAGES = (
    "/", "/offer-help", "/need-help", "/help", "/how-it-works", "/privacy", "/terms", "/credits",
    "/report",
)  # fmt: skip


@pytest.mark.parametrize("page", PAGES)
@pytest.mark.parametrize("language", LANGUAGES)
async def test_the_page_is_there_for_a_stranger(
    page: str, language: str, client: httpx.AsyncClient
) -> None:
    answer = await client.get(f"/{language}{page}")
    assert answer.status_code == 200
    assert f'lang="{language}" dir="{"rtl" if language == "ar" else "ltr"}"' in answer.text
    assert answer.text.count("<h1>") == 1


async def test_home_offers_each_first_choice_in_one_tap(client: httpx.AsyncClient) -> None:
    home = (await client.get("/en/")).text
    for choice in CHOICES:
        assert f'href="/en/offers?kind={choice.kind}"' in home
    assert 'href="/en/offer-help"' in home
    assert 'href="/en/organisations/apply"' in home


async def test_small_counts_stay_away_and_large_ones_are_shown(
    client: httpx.AsyncClient, maker: SessionMaker
) -> None:
    async with transaction(maker) as session:
        author = await an_author(session)
        for _ in range(9):
            await an_offer(session, author)
        for _ in range(12):  # beds that no organisation has checked are nobody's to count
            await an_offer(session, author, category=category("roof.bed").number)
    assert "9 offers" not in (await client.get("/en/")).text
    async with transaction(maker) as session:
        await an_offer(session, author)
    home = (await client.get("/en/")).text
    assert "10 offers" in home
    assert "12 offers" not in home


async def test_a_kind_of_help_opens_a_draft(client: httpx.AsyncClient) -> None:
    page = await client.get("/en/offer-help")
    answer = await client.post(
        "/en/drafts",
        data={"_csrf_token": csrf_token(page.text), "kind": "offer", "category": "food.meal"},
    )
    assert answer.status_code == 303
    assert answer.headers["location"].startswith("/en/drafts/")


async def test_help_puts_112_first_and_every_number_can_be_dialled(
    client: httpx.AsyncClient,
) -> None:
    page = (await client.get("/en/help")).text
    main = page[page.index("<main") :]
    assert main.index('href="tel:112"') < main.index('href="tel:101"')
    for service in SERVICES:
        assert service.name in main
        if service.phone:
            assert f'href="tel:{dialled(service.phone)}"' in main


def test_every_service_was_checked_lately() -> None:
    """Look each one up again, correct its row, and write today's date beside it."""
    today = datetime.now(UTC).date()
    assert [service.name for service in SERVICES if is_stale(service, today)] == []
    assert [service.name for service in SERVICES if service.checked > today] == []


def test_a_row_goes_stale_the_day_after_its_term() -> None:
    service = SERVICES[0]
    assert not is_stale(service, service.checked + CHECKED_EVERY)
    assert is_stale(service, service.checked + CHECKED_EVERY + timedelta(days=1))


def test_every_matter_has_somebody_who_answers() -> None:
    assert {service.matter for service in SERVICES} == set(Matter)
    assert all(service.phone or service.website for service in SERVICES)


def test_counts_and_choices() -> None:
    assert (shown_count(9), shown_count(10)) == (None, 10)
    assert all(choice.numbers for choice in CHOICES)


async def test_privacy_shows_the_whole_table(client: httpx.AsyncClient) -> None:
    page = (await client.get("/en/privacy")).text
    for kept in RETENTION:
        assert str(escape(kept.until)) in page


async def test_exit_leaves_for_elsewhere_and_signs_out(
    client: httpx.AsyncClient, maker: SessionMaker, sign_in: SignIn
) -> None:
    await sign_in(client, (await a_person(maker)).id)
    assert 'href="/en/account"' in (await client.get("/en/help")).text
    answer = await client.get("/en/exit")
    assert (answer.status_code, answer.headers["location"]) == (303, "https://en.wikipedia.org/")
    assert '"storage"' in answer.headers["clear-site-data"]
    assert 'href="/en/account"' not in (await client.get("/en/help")).text


async def test_a_picture_on_another_site_signs_nobody_out(
    client: httpx.AsyncClient, maker: SessionMaker, sign_in: SignIn
) -> None:
    await sign_in(client, (await a_person(maker)).id)
    await client.get("/en/exit", headers={"sec-fetch-site": "cross-site"})
    assert 'href="/en/account"' in (await client.get("/en/help")).text


async def test_robots_stay_out_of_what_is_personal(client: httpx.AsyncClient) -> None:
    text = (await client.get("/robots.txt")).text
    assert text == robots_text()
    lines = set(text.splitlines())
    for private in ("/needs", "/drafts", "/account", "/nl/needs", "/fr/drafts", "/ar/account"):
        assert f"Disallow: {private}" in lines
    closed = tuple(line.removeprefix("Disallow: ") for line in lines if line.startswith("Dis"))
    for public in ("/en/", "/en/offers", "/en/privacy", "/en/need-help", "/en/help"):
        assert not public.startswith(closed)


async def test_security_and_icon_are_where_machines_look(client: httpx.AsyncClient) -> None:
    assert "Contact: " in (await client.get("/.well-known/security.txt")).text
    icon = await client.get("/favicon.ico", follow_redirects=True)
    assert icon.headers["content-type"].startswith("image/svg+xml")

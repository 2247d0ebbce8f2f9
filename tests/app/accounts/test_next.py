"""`next` leads to a page of ours or nowhere."""

from urllib.parse import urljoin, urlsplit

import httpx
import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.accounts.rules import local_path
from app.db import SessionMaker
from tests.factories.accounts import a_person, ask_for_code, last_code, submit

HERE = "http://localhost:8000/en/sign-in"
LURES = [
    "//evil.example", "///evil.example", "/\\evil.example", "\\\\evil.example", "https://evil.example",
    "http:evil.example", "/en//evil.example", "/fr///evil.example", "javascript:alert(1)",
    "/\t/evil.example", "/%0d%0aSet-Cookie:sid=1", "/\r\nX: y", "evil.example", " //evil.example",
    "/..//evil.example", "/en/\\evil.example", "/@evil.example", "http://localhost:8000@evil.example",
]  # fmt: skip


def leads_away(path: str) -> bool:
    """Whether a browser on our page that is sent there, with the language before, leaves us."""
    places = [urlsplit(urljoin(HERE, prefix + path.replace("\\", "/"))) for prefix in ("", "/en")]
    return any(place.netloc != "localhost:8000" for place in places)


@pytest.mark.parametrize("lure", LURES)
def test_lures_are_refused(lure: str) -> None:
    path = local_path(lure, ("en", "fr"))
    assert not path or not leads_away(path)
    assert "\r" not in path
    assert "\n" not in path


@given(st.text(alphabet="/\\:.@?=%&#enfrvil\t\r\n ", max_size=20))
def test_nothing_typed_leads_away(text: str) -> None:
    path = local_path(text, ("en", "fr"))
    assert not path or (path.startswith("/") and not leads_away(path))


def test_a_naive_check_is_caught() -> None:
    """The control: what looks like a path is not always one."""
    assert any(leads_away(lure) for lure in LURES if lure.startswith("/"))


def test_pages_of_ours_stay_whole() -> None:
    assert local_path("/offers?kind=bed&page=2", ("en",)) == "/offers?kind=bed&page=2"
    assert local_path("/nl/needs/abc-repas", ("nl",)) == "/needs/abc-repas"


@pytest.mark.parametrize("lure", LURES)
async def test_sign_in_ends_at_home(
    client: httpx.AsyncClient, maker: SessionMaker, lure: str
) -> None:
    await a_person(maker, email="amina@example.org")
    await ask_for_code(client, "amina@example.org")
    page = await client.get("/en/sign-in/code", params={"next": lure})
    assert page.status_code == 200
    address = str(httpx.URL("/en/sign-in/code", params={"next": lure}))
    code = await last_code(maker, "amina@example.org")
    answer = await submit(client, address, code=code)
    assert answer.status_code == 303
    assert not leads_away(answer.headers["location"])

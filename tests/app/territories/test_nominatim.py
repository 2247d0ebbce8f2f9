"""The Nominatim geocoder against a real HTTP server that answers as Nominatim does."""

import asyncio
import time
from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from itertools import pairwise

import pytest
from aiohttp import web
from aiohttp.test_utils import TestServer

from app.territories.geocoder import nominatim
from app.territories.geocoder.nominatim import NominatimGeocoder
from app.territories.geocoder.port import Geocoder, GeocoderUnavailableError, Precision

PLACE_FLAGEY = {
    "place_id": 1,
    "lat": "50.8274",
    "lon": "4.3722",
    "display_name": "12, Place Flagey, 1050 Ixelles, Belgique",
    "address": {"house_number": "12", "road": "Place Flagey", "postcode": "1050"},
}
LILLE = {"lat": "50.6366", "lon": "3.0635", "display_name": "Lille", "address": {}}
ZELLIK = {
    "lat": "50.8845",
    "lon": "4.2740",
    "display_name": "Zellik",
    "address": {"village": "Zellik", "postcode": "1731;1732"},
}


@dataclass
class FakeNominatim:
    """Answers what the test sets and remembers what was asked, and when."""

    body: object = field(default_factory=lambda: [PLACE_FLAGEY])
    status: int = 200
    delay_seconds: float = 0
    asked: list[dict[str, str]] = field(default_factory=list)
    agents: list[str] = field(default_factory=list)
    times: list[float] = field(default_factory=list)

    async def search(self, request: web.Request) -> web.Response:
        self.times.append(time.monotonic())
        self.asked.append(dict(request.query))
        self.agents.append(request.headers.get("User-Agent", ""))
        await asyncio.sleep(self.delay_seconds)
        if isinstance(self.body, str):
            return web.Response(text=self.body, status=self.status)
        return web.json_response(self.body, status=self.status)


@pytest.fixture
def fake() -> FakeNominatim:
    return FakeNominatim()


@pytest.fixture
async def server(fake: FakeNominatim) -> AsyncIterator[TestServer]:
    app = web.Application()
    app.router.add_get("/search", fake.search)
    running = TestServer(app)
    async with running:
        yield running


def geocoder_at(server: TestServer, *, seconds_between: float = 0.0) -> NominatimGeocoder:
    return NominatimGeocoder(
        domain=f"{server.host}:{server.port}",
        scheme="http",
        user_agent="solidare-tests",
        timeout_seconds=0.5,
        seconds_between=seconds_between,
    )


async def test_an_address_becomes_a_point_without_its_street(
    server: TestServer, fake: FakeNominatim
) -> None:
    geocoder: Geocoder = geocoder_at(server)
    (found,) = await geocoder.find("Place Flagey 12, Ixelles", "fr")
    assert (found.lat, found.lon) == (50.8274, 4.3722)
    assert found.municipality_nis == "21009"
    assert found.label("fr") == "1050 Ixelles"
    assert found.label("nl") == "1050 Elsene"
    assert found.precision is Precision.ADDRESS
    assert fake.asked[0]["q"] == "Place Flagey 12, Ixelles"
    assert fake.asked[0]["countrycodes"] == "be"
    assert fake.asked[0]["accept-language"] == "fr"
    assert fake.agents == ["solidare-tests"]


async def test_places_we_do_not_know_are_left_out(server: TestServer, fake: FakeNominatim) -> None:
    fake.body = [LILLE, {"display_name": "nowhere"}, ZELLIK, ZELLIK]
    (zellik,) = await geocoder_at(server).find("zellik", "nl")
    assert zellik.postcode == "1731"
    assert zellik.precision is Precision.PLACE


async def test_nothing_found_is_an_empty_answer(server: TestServer, fake: FakeNominatim) -> None:
    fake.body = []
    assert await geocoder_at(server).find("xyzzyx", "fr") == []


@pytest.mark.parametrize("text", ["", "  ", "\0", "\ud800"])
async def test_an_empty_question_is_not_sent(
    server: TestServer, fake: FakeNominatim, text: str
) -> None:
    assert await geocoder_at(server).find(text, "fr") == []
    assert fake.asked == []


@pytest.mark.parametrize("status", [403, 429, 500, 503])
async def test_a_refusal_is_told_kindly(
    server: TestServer, fake: FakeNominatim, status: int
) -> None:
    fake.status = status
    with pytest.raises(GeocoderUnavailableError, match="postcode or a town"):
        await geocoder_at(server).find("Ixelles", "fr")


@pytest.mark.parametrize("body", ["<html>", "", "[", [{"lat": "a", "lon": "b"}], ["?"]])
async def test_a_garbled_answer_is_unavailable(
    server: TestServer, fake: FakeNominatim, body: object
) -> None:
    fake.body = body
    with pytest.raises(GeocoderUnavailableError):
        await geocoder_at(server).find("Ixelles", "fr")


async def test_a_slow_server_is_not_waited_for(server: TestServer, fake: FakeNominatim) -> None:
    fake.delay_seconds = 5
    started = time.monotonic()
    with pytest.raises(GeocoderUnavailableError):
        await geocoder_at(server).find("Ixelles", "fr")
    assert time.monotonic() - started < 3


async def test_a_closed_door_is_unavailable(server: TestServer) -> None:
    geocoder = geocoder_at(server)
    await server.close()
    with pytest.raises(GeocoderUnavailableError):
        await geocoder.find("Ixelles", "fr")


async def test_questions_keep_their_distance(server: TestServer, fake: FakeNominatim) -> None:
    geocoder = geocoder_at(server, seconds_between=0.2)
    await asyncio.gather(*(geocoder.find(f"Ixelles {n}", "fr") for n in range(4)))
    gaps = [later - sooner for sooner, later in pairwise(fake.times)]
    assert min(gaps) >= 0.19


async def test_without_a_pause_they_do_not(server: TestServer, fake: FakeNominatim) -> None:
    """Control: the distance comes from the geocoder, not from a slow server."""
    geocoder = geocoder_at(server, seconds_between=0.0)
    await asyncio.gather(*(geocoder.find(f"Ixelles {n}", "fr") for n in range(4)))
    gaps = [later - sooner for sooner, later in pairwise(fake.times)]
    assert min(gaps) < 0.19


async def test_a_repeated_question_is_not_asked_again(
    server: TestServer, fake: FakeNominatim
) -> None:
    geocoder = geocoder_at(server)
    first = await geocoder.find("Place Flagey 12, Ixelles", "fr")
    again = await geocoder.find("place flagey 12,  IXELLES", "fr")
    assert (again, len(fake.asked)) == (first, 1)
    await geocoder.find("Place Flagey 12, Ixelles", "nl")
    assert len(fake.asked) == 2


async def test_memory_has_an_end(
    server: TestServer, fake: FakeNominatim, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(nominatim, "MOST_REMEMBERED", 1)
    geocoder = geocoder_at(server)
    for question in ("Ixelles 1", "Ixelles 2", "Ixelles 1"):
        await geocoder.find(question, "fr")
    assert len(fake.asked) == 3

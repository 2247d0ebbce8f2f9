"""What a first visit weighs on the wire: compressed bytes and own requests, cache empty."""

import re

import httpx
import pytest

from app.db import SessionMaker, transaction
from tests.factories.posts import an_author, an_offer, somewhere

OWN_FILE = re.compile(r'(?:src|href)="(/static/[^"]+)"')
POSTCODES = ("1000", "1020", "1030", "1040", "1050", "1060", "1070", "1080", "1081", "1090", "1180")
KILOBYTE = 1_000


async def weight(client: httpx.AsyncClient, path: str) -> tuple[float, int]:
    """Kilobytes and requests of a page with everything of ours that it asks for."""
    page = await client.get(path, headers={"accept-encoding": "gzip"}, follow_redirects=True)
    assert page.status_code == 200
    assert page.headers["content-encoding"] == "gzip"
    assert "accept-encoding" in ",".join(page.headers.get_list("vary")).lower()
    answers = [page]
    for file in sorted(set(OWN_FILE.findall(page.text))):
        # As browsers ask over HTTPS.
        answers.append(await client.get(file, headers={"accept-encoding": "gzip, br"}))
        assert answers[-1].status_code == 200
    return sum(one.num_bytes_downloaded for one in answers) / KILOBYTE, len(answers)


@pytest.mark.parametrize(
    ("path", "kilobytes", "requests"),
    [
        ("/fr/", 15, 4),
        ("/fr/offers", 30, 6),
        ("/fr/offers?place=1060", 30, 6),
        ("/fr/offer-help", 25, 5),
        ("/fr/offers/map", 85, 8),
    ],
)
async def test_a_first_visit_stays_within_its_budget(
    client: httpx.AsyncClient, maker: SessionMaker, path: str, kilobytes: float, requests: int
) -> None:
    async with transaction(maker) as session:
        for postcode in POSTCODES * 3:
            await an_offer(session, await an_author(session), place=somewhere(postcode))
    heavy, asked = await weight(client, path)
    assert heavy <= kilobytes
    assert asked <= requests


async def test_whoever_reads_no_gzip_gets_plain_pages(client: httpx.AsyncClient) -> None:
    page = await client.get("/fr/offers", headers={"accept-encoding": "identity"})
    assert "content-encoding" not in page.headers
    assert "<!DOCTYPE html>" in page.text

"""Built files travel small, are asked for once, and nothing else can be reached."""

import gzip
import json
from collections.abc import AsyncIterator

import httpx
import pytest

from app.web.static import FOLDER, StaticFiles, static

STYLESHEET = static("site.css")
ON_DISK = FOLDER / STYLESHEET.removeprefix("/static/")


@pytest.fixture
async def client() -> AsyncIterator[httpx.AsyncClient]:
    transport = httpx.ASGITransport(app=StaticFiles())
    async with httpx.AsyncClient(transport=transport, base_url="http://test") as client:
        yield client


async def raw(client: httpx.AsyncClient, accepted: str) -> tuple[httpx.Response, bytes]:
    """An answer with its body as it travelled, before any decoding."""
    async with client.stream("GET", STYLESHEET, headers={"accept-encoding": accepted}) as answer:
        return answer, b"".join([chunk async for chunk in answer.aiter_raw()])


@pytest.mark.parametrize(
    ("accepted", "encoding", "suffix"),
    [
        ("gzip, deflate, br", "br", ".br"),
        ("br;q=0, gzip;q=0.5", "gzip", ".gz"),
        ("br; q=0.000, gzip", "gzip", ".gz"),
        ("GZIP", "gzip", ".gz"),
        ("identity", None, ""),
        ("", None, ""),
    ],
)
async def test_smallest_accepted_form_is_sent(
    client: httpx.AsyncClient, accepted: str, encoding: str | None, suffix: str
) -> None:
    answer, body = await raw(client, accepted)
    assert answer.status_code == 200
    assert answer.headers.get("content-encoding") == encoding
    assert answer.headers["vary"] == "accept-encoding"
    assert answer.headers["content-type"] == "text/css; charset=utf-8"
    assert "immutable" in answer.headers["cache-control"]
    assert body == ON_DISK.with_name(ON_DISK.name + suffix).read_bytes()


async def test_known_file_is_not_sent_again(client: httpx.AsyncClient) -> None:
    first = await client.get(STYLESHEET, headers={"accept-encoding": "gzip"})
    tag = first.headers["etag"]
    for known in (tag, f"W/{tag}", f'"other", {tag}', "*"):
        again = await client.get(
            STYLESHEET, headers={"accept-encoding": "gzip", "if-none-match": known}
        )
        assert again.status_code == 304
        assert again.content == b""
        assert again.headers["etag"] == tag


async def test_each_encoding_has_its_own_tag(client: httpx.AsyncClient) -> None:
    tags = {(await raw(client, accepted))[0].headers["etag"] for accepted in ("br", "gzip", "")}
    assert len(tags) == 3
    plain = await client.get(
        STYLESHEET, headers={"accept-encoding": "identity", "if-none-match": '"stale"'}
    )
    assert plain.status_code == 200


async def test_head_tells_the_same_without_the_body(client: httpx.AsyncClient) -> None:
    headers = {"accept-encoding": "gzip"}
    got = await client.get(STYLESHEET, headers=headers)
    head = await client.head(STYLESHEET, headers=headers)
    assert head.status_code == 200
    assert head.content == b""
    assert dict(head.headers) == dict(got.headers)


@pytest.mark.parametrize(
    "path",
    [
        "/static/",
        "/static/none.css",
        "/static/manifest.json",
        "/static/..%2fmain.py",
        "/static/%00",
    ],
)
async def test_nothing_else_can_be_reached(client: httpx.AsyncClient, path: str) -> None:
    assert (await client.get(path)).status_code == 404


async def test_files_cannot_be_written(client: httpx.AsyncClient) -> None:
    answer = await client.post(STYLESHEET)
    assert answer.status_code == 405
    assert answer.headers["allow"] == "GET, HEAD"


async def test_prefix_may_have_been_cut_by_the_mount(client: httpx.AsyncClient) -> None:
    mounted = await client.get(STYLESHEET.removeprefix("/static"))
    assert mounted.status_code == 200


def test_unknown_name_is_an_error() -> None:
    with pytest.raises(KeyError):
        static("none.css")


def test_committed_forms_agree() -> None:
    manifest = json.loads((FOLDER / "manifest.json").read_text())
    for built in manifest["files"].values():
        plain = (FOLDER / built).read_bytes()
        assert gzip.decompress((FOLDER / f"{built}.gz").read_bytes()) == plain
        assert 0 < len((FOLDER / f"{built}.br").read_bytes()) < len(plain)

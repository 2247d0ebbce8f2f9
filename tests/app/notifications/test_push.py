"""News in the browser, told to a real HTTP server that stands for its maker and opens the seal."""

import json
import threading
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import http_ece  # type: ignore[import-untyped] # ships no types
import httpx
import pytest
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from litestar import Litestar
from py_vapid import Vapid02  # type: ignore[import-untyped] # ships no types
from sqlalchemy import func, select, update

from app import crypto
from app.db import SessionMaker, reading, transaction
from app.notifications import actions
from app.notifications.models import Notice, PushSubscription
from app.notifications.rules import LinkPurpose, NoticeKind
from app.notifications.rules.push import is_public, may_reach, public_key, read_browser
from app.outbox import Job, JobRow
from app.settings import PushSettings, Secret, Settings
from tests.conftest import SignIn
from tests.factories.accounts import a_person, csrf_token
from workers.jobs import JOBS
from workers.protocol import Tools, run

PUSH = PushSettings(Secret(crypto.text_of(b"\x11" * 32)), "mailto:post@example.org")


@dataclass
class Maker:
    """What the browser's maker got; it answers with `status`."""

    address: str = ""
    status: int = 201
    got: list[tuple[dict[str, str], bytes]] = field(default_factory=list)


@pytest.fixture
def endpoint() -> Iterator[Maker]:
    maker = Maker()

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["content-length"]))
            maker.got.append(({k.lower(): v for k, v in self.headers.items()}, body))
            self.send_response(maker.status)
            self.send_header("content-length", "0")
            self.end_headers()

        def log_message(self, *_: object) -> None:
            """Say nothing."""

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        maker.address = f"http://127.0.0.1:{server.server_address[1]}/send/abc"
        yield maker
        server.shutdown()


@dataclass
class Phone:
    """The keys of one browser."""

    key: ec.EllipticCurvePrivateKey = field(
        default_factory=lambda: ec.generate_private_key(ec.SECP256R1())
    )
    secret: bytes = b"sixteen bytes 16"

    @property
    def p256dh(self) -> str:
        point = self.key.public_key().public_bytes(Encoding.X962, PublicFormat.UncompressedPoint)
        return crypto.text_of(point)

    def read(self, body: bytes) -> dict[str, str]:
        opened: dict[str, str] = json.loads(
            http_ece.decrypt(body, private_key=self.key, auth_secret=self.secret)
        )
        return opened


@pytest.fixture
def with_push(app: Litestar) -> Iterator[Settings]:
    plain: Settings = app.state.settings
    app.state.settings = replace(plain, push=PUSH)
    yield app.state.settings
    app.state.settings = plain


async def tell(maker: SessionMaker, person_id: int, kind: NoticeKind) -> None:
    async with transaction(maker) as session:
        facts, link = {"name": "Jan"}, (LinkPurpose.EXCHANGE_PAGE, "abcd2345")
        await actions.tell(session, person_id, kind, facts=facts, link=link)


async def push(maker: SessionMaker, settings: Settings) -> JobRow:
    """Do the waiting work at once, whatever the hour."""
    async with transaction(maker) as session:
        row_id = await session.scalar(
            select(func.max(JobRow.id)).where(JobRow.kind == Job.PUSH_NEWS.value)
        )
        await session.execute(
            update(JobRow).where(JobRow.id == row_id).values(starts=0, run_after=func.now())
        )
    assert row_id is not None
    await run(JOBS[Job.PUSH_NEWS], {"tools": Tools(settings, maker)}, row_id, 0)
    async with reading(maker) as reader:
        return await reader.get_one(JobRow, row_id)


async def test_a_browser_is_told_once_and_nothing_personal(
    maker: SessionMaker,
    client: httpx.AsyncClient,
    sign_in: SignIn,
    endpoint: Maker,
    with_push: Settings,
) -> None:
    person, phone = await a_person(maker, language="ar"), Phone()
    await sign_in(client, person.id)
    shown = await client.get("/en/account/notifications")
    assert f'data-push="{public_key(PUSH)}"' in shown.text
    keys = {"p256dh": phone.p256dh, "auth": crypto.text_of(phone.secret)}
    data = {"_csrf_token": csrf_token(shown.text), "endpoint": endpoint.address, **keys}
    wrong = await client.post("/en/account/notifications/browsers", data={**data, "auth": "x"})
    assert wrong.status_code == 422
    assert (await client.post("/en/account/notifications/browsers", data=data)).status_code == 303
    await tell(maker, person.id, NoticeKind.PUBLISHED)
    async with reading(maker) as reader:
        waiting = select(func.count()).where(JobRow.kind == Job.PUSH_NEWS.value)
        assert await reader.scalar(waiting) == 0, "one's own post can wait for a visit"
    await tell(maker, person.id, NoticeKind.MESSAGE)
    await tell(maker, person.id, NoticeKind.AGREED)
    assert (await push(maker, with_push)).error_code is None
    ((headers, body),) = endpoint.got
    assert phone.read(body) == {
        "body": phone.read(body)["body"], "lang": "ar", "dir": "rtl", "url": "/ar/notices",
    }  # fmt: skip
    assert b"Jan" not in body
    assert (headers["content-encoding"], headers["ttl"]) == ("aes128gcm", "86400")
    assert Vapid02.verify(headers["authorization"])
    assert public_key(PUSH) in headers["authorization"]
    await push(maker, with_push)
    assert len(endpoint.got) == 1, "told once"


async def test_a_browser_that_is_gone_is_forgotten_and_a_tired_maker_asked_again(
    maker: SessionMaker, endpoint: Maker, settings: Settings
) -> None:
    person, phone = await a_person(maker), Phone()
    browser = read_browser(
        endpoint.address, phone.p256dh, crypto.text_of(phone.secret), anywhere=True
    )
    assert browser is not None
    ready = replace(settings, push=PUSH)
    async with transaction(maker) as session:
        await actions.subscribe(session, person.id, browser, "Firefox")
    await tell(maker, person.id, NoticeKind.MESSAGE)
    endpoint.status = 503
    assert (await push(maker, ready)).error_code == "UnavailableError"
    endpoint.status = 410
    assert (await push(maker, ready)).done_at is not None
    async with transaction(maker) as session:
        assert (await session.scalars(select(PushSubscription))).all() == []
        await actions.subscribe(session, person.id, browser, "Firefox")
    async with transaction(maker) as session:
        row = (await session.scalars(select(PushSubscription))).one()
        newest = await session.scalar(select(func.max(Notice.id)))
        assert row.told_until == newest, "what was there before is no news"
        await actions.unsubscribe(session, person.id + 1, row.id)
        assert (await session.scalars(select(PushSubscription))).one(), "nobody else's to remove"
        await actions.unsubscribe(session, person.id, row.id)
        assert (await session.scalars(select(PushSubscription))).all() == []


def test_nobody_makes_us_speak_to_machines_inside() -> None:
    phone = Phone()
    keys = phone.p256dh, crypto.text_of(phone.secret)
    good = "https://updates.push.services.mozilla.com/wpush/v2/abc"
    assert read_browser(good, *keys, anywhere=False) is not None, "the control"
    for inside in (
        "http://push.example.org/a", "https://localhost/a", "https://127.0.0.1/a",
        "https://[::1]/a", "https://db.internal/a", "https://push.example.org:6379/a",
        "https://x@push.example.org/a", "https://push.example.org:x/a", "file:///etc/passwd",
    ):  # fmt: skip
        assert not may_reach(inside)
        assert read_browser(inside, *keys, anywhere=False) is None
    for address, public in (("1.1.1.1", True), ("10.0.0.1", False), ("::1", False)):
        assert is_public(address) is public

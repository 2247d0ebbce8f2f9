"""What machines ask: is it alive, is it ready, how busy is it, what may robots read."""

import hmac
from typing import Any

import msgspec
from litestar import MediaType, Request, Response, get
from litestar.di import NamedDependency
from litestar.plugins.prometheus import PrometheusController
from litestar.response import Redirect
from litestar.types import ControllerRouterHandler
from prometheus_client import CollectorRegistry, Gauge, generate_latest

from app.clock import now
from app.db import ReadSession
from app.errors import NotFoundError
from app.home.queries import health
from app.home.queries.gauges import Gauges, gauges
from app.home.rules.machines import robots_text, security_text
from app.web.access import PUBLIC
from app.web.static import static


class Live(msgspec.Struct):
    """The process answers."""

    status: str = "ok"


class Ready(msgspec.Struct):
    """Each part in one word: ok, or what is wrong with it."""

    status: str
    database: str
    schema: str
    queue: str
    worker: str
    erasures: str


@get("/health/live", opt=PUBLIC)
async def live() -> Live:
    return Live()


@get("/health/ready", opt=PUBLIC)
async def ready(request: Request[Any, Any, Any]) -> Response[Ready]:
    """503 where what people ask for would not be done; a late worker is told but stops nobody."""
    state = request.app.state
    settings = state.settings
    found = await health.health(state.maker, settings.redis_url, settings.erasure_list)
    status = "ok" if found.is_ready else "not ready"
    body = Ready(status, found.database, found.schema, found.queue, found.worker, found.erasures)
    return Response(body, status_code=200 if found.is_ready else 503)


class Metrics(PrometheusController):
    """Prometheus text: requests by route, and the platform's own gauges."""

    path = "/metrics"
    opt = PUBLIC
    include_in_schema = False

    @get()
    async def get(
        self, request: Request[Any, Any, Any], reader: NamedDependency[ReadSession]
    ) -> Response[bytes]:
        require_token(request)
        requests: Response[bytes] = await PrometheusController.get.fn(self)
        requests.content += own_metrics(await gauges(reader))
        return requests


def require_token(request: Request[Any, Any, Any]) -> None:
    """In production only whoever knows the token; elsewhere everybody, unless one is set."""
    settings = request.app.state.settings
    token = settings.metrics_token.reveal()
    if not token and not settings.is_production:
        return
    given = request.headers.get("authorization", "").removeprefix("Bearer ")
    if not token or not hmac.compare_digest(given.encode(), token.encode()):
        raise NotFoundError("This page does not exist.")


def own_metrics(found: Gauges) -> bytes:
    registry = CollectorRegistry()
    for name, words, value in (
        ("solidare_open_needs", "Needs on show.", found.open_needs),
        ("solidare_open_offers", "Offers on show.", found.open_offers),
        ("solidare_jobs_waiting", "Background work not done yet.", found.jobs_waiting),
        ("solidare_jobs_due", "Background work whose time has come.", found.jobs_due),
        ("solidare_jobs_dead", "Background work given up.", found.jobs_dead),
        ("solidare_oldest_due_job_seconds", "Wait of due work.", found.oldest_due_seconds),
        ("solidare_ledger_leaves", "Entries with a place in the tree.", found.ledger_leaves),
        ("solidare_ledger_unsealed", "Entries waiting for a place.", found.ledger_unsealed),
        ("solidare_ledger_checkpoint_seconds", "Age of the last signature.", found.checkpoint_age),
    ):
        Gauge(name, words, registry=registry).set(value)
    return generate_latest(registry)


@get("/robots.txt", opt=PUBLIC, media_type=MediaType.TEXT, include_in_schema=False)
async def robots() -> str:
    return robots_text()


@get("/.well-known/security.txt", opt=PUBLIC, media_type=MediaType.TEXT, include_in_schema=False)
async def security(request: Request[Any, Any, Any]) -> str:
    settings = request.app.state.settings
    return security_text(settings.public_url, settings.contact.phone, now())


@get("/favicon.ico", opt=PUBLIC, include_in_schema=False)
async def favicon() -> Redirect:
    return Redirect(static("mark.svg"), status_code=302)


handlers: list[ControllerRouterHandler] = [live, ready, Metrics, robots, security, favicon]

"""The application: the only place that knows every domain."""

from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from typing import Any, cast

from litestar import Litestar, Request, Response
from litestar.config.compression import CompressionConfig
from litestar.di import Provide
from litestar.exceptions import ClientException
from litestar.openapi import OpenAPIConfig
from litestar.openapi.spec import Components, SecurityScheme
from litestar.plugins.jinja import JinjaTemplateEngine
from litestar.plugins.prometheus import PrometheusConfig
from litestar.template import TemplateConfig
from litestar.types import ASGIApp as LitestarASGIApp
from litestar.types import ControllerRouterHandler

from app.accounts import api as accounts_api
from app.accounts import pages as accounts_pages
from app.accounts import queries as accounts
from app.accounts.actions import note_use
from app.accounts.pages.proof import ask_for_proof
from app.crypto import keyring
from app.db import (
    ReadSession,
    Session,
    SessionMaker,
    create_engine,
    reading,
    session_maker,
    transaction,
)
from app.desk import pages as desk_pages
from app.directory import api as directory_api
from app.exchanges import api as exchanges_api
from app.exchanges import pages as exchanges_pages
from app.home import api as home_api
from app.home import pages as home_pages
from app.ledger import api as ledger_api
from app.ledger import pages as ledger_pages
from app.logs import configure_logs
from app.moderation import pages as moderation_pages
from app.notifications import pages as notifications_pages
from app.organisations import api as organisations_api
from app.organisations import pages as organisations_pages
from app.posts import api as posts_api
from app.posts import pages as posts_pages
from app.proposals import api as proposals_api
from app.proposals import pages as proposals_pages
from app.rights import api as rights_api
from app.rights import pages as rights_pages
from app.settings import Settings, read_settings
from app.territories import api as territories_api
from app.territories import pages as territories_pages
from app.territories.geocoder import open_geocoder
from app.territories.geocoder.shipped import municipality_name
from app.web import csrf, once
from app.web.access import PUBLIC, require_access
from app.web.api import refuse_impossible_json
from app.web.asgi import ASGIApp
from app.web.document import Document, Reader, SchemaRouter
from app.web.errors import answer_error
from app.web.forms import read_form
from app.web.front import Front
from app.web.templates import create_environment
from app.web.visit import Visitor, current_visit

ROUTES: list[ControllerRouterHandler] = [
    *rights_pages.handlers,
    *home_pages.handlers,
    *moderation_pages.handlers,
    *desk_pages.handlers,
    *exchanges_pages.handlers,
    *proposals_pages.handlers,
    *posts_pages.handlers,
    *organisations_pages.handlers,
    *notifications_pages.handlers,
    *territories_pages.handlers,
    *accounts_pages.handlers,
    *ledger_pages.handlers,
    *rights_api.handlers,
    *home_api.handlers,
    *directory_api.handlers,
    *exchanges_api.handlers,
    *proposals_api.handlers,
    *posts_api.handlers,
    *organisations_api.handlers,
    *territories_api.handlers,
    *accounts_api.handlers,
    *ledger_api.handlers,
]


async def provide_session(request: Request[Any, Any, Any]) -> AsyncIterator[Session]:
    """One request, one transaction; an error rolls it back, a form sent before ends here."""
    viewer = current_visit().visitor.person_id
    async with transaction(request.app.state.maker, viewer) as session:
        key = await once.begin(session, request)
        yield session
        await once.finish(session, key)


async def provide_reader(request: Request[Any, Any, Any]) -> AsyncIterator[ReadSession]:
    viewer = current_visit().visitor.person_id
    async with reading(request.app.state.maker, viewer) as reader:
        yield reader


async def provide_visitor() -> Visitor:
    return current_visit().visitor


async def refuse_foreign_input(request: Request[Any, Any, Any]) -> None:
    """No request asks with a NUL; unsafe ones carry our own token (pages) or clean JSON (API)."""
    if b"%00" in request.scope["query_string"]:
        raise ClientException
    if request.method in ("GET", "HEAD", "OPTIONS"):
        return
    if current_visit().is_api:
        await refuse_impossible_json(request)
        return
    if request.route_handler.opt.get("proof") == "link":
        return
    csrf.refuse_other_sites(request.headers, request.app.state.settings.public_url)
    csrf.check_token(str((await read_form(request)).get(csrf.FIELD, "")))


async def before_each(request: Request[Any, Any, Any]) -> Response[Any] | None:
    """What is asked of every request; an answer given here is the last word."""
    await refuse_foreign_input(request)
    return await ask_for_proof(request)


def _front(app: LitestarASGIApp, settings: Settings, maker: SessionMaker) -> LitestarASGIApp:
    async def find_visitor(kind: str, token: str) -> Visitor | None:
        async with reading(maker) as reader:
            visitor = await accounts.find_visitor(reader, kind, token)
        if visitor is not None and visitor.stale:
            async with transaction(maker) as session:
                await note_use(session, visitor)
        return visitor

    return cast("LitestarASGIApp", Front(cast("ASGIApp", app), settings, find_visitor))


def _database(
    settings: Settings,
) -> tuple[SessionMaker, Callable[[Litestar], AbstractAsyncContextManager[None]]]:
    engine = create_engine(settings.database)

    @asynccontextmanager
    async def lifespan(_: Litestar) -> AsyncIterator[None]:
        yield
        await engine.dispose()

    return session_maker(engine, letters_at_once=settings.mail.at_once), lifespan


OPENAPI = OpenAPIConfig(
    title="Solidare",
    version="1",
    summary="Needs and offers meet; what happened stays for anyone to check.",
    openapi_router=SchemaRouter(path="/api/v1/schema", route_handlers=[], opt=PUBLIC),
    description="Needs, offers, proposals, exchanges and the ledger: the same rules as the pages.",
    render_plugins=[Reader(), Document()],
    components=Components(security_schemes={"token": SecurityScheme(type="http", scheme="bearer")}),
    security=[{"token": []}],
)

# Lengths of compressed pages could betray a secret beside reflected words; the only secret in our
# pages is the forms' token, and that is salted anew in every answer.
COMPRESSION = CompressionConfig(backend="gzip", gzip_compress_level=6)

# The longest form holds a few texts of 20,000 characters; files come by the command line.
LARGEST_BODY = 1_000_000


def create_app(settings: Settings | None = None) -> Litestar:
    """The whole web application; settings come from the environment unless given."""
    settings = settings or read_settings()
    keyring.open(settings.secret_key)
    configure_logs(settings)
    maker, lifespan = _database(settings)
    metrics = PrometheusConfig(app_name="solidare", group_path=True)
    app = Litestar(
        route_handlers=ROUTES,
        middleware=[metrics.middleware],
        guards=[require_access],
        before_request=before_each,
        dependencies={
            "session": Provide(provide_session),
            "reader": Provide(provide_reader),
            "visitor": Provide(provide_visitor),
        },
        exception_handlers={Exception: answer_error},
        compression_config=COMPRESSION,
        template_config=TemplateConfig(
            instance=JinjaTemplateEngine.from_environment(create_environment(settings))
        ),
        openapi_config=OPENAPI,
        logging_config=None,
        request_max_body_size=LARGEST_BODY,
        lifespan=[lifespan],
        debug=False,
        pdb_on_exception=False,
    )
    # Routing comes before middleware, so the front door stands around the router itself.
    app.asgi_handler = _front(app.asgi_handler, settings, maker)
    app.state.settings = settings
    app.state.maker = maker
    app.state.geocoder = open_geocoder(settings.geocoder)
    app.state.area_name = municipality_name
    return app

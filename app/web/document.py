"""What holds for every operation of the API is written into its OpenAPI document here, once."""

from typing import Any

import msgspec
from litestar import Request, Router, get
from litestar.exceptions import NotFoundException
from litestar.handlers import HTTPRouteHandler
from litestar.openapi.plugins import JsonRenderPlugin, OpenAPIRenderPlugin
from litestar.types import ControllerRouterHandler

from app.web.access import PUBLIC
from app.web.errors import TITLES
from app.web.static import static
from app.web.visit import current_visit

PREFIX = "/api/v1/"
TAGS = {
    "posts": "Needs and offers: read, publish, change and look after them.",
    "categories": "The kinds of help.",
    "places": "Words in, places out.",
    "organisations": "Organisations that the person works for, and their clients.",
    "proposals": "What was put before both sides, and their answers.",
    "exchanges": "What both sides agreed on, from the first message to the last word.",
    "ledger": "What happened, for anyone to read and check.",
    "me": "Who a token speaks for.",
}
ALWAYS = (400, 503)
SIGNED_IN = (401, 403)
WRITING = (404, 409, 410, 422, 429)
# Nothing is there before the ledger was signed for the first time.
NOT_YET = frozenset({f"{PREFIX}ledger/{what}" for what in ("checkpoint", "consistency", "key")})


class ProblemDetails(msgspec.Struct, omit_defaults=True):
    """RFC 9457: why something was refused; `errors` holds sentences by field."""

    type: str
    title: str
    status: int
    detail: str
    errors: dict[str, list[str]] = msgspec.field(default_factory=dict)


IDEMPOTENCY_KEY: dict[str, object] = {
    "name": "Idempotency-Key",
    "in": "header",
    "required": False,
    "description": "Repeat a request with the same key and body: it acts once, same answer.",
    "schema": {"type": "string", "maxLength": 80, "pattern": "^[!-~]*$"},
    "example": "5f1c2d6e-0f6b-4a52-9a54-2a0d5d7c7f5e",
}


class Document(JsonRenderPlugin):
    """The OpenAPI document as JSON, with tags, refusals, keys and who may call what."""

    def render(self, request: Request[Any, Any, Any], openapi_schema: dict[str, Any]) -> bytes:
        if "tags" not in openapi_schema:
            complete(request, openapi_schema)
        return super().render(request, openapi_schema)


# Its reader draws small pictures that stand in its own stylesheet.
READER_SECURITY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; "
    "connect-src 'self'; form-action 'none'; base-uri 'none'; frame-ancestors 'none'"
)
READER = """<!DOCTYPE html>
<html lang="en" dir="ltr">
<head>
<meta charset="utf-8">
<title>Solidare for programs</title>
<meta name="viewport" content="width=device-width, initial-scale=1">
<link rel="icon" type="image/svg+xml" href="{mark}">
<link rel="stylesheet" href="{style}">
<script src="{library}" defer></script>
<script src="{script}" defer></script>
</head>
<body>
<main>
<h1>Solidare for programs</h1>
<p><a href="/api/v1/schema/openapi.json">The same as JSON</a></p>
<div id="operations"></div>
</main>
</body>
</html>
"""


class Reader(OpenAPIRenderPlugin):
    """The document as a page to read and try, from our own files alone."""

    def __init__(self) -> None:
        super().__init__(path=["/", "/reader"])

    def render(self, request: Request[Any, Any, Any], openapi_schema: dict[str, Any]) -> bytes:  # noqa: ARG002 - the page asks for the document itself
        current_visit().headers["content-security-policy"] = READER_SECURITY
        return READER.format(
            mark=static("mark.svg"),
            style=static("swagger-ui.css"),
            library=static("swagger-ui-bundle.js"),
            script=static("reader.js"),
        ).encode()


class SchemaRouter(Router):
    """Where the document lives; whatever else is asked there gets a problem document."""

    def register(self, value: ControllerRouterHandler) -> list[Any]:
        is_stray = isinstance(value, HTTPRouteHandler) and "/{path:str}" in value.paths
        return super().register(no_such_document if is_stray else value)


@get("/{path:str}", opt=PUBLIC, include_in_schema=False)
async def no_such_document() -> None:
    raise NotFoundException


def complete(request: Request[Any, Any, Any], schema: dict[str, Any]) -> None:
    """Only the API is described; pages and health checks are not for programs to read here."""
    marks = _marks(request)
    schema["tags"] = [{"name": name, "description": words} for name, words in TAGS.items()]
    schema["paths"] = {
        path: item for path, item in schema["paths"].items() if _domain(path) in TAGS
    }
    for path, item in schema["paths"].items():
        for method, operation in item.items():
            _complete(operation, path, method, public=marks[path, method] == "public")
    _add_schemas(schema)


def _domain(path: str) -> str:
    return path.removeprefix(PREFIX).partition("/")[0] if path.startswith(PREFIX) else ""


def _marks(request: Request[Any, Any, Any]) -> dict[tuple[str, str], object]:
    return {
        (getattr(route, "path_format", route.path), method.lower()): handler.opt.get("access")
        for route in request.app.routes
        for handler in getattr(route, "route_handlers", ())
        for method in handler.http_methods
    }


def _complete(operation: dict[str, Any], path: str, method: str, *, public: bool) -> None:
    operation["tags"] = [_domain(path)]
    operation["security"] = [] if public else [{"token": []}]
    statuses = list(ALWAYS) + ([] if public else list(SIGNED_IN))
    if method != "get":
        operation.setdefault("parameters", []).append(IDEMPOTENCY_KEY)
        statuses += WRITING
    elif operation.get("parameters"):
        statuses.append(422)
    if "{" in path or path in NOT_YET:
        statuses.append(404)
    for status in sorted(set(statuses)):
        operation["responses"][str(status)] = _refusal(status)


def _refusal(status: int) -> dict[str, object]:
    reference = {"$ref": "#/components/schemas/ProblemDetails"}
    words = TITLES.get(status, TITLES[500])
    return {"description": words, "content": {"application/problem+json": {"schema": reference}}}


def _add_schemas(schema: dict[str, Any]) -> None:
    _, found = msgspec.json.schema_components(
        [ProblemDetails], ref_template="#/components/schemas/{name}"
    )
    known = schema.setdefault("components", {}).setdefault("schemas", {})
    known.update(found)

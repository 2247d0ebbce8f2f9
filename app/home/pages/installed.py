"""Solidare on a home screen: its manifest, the page without network, and what keeps that page."""

from litestar import Response, get
from litestar.response import Template
from litestar.types import ControllerRouterHandler

from app.i18n import LANGUAGES, current_language, direction, sentence, speaking
from app.i18n import gettext as _
from app.web.access import PUBLIC
from app.web.answers import page
from app.web.static import FOLDER, static
from app.web.templates import url

ICONS = (192, 512)
NO_CONNECTION = sentence("There is no connection now. Nothing that you sent is lost.")
GREEN, PAPER = "#0b5d52", "#ffffff"


@get("/manifest.webmanifest", opt=PUBLIC, media_type="application/manifest+json")
async def manifest() -> dict[str, object]:
    """What a phone needs to put Solidare among its programs."""
    return {
        "id": "/",
        "name": "Solidare",
        "short_name": "Solidare",
        "description": _("Help near you, from people near you."),
        "lang": current_language(),
        "dir": direction(),
        "start_url": url("/"),
        "scope": "/",
        "display": "minimal-ui",
        "theme_color": GREEN,
        "background_color": PAPER,
        "icons": [_icon(size) for size in ICONS],
    }


def _icon(size: int) -> dict[str, str]:
    return {
        "src": static(f"icon-{size}.png"),
        "sizes": f"{size}x{size}",
        "type": "image/png",
        "purpose": "any maskable",
    }


@get("/offline", opt=PUBLIC)
async def offline() -> Template:
    """Kept by the browser: in one's own language first, then in the others."""
    others = []
    for language, name in LANGUAGES.items():
        if language != current_language():
            with speaking(language):
                others.append((language, direction(), name, _(NO_CONNECTION)))
    return page("home/offline.html", noindex=True, others=others, words=_(NO_CONNECTION))


@get("/sw.js", opt=PUBLIC)
async def service_worker() -> Response[bytes]:
    """At the root, because a worker answers only for what lies below its own address."""
    body = (FOLDER / static("sw.js").rpartition("/")[2]).read_bytes()
    return Response(
        body, media_type="text/javascript; charset=utf-8", headers={"cache-control": "no-cache"}
    )


handlers: list[ControllerRouterHandler] = [manifest, offline, service_worker]

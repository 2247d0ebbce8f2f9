"""Every address of the application, found in its own table of routes."""

import re

from litestar import Litestar
from litestar.routes import HTTPRoute

from tests.gates.states import Values

STEPS = ("kind", "place", "people", "when", "languages", "contact", "consent", "facts", "note")
NO_PAGES = re.compile(
    r"/(refusals|api|health|schema|docs|static|metrics|exit|\.well-known|manifest|sw\.js)\b"
)
UNKNOWN = "NOBODY"
# Posted to last: afterwards nobody is there to post anything else.
ENDINGS = re.compile(r"/(erase|forget|sign-out|end-others|close|revoke|data)\b")


def _pages(app: Litestar, method: str) -> list[HTTPRoute]:
    return [
        route
        for route in app.routes
        if isinstance(route, HTTPRoute)
        and method in route.methods
        and not NO_PAGES.match(route.path)
        and "path:path" not in route.path
    ]


def is_public(route: HTTPRoute) -> bool:
    return any(one.opt.get("access") == "public" for one in route.route_handlers)


def _value_in(path: str, start: str, value: str) -> str:
    return start[: start.index("{")] + value + path[len(start) :]


def _filled(path: str, values: Values) -> list[str]:
    """The path with every example; an unknown parameter stays and is found out."""
    known = next((start for start in values if path.startswith(start)), None)
    parts = [path]
    if known is not None:
        parts = [_value_in(path, known, value) for value in dict.fromkeys(values[known])]
    found = []
    for part in parts:
        steps = [part.replace("{step:str}", step) for step in STEPS]
        found += steps if "{step:str}" in part else [part]
    return found


def addresses(app: Litestar, values: Values, *, public: bool | None = None) -> list[str]:
    """The address of every page, open, closed or both; an unknown parameter fails."""
    found: list[str] = []
    for route in _pages(app, "GET"):
        if public in (None, is_public(route)):
            found += _filled(route.path, values)
    unknown = [one for one in found if "{" in one]
    assert not unknown, f"Tell tests/gates/town.py what stands for the parameter of {unknown}"
    return sorted(found)


def without_parameters(app: Litestar) -> list[str]:
    return sorted(route.path for route in _pages(app, "GET") if "{" not in route.path)


def nowhere(app: Litestar) -> list[str]:
    """Every address with a parameter, asked for something that does not exist."""
    with_one = {route.path for route in _pages(app, "GET") if "{" in route.path}
    return sorted(re.sub(r"\{\w+(:\w+)?\}", UNKNOWN, path) for path in with_one)


def acts(app: Litestar, values: Values) -> list[str]:
    """Every address that a form posts to, with its first example; what ends a visit comes last."""
    plain = {**values, "/jobs/{number:int}": ("1",), "/drafts/{token:str}": (UNKNOWN,)} | values
    found = []
    for route in _pages(app, "POST"):
        path = _filled(route.path, plain)[0]
        found.append(re.sub(r"\{\w+(:\w+)?\}", "1", path))
    return sorted(found, key=lambda path: (bool(ENDINGS.search(path)), path))

"""Behind the proxy of production each network counts for itself; nobody invents an address."""

import re
from pathlib import Path

import pytest
from uvicorn.middleware.proxy_headers import ProxyHeadersMiddleware

from app.web.asgi import Receive, Scope, Send

TRUSTED = re.findall(r"FORWARDED_ALLOW_IPS: (\S+)", Path("compose.yaml").read_text())


async def seen_from(peer: str, forwarded: str) -> str:
    """The address that the platform takes a request to come from."""
    seen: list[str] = []

    async def platform(scope: Scope, _receive: Receive, _send: Send) -> None:
        seen.append(scope["client"][0])

    async def nothing(*_: object) -> None:
        return None

    scope = {
        "type": "http",
        "scheme": "http",
        "client": (peer, 4711),
        "headers": [(b"x-forwarded-for", forwarded.encode())],
    }
    door = ProxyHeadersMiddleware(platform, TRUSTED[0])  # type: ignore[arg-type] # plain ASGI
    await door(scope, nothing, nothing)  # type: ignore[arg-type] # plain ASGI
    return seen[0]


@pytest.mark.parametrize(
    ("peer", "forwarded", "address"),
    [
        ("172.18.0.1", "203.0.113.9", "203.0.113.9"),
        ("172.18.0.1", "198.51.100.1, 203.0.113.9", "203.0.113.9"),
        ("203.0.113.5", "198.51.100.1", "203.0.113.5"),
    ],
    ids=["through the proxy", "with a forged line", "past the proxy"],
)
async def test_the_proxy_is_believed_and_nobody_else(
    peer: str, forwarded: str, address: str
) -> None:
    assert await seen_from(peer, forwarded) == address

"""News in the browser: which addresses may be told, and the key by which browsers know us."""

import ipaddress
import re
from dataclasses import dataclass
from urllib.parse import urlsplit

from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from app import crypto
from app.settings import PushSettings

MOST_BROWSERS = 10
LONGEST_ENDPOINT = 1_000
KEY_BYTES, SECRET_BYTES = 65, 16
_HOST = re.compile(r"(?=.{4,253}$)[a-z0-9-]+(?:\.[a-z0-9-]+)*\.[a-z]{2,}")


@dataclass(frozen=True)
class Browser:
    """What a browser hands out so that it can be told of news, in its own encoding."""

    endpoint: str
    p256dh: str
    auth: str


def read_browser(endpoint: str, p256dh: str, auth: str, *, anywhere: bool) -> Browser | None:
    """The browser, or None where an address or a key is none; `anywhere` is for development."""
    key, secret = crypto.bytes_of(p256dh), crypto.bytes_of(auth)
    fits = len(key) == KEY_BYTES and key[0] == 4 and len(secret) == SECRET_BYTES  # noqa: PLR2004 - uncompressed point
    if not fits or not (anywhere or may_reach(endpoint)):
        return None
    return Browser(endpoint, p256dh, auth) if len(endpoint) <= LONGEST_ENDPOINT else None


def may_reach(endpoint: str) -> bool:
    """True for https at a named host: nobody makes us speak to machines inside our own network."""
    try:
        parts = urlsplit(endpoint)
        port = parts.port
    except ValueError:
        return False
    host = (parts.hostname or "").lower()
    inside = host.endswith((".local", ".internal", ".localhost", ".lan", ".home.arpa"))
    whole = parts.scheme == "https" and port in (None, 443) and not parts.username
    return whole and bool(_HOST.fullmatch(host)) and not inside


def is_public(address: str) -> bool:
    """True of an IP address that belongs to the open internet."""
    return ipaddress.ip_address(address.partition("%")[0]).is_global


def public_key(settings: PushSettings) -> str:
    """What browsers are given, in base64url; empty where no news is pushed."""
    if not settings.key:
        return ""
    number = int.from_bytes(crypto.bytes_of(settings.key.reveal()))
    key = ec.derive_private_key(number, ec.SECP256R1()).public_key()
    return crypto.text_of(key.public_bytes(Encoding.X962, PublicFormat.UncompressedPoint))

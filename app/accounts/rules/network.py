"""Where a request comes from, coarse enough to be nobody's own."""

import ipaddress

from app import crypto


def network_of(address: str) -> str:
    """The network an address belongs to: a shelter shares one."""
    try:
        ip = ipaddress.ip_address(address)
    except ValueError:
        return "unknown"
    return str(ipaddress.ip_network(f"{ip}/{24 if ip.version == 4 else 48}", strict=False))  # noqa: PLR2004 - IP's version


def network_mark(address: str) -> bytes:
    """What limits count by: a keyed hash, so that no address is kept."""
    return crypto.sign("code.network", network_of(address), 16)

"""Whether the queue answers and lets us in, asked in the few words of its protocol.

Web processes never speak to the queue otherwise, so they need no client for it.
"""

import socket
import ssl
from urllib.parse import SplitResult, unquote, urlsplit

PLAIN_PORT = 6379


def queue_lets_in(url: str, seconds: float) -> bool:
    """Whether the queue there accepts us; `OSError` where it does not answer in time."""
    parts = urlsplit(url)
    with _line(parts, seconds) as line:
        line.settimeout(seconds)
        if parts.password:
            _say(line, "AUTH", *filter(None, (parts.username, unquote(parts.password))))
        answer = _say(line, "PING")
    if not answer:
        raise ConnectionResetError
    return answer.startswith(b"+PONG")


def _line(parts: SplitResult, seconds: float) -> socket.socket:
    if parts.scheme == "unix":
        line = socket.socket(socket.AF_UNIX)
        line.settimeout(seconds)
        line.connect(parts.path)
        return line
    there = (parts.hostname or "localhost", parts.port or PLAIN_PORT)
    plain = socket.create_connection(there, timeout=seconds)
    if parts.scheme != "rediss":
        return plain
    return ssl.create_default_context().wrap_socket(plain, server_hostname=parts.hostname)


def _say(line: socket.socket, *words: str) -> bytes:
    raw = [word.encode() for word in words]
    parts = [f"*{len(raw)}\r\n".encode(), *(b"$%d\r\n%s\r\n" % (len(w), w) for w in raw)]
    line.sendall(b"".join(parts))
    return line.recv(256)

"""A guard before the page: it refuses everything that another web site sends, whatever name it gave this machine.

A visit is no request of another site: somebody follows a link there, and the page opens in a tab of its own.
"""

from __future__ import annotations

import ipaddress
import socket
from collections.abc import Awaitable, Callable, MutableMapping
from typing import Any
from urllib.parse import urlsplit

Scope = MutableMapping[str, Any]
App = Callable[[Scope, Any, Any], Awaitable[None]]
LOCAL = frozenset({"localhost", "127.0.0.1", "::1"})

#: The page may load from, and talk to, its own address only; the browser itself enforces it.
POLICY = "; ".join(
    (
        "default-src 'self'",
        "script-src 'self' 'unsafe-inline' 'unsafe-eval'",  # NiceGUI compiles its templates in the browser
        "style-src 'self' 'unsafe-inline'",
        "img-src 'self' data: blob:",
        "font-src 'self' data:",
        "connect-src 'self'",
        "object-src 'none'",
        "base-uri 'self'",
        "form-action 'none'",
        "frame-ancestors 'none'",
    )
)
HEADERS = (
    (b"content-security-policy", POLICY.encode()),
    (b"x-content-type-options", b"nosniff"),
    (b"referrer-policy", b"no-referrer"),
    (b"x-frame-options", b"DENY"),
)


def name_of(netloc: str) -> str:
    """Return the host of ``host:port`` in lower case, without brackets; empty when it is not one."""
    try:
        return (urlsplit(f"//{netloc}").hostname or "").lower()
    except ValueError:
        return ""


def allowed_host(header: str, bound: str) -> bool:
    """Tell whether a Host header names this machine.

    A page that listens on this machine only accepts its local names. A page that listens on more also accepts any
    address and this machine's own name. A name that a foreign site has pointed here (DNS rebinding) is none of these.
    """
    name = name_of(header)
    if name in LOCAL:
        return True
    if bound in LOCAL or not name:
        return False
    try:
        ipaddress.ip_address(name)
    except ValueError:
        own = socket.gethostname().lower()
        return name in {own, f"{own}.local", bound.lower()}
    return True


def allowed_origin(origin: str | None, host: str) -> bool:
    """Tell whether an Origin header is the page's own; a request without the header comes from no web site."""
    if origin is None:
        return True
    try:
        parts = urlsplit(origin)
    except ValueError:
        return False
    return parts.scheme in ("http", "https") and parts.netloc.lower() == host.lower()


def allowed_fetch(site: str | None, mode: str | None, destination: str | None) -> bool:
    """Tell whether a request is the page's own or a visit, by the browser's fetch metadata (``Sec-Fetch-…``).

    A picture, script, frame or form of another site carries no Origin header, and its site is ``cross-site``, or
    ``same-site`` for another port of this machine. A browser that sends no metadata, as to an address without
    encryption, is believed: `allowed_origin` still holds, and the answer itself builds no model.
    """
    if site in (None, "same-origin", "none"):
        return True
    return (mode, destination) == ("navigate", "document")


class Guard:
    """ASGI middleware: refuses what is foreign, and sends the headers of `HEADERS` with every answer.

    Parameters
    ----------
    app : ASGI application
        The application behind the guard.
    bound : str
        Address that the server listens on.
    """

    def __init__(self, app: App, bound: str) -> None:
        self.app = app
        self.bound = bound

    async def __call__(self, scope: Scope, receive: Any, send: Any) -> None:
        """Answer, pass on or refuse one connection."""
        if scope["type"] not in ("http", "websocket"):
            await self.app(scope, receive, send)
            return
        given: dict[bytes, list[bytes]] = {}
        for key, value in scope["headers"]:
            given.setdefault(key.lower(), []).append(value)
        host = _only(given.get(b"host", [])) or ""
        origin = _only(given.get(b"origin", []))
        fetch = [_only(given.get(f"sec-fetch-{name}".encode(), [])) for name in ("site", "mode", "dest")]
        if not (allowed_host(host, self.bound) and allowed_origin(origin, host) and allowed_fetch(*fetch)):
            await _refuse(scope, receive, send)
            return

        async def send_with_headers(message: MutableMapping[str, Any]) -> None:
            if message["type"] == "http.response.start":
                message["headers"] = [*message.get("headers", []), *HEADERS]
            await send(message)

        await self.app(scope, receive, send_with_headers)


def _only(values: list[bytes]) -> str | None:
    """Return a header's value; None where it is missing; empty, which nothing allows, where it is there twice."""
    if len(values) > 1:
        return ""
    return values[0].decode("latin-1") if values else None


async def _refuse(scope: Scope, receive: Any, send: Any) -> None:
    if scope["type"] == "websocket":
        await receive()
        await send({"type": "websocket.close", "code": 1008})
        return
    body = b"Refused: this page answers to its own address only.\n"
    headers = [(b"content-type", b"text/plain; charset=utf-8"), (b"content-length", str(len(body)).encode())]
    await send({"type": "http.response.start", "status": 403, "headers": headers})
    await send({"type": "http.response.body", "body": body})

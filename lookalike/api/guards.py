"""What stands before every route: host check, origin check, size limit, security headers.

The server may listen on loopback without any log-in. A page of a stranger that is open in the
same browser could then reach it in two ways: by a name of its own that resolves to this machine
(DNS rebinding), which the host check stops, and by sending it a form or a script's request,
which the origin check stops.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from urllib.parse import urlsplit

from starlette.datastructures import Headers
from starlette.responses import JSONResponse, PlainTextResponse, Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from lookalike.shapes import error_to_json

CONTENT_SECURITY_POLICY = "; ".join(
    (
        "default-src 'none'",
        "script-src 'self'",
        "style-src 'self'",
        "img-src 'self' blob:",
        "connect-src 'self'",
        "form-action 'self'",
        "base-uri 'none'",
        "frame-ancestors 'none'",
    )
)
_HEADERS = (
    (b"content-security-policy", CONTENT_SECURITY_POLICY.encode()),
    (b"x-content-type-options", b"nosniff"),
    (b"x-frame-options", b"DENY"),
    # With `no-referrer` a browser would send `Origin: null` with our own forms.
    (b"referrer-policy", b"same-origin"),
    (b"cross-origin-opener-policy", b"same-origin"),
    (b"cross-origin-resource-policy", b"same-origin"),
    (b"permissions-policy", b"camera=(), geolocation=(), microphone=()"),
)
_SAFE_METHODS = frozenset({"GET", "HEAD", "OPTIONS"})
# Where whole files are sent.
_UPLOAD = re.compile(r"POST /api/v1/assets|PUT /api/v1/assets/[^/]+/original")
LOOPBACK_HOSTS = ("localhost", "127.0.0.1", "::1")


class Guards:
    """ASGI middleware; `hosts` are the names that this server may be called by.

    `max_body_bytes`: a larger request is refused with 413, whatever its Content-Length says;
    `max_upload_bytes`: the same where files are uploaded.
    """

    def __init__(
        self,
        app: ASGIApp,
        *,
        hosts: Iterable[str],
        max_body_bytes: int,
        max_upload_bytes: int | None = None,
    ) -> None:
        self._app = app
        self._max_upload_bytes = max_upload_bytes or max_body_bytes
        self._hosts = frozenset(host.lower() for host in hosts)
        self._max_body_bytes = max_body_bytes

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Refuses the request, or passes it on."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        headers = Headers(scope=scope)
        refusal = self._refuse(scope, headers)
        if refusal is not None:
            await refusal(scope, receive, _with_headers(send))
            return
        most = self._most(scope)
        body = _Counted(receive, most)
        try:
            await self._app(scope, body.receive, _with_headers(send))
        except BodyTooLarge:
            await _too_large(scope, most)(scope, receive, _with_headers(send))

    def _most(self, scope: Scope) -> int:
        is_upload = _UPLOAD.fullmatch(f"{scope['method']} {scope['path']}")
        return self._max_upload_bytes if is_upload else self._max_body_bytes

    def _refuse(self, scope: Scope, headers: Headers) -> Response | None:
        host = headers.get("host", "")
        if _name_of(host) not in self._hosts:
            message = "This server is not known by that name; start it with --allow-host NAME."
            return _refusal(scope, 421, "unknown_host", message)
        if scope["method"] not in _SAFE_METHODS and not _is_own_request(headers, host):
            message = "This request came from another site."
            return _refusal(scope, 403, "other_site", message)
        length = headers.get("content-length", "")
        most = self._most(scope)
        if length.isdecimal() and int(length) > most:
            return _too_large(scope, most)
        return None


class BodyTooLarge(Exception):
    """The body of a request went over its limit while it was read."""


class _Counted:
    """Passes the body of a request on, and stops at its limit."""

    def __init__(self, receive: Receive, most: int) -> None:
        self._receive = receive
        self._left = most

    async def receive(self) -> Message:
        message = await self._receive()
        if message["type"] == "http.request":
            self._left -= len(message.get("body", b""))
            if self._left < 0:
                raise BodyTooLarge
        return message


def _is_own_request(headers: Headers, host: str) -> bool:
    """Whether a page of ours sent it, or a program that is no browser and shows its own key."""
    origin = headers.get("origin")
    if origin is not None:
        try:
            return urlsplit(origin).netloc.lower() == host.lower()
        except ValueError:
            return False
    site = headers.get("sec-fetch-site")
    if site is not None:
        return site in {"same-origin", "none"}
    # No browser leaves out both. A program has no cookie that could be misused.
    return "cookie" not in headers


def _name_of(host: str) -> str:
    """The name in a Host header, without the port."""
    try:
        return urlsplit(f"//{host}").hostname or ""
    except ValueError:
        return ""


def _too_large(scope: Scope, most: int) -> Response:
    return _refusal(scope, 413, "too_many_bytes", f"At most {most:,} bytes may be sent at once.")


def _refusal(scope: Scope, status: int, code: str, message: str) -> Response:
    """A line of text; for the API in its own shape."""
    if scope["path"].startswith("/api/"):
        return JSONResponse(error_to_json(code, message), status)
    return PlainTextResponse(f"{message}\n", status)


def _with_headers(send: Send) -> Send:
    """Adds the security headers that the route has not set itself."""

    async def send_with_headers(message: Message) -> None:
        if message["type"] == "http.response.start":
            own = {name for name, _ in message["headers"]}
            message["headers"] = [
                *message["headers"],
                *(header for header in _HEADERS if header[0] not in own),
            ]
        await send(message)

    return send_with_headers

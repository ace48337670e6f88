"""A line of log and a few numbers for each request.

Neither holds what was searched for: addresses are kept without their query, and an image that was
searched by is named by its route alone. Keys, tokens and passwords never come here.
"""

from __future__ import annotations

import json
import sys
import time
from collections.abc import Callable
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from typing import TextIO
from urllib.parse import quote

from starlette.types import ASGIApp, Message, Receive, Scope, Send

LOG_FORMATS = ("text", "json")
_ELSEWHERE = "other"  # route of what is at no address of ours, so that strangers add no series
_QUERY_IMAGES = "/query-images/"


@dataclass(frozen=True, kw_only=True, slots=True)
class Answered:
    """A request that was answered."""

    at: datetime  # UTC
    method: str
    path: str
    route: str
    status: int
    ms: float
    user: str  # '' for the owner of the machine, and for strangers


Note = Callable[[Answered], None]


class Watch:
    """ASGI middleware around all others; calls each of `notes` when an answer has been sent."""

    def __init__(self, app: ASGIApp, *, notes: tuple[Note, ...]) -> None:
        self._app = app
        self._notes = notes

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Passes the request on."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        # Here already, so that what the layers below put into it is seen from here.
        state = scope.setdefault("state", {})
        status = 500  # of a request that ended without an answer

        async def send_watched(message: Message) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = message["status"]
            await send(message)

        began_s = time.perf_counter()
        try:
            await self._app(scope, receive, send_watched)
        finally:
            caller = state.get("caller")
            route = _route(scope)
            answered = Answered(
                at=datetime.now(UTC),
                method=scope["method"],
                path=route if scope["path"].startswith(_QUERY_IMAGES) else scope["path"],
                route=route,
                status=status,
                ms=round((time.perf_counter() - began_s) * 1000, 1),
                user=getattr(caller, "name", ""),
            )
            for note in self._notes:
                note(answered)


def log_to(stream: TextIO | None, log_format: str) -> Note:
    """Writes a line for each answer: logfmt, or JSON. `stream`: else standard error."""

    def write(answered: Answered) -> None:
        values = asdict(answered) | {"at": answered.at.isoformat(timespec="milliseconds")}
        line = json.dumps(values) if log_format == "json" else _to_logfmt(values)
        print(line, file=stream or sys.stderr, flush=True)

    return write


def _to_logfmt(values: dict[str, object]) -> str:
    """Nothing in a value can end it, or its line."""
    return " ".join(f"{name}={quote(str(value), safe='/:{}+.')}" for name, value in values.items())


def _route(scope: Scope) -> str:
    """The pattern that the address fits, so that ids of assets make no series of their own."""
    if "endpoint" not in scope:
        return _ELSEWHERE
    path: str = scope["path"]
    if path.startswith("/static/"):
        return "/static"
    for name, value in scope.get("path_params", {}).items():
        path = path.replace(f"/{value}", f"/{{{name}}}", 1)
    return path

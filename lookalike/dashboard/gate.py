"""Who may see a page: strangers are shown the way to sign in."""

from __future__ import annotations

import inspect
from collections.abc import Awaitable, Callable
from functools import partial, wraps
from typing import Any
from urllib.parse import urlencode

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from lookalike.api.auth import Caller, admit_soon, door_of
from lookalike.dashboard.desk import Desk
from lookalike.errors import BadCredentials
from lookalike.types import Role

View = Callable[[Request], Any]
CSRF_FIELD = "csrf"
_MAX_FIELDS = 60


def guarded(
    view: View, role: Role = Role.VIEWER, *, in_turn: bool = False
) -> Callable[[Request], Awaitable[Response]]:
    """`view` for callers of this role; a function that is not async runs in a thread. `in_turn`:
    with as many others at a time as searches."""

    @wraps(view)
    async def answer(request: Request) -> Response:
        token = await _shown_token(request) if request.method == "POST" else None
        try:
            caller = await admit_soon(request, role, csrf_token=token)
        except BadCredentials:
            if request.method != "GET" or _is_part(request):
                raise
            return RedirectResponse(_way_in(request), 303)
        request.state.caller = caller
        response: Response
        if inspect.iscoroutinefunction(view):
            response = await view(request)
        elif in_turn:
            response = await Desk.of(request).in_turn(partial(view, request))
        else:
            response = await run_in_threadpool(view, request)
        return response

    return answer


def caller_of(request: Request) -> Caller | None:
    """Whoever was let in; None on a page for strangers."""
    caller: Caller | None = getattr(request.state, "caller", None)
    return caller


def safe_path(path: str) -> str:
    """A place of this site to go on to; anything else is the library."""
    is_own = path.startswith("/") and not path.startswith(("//", "/\\"))
    return path if is_own and path.isprintable() else "/library"


def _way_in(request: Request) -> str:
    """The page to sign in on, which leads back; for the first administrator, the set-up link
    alone leads in."""
    if not door_of(request).library.accounts.users():
        return "/sign-in"
    back = request.url.path + (f"?{request.url.query}" if request.url.query else "")
    return f"/sign-in?{urlencode({'back': back})}"


async def _shown_token(request: Request) -> str | None:
    """From the field of a form; None where a script sends it as a header."""
    if "x-csrf-token" in request.headers:
        return None
    form = await request.form(max_files=1, max_fields=_MAX_FIELDS)
    return str(form.get(CSRF_FIELD) or "")


def _is_part(request: Request) -> bool:
    """Whether a script asked, which cannot follow anybody to another page."""
    kind = request.headers.get("accept", "")
    return "x-part" in request.headers or "json" in kind or "event-stream" in kind

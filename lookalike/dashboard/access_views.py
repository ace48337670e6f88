"""Signing in and out, and the first administrator."""

from __future__ import annotations

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from lookalike.api.auth import door_of
from lookalike.dashboard.access_contexts import SetupPage, SignInPage
from lookalike.dashboard.desk import Desk
from lookalike.dashboard.frames import frame
from lookalike.dashboard.gate import safe_path
from lookalike.errors import Forbidden, InputError


def show_sign_in(request: Request) -> Response:
    """The form, or the library for whoever is inside already."""
    if door_of(request).caller(request) is not None:
        return RedirectResponse("/library", 303)
    return _sign_in_page(request)


async def sign_in(request: Request) -> Response:
    """Starts a session and goes on to where the person wanted to go."""
    async with request.form(max_files=0, max_fields=10) as form:
        name, password = str(form.get("name") or ""), str(form.get("password") or "")
        back = safe_path(str(form.get("back") or "/library"))
    response = RedirectResponse(back, 303)
    try:
        await run_in_threadpool(door_of(request).sign_in, request, response, name, password)
    except Forbidden as error:
        return await run_in_threadpool(_sign_in_page, request, str(error), name, back)
    return response


def sign_out(request: Request) -> Response:
    """Ends the session."""
    response = RedirectResponse("/sign-in", 303)
    door_of(request).sign_out(request, response)
    return response


def show_setup(request: Request) -> Response:
    """The form of the one-time link."""
    return _setup_page(request, request.query_params.get("token", ""))


async def set_up(request: Request) -> Response:
    """Makes the first administrator and signs them in."""
    async with request.form(max_files=0, max_fields=10) as form:
        token, name, password = (
            str(form.get(field) or "") for field in ("token", "name", "password")
        )
    door = door_of(request)
    response = RedirectResponse("/library", 303)
    try:
        await run_in_threadpool(door.library.accounts.use_setup_link, token, name, password)
        await run_in_threadpool(door.sign_in, request, response, name, password)
    except (Forbidden, InputError) as error:
        return await run_in_threadpool(_setup_page, request, token, str(error), name)
    return response


def _sign_in_page(request: Request, error: str = "", name: str = "", back: str = "") -> Response:
    desk = Desk.of(request)
    page = SignInPage(
        frame=frame(request, title="Sign in", section=""),
        error=error,
        name=name,
        back=back or safe_path(request.query_params.get("back", "/library")),
        has_users=bool(desk.library.accounts.users()),
    )
    return desk.pages.response(page, 401 if error else 200)


def _setup_page(request: Request, token: str, error: str = "", name: str = "") -> Response:
    page = SetupPage(
        frame=frame(request, title="Welcome", section=""), error=error, name=name, token=token
    )
    return Desk.of(request).pages.response(page, 401 if error else 200)

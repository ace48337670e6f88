"""Who is calling, and whether they may.

A caller is known by the session cookie of a signed-in browser, or by an API key. A library
without users is open to whoever sits at this machine, when the server was started so.
"""

from __future__ import annotations

import hashlib
import hmac
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from ipaddress import ip_address
from urllib.parse import urlsplit

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import Response

from lookalike.errors import BadCredentials, NotAllowed
from lookalike.library import Library
from lookalike.library.accounts import SESSION_LASTS
from lookalike.types import Role

COOKIE = "lookalike_session"
CSRF_HEADER = "x-csrf-token"
_SAFE_METHODS = frozenset({"GET", "HEAD", "OPTIONS"})
_LOOPBACK_NAMES = frozenset({"localhost", "127.0.0.1", "::1"})


@dataclass(frozen=True, kw_only=True, slots=True)
class Caller:
    """Whoever sent a request."""

    name: str  # for the list of activity; '' for the owner of the machine
    role: Role
    csrf_token: str = ""  # what a browser's unsafe requests must show; '' where none is needed


@dataclass(frozen=True, kw_only=True, slots=True)
class Door:
    """How a server lets callers in; `app.state.door` is one."""

    library: Library
    open_on_loopback: bool  # whether a library without users asks nobody at this machine
    secure_cookies: bool = False  # for a server that is reached by https

    def is_open_to(self, request: Request) -> bool:
        """Whether no log-in is needed: nobody could log in, and only this machine can ask.

        A proxy on this machine hands on requests of others; it says so, or is called by another
        name.
        """
        if not self.open_on_loopback or self.library.accounts.users():
            return False
        return self.is_near(request)

    def is_near(self, request: Request) -> bool:
        """Whether a program on this machine asks, for itself and not for others."""
        forwarded = {"forwarded", "x-forwarded-for", "x-real-ip"} & set(request.headers)
        return not forwarded and _is_loopback(request)

    def caller(self, request: Request) -> Caller | None:
        """Who is calling; None for a stranger."""
        secret = _shown_key(request)
        if secret is not None:
            key = self.library.accounts.key(secret)
            return None if key is None else Caller(name=key.name, role=key.role)
        token = request.cookies.get(COOKIE)
        user = self.library.accounts.session_user(token) if token else None
        if token and user is not None:
            return Caller(name=user.name, role=user.role, csrf_token=_csrf_token(token))
        return Caller(name="", role=Role.ADMINISTRATOR) if self.is_open_to(request) else None

    # --- signing in and out ---------------------------------------------------------------

    def sign_in(self, request: Request, response: Response, name: str, password: str) -> Caller:
        """Sets the session cookie. Raises BadCredentials, TooManyAttempts."""
        token, user = self.library.accounts.sign_in(name, password, address=address_of(request))
        response.set_cookie(
            COOKIE,
            token,
            max_age=int(SESSION_LASTS.total_seconds()),
            httponly=True,
            samesite="lax",
            secure=self.secure_cookies or request.url.scheme == "https",
        )
        return Caller(name=user.name, role=user.role, csrf_token=_csrf_token(token))

    def sign_out(self, request: Request, response: Response) -> None:
        """Ends the session and takes the cookie back."""
        token = request.cookies.get(COOKIE)
        if token:
            self.library.accounts.sign_out(token)
        response.delete_cookie(COOKIE, httponly=True, samesite="lax")


def door_of(request: Request) -> Door:
    """That of the server which this request is for."""
    door: Door = request.app.state.door
    return door


def admit(request: Request, needed: Role, *, csrf_token: str | None = None) -> Caller:
    """The caller, when the role is enough and the request is the caller's own.

    `csrf_token`: from the field of a form, else the header is read. Raises BadCredentials,
    NotAllowed.
    """
    caller = door_of(request).caller(request)
    if caller is None:
        raise BadCredentials("Sign in, or send an API key as `Authorization: Bearer KEY`.")
    if caller.csrf_token and request.method not in _SAFE_METHODS:
        shown = request.headers.get(CSRF_HEADER, "") if csrf_token is None else csrf_token
        if not hmac.compare_digest(shown.encode(), caller.csrf_token.encode()):
            raise NotAllowed("This request lacks its token; reload the page and try again.")
    if not caller.role.covers(needed):
        raise NotAllowed(f"This needs the role {needed}; yours is {caller.role}.")
    request.state.caller = caller  # for the log
    return caller


async def admit_soon(request: Request, needed: Role, *, csrf_token: str | None = None) -> Caller:
    """The same for a caller in the event loop."""
    if _shown_key(request) is not None:  # its last use is written down
        return await run_in_threadpool(admit, request, needed, csrf_token=csrf_token)
    # A look at one row: handing it to a thread takes longer.
    return admit(request, needed, csrf_token=csrf_token)


def require(needed: Role) -> Callable[[Request], Awaitable[Caller]]:
    """A dependency of FastAPI that admits callers of this role."""

    async def admitted(request: Request) -> Caller:
        return await admit_soon(request, needed)

    return admitted


def address_of(request: Request) -> str:
    """Whom to count attempts for: who called, or for whom a proxy on this machine says that it
    asks. Nothing is allowed for an address, so a program here that lies about it gains little."""
    address = request.client.host if request.client else ""
    said = request.headers.get("x-forwarded-for", "").rpartition(",")[2].strip()
    try:
        return str(ip_address(said)) if ip_address(address).is_loopback else address
    except ValueError:
        return address


def _shown_key(request: Request) -> str | None:
    kind, _, value = request.headers.get("authorization", "").partition(" ")
    if kind.lower() == "bearer":
        return value.strip() or None  # as of an empty variable: that is no key
    return request.headers.get("x-api-key") or None


def _csrf_token(session_token: str) -> str:
    """Only whoever holds the session can know it, and it does not give the session away."""
    return hashlib.sha256(f"csrf {session_token}".encode()).hexdigest()


def _is_loopback(request: Request) -> bool:
    """Whether both ends of the connection are this machine, by number and by name."""
    try:
        name = urlsplit(f"//{request.headers.get('host', '')}").hostname
        is_near = request.client is not None and ip_address(request.client.host).is_loopback
    except ValueError:
        return False
    return is_near and name in _LOOPBACK_NAMES

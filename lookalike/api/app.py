"""The application: one library, its pages and its API, behind the guards."""

from __future__ import annotations

import asyncio
import importlib
import importlib.util
from collections.abc import AsyncIterator, Iterable
from contextlib import asynccontextmanager

from fastapi import FastAPI
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response

from lookalike import __version__
from lookalike.api.auth import Door
from lookalike.api.ending import Ending
from lookalike.api.errors import status_of
from lookalike.api.guards import LOOPBACK_HOSTS, Guards
from lookalike.api.metrics import Metrics
from lookalike.api.watching import Note, Watch
from lookalike.dashboard.desk import Desk
from lookalike.dashboard.problems import error_response, report_bug
from lookalike.dashboard.views import Outside, routes
from lookalike.errors import LookalikeError
from lookalike.library import Library
from lookalike.shapes import code_of

# Room for the other fields of a form beside its image.
_FORM_BYTES = 256 * 1024
_API = "lookalike.api.rest"


def create_app(
    library: Library,
    *,
    hosts: Iterable[str] = LOOPBACK_HOSTS,
    open_on_loopback: bool = True,
    secure_cookies: bool = False,
    log: Note | None = None,
    workers: int = 1,
) -> FastAPI:
    """`hosts`: the names that the server may be called by. `open_on_loopback`: whether a library
    without users asks nobody at this machine to sign in. `secure_cookies`: for a server that is
    reached by https. `log`: is told of each answer. `workers`: processes that serve this library,
    each of which lets through its share of what is limited. While the application runs, the
    library works in the background."""
    desk = Desk.set_up(library, workers)

    @asynccontextmanager
    async def life(app: FastAPI) -> AsyncIterator[None]:
        app.state.ending = Ending()
        app.state.ending.follow_signals()
        await asyncio.to_thread(library.start_background)
        yield
        desk.searches.shutdown(wait=False, cancel_futures=True)

    app = FastAPI(
        title="Lookalike",
        version=__version__,
        lifespan=life,
        docs_url=None,  # its page loads scripts from elsewhere
        redoc_url=None,
        openapi_url="/api/openapi.json",
    )
    app.state.desk = desk
    app.state.library = library
    app.state.door = Door(
        library=library, open_on_loopback=open_on_loopback, secure_cookies=secure_cookies
    )
    metrics = Metrics(library)
    library.on_search = metrics.note_search
    app.add_route("/metrics", metrics.send)
    # Looked up first: FastAPI takes 0.4 ms to find that none of its own routes fits.
    app.router.routes.append(Outside("/api/", routes()))
    _add_api(app)
    app.add_exception_handler(LookalikeError, _answer_error)
    app.add_exception_handler(HTTPException, _answer_http)
    app.add_exception_handler(Exception, _answer_surprise)
    app.add_middleware(
        Guards,
        hosts=hosts,
        max_body_bytes=library.settings.max_query_upload_bytes + _FORM_BYTES,
        max_upload_bytes=library.settings.max_upload_bytes + _FORM_BYTES,
    )
    app.add_middleware(Watch, notes=(metrics.note,) if log is None else (metrics.note, log))
    return app


def _add_api(app: FastAPI) -> None:
    """The REST API, where it is installed."""
    if importlib.util.find_spec(_API) is not None:
        importlib.import_module(_API).include_in(app)


async def _answer_error(request: Request, error: Exception) -> Response:
    return await asyncio.to_thread(
        error_response, request, status_of(error), code_of(error), str(error)
    )


async def _answer_http(request: Request, error: Exception) -> Response:
    assert isinstance(error, HTTPException)
    code = "not_found" if error.status_code == 404 else "http_error"
    message = "There is nothing at this address." if error.status_code == 404 else error.detail
    return await asyncio.to_thread(error_response, request, error.status_code, code, message)


async def _answer_surprise(request: Request, error: Exception) -> Response:
    message = report_bug(request, error)
    return await asyncio.to_thread(error_response, request, 500, "internal_error", message)

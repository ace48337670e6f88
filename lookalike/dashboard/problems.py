"""Errors as pages, or as JSON for those who asked for JSON."""

from __future__ import annotations

import logging

from starlette.requests import Request
from starlette.responses import HTMLResponse, JSONResponse, Response

from lookalike.api.errors import status_of
from lookalike.dashboard.contexts import ErrorPage, Link
from lookalike.dashboard.desk import Desk
from lookalike.dashboard.frames import frame
from lookalike.dashboard.gate import caller_of
from lookalike.errors import LookalikeError
from lookalike.shapes import code_of, error_to_json

_logger = logging.getLogger("lookalike")

_TITLES = {
    400: "That search cannot be read",
    403: "Not allowed",
    404: "Not found",
    409: "Not possible right now",
    413: "Too large",
    415: "Not a picture that can be searched by",
    422: "This picture cannot be used",
    429: "A little too fast",
    502: "The address did not answer with a picture",
    503: "The library is not available",
    504: "The address did not answer in time",
}
_TITLE_BY_CODE = {
    "visual_search_disabled": "Visual search is switched off",
    "not_indexed_yet": "Not yet indexed",
}
_LINKS_BY_CODE = {"visual_search_disabled": (Link(label="Open settings", url="/settings"),)}


def error_response(request: Request, status: int, code: str, message: str) -> Response:
    """The answer to a request that failed."""
    if "application/json" in request.headers.get("accept", ""):
        return JSONResponse(error_to_json(code, message), status)
    desk = Desk.of(request)
    page = error_page(request, status, code, message)
    if request.headers.get("x-part"):
        return HTMLResponse(desk.pages.render(page, "error_fragment.html"), status)
    return desk.pages.response(page, status)


def failed_page(request: Request, error: Exception) -> ErrorPage:
    """For an answer that had begun when this happened: the status is told already."""
    if isinstance(error, LookalikeError):
        return error_page(request, status_of(error), code_of(error), str(error))
    return error_page(request, 500, "internal_error", report_bug(request, error))


def report_bug(request: Request, error: Exception) -> str:
    """The log gets the traceback, the person a calm line, which is returned."""
    _logger.error("Unexpected error at %s", request.url.path, exc_info=error)
    return "Lookalike ran into a problem of its own; the log of the server says more."


def error_page(request: Request, status: int, code: str, message: str) -> ErrorPage:
    """What the page about it shows."""
    title = _TITLE_BY_CODE.get(code) or _TITLES.get(status, "Something went wrong")
    return ErrorPage(
        frame=frame(request, title=title, section=""),
        status=status,
        title=title,
        message=message,
        may_request=code == "visual_search_disabled" and caller_of(request) is not None,
        links=(*_LINKS_BY_CODE.get(code, ()), Link(label="Back to the library", url="/library")),
    )

"""The style sheets of all pages, sent as one: a page that asks for each is painted later."""

from __future__ import annotations

from functools import cache

from starlette.requests import Request
from starlette.responses import Response

from lookalike.dashboard.files import bytes_response
from lookalike.dashboard.rendering import STATIC

SITE = (  # later ones win
    "tokens",
    "shapes",
    "frame",
    "pages",
    "colours",
    "groups",
    "stacks",
    "settings",
    "reading",
    "why",
    "library",
    "asset",
    "uploads",
    "models",
    "help",
)


def send_site_styles(request: Request) -> Response:
    """All of them; its address changes with them."""
    version = request.path_params["version"]
    return bytes_response(request, _site_styles(), "text/css; charset=utf-8", version)


@cache
def _site_styles() -> bytes:
    return b"\n".join((STATIC / f"{name}.css").read_bytes() for name in SITE)

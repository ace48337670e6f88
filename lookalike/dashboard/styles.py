"""The style sheets of all pages, sent as one: a page that asks for each is painted later."""

from __future__ import annotations

import hashlib
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
    """All of them; their address changes with them."""
    data, tag = _site_styles()
    return bytes_response(request, data, "text/css; charset=utf-8", tag)


@cache
def _site_styles() -> tuple[bytes, str]:
    """And a tag of these bytes: what an address calls their version may be anything."""
    data = b"\n".join((STATIC / f"{name}.css").read_bytes() for name in SITE)
    return data, hashlib.sha256(data).hexdigest()

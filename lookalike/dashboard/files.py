"""Files of assets for a browser: unchanged ones from its cache, parts, and nothing that can run."""

from __future__ import annotations

from typing import TYPE_CHECKING
from urllib.parse import quote

from starlette.requests import Request
from starlette.responses import FileResponse, Response, StreamingResponse

if TYPE_CHECKING:
    from lookalike.library.archive import Archive

IMMUTABLE = "private, max-age=31536000, immutable"
# What a browser shows as a picture, and only that; a drawing too, since in an <img> no script
# of it runs. Anything else is a download.
SHOWN_TYPES = frozenset(
    {"image/jpeg", "image/png", "image/webp", "image/gif", "image/avif", "image/svg+xml"}
)
# For whoever opens the file itself: not even a drawing may run, load or reach anything.
_LOCKED = "default-src 'none'; style-src 'unsafe-inline'; img-src data:; sandbox"


def bytes_response(request: Request, data: bytes, mime: str, tag: str) -> Response:
    """Bytes that never change under their address."""
    headers = {"etag": f'"{tag}"', "cache-control": IMMUTABLE}
    if is_known(request, tag):
        return Response(status_code=304, headers=headers)
    return Response(data, media_type=mime, headers=headers)


def file_response(
    request: Request, path: str, *, name: str, mime: str | None, tag: str, download: bool
) -> Response:
    """A file as it is, in parts when asked for; SVG only ever as a download or in an <img>."""
    headers = {
        "etag": f'"{tag}"',
        "cache-control": "private, no-cache",
        "content-security-policy": _LOCKED,
        "content-disposition": _disposition(name, mime, download),
    }
    if is_known(request, tag) and "range" not in request.headers:
        return Response(status_code=304, headers=headers)
    media_type = mime if mime in SHOWN_TYPES else "application/octet-stream"
    return FileResponse(path, media_type=media_type, headers=headers)


def archive_response(archive: Archive, name: str) -> Response:
    """A zip as a download, while it is made. When that fails the connection ends too soon, which
    whoever receives it notices by the length."""
    return StreamingResponse(
        iter(archive),
        media_type="application/zip",
        headers={
            "cache-control": "no-store",
            "content-length": str(archive.size_bytes),
            "content-disposition": _disposition(f"{name}.zip", None, download=True),
        },
    )


def is_known(request: Request, tag: str) -> bool:
    """Whether the browser has this version."""
    named = request.headers.get("if-none-match", "")
    return named.strip() == "*" or f'"{tag}"' in {
        part.strip().removeprefix("W/") for part in named.split(",")
    }


def _disposition(name: str, mime: str | None, download: bool) -> str:
    is_shown = mime in SHOWN_TYPES and mime != "image/svg+xml" and not download
    kind = "inline" if is_shown else "attachment"
    return f"{kind}; filename*=UTF-8''{quote(name, safe='')}"

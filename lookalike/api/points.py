"""The points of the map in as few bytes as they need: 12 a picture, about half of it compressed."""

from __future__ import annotations

import gzip
import hashlib
import struct

import numpy as np
from starlette.requests import Request
from starlette.responses import Response

from lookalike.arrays import Float32s, Int64s
from lookalike.dashboard.files import is_known
from lookalike.library import Library

_STEPS = 2**16 - 1  # of each coordinate, from one end of the map to the other
_LEVEL = 1  # the coordinates hardly compress, whatever the effort


def points_response(request: Request, library: Library) -> Response:
    """All points; nothing but a status when the browser has them already."""
    places = library.places()
    if places is None:
        data = _head(0, 1)
    else:
        data = encode_points(places.keys, places.groups, places.points)
    tag = hashlib.sha256(data).hexdigest()[:32]
    headers = {"etag": f'"{tag}"', "cache-control": "private, no-cache", "vary": "accept-encoding"}
    if is_known(request, tag):
        return Response(status_code=304, headers=headers)
    if "gzip" in request.headers.get("accept-encoding", ""):
        data = gzip.compress(data, _LEVEL, mtime=0)
        headers["content-encoding"] = "gzip"
    return Response(data, media_type="application/octet-stream", headers=headers)


def encode_points(keys: Int64s, groups: Int64s, points: Float32s) -> bytes:
    """Little-endian: how many points (uint32) and the reach of the map (float32); then in columns,
    by ascending key: by how much each key is above the one before (int32), groups (int32, -1 for
    none), x and y (uint16, 0 to 65535 for -reach to reach)."""
    order = np.argsort(keys)
    reach = float(np.abs(points).max(initial=1e-6))
    steps = np.rint((points[order] / reach + 1) / 2 * _STEPS).astype("<u2")
    columns = (
        np.diff(keys[order], prepend=0).astype("<i4"),
        groups[order].astype("<i4"),
        np.ascontiguousarray(steps[:, 0]),
        np.ascontiguousarray(steps[:, 1]),
    )
    return _head(len(keys), reach) + b"".join(column.tobytes() for column in columns)


def _head(count: int, reach: float) -> bytes:
    return struct.pack("<If", count, reach)

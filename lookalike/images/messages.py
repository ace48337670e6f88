"""What the decoding processes and their owner say to each other.

Frames of plain bytes and JSON, never pickles: a decoder that a hostile file has taken over cannot
make its owner run anything.
"""

from __future__ import annotations

import json
import os
from datetime import datetime
from multiprocessing.connection import Connection
from pathlib import Path
from typing import Any

import numpy as np

from lookalike.errors import CorruptImage, ImageError
from lookalike.images.picture import Picture, Region
from lookalike.photo_facts import PhotoFacts, make_facts, said

READY = b"ready"
_PATH = b"path"
_DATA = b"data"
_ERRORS = {error.code: error for error in ImageError.__subclasses__()}
# More than any answer holds: pixels, a thumbnail or one line.
_MAX_FRAME_BYTES = 64 * 1024 * 1024


def send_source(
    connection: Connection,
    source: Path | bytes,
    region: Region | None = None,
    *,
    only_facts: bool = False,
) -> None:
    """Asks for the picture in a file or in bytes, for a part of it, or for what it says."""
    connection.send_bytes(json.dumps([region, only_facts]).encode())
    if isinstance(source, bytes):
        connection.send_bytes(_DATA)
        connection.send_bytes(source)
    else:
        connection.send_bytes(_PATH)
        connection.send_bytes(os.fsencode(source.absolute()))


def receive_source(connection: Connection) -> tuple[Path | bytes, Region | None, bool]:
    """The next request: source, region, and whether only facts are wanted. Raises EOFError when
    there will be none."""
    numbers, only_facts = json.loads(connection.recv_bytes())
    kind = connection.recv_bytes()
    content = connection.recv_bytes()
    source = content if kind == _DATA else Path(os.fsdecode(content))
    return source, Region(*numbers) if numbers else None, only_facts


def send_picture(connection: Connection, picture: Picture) -> None:
    """Answers with a picture."""
    _send_json(
        connection,
        {
            "mime": picture.mime,
            "width_px": picture.width_px,
            "height_px": picture.height_px,
            "size_bytes": picture.size_bytes,
            "sha256": picture.sha256,
            "phash64": picture.phash64.hex(),
            "phash256": picture.phash256.hex(),
            "palette": picture.palette.hex(),
            "signature": picture.signature.hex(),
            "taken_at": picture.taken_at.isoformat() if picture.taken_at else None,
            "facts": said(picture.facts),
        },
    )
    connection.send_bytes(picture.thumbnail)
    connection.send_bytes(np.ascontiguousarray(picture.pixels).data.cast("B"))


def send_facts(connection: Connection, facts: PhotoFacts) -> None:
    """Answers with what a file says about its picture."""
    _send_json(connection, {"facts": said(facts)})


def send_error(connection: Connection, error: ImageError | OSError) -> None:
    """Answers with the reason why there is no picture."""
    if isinstance(error, ImageError):
        _send_json(connection, {"code": error.code, "message": str(error)})
    else:
        _send_json(
            connection,
            {"errno": error.errno, "message": error.strerror, "path": error.filename},
        )


def receive_picture(connection: Connection, *, side_px: int) -> Picture:
    """The answer. Raises what was sent as an error, EOFError or OSError when the other end died."""
    header = _receive_header(connection)
    thumbnail = connection.recv_bytes(_MAX_FRAME_BYTES)
    pixels = np.frombuffer(connection.recv_bytes(_MAX_FRAME_BYTES), np.uint8)
    taken_at = header["taken_at"]
    return Picture(
        mime=header["mime"],
        width_px=header["width_px"],
        height_px=header["height_px"],
        size_bytes=header["size_bytes"],
        sha256=header["sha256"],
        phash64=bytes.fromhex(header["phash64"]),
        phash256=bytes.fromhex(header["phash256"]),
        taken_at=datetime.fromisoformat(taken_at) if taken_at else None,
        thumbnail=thumbnail,
        palette=bytes.fromhex(header["palette"]),
        signature=bytes.fromhex(header["signature"]),
        pixels=pixels.reshape(side_px, side_px, 3),
        facts=make_facts(header.get("facts")),
    )


def receive_facts(connection: Connection) -> PhotoFacts:
    """The answer to a question for facts. Raises as `receive_picture`."""
    return make_facts(_receive_header(connection).get("facts"))


def _receive_header(connection: Connection) -> dict[str, Any]:
    header: dict[str, Any] = json.loads(connection.recv_bytes(_MAX_FRAME_BYTES))
    if "code" in header:
        raise _ERRORS.get(header["code"], CorruptImage)(header["message"])
    if "errno" in header:
        raise FileProblem(OSError(header["errno"], header["message"], header["path"]))
    return header


class FileProblem(Exception):
    """The file could not be read; `error` says why. Not an OSError: those mean a dead process."""

    def __init__(self, error: OSError) -> None:
        super().__init__(str(error))
        self.error = error


def _send_json(connection: Connection, value: dict[str, Any]) -> None:
    connection.send_bytes(json.dumps(value).encode())

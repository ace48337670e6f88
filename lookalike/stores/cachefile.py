"""The file of an index cache: a stamp that says what it reflects, then its parts.

Written to a file beside it and renamed, so that a crash leaves the old file or the new.
"""

from __future__ import annotations

import contextlib
import io
import json
import os
import struct
import tempfile
import zlib
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np

from lookalike.errors import StoreUnavailable

_MAGIC = b"LKALIX1\n"
_HEAD = struct.Struct("<II")  # length and crc32 of the header
_MAX_HEADER_BYTES = 1 << 16


@dataclass(frozen=True, kw_only=True, slots=True)
class Stamp:
    """What an index holds, and of which library."""

    kind: str  # 'exact', 'turbo'
    library_id: str
    model_id: str
    dim: int
    generation: int  # the store's, that it reflects
    calibrated_rows: int = 0  # how many vectors there were when its codes were fitted

    def at(self, generation: int) -> Stamp:
        """The same at another generation."""
        return replace(self, generation=generation)


def write_cache(path: Path, stamp: Stamp, parts: list[bytes]) -> None:
    """Replaces `path`. Raises StoreUnavailable."""
    header = json.dumps(
        {"stamp": asdict(stamp), "parts": [[len(part), zlib.crc32(part)] for part in parts]}
    ).encode()
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        handle, temporary = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.")
        try:
            with os.fdopen(handle, "wb") as file:
                file.write(_MAGIC + _HEAD.pack(len(header), zlib.crc32(header)) + header)
                for part in parts:
                    file.write(part)
                file.flush()
                os.fsync(file.fileno())
            Path(temporary).replace(path)
        except BaseException:
            with contextlib.suppress(OSError):
                Path(temporary).unlink()
            raise
    except OSError as error:
        raise StoreUnavailable(f"The index cache {path} cannot be written: {error}.") from error


def read_cache(path: Path) -> tuple[Stamp, list[bytes]]:
    """Raises ValueError for a file that is damaged or something else, OSError."""
    with path.open("rb") as file:
        if file.read(len(_MAGIC)) != _MAGIC:
            raise ValueError("not an index cache")
        head = file.read(_HEAD.size)
        if len(head) < _HEAD.size:
            raise ValueError("cut short")
        length, checksum = _HEAD.unpack(head)
        header = file.read(min(length, _MAX_HEADER_BYTES))
        if len(header) != length or zlib.crc32(header) != checksum:
            raise ValueError("the header is damaged")
        described = json.loads(header)
        try:
            stamp = Stamp(**described["stamp"])
            sizes = [(int(size), int(crc)) for size, crc in described["parts"]]
        except (KeyError, TypeError) as error:
            raise ValueError("the header is of another version") from error
        parts = []
        for size, crc in sizes:
            part = file.read(size)
            if len(part) != size or zlib.crc32(part) != crc:
                raise ValueError("a part is damaged")
            parts.append(part)
    return stamp, parts


def pack_array(array: np.ndarray[Any, Any]) -> bytes:
    """An array with its type and shape."""
    file = io.BytesIO()
    np.save(file, array, allow_pickle=False)
    return file.getvalue()


def unpack_array(data: bytes) -> np.ndarray[Any, Any]:
    """The inverse of `pack_array`. Raises ValueError."""
    array: np.ndarray[Any, Any] = np.load(io.BytesIO(data), allow_pickle=False)
    return array

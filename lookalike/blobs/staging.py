"""Receiving a file of unknown size: to disk at once, hashed on the way, up to a limit."""

from __future__ import annotations

import contextlib
import hashlib
import os
import tempfile
import time
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

from lookalike.errors import BlobUnavailable, TooManyBytes

_CHUNK_BYTES = 1024 * 1024
_LEFT_OVER_S = 24 * 3600.0


class Readable(Protocol):
    """A stream of bytes."""

    def read(self, size: int, /) -> bytes:
        """At most `size` bytes; none at the end."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Staged:
    """A file that has arrived whole and is on disk."""

    path: Path
    sha256: str  # hex
    size_bytes: int


@contextlib.contextmanager
def stage(
    source: bytes | Readable | Iterable[bytes], folder: Path, *, max_bytes: int
) -> Iterator[Staged]:
    """Writes `source` to a temporary file in `folder`, which is gone at the end of the block
    unless it was moved. Raises TooManyBytes as soon as there are too many, BlobUnavailable."""
    temporary: Path | None = None
    try:
        try:
            folder.mkdir(parents=True, exist_ok=True)
            handle, name = tempfile.mkstemp(dir=folder, prefix="new-")
            temporary = Path(name)
            staged = _receive(source, handle, temporary, max_bytes)
        except OSError as error:
            raise BlobUnavailable(f"{folder} cannot be written: {error.strerror}.") from error
        yield staged
    finally:
        if temporary is not None:
            temporary.unlink(missing_ok=True)


def sweep(folder: Path) -> None:
    """Removes what was left of transfers by a process that died long ago."""
    with contextlib.suppress(OSError):
        for entry in os.scandir(folder):
            if time.time() - entry.stat().st_mtime > _LEFT_OVER_S:
                Path(entry.path).unlink(missing_ok=True)


def _receive(
    source: bytes | Readable | Iterable[bytes], handle: int, path: Path, max_bytes: int
) -> Staged:
    digest, size_bytes = hashlib.sha256(), 0
    with os.fdopen(handle, "wb") as file:
        for chunk in _chunks(source):
            size_bytes += len(chunk)
            if size_bytes > max_bytes:
                raise TooManyBytes(f"The file has more than the {max_bytes:,} bytes allowed.")
            digest.update(chunk)
            file.write(chunk)
        file.flush()
        os.fsync(file.fileno())
    return Staged(path=path, sha256=digest.hexdigest(), size_bytes=size_bytes)


def _chunks(source: bytes | Readable | Iterable[bytes]) -> Iterable[bytes]:
    if isinstance(source, bytes):
        return (source,)
    if hasattr(source, "read"):
        return iter(lambda: source.read(_CHUNK_BYTES), b"")
    return source

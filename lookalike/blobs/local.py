"""Blobs as files of a folder, spread over 256 subfolders."""

from __future__ import annotations

import contextlib
import hashlib
import os
import re
import tempfile
from collections.abc import Iterator
from pathlib import Path

from lookalike.errors import BlobUnavailable

_KEY = re.compile(r"[A-Za-z0-9_-](?:[A-Za-z0-9._-]{6,126})[A-Za-z0-9_-]", re.ASCII)


class LocalBlobs:
    """Implements `Blobs`. Each blob is written to a temporary file and renamed."""

    def __init__(self, folder: Path, *, durable: bool = True) -> None:
        """`durable`: a blob that was put survives a power cut. Without it, putting is much
        faster; for what can be made again, such as thumbnails."""
        self._folder = folder
        self._durable = durable

    def put(self, key: str, data: bytes) -> None:
        """Keeps `data`, in place of what was there. Raises BlobUnavailable."""
        path = self._path(key)
        with _translated(path):
            handle, temporary = self._make_temporary(path)
            try:
                with os.fdopen(handle, "wb") as file:
                    file.write(data)
                    if self._durable:
                        file.flush()
                        os.fsync(file.fileno())
                Path(temporary).replace(path)
            except BaseException:
                with contextlib.suppress(OSError):
                    Path(temporary).unlink()
                raise
            if self._durable:
                _sync_folder(path.parent)

    def put_file(self, key: str, file: Path) -> None:
        """Keeps the content of a staged file, which is moved here; it lies on the same disk and
        was written out by whoever made it. Raises BlobUnavailable."""
        path = self._path(key)
        with _translated(path):
            path.parent.mkdir(parents=True, exist_ok=True)
            file.replace(path)
            if self._durable:
                _sync_folder(path.parent)
                _sync_folder(path.parent.parent)

    def path_of(self, key: str) -> Path | None:
        """A file on this machine with the bytes, for reading only; None when there are none."""
        return self._path(key) if self.exists(key) else None

    def get(self, key: str) -> bytes | None:
        """The bytes, or None when there are none. Raises BlobUnavailable."""
        path = self._path(key)
        with _translated(path):
            try:
                return path.read_bytes()
            except FileNotFoundError:
                return None

    def exists(self, key: str) -> bool:
        """Whether there are bytes under `key`. Raises BlobUnavailable."""
        path = self._path(key)
        with _translated(path):
            try:
                path.stat()
            except FileNotFoundError:
                return False
            return True

    def delete(self, key: str) -> None:
        """Forgets the bytes, if there are any. Raises BlobUnavailable."""
        path = self._path(key)
        with _translated(path):
            path.unlink(missing_ok=True)

    def _path(self, key: str) -> Path:
        """Raises ValueError for a key that could lead out of the folder or collide there."""
        if not _KEY.fullmatch(key):
            raise ValueError(f"{key!r} is not a blob key")
        return self._folder / hashlib.sha256(key.encode()).hexdigest()[:2] / key

    def _make_temporary(self, path: Path) -> tuple[int, str]:
        """A new file beside `path`; its dot keeps it apart from every key."""
        try:
            return tempfile.mkstemp(dir=path.parent, prefix=".new-")
        except FileNotFoundError:
            path.parent.mkdir(parents=True, exist_ok=True)
            return tempfile.mkstemp(dir=path.parent, prefix=".new-")


@contextlib.contextmanager
def _translated(path: Path) -> Iterator[None]:
    try:
        yield
    except OSError as error:
        raise BlobUnavailable(f"The file {path} cannot be used: {error.strerror}.") from error


def _sync_folder(folder: Path) -> None:
    """Makes a rename in `folder` survive a power cut, where the system can."""
    if os.name == "nt":
        return
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)

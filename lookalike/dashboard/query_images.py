"""Images that were searched by, kept for a while so that an address with one in it works again."""

from __future__ import annotations

import hashlib
import json
import os
import re
import tempfile
import threading
import time
from dataclasses import asdict, dataclass
from pathlib import Path

from lookalike.errors import QueryImageGone

KEPT_S = 30 * 24 * 3600
MAX_KEPT_BYTES = 512 * 1024 * 1024
_PRUNE_EVERY = 20  # images
_SHA256 = re.compile(r"[0-9a-f]{64}")


@dataclass(frozen=True, slots=True)
class QueryImage:
    """What is known about a kept image without reading it."""

    sha256: str
    label: str  # its file name, or where it was fetched from
    mime: str
    width_px: int
    height_px: int


class QueryImages:
    """Kept in `folder` under their sha256: the file, its thumbnail and a line about it."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._lock = threading.Lock()
        self._put = 0

    def put(self, data: bytes, thumbnail: bytes, image: QueryImage) -> None:
        """Keeps an image that was decoded."""
        self._folder.mkdir(parents=True, exist_ok=True)
        self._write(self._path(image.sha256, ".bin"), data)
        self._write(self._path(image.sha256, ".webp"), thumbnail)
        self._write(self._path(image.sha256, ".json"), json.dumps(asdict(image)).encode())
        with self._lock:
            self._put += 1
            if self._put % _PRUNE_EVERY == 1:
                self.prune(now_s=time.time())

    def get(self, sha256: str) -> QueryImage:
        """Raises QueryImageGone."""
        return QueryImage(**json.loads(self._read(sha256, ".json")))

    def data(self, sha256: str) -> bytes:
        """The file as it came; being used, it is kept longer. Raises QueryImageGone."""
        data = self._read(sha256, ".bin")
        if hashlib.sha256(data).hexdigest() != sha256:
            raise QueryImageGone("The image of this search is damaged; choose it again.")
        for ending in (".bin", ".webp", ".json"):
            os.utime(self._path(sha256, ending))
        return data

    def thumbnail(self, sha256: str) -> bytes:
        """WebP. Raises QueryImageGone."""
        return self._read(sha256, ".webp")

    def prune(self, *, now_s: float) -> None:
        """Forgets what was not used for long, and the oldest of what is too much."""
        files = sorted(
            ((file.stat().st_mtime, file.stat().st_size, file) for file in self._folder.iterdir()),
            reverse=True,
        )
        kept_bytes = 0
        for used_s, size_bytes, file in files:
            kept_bytes += size_bytes
            if now_s - used_s > KEPT_S or kept_bytes > MAX_KEPT_BYTES:
                file.unlink(missing_ok=True)

    def _path(self, sha256: str, ending: str) -> Path:
        if not _SHA256.fullmatch(sha256):
            raise QueryImageGone("There is no such image; choose it again.")
        return self._folder / (sha256 + ending)

    def _read(self, sha256: str, ending: str) -> bytes:
        try:
            return self._path(sha256, ending).read_bytes()
        except FileNotFoundError as error:
            raise QueryImageGone(
                "The image of this search is not kept any more; choose it again."
            ) from error

    def _write(self, path: Path, data: bytes) -> None:
        """Whole or not at all."""
        handle, temporary = tempfile.mkstemp(dir=self._folder, prefix=".new-")
        with os.fdopen(handle, "wb") as file:
            file.write(data)
        Path(temporary).replace(path)

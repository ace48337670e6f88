"""Small decoded pictures that memory has no room for, in a file of their own.

Writing one and reading it back take about a tenth of the time of decoding its thumbnail again.
"""

from __future__ import annotations

import logging
import tempfile
import threading
from pathlib import Path
from typing import BinaryIO, NamedTuple

from PIL import Image

MOST_BYTES = 4 * 1024**3  # some 110,000 pictures

_logger = logging.getLogger(__name__)


class _Place(NamedTuple):
    start: int
    size: tuple[int, int]


class Spill:
    """By name. The file has no name: it is gone with this process, however that ends. Safe to use
    from several threads."""

    def __init__(self, folder: Path | None, most_bytes: int = MOST_BYTES) -> None:
        """`folder`: where the file is made once there is something to write; without it, nothing
        is kept. Of more than `most_bytes` the rest is not kept either."""
        self._folder = folder
        self._most_bytes = most_bytes
        self._file: BinaryIO | None = None
        self._end = 0
        self._places: dict[str, _Place] = {}
        self._lock = threading.Lock()

    def put(self, name: str, image: Image.Image) -> None:
        """Keeps a picture in RGB, unless there is no room for it."""
        if self._folder is None or name in self._places:
            return
        data = image.tobytes()
        with self._lock:
            if self._end + len(data) > self._most_bytes:
                return
            try:
                self._write(data)
            except OSError as error:  # the disk is full: it goes on without
                _logger.warning("No more decoded pictures are kept on disk: %s", error)
                self._most_bytes = 0
                return
            self._places[name] = _Place(self._end, image.size)
            self._end += len(data)

    def get(self, name: str) -> Image.Image | None:
        """A picture that was kept."""
        place = self._places.get(name)
        if place is None:
            return None
        width_px, height_px = place.size
        with self._lock:
            assert self._file is not None
            self._file.seek(place.start)
            data = self._file.read(3 * width_px * height_px)
        return Image.frombytes("RGB", place.size, data)

    def close(self) -> None:
        """Lets go of the file and all that is in it."""
        if self._file is not None:
            self._file.close()

    def _write(self, data: bytes) -> None:
        if self._file is None:
            self._file = tempfile.TemporaryFile(dir=self._folder, buffering=0)  # noqa: SIM115
        self._file.seek(self._end)
        while data:
            data = data[self._file.write(data) :]

"""Handing one pending asset to the decoder, and making sense of what comes back."""

from __future__ import annotations

import threading
from collections.abc import Callable
from concurrent.futures import CancelledError, Future
from pathlib import Path

from lookalike.errors import FolderNotFound, ImageError
from lookalike.images.picture import Picture
from lookalike.ingest.base import Decoder
from lookalike.ingest.batch import Broken, Decoded, Gone, Left, Outcome
from lookalike.ingest.refusals import UNREADABLE, refuse
from lookalike.ingest.scan import is_inside
from lookalike.stores.base import Skipped
from lookalike.types import Asset


class Opener:
    """Opens assets one after the other; each has exactly one outcome, on any thread."""

    def __init__(self, decoder: Decoder, *, folders: tuple[str, ...], max_bytes: int) -> None:
        self._decoder = decoder
        self._folders = folders
        self._max_bytes = max_bytes
        self._lock = threading.Lock()
        self._running: set[Future[Picture]] = set()

    def open(self, asset: Asset, deliver: Callable[[Outcome], None]) -> None:
        """Calls `deliver` once, now or when the picture is decoded."""
        if asset.path is None:
            deliver(Left(asset.key))
            return
        path = Path(asset.path)
        try:
            status = path.stat()
            refusal = refuse(asset, status.st_size, self._max_bytes)
        except OSError as error:
            deliver(self._explain(asset, error))
            return
        if refusal is not None:
            deliver(refusal)
            return
        future = self._decoder.submit(path)
        with self._lock:
            self._running.add(future)

        def finish(done: Future[Picture]) -> None:
            with self._lock:
                self._running.discard(done)
            deliver(self._outcome(asset, status.st_mtime_ns, done))

        future.add_done_callback(finish)

    def cancel(self) -> None:
        """Takes back what the decoder has not begun."""
        with self._lock:
            running = list(self._running)
        for future in running:
            future.cancel()

    def _outcome(self, asset: Asset, mtime_ns: int, done: Future[Picture]) -> Outcome:
        try:
            return Decoded(asset.key, mtime_ns, done.result())
        except CancelledError:
            return Left(asset.key)
        except (ImageError, OSError) as error:
            return self._explain(asset, error)
        except Exception as error:
            return Broken(error)

    def _explain(self, asset: Asset, error: ImageError | OSError) -> Outcome:
        """A file that is gone with its whole linked folder is not missing: a disk is."""
        if isinstance(error, ImageError):
            return Skipped(key=asset.key, reason=error.code, detail=str(error))
        if not isinstance(error, FileNotFoundError | NotADirectoryError):
            detail = f"The file cannot be read: {error.strerror or error}."
            return Skipped(key=asset.key, reason=UNREADABLE, detail=detail)
        for folder in self._folders:
            if is_inside(str(asset.path), folder) and not Path(folder).is_dir():
                return Broken(FolderNotFound(f"{folder} vanished during indexing."))
        return Gone(asset.key)

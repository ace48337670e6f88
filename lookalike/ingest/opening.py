"""Handing one pending asset to the decoder, and making sense of what comes back."""

from __future__ import annotations

import threading
from collections.abc import Callable
from concurrent.futures import CancelledError, Future
from dataclasses import replace
from pathlib import Path

from lookalike.errors import FolderNotFound, ImageError
from lookalike.images.picture import Picture
from lookalike.ingest.base import Decoder
from lookalike.ingest.batch import Broken, Decoded, Gone, Left, Outcome
from lookalike.ingest.refusals import UNREADABLE, refuse
from lookalike.ingest.scan import is_inside
from lookalike.ingest.walk import mtime_of
from lookalike.stores.base import Skipped
from lookalike.types import Asset, Source

_SPOILT = "The uploaded file was changed on disk, in the library's own folder; upload it again."

Locate = Callable[[Asset], Path | None]  # where the bytes of an asset are, if they are anywhere


def locate_linked(asset: Asset) -> Path | None:
    """A linked asset is where its path says; an uploaded one is elsewhere."""
    return Path(asset.path) if asset.path is not None else None


class Opener:
    """Opens assets one after the other; each has exactly one outcome, on any thread."""

    def __init__(
        self, decoder: Decoder, *, folders: tuple[str, ...], locate: Locate, max_bytes: int
    ) -> None:
        self._decoder = decoder
        self._locate = locate
        self._folders = folders
        self._max_bytes = max_bytes
        self._lock = threading.Lock()
        self._running: set[Future[Picture]] = set()

    def open(self, asset: Asset, deliver: Callable[[Outcome], None]) -> None:
        """Calls `deliver` once, now or when the picture is decoded."""
        path = self._locate(asset)
        if path is None:
            deliver(_about(asset, Gone(asset.key)))
            return
        try:
            status = path.stat()
            refusal = refuse(asset, str(path), status.st_size, self._max_bytes)
        except OSError as error:
            deliver(_about(asset, self._explain(asset, error)))
            return
        if refusal is not None:
            deliver(_about(asset, refusal))
            return
        future = self._decoder.submit(path)
        with self._lock:
            self._running.add(future)

        def finish(done: Future[Picture]) -> None:
            with self._lock:
                self._running.discard(done)
            mtime_ns = mtime_of(status) if asset.source is Source.LINKED else None
            deliver(_about(asset, self._outcome(asset, mtime_ns, done)))

        future.add_done_callback(finish)

    def cancel(self) -> None:
        """Takes back what the decoder has not begun."""
        with self._lock:
            running = list(self._running)
        for future in running:
            future.cancel()

    def _outcome(self, asset: Asset, mtime_ns: int | None, done: Future[Picture]) -> Outcome:
        try:
            picture = done.result()
        except CancelledError:
            return Left(asset.key)
        except (ImageError, OSError) as error:
            return self._explain(asset, error)
        except Exception as error:
            return Broken(error)
        if asset.source is Source.UPLOAD and picture.sha256 != asset.sha256:
            return Skipped(key=asset.key, reason=UNREADABLE, detail=_SPOILT)
        return Decoded(asset.key, mtime_ns, picture)

    def _explain(self, asset: Asset, error: ImageError | OSError) -> Outcome:
        """A file that is gone with its whole linked folder is not missing: a disk is."""
        if isinstance(error, ImageError):
            return Skipped(key=asset.key, reason=error.code, detail=str(error))
        if not isinstance(error, FileNotFoundError | NotADirectoryError):
            detail = f"The file cannot be read: {error.strerror or error}."
            return Skipped(key=asset.key, reason=UNREADABLE, detail=detail)
        for folder in self._folders:
            if (
                asset.path is not None
                and is_inside(asset.path, folder)
                and not Path(folder).is_dir()
            ):
                return Broken(FolderNotFound(f"{folder} vanished during indexing."))
        return Gone(asset.key)


def _about(asset: Asset, outcome: Outcome) -> Outcome:
    """A refusal names the very bytes that it is about, for an upload may be replaced meanwhile;
    so it is never missing: its old bytes may be gone for that reason."""
    if isinstance(outcome, Gone) and asset.source is Source.UPLOAD:
        detail = "The uploaded file is gone from the library's folder; upload it again."
        outcome = Skipped(key=asset.key, reason=UNREADABLE, detail=detail)
    if isinstance(outcome, Skipped) and asset.source is Source.UPLOAD:
        return replace(outcome, sha256=asset.sha256)
    return outcome

"""One indexing run per library at a time, across processes."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from threading import Event

from filelock import FileLock, Timeout

from lookalike.errors import LibraryBusy, StoreUnavailable
from lookalike.ingest.meter import ProgressCallback
from lookalike.types import Progress

_POLL_S = 0.2


@contextmanager
def hold_lock(
    path: Path,
    *,
    wait: bool = False,
    progress: ProgressCallback | None = None,
    stop: Event | None = None,
) -> Iterator[None]:
    """Holds the lock file at `path`; the system lets go of it when the process dies.

    Raises LibraryBusy when another run holds it, at once, or with `wait` when `stop` is set
    before it is free; waiting is told to `progress` as stage 'wait'.
    """
    lock = FileLock(path)
    _acquire(lock, wait, progress, stop or Event())
    try:
        yield
    finally:
        lock.release()


def _acquire(lock: FileLock, wait: bool, progress: ProgressCallback | None, stop: Event) -> None:
    told = False
    while True:
        try:
            lock.acquire(timeout=_POLL_S if told else 0, poll_interval=_POLL_S / 4)
        except Timeout:
            if not wait or stop.is_set():
                raise LibraryBusy(
                    "Another process is indexing this library; wait for it to end and try again."
                ) from None
        except OSError as error:
            raise StoreUnavailable(f"{lock.lock_file} cannot be locked: {error}") from error
        else:
            return
        if progress is not None and not told:
            progress(_waiting())
        told = True


def _waiting() -> Progress:
    return Progress(
        stage="wait",
        done=0,
        total=None,
        rate_per_s=0.0,
        remaining_s=None,
        current="for another process that is indexing this library",
    )

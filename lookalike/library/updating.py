"""Bringing a library up to date in one go, a renewal of its model included."""

from __future__ import annotations

import threading
from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path

from lookalike.library.working import Working
from lookalike.types import IndexReport, Progress


class Updating(Working):
    """The whole of indexing in `Library`."""

    def index(
        self,
        folders: Sequence[str | Path] = (),
        *,
        progress: Callable[[Progress], None] | None = None,
        wait: bool = False,
        retry_skipped: bool = False,
        stop: threading.Event | None = None,
    ) -> IndexReport:
        """Brings the library up to date with `folders`, else with all that it knows; if its model
        is being renewed, that is carried to its end, too.

        Ctrl-C or `stop` ends it early, and the next run goes on from there. While another process
        indexes, this waits with `wait`, else raises LibraryBusy. `retry_skipped` looks again at
        every file that was skipped. Raises FolderNotFound,
        StoreUnavailable, ModelMismatch.
        """
        report = super().index(
            folders, progress=progress, wait=wait, retry_skipped=retry_skipped, stop=stop
        )
        self._renew_when_needed()
        if report.interrupted or self.renewal() is None:
            return report
        return replace(report, interrupted=not self._renew(progress, stop))

    def _renew(
        self, progress: Callable[[Progress], None] | None, stop: threading.Event | None
    ) -> bool:
        """Follows the job that renews; whether it has ended."""
        from lookalike.ingest.interrupt import stop_on_interrupt

        ended = threading.Event()

        def tell(told: Progress) -> None:
            if stop is not None and stop.is_set():
                ended.set()
            if progress is not None:
                progress(told)

        with stop_on_interrupt(ended):
            renewal = self.renewal()
            if renewal is not None and renewal.job is not None:
                self.follow(renewal.job.id, progress=tell, stop=ended)
        renewal = self.renewal()
        return renewal is None or bool(renewal.problem)

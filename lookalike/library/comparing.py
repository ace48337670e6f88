"""Looking for duplicates: what is new is compared once, by itself or when it is asked for."""

from __future__ import annotations

import os
import threading
from collections.abc import Callable
from typing import TYPE_CHECKING

from lookalike.library.core import Core
from lookalike.types import CompareReport, Job, JobKind, Progress

if TYPE_CHECKING:
    from lookalike.search.duplicates import Surroundings

AGAIN = "again"  # argument of a job that compares everything anew
STAGE = "compare"


class Comparing(Core):
    """The comparing of `Library`.

    How far it has come is kept with the pairs that it found, so that it may be stopped or killed
    at any moment. It has a lock of its own: indexing does not wait for it.
    """

    def compare(
        self,
        *,
        again: bool = False,
        progress: Callable[[Progress], None] | None = None,
        stop: threading.Event | None = None,
    ) -> CompareReport:
        """Compares the pictures that are new or changed with all others; with `again`, all. Waits
        while another process is at it.

        `stop` ends it early, and the next call goes on from there. Decisions stay.
        """
        from lookalike.ingest.lock import hold_lock

        lock = hold_lock(self._layout.compare_lock, wait=True, progress=progress, stop=stop)
        with lock:
            if again:
                self._store.doubt_pairs()
            return self._compare(progress=progress, stop=stop)

    def compare_later(self, *, again: bool = False, by: str = "") -> Job:
        """Queues a comparison of what is new, or with `again` of everything."""
        job = self._store.add_job(JobKind.COMPARE, AGAIN if again else "", by)
        self._wake()
        return job

    def _compare(
        self,
        *,
        progress: Callable[[Progress], None] | None = None,
        stop: threading.Event | None = None,
    ) -> CompareReport:
        """Callers hold the lock of comparing."""
        from lookalike.search import duplicates

        return duplicates.scan(self._surroundings(), progress=progress, stop=stop)

    def _compare_for(
        self, job: Job, progress: Callable[[Progress], None], stop: threading.Event
    ) -> str:
        """Carries out a job, or goes on with it; says what came of it. Callers hold the lock."""
        if job.argument == AGAIN and job.stage != STAGE:
            self._store.doubt_pairs()
            self._store.report_job(job.id, STAGE, 0, None)
        report = self._compare(progress=progress, stop=stop)
        return f"{report.compared:,} compared, {report.copies:,} new pairs of duplicates found."

    def _surroundings(self) -> Surroundings:
        from lookalike.search.duplicates import Surroundings

        model = self._complete_model()
        return Surroundings(
            store=self._store,
            index=model.index.get().current(),
            model_id=model.embedder.get().model_id,
            read_thumbnail=self._thumbnails.get().get,
            threads=os.cpu_count() or 1,
        )

"""Doing what waits: indexing uploads, and jobs with progress that survive a restart."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from contextlib import suppress
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from lookalike.errors import JobNotFound, LibraryBusy, LookalikeError
from lookalike.library.colouring import Colouring
from lookalike.library.comparing import Comparing
from lookalike.library.likeness import Likeness
from lookalike.library.modelling import Modelling
from lookalike.library.resolving import Resolving
from lookalike.library.watching import Watching
from lookalike.types import Job, JobKind, JobState, Progress

if TYPE_CHECKING:
    from lookalike.library.background import Background

_REPORT_EVERY_S = 1.0
# Each of these has a lock of its own; the others are done one at a time, under one lock.
_APART = frozenset({JobKind.COMPARE, JobKind.PREPARE_MODEL, JobKind.ARRANGE})
_ON_FILES = frozenset(JobKind) - _APART
_OPEN = frozenset({JobState.QUEUED, JobState.RUNNING})
_FOLLOW_EVERY_S = 0.2
_IDLE_POOL_S = 60.0  # decoding processes that nobody needed for so long are ended


class Working(Likeness, Modelling, Comparing, Watching, Resolving, Colouring):
    """The jobs of `Library`."""

    _background: Background | None = None
    _arranger: Background | None = None
    _rescanned_s = float("-inf")

    def start_background(self) -> None:
        """Does from now on by itself what waits, in a thread that ends with `close`. Several
        processes may do this with one library; one of them works at a time."""
        from lookalike.blobs.staging import sweep
        from lookalike.library.background import Background

        if self._background is None:
            sweep(self._layout.incoming)
            if self.has_unseen_colours():
                self._store.add_job(JobKind.COLOURS, "", "")
            self._forget_positions()
            if self.has_unread_facts():
                self._store.add_job(JobKind.FACTS, "", "")
            self._background = Background(self._work_when_there_is_some)
            self._background.start()
            self._arranger = Background(self._arrange_when_due)
            self._arranger.start()

    def work(self, *, stop: threading.Event | None = None) -> None:
        """Does all that waits, now and in this thread. Raises LibraryBusy when another process
        indexes, and what the model or the store raise; a job that fails says so itself."""
        stop = stop or threading.Event()
        self._work_on_files(stop)
        while self._prepare_next(stop) or self._compare_next(stop):
            self._work_on_files(stop)
        self._arrange_next(stop)

    def jobs(self, limit: int = 50, *, open_only: bool = False) -> list[Job]:
        """Newest first; `open_only`: those that are queued or running."""
        return self._store.list_jobs(limit, open_only=open_only)

    def job(self, id: int) -> Job:
        """Raises JobNotFound."""
        if not 0 <= id < 2**63:
            raise JobNotFound(f"There is no job with the number {id}.")
        return self._store.get_job(id)

    def cancel_job(self, id: int) -> Job:
        """Ends a job; one that is running stops soon, and keeps what it has done. Raises
        JobNotFound."""
        self.job(id)
        self._store.finish_job(id, JobState.CANCELLED, "Cancelled.")
        return self.job(id)

    def follow(
        self,
        id: int,
        *,
        progress: Callable[[Progress], None] | None = None,
        stop: threading.Event | None = None,
    ) -> Job:
        """Waits until a job has ended, and works meanwhile where no other process does. With
        `stop` or Ctrl-C the job waits for whoever works next. Raises JobNotFound."""
        stop = stop or threading.Event()
        worker = threading.Thread(target=self._work_until, args=(stop,), name="lookalike-work")
        if self._background is None:
            worker.start()
        try:
            while (job := self.job(id)).state in _OPEN and not stop.wait(_FOLLOW_EVERY_S):
                if progress is not None:
                    progress(_progress_of(job))
            if progress is not None:  # a short job has ended before anybody asked
                progress(_progress_of(job))
            return job
        finally:
            stop.set()
            if worker.ident is not None:
                worker.join()

    def _work_until(self, stop: threading.Event) -> None:
        while not stop.is_set():
            with suppress(LibraryBusy):
                self.work(stop=stop)
            stop.wait(_FOLLOW_EVERY_S)

    def close(self) -> None:
        """Ends the background work and processes, and releases files."""
        for background in (self._background, self._arranger):
            if background is not None:
                background.close()
        self._stop_watchers()
        super().close()

    def _wake(self) -> None:
        if self._background is not None:
            self._background.wake()

    def _work_when_there_is_some(self, stop: threading.Event) -> None:
        self._rescan_when_due()
        self._top_up_soon()
        self._sync_watchers()
        if self._store.pending_uploads(1) or self._store.list_jobs(1, open_only=True):
            self.work(stop=stop)
        else:
            self._ingest_pool.close_when_unused(_IDLE_POOL_S)
            self._pool.close_earlier(_IDLE_POOL_S)

    def _rescan_when_due(self) -> None:
        """Looks through linked folders again now and then, when the settings say so."""
        every_s = self.settings.rescan_every_s
        if not every_s or time.monotonic() - self._rescanned_s < every_s:
            return
        self._rescanned_s = time.monotonic()
        self.rescan()

    def _work_on_files(self, stop: threading.Event) -> None:
        """Indexes uploads and does the jobs that need the lock of indexing."""
        from lookalike.ingest.lock import hold_lock

        with hold_lock(self._layout.lock):
            while not stop.is_set():
                if self._store.pending_uploads(1) and self._index_uploads(stop):
                    continue
                job = self._store.claim_job(_ON_FILES)
                if job is None:
                    return
                self._do(job, stop, gives_way=partial(self._gives_way, job))

    def _gives_way(self, job: Job) -> bool:
        """Uploads are seen sooner than what files say of pictures that are there already."""
        return job.kind is JobKind.FACTS and bool(self._store.pending_uploads(1))

    def _prepare_next(self, stop: threading.Event) -> bool:
        """Computes vectors of the next model, or a part of them; as `_compare_next`."""
        return self._do_apart(JobKind.PREPARE_MODEL, self._layout.model_lock, stop)

    def _compare_next(self, stop: threading.Event) -> bool:
        """Does the next job that compares, or a part of it when something else comes in between;
        whether there may be more to do."""
        return self._do_apart(JobKind.COMPARE, self._layout.compare_lock, stop)

    def _do_apart(self, kind: JobKind, lock: Path, stop: threading.Event) -> bool:
        """One process at a time does such jobs, and gives way to what is seen sooner."""
        from lookalike.ingest.lock import hold_lock

        with suppress(LibraryBusy), hold_lock(lock):
            job = None if stop.is_set() else self._store.claim_job({kind})
            if job is not None:
                self._do(job, stop, gives_way=self._do_files_wait)
            return job is not None
        return False

    def _do_files_wait(self) -> bool:
        """Whether there is something that a person sees sooner than duplicates."""
        return bool(self._store.pending_uploads(1)) or any(
            (job.kind in _ON_FILES and job.state is JobState.QUEUED)
            or job.kind is JobKind.SWITCH_MODEL
            for job in self._store.list_jobs(100, open_only=True)
        )

    def _arrange_when_due(self, stop: threading.Event) -> None:
        """Keeps groups and map up to date in a thread of its own, while nothing is indexed."""
        from lookalike.ingest.lock import hold_lock

        self._arrange_next(stop)
        if self.is_arranged() or self._do_files_wait() or self._store.pending(1):
            return
        with suppress(LibraryBusy), hold_lock(self._layout.arrange_lock):
            self._join_or_queue(stop)

    def _arrange_next(self, stop: threading.Event) -> None:
        """Does the next job that arranges, if there is one. One process at a time arranges."""
        from lookalike.ingest.lock import hold_lock

        if self._former_id() is not None or not any(
            job.kind is JobKind.ARRANGE for job in self._store.list_jobs(100, open_only=True)
        ):
            return
        with suppress(LibraryBusy), hold_lock(self._layout.arrange_lock):
            job = None if stop.is_set() else self._store.claim_job({JobKind.ARRANGE})
            if job is not None:
                self._do(job, stop)

    # --- one job --------------------------------------------------------------------------

    def _do(
        self,
        job: Job,
        stop: threading.Event,
        *,
        gives_way: Callable[[], bool] = lambda: False,
    ) -> None:
        """Carries a job to its end; when `stop` is set in between, or the job gives way to
        others, it stays running, and whoever works next goes on with it."""
        watch = _Watch(self, job.id, stop, gives_way)
        try:
            message = self._carry_out(job, watch)
        except LookalikeError as error:
            self._store.finish_job(job.id, JobState.FAILED, str(error))
        except Exception as error:
            self._store.finish_job(job.id, JobState.FAILED, f"{type(error).__name__}: {error}")
            raise
        else:
            if not watch.is_set():
                self._store.finish_job(job.id, JobState.DONE, message)

    def _carry_out(self, job: Job, watch: _Watch) -> str:
        if job.kind is JobKind.COMPARE:
            message = self._compare_for(job, watch.report, watch)
            self.sort_duplicates(stop=watch)
            return message
        if job.kind is JobKind.REMOVE_FOLDER:
            count = self._forget_root(job.argument, watch.report, watch.is_ended)
            return f"{count:,} assets forgotten."
        if job.kind is JobKind.RESOLVE:
            return self._carry_out_plan(job, watch.report, watch)
        if job.kind is JobKind.UNDO_PLAN:
            return self._undo_plan(job, watch.report, watch)
        if job.kind is JobKind.PREPARE_MODEL:
            return self._prepare_for(job, watch.report, watch)
        if job.kind is JobKind.SWITCH_MODEL:
            return self._switch_for(job, watch.report, watch)
        if job.kind is JobKind.DROP_MODEL:
            return self._drop_for(job, watch.report, watch)
        if job.kind is JobKind.ARRANGE:
            return self._arrange_for(job, watch.report, watch)
        if job.kind is JobKind.COLOURS:
            return f"Colours of {self.fill_palettes(progress=watch.report, stop=watch):,} pictures."
        if job.kind is JobKind.FACTS:
            count = self.fill_photo_facts(progress=watch.report, stop=watch)
            return f"What the files of {count:,} pictures say."
        if job.argument not in self._store.list_roots():
            return "The folder is not linked any more."
        report = self._index_folders([job.argument], progress=watch.report, stop=watch)
        return (
            f"{report.indexed:,} indexed, {sum(report.skipped.values()):,} skipped, "
            f"{report.missing:,} missing."
        )


def _progress_of(job: Job) -> Progress:
    return Progress(
        stage=job.stage or "waiting",
        done=job.done,
        total=job.total,
        rate_per_s=job.rate_per_s,
        remaining_s=job.remaining_s,
    )


class _Watch(threading.Event):
    """Set when the work is to stop, or this job was cancelled or gives way; passes its progress
    on."""

    def __init__(
        self,
        library: Working,
        job_id: int,
        stop: threading.Event,
        gives_way: Callable[[], bool],
    ) -> None:
        super().__init__()
        self._library = library
        self._job_id = job_id
        self._stop = stop
        self._gives_way = gives_way
        self._reported_s = float("-inf")

    def is_set(self) -> bool:
        """Whether to stop."""
        return super().is_set() or self._stop.is_set()

    def report(self, progress: Progress) -> None:
        """Writes progress now and then, and looks whether the job was cancelled."""
        now_s = time.monotonic()
        if now_s - self._reported_s < _REPORT_EVERY_S:
            return
        self._reported_s = now_s
        store = self._library._store
        store.report_job(
            self._job_id, progress.stage, progress.done, progress.total, progress.rate_per_s
        )
        self.is_ended()

    def is_ended(self) -> bool:
        """Whether to stop, after a look at the job: for steps that cannot be taken back."""
        job = self._library._store.get_job(self._job_id)
        if job.state is not JobState.RUNNING or self._gives_way():
            self.set()
        return self.is_set()

"""Bringing a library up to date with the files that it knows."""

from __future__ import annotations

import threading
from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from lookalike.layout import count_bytes
from lookalike.library.core import MODEL_SETTING
from lookalike.library.describing import Describing
from lookalike.library.tuning import Tuned
from lookalike.types import Asset, IndexReport, JobKind, Progress, Status

if TYPE_CHECKING:
    from lookalike.models.base import Embedder


class Indexing(Describing, Tuned):
    """The indexing of `Library`, and what came of it."""

    def index(
        self,
        folders: Sequence[str | Path] = (),
        *,
        progress: Callable[[Progress], None] | None = None,
        wait: bool = False,
        retry_skipped: bool = False,
        stop: threading.Event | None = None,
    ) -> IndexReport:
        """Brings the library up to date with `folders`, else with all that it knows.

        Ctrl-C or `stop` ends it early, and the next run goes on from there. While another process
        indexes, this waits with `wait`, else raises LibraryBusy. `retry_skipped` looks again at
        every file that was skipped. Raises FolderNotFound,
        StoreUnavailable, ModelMismatch.
        """
        from lookalike.ingest.lock import hold_lock

        with hold_lock(self._layout.lock, wait=wait, progress=progress, stop=stop):
            return self._index_folders(
                [*(folders or self._store.list_roots())],
                retry_skipped=retry_skipped,
                progress=progress,
                stop=stop,
            )

    def _index_folders(
        self,
        folders: Sequence[str | Path],
        *,
        retry_skipped: bool = False,
        progress: Callable[[Progress], None] | None = None,
        stop: threading.Event | None = None,
    ) -> IndexReport:
        """Callers hold the lock."""
        from lookalike.ingest import run
        from lookalike.library.backing import refresh_bank

        settings = self.settings
        self._tune_at_first(folders)
        embedder = self._named_embedder()
        report = run.index(
            self._store,
            embedder,
            self._ingest_pool.get(),
            self._thumbnails.get(),
            folders,
            max_bytes=settings.max_file_bytes,
            own_folder=self.folder,
            ignore=settings.ignore,
            hidden=settings.hidden_files,
            batch_size=self._batch_size(embedder.model_id),
            retry_skipped=retry_skipped,
            locate=self._locate,
            progress=progress,
            stop=stop,
        )
        self._index.get().current()
        self._index.get().save()
        refresh_bank(self._store, embedder)
        self._forget_positions()
        if not report.interrupted:
            report = replace(report, interrupted=self._fill_facts(progress, stop))
        if report.indexed:
            self._compare_soon()
        return report

    def _fill_facts(
        self, progress: Callable[[Progress], None] | None, stop: threading.Event | None
    ) -> bool:
        """Whether that was interrupted."""
        from lookalike.ingest.interrupt import stop_on_interrupt

        stop = stop or threading.Event()
        with stop_on_interrupt(stop):
            self.fill_photo_facts(progress=progress, stop=stop)
        return stop.is_set()

    def _index_uploads(self, stop: threading.Event) -> int:
        """Returns how many uploads were looked at. Callers hold the lock."""
        from lookalike.ingest import run
        from lookalike.library.backing import refresh_bank

        embedder = self._named_embedder()
        done = run.index_uploads(
            self._store,
            embedder,
            self._ingest_pool.get(),
            self._thumbnails.get(),
            self._locate,
            max_bytes=self.settings.max_file_bytes,
            batch_size=self._batch_size(embedder.model_id),
            stop=stop,
        )
        refresh_bank(self._store, embedder)
        self._compare_soon()
        return done.done

    def _compare_soon(self) -> None:
        """What was just indexed is looked through for duplicates as the next thing."""
        self._store.add_job(JobKind.COMPARE, "", "")
        self._wake()

    def _named_embedder(self) -> Embedder:
        """The model, whose name the library keeps from its first use on."""
        embedder = self._embedder.get()
        if self._store.get_setting(MODEL_SETTING) is None:
            self._store.use_model(embedder.model_id)
        return embedder

    def rebuild(self) -> int:
        """Drops the index and builds it from the database. Returns how many vectors it holds.

        Raises LibraryBusy while another process indexes.
        """
        from lookalike.ingest.lock import hold_lock

        with hold_lock(self._layout.lock):
            self._index.drop()
            for file in self._layout.indexes():
                file.unlink(missing_ok=True)
            index = self._index.get()
            index.save()
            return len(index.current())

    def status(self) -> Status:
        """What the library holds and what it takes on disk."""
        layout = self._layout
        return Status(
            folder=str(layout.folder),
            coverage=self.coverage(),
            model_id=self._store.get_setting(MODEL_SETTING),
            generation=self._store.generation(),
            roots=tuple(self._store.list_roots()),
            database_bytes=sum(
                count_bytes(layout.database.with_name(layout.database.name + end))
                for end in ("", "-wal", "-shm")
            ),
            index_bytes=sum(map(count_bytes, layout.indexes())),
            originals_bytes=count_bytes(layout.originals),
            thumbnails_bytes=count_bytes(layout.thumbnails),
        )

    def skipped(self, *, each: int | None = None) -> list[Asset]:
        """Assets that are not searchable, at most `each` of every reason."""
        return [
            asset
            for reason in self._store.coverage().skipped
            for asset in self._store.list_skipped(reason, each)
        ]

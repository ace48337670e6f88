"""Linked folders: added, looked through again, and forgotten by jobs."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path

from lookalike.errors import AlreadyExists, FolderNotFound
from lookalike.library.core import Core
from lookalike.types import Job, JobKind, JobState, Progress

_BATCH = 1000  # assets forgotten in one transaction


class Linking(Core):
    """The linked folders of `Library`. The work itself is done in the background."""

    def linked_folders(self) -> list[str]:
        """Absolute paths, sorted."""
        return self._store.list_roots()

    def add_folder(self, path: str | Path, *, by: str = "") -> Job:
        """Links a folder and queues its indexing. Raises FolderNotFound, and AlreadyExists when
        it lies in a linked folder."""
        from lookalike.ingest.run import check_folder
        from lookalike.ingest.scan import is_inside

        folder = check_folder(path)
        if is_inside(folder, os.fspath(self.folder)):
            raise FolderNotFound(f"{folder} belongs to the library itself; choose another folder.")
        for root in self._store.list_roots():
            if is_inside(folder, root):
                raise AlreadyExists(f"{folder} is linked already, as a part of {root}.")
        self._store.add_root(folder)
        self.note("add_folder", folder, by=by)
        return self._queue(JobKind.INDEX, folder, by)

    def rescan(self, path: str | Path | None = None, *, by: str = "") -> list[Job]:
        """Queues another look at a linked folder, or at all. Raises FolderNotFound."""
        roots = self._store.list_roots() if path is None else [self._root(path)]
        return [self._queue(JobKind.INDEX, root, by) for root in roots]

    def remove_folder(self, path: str | Path, *, by: str = "") -> Job:
        """Queues the forgetting of a linked folder and its assets; files on disk stay as they
        are. Raises FolderNotFound."""
        root = self._root(path)
        for job in self._store.list_jobs(1000, open_only=True):
            if (job.kind, job.argument) == (JobKind.INDEX, root):
                self._store.finish_job(job.id, JobState.CANCELLED, "The folder is removed.")
        self.note("remove_folder", root, by=by)
        return self._queue(JobKind.REMOVE_FOLDER, root, by)

    def _root(self, path: str | Path) -> str:
        try:
            root = os.path.abspath(Path(path).expanduser())  # noqa: PTH100 - links are kept as they are
        except (RuntimeError, ValueError):
            root = str(path)
        if root not in self._store.list_roots():
            raise FolderNotFound(f"{root} is not a linked folder of this library.")
        return root

    def _queue(self, kind: JobKind, argument: str, by: str) -> Job:
        job = self._store.add_job(kind, argument, by)
        self._wake()
        return job

    def _forget_root(
        self, root: str, progress: Callable[[Progress], None], is_ended: Callable[[], bool]
    ) -> int:
        """Forgets a linked folder with its assets; returns how many. When it is ended in
        between, the folder stays, with fewer assets."""
        from lookalike.ingest.meter import Meter

        meter = Meter("forgetting", progress)
        count = 0
        while keys := self._store.root_keys(root, _BATCH):
            if is_ended():
                return count
            meter.update(count)
            assets = self._store.get_assets(keys)
            self._store.remove_assets(keys)
            self._drop_thumbnails(asset.sha256 for asset in assets)
            count += len(keys)
        self._store.remove_root(root)
        return count

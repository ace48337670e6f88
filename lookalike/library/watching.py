"""Linked folders that a server watches: what changes in them is noticed by itself."""

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import TYPE_CHECKING

from lookalike.library.linking import Linking
from lookalike.types import JobKind, WatchedFolder

if TYPE_CHECKING:
    from lookalike.ingest.watcher import Watchers

_UNWATCHED = "unwatched_folders"  # a setting in the database: paths, in JSON
WATCHER = "watcher"  # asks for jobs
RESCAN_S = 600.0  # a folder that cannot be watched is looked through so often


class Watching(Linking):
    """The watched folders of `Library`. Each change queues a job that looks through its folder."""

    _watchers: Watchers | None = None

    def watched_folders(self) -> list[WatchedFolder]:
        """All linked folders, by path, and whether changes in each are noticed."""
        from lookalike.ingest.watcher import describe_network

        unwatched = self._unwatched()
        found = []
        for root in self._store.list_roots():
            is_on = self.settings.watch_folders and root not in unwatched
            problem = self._watchers.problem(root) if self._watchers is not None else ""
            problem = problem or describe_network(root)
            found.append(WatchedFolder(path=root, is_on=is_on, problem=problem if is_on else ""))
        return found

    def watch_folder(self, path: str | Path, on: bool, *, by: str = "") -> WatchedFolder:
        """Switches the watching of a linked folder. Raises FolderNotFound."""
        root = self._root(path)
        unwatched = self._unwatched() - {root} | (set() if on else {root})
        self._store.put_setting(_UNWATCHED, json.dumps(sorted(unwatched)))
        self.note("watch_folder" if on else "unwatch_folder", root, by=by)
        self._wake()
        return next(folder for folder in self.watched_folders() if folder.path == root)

    def _unwatched(self) -> set[str]:
        return set(json.loads(self._store.get_setting(_UNWATCHED) or "[]"))

    # --- in the background ------------------------------------------------------------------

    def _sync_watchers(self) -> None:
        """Watches what is to be watched."""
        from lookalike.ingest.watcher import Watchers

        if not self.settings.watch_folders:
            return
        if self._watchers is None:
            self._watchers = Watchers(self._look_through, os.fspath(self.folder), RESCAN_S)
        unwatched = self._unwatched()
        self._watchers.sync([root for root in self._store.list_roots() if root not in unwatched])

    def _look_through(self, root: str) -> None:
        self._queue(JobKind.INDEX, root, WATCHER)

    def _stop_watchers(self) -> None:
        if self._watchers is not None:
            self._watchers.close()

"""Bringing the store's idea of the linked folders up to date with what is on disk."""

from __future__ import annotations

import hashlib
import os
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from threading import Event

from lookalike.errors import InferenceFailed, TooManyBytes
from lookalike.ingest.kinds import Kind
from lookalike.ingest.meter import Meter
from lookalike.ingest.moves import Vanished
from lookalike.ingest.refusals import UNREADABLE, is_picture
from lookalike.ingest.walk import Found, Walk
from lookalike.stores.base import KnownFile, MovedFile, NewAsset, Store
from lookalike.types import Asset, Source, State

_BATCH = 1000  # files per transaction: progress that survives a crash


@dataclass(slots=True)
class ScanCounts:
    """What a scan found, in files."""

    seen: int = 0
    added: int = 0
    updated: int = 0
    moved: int = 0
    restored: int = 0
    unchanged: int = 0
    missing: int = 0


class Scan:
    """Compares one walk with the store and writes the differences, in batches.

    No picture is decoded here. A file whose size and time are as known is taken as unchanged; one
    with another time is read and compared by sha256; one with another size has changed. What is
    gone is first looked for among the new files, then marked as missing, never forgotten.
    """

    def __init__(
        self,
        store: Store,
        walk: Walk,
        folders: Sequence[str],
        linked: Sequence[str],
        *,
        max_bytes: int,
        retry_skipped: bool = False,
        meter: Meter,
        stop: Event,
    ) -> None:
        """`folders`: those that `walk` goes through; `linked`: all linked ones of the library."""
        self.counts = ScanCounts()
        self._store = store
        self._walk = walk
        self._folders = folders
        self._linked = linked
        self._max_bytes = max_bytes
        self._retry_skipped = retry_skipped
        self._meter = meter
        self._stop = stop
        self._known = self._load_known()
        self._ignored = {
            path: file for folder in folders for path, file in store.ignored_files(folder).items()
        }
        self._sizes: set[int] | None = None
        self._new: list[Found] = []
        self._maybe_moved: list[Found] = []
        self._touched: list[tuple[int, int, int]] = []
        self._changed: list[tuple[int, int, int]] = []
        self._moved: list[MovedFile] = []
        self._back: list[int] = []
        self._skipped: list[int] = []

    def run(self) -> ScanCounts:
        """Walks, compares and writes. When `stop` is set in between, what was found is kept and
        nothing is marked as missing, because the rest was not looked at."""
        for found in self._walk:
            if self._stop.is_set():
                break
            known = self._known.pop(found.path, None)
            if known is not None:
                self._meet_known(found, known)
            elif found.kind is not Kind.UNKNOWN or is_picture(found.path):
                self._meet_new(found)
            else:
                continue
            self.counts.seen += 1
            self._meter.update(self.counts.seen, found.folder)
        self._flush(at_least=1)
        if not self._stop.is_set():
            self._settle_vanished()
        self._meter.update(self.counts.seen, last=True)
        return self.counts

    # --- one file -----------------------------------------------------------------------------

    def _meet_known(self, found: Found, known: KnownFile) -> None:
        file = (known.key, found.size_bytes, found.mtime_ns)
        if known.state is State.TRASHED:  # a person's decision; looked at again when taken back
            self.counts.unchanged += 1
            return
        is_same_time = found.mtime_ns == known.mtime_ns
        is_same = found.size_bytes == known.size_bytes and (
            is_same_time or (known.sha256 is not None and hash_file(found.path) == known.sha256)
        )
        if not is_same:
            self._changed.append(file)
        elif not is_same_time:
            self._touched.append(file)
        if known.state is State.MISSING:
            self.counts.restored += 1
            if is_same:
                self._back.append(known.key)
        elif not is_same:
            self.counts.updated += 1
        else:
            self.counts.unchanged += 1
            if known.state is State.SKIPPED:
                self._skipped.append(known.key)
        self._flush(at_least=_BATCH)

    def _meet_new(self, found: Found) -> None:
        """A file whose size no known file has cannot be a moved one, and is added right away.
        One that a person removed is passed by, so long as its content is the same."""
        if found.path in self._ignored and self._is_unwanted(found):
            return
        if self._sizes is None:
            self._sizes = {file.size_bytes for file in self._known.values()}
            self._sizes.update(file.size_bytes for _, file in self._known_elsewhere())
        if found.size_bytes in self._sizes:
            self._maybe_moved.append(found)
            return
        self._new.append(found)
        self._flush(at_least=_BATCH)

    def _is_unwanted(self, found: Found) -> bool:
        ignored = self._ignored[found.path]
        if found.size_bytes == ignored.size_bytes:
            if found.mtime_ns == ignored.mtime_ns or ignored.sha256 is None:
                return True
            if hash_file(found.path) == ignored.sha256:
                return True
        self._store.welcome_files([found.path])
        return False

    # --- what vanished ------------------------------------------------------------------------

    def _settle_vanished(self) -> None:
        """Matches vanished files with new ones; marks those without a match as missing."""
        here, elsewhere = Vanished(), Vanished()
        for path, file in self._known.items():
            if file.state is not State.TRASHED and not self._walk.could_not_see(path):
                here.add(path, file)
        sizes = {found.size_bytes for found in self._maybe_moved}
        if sizes:
            for path, file in self._known_elsewhere():
                if file.size_bytes in sizes and not os.path.lexists(path):
                    elsewhere.add(path, file)
        for found in self._maybe_moved:
            if self._stop.is_set():
                self._flush(at_least=1)
                return
            self._settle(found, here, elsewhere)
            self._flush(at_least=_BATCH)
        self._flush(at_least=1)
        missing = [file.key for file in here.rest() if file.state is not State.MISSING]
        self._set_state(missing, State.MISSING)
        self.counts.missing += len(missing)

    def _settle(self, found: Found, here: Vanished, elsewhere: Vanished) -> None:
        hash_once = cache(hash_file)
        origin = here.claim(found, hash_once) or elsewhere.claim(found, hash_once)
        if origin is None:
            self._new.append(found)
            return
        self._moved.append(
            MovedFile(
                key=origin.key,
                path=found.path,
                name=found.name,
                folder=found.folder,
                root=found.root,
                mtime_ns=found.mtime_ns,
            )
        )

    # --- the store ----------------------------------------------------------------------------

    def _load_known(self) -> dict[str, KnownFile]:
        """What is known of the folders that are walked."""
        known: dict[str, KnownFile] = {}
        for root in self._linked:
            if any(is_inside(root, f) or is_inside(f, root) for f in self._folders):
                known.update(self._store.known_files(root))
        return {path: file for path, file in known.items() if self._is_walked(path)}

    def _known_elsewhere(self) -> Iterator[tuple[str, KnownFile]]:
        """What is known of folders that are not walked, so long as they are there at all."""
        for root in self._linked:
            walked = any(is_inside(root, folder) for folder in self._folders)
            if walked or not Path(root).is_dir():
                continue
            for path, file in self._store.known_files(root).items():
                if file.state is not State.TRASHED and not self._is_walked(path):
                    yield path, file

    def _is_walked(self, path: str) -> bool:
        return any(is_inside(path, folder) for folder in self._folders)

    def _flush(self, *, at_least: int) -> None:
        """Writes every list that has grown to `at_least`."""
        if len(self._new) >= at_least:
            self._store.add_assets([_new_asset(found) for found in self._new])
            self.counts.added += len(self._new)
            self._new.clear()
        if len(self._touched) >= at_least:
            self._store.touch_files(self._touched)
            self._touched.clear()
        if len(self._changed) >= at_least:
            self._store.change_files(self._changed)
            self._changed.clear()
        if len(self._moved) >= at_least:
            self._store.move_files(self._moved)
            self.counts.moved += len(self._moved)
            self._moved.clear()
        if len(self._back) >= at_least:
            self._store.set_state(self._back, State.INDEXED)
            self._back.clear()
        if len(self._skipped) >= at_least:
            assets = self._store.get_assets(self._skipped)
            self._set_state([a.key for a in assets if self._may_be_fixed(a)], State.PENDING)
            self._skipped.clear()

    def _set_state(self, keys: Sequence[int], state: State) -> None:
        for start in range(0, len(keys), _BATCH):
            self._store.set_state(keys[start : start + _BATCH], state)

    def _may_be_fixed(self, asset: Asset) -> bool:
        """Whether an unchanged file that was skipped deserves another look."""
        if self._retry_skipped or asset.skip_reason in {UNREADABLE, InferenceFailed.code}:
            return True
        return asset.skip_reason == TooManyBytes.code and asset.size_bytes <= self._max_bytes


def hash_file(path: str) -> str | None:
    """sha256 in hex; None when the file cannot be read."""
    try:
        with Path(path).open("rb") as file:
            return hashlib.file_digest(file, "sha256").hexdigest()
    except OSError:
        return None


def is_inside(path: str, folder: str) -> bool:
    """Whether `path` is `folder` or below it; both absolute and normalised."""
    return path == folder or path.startswith(folder.rstrip(os.sep) + os.sep)


def _new_asset(found: Found) -> NewAsset:
    return NewAsset(
        name=found.name,
        folder=found.folder,
        path=found.path,
        source=Source.LINKED,
        size_bytes=found.size_bytes,
        mtime_ns=found.mtime_ns,
        root=found.root,
    )

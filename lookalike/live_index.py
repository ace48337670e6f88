"""The vector index of an open library: in step with the store, kept on disk."""

from __future__ import annotations

import contextlib
import threading
from pathlib import Path

from lookalike.errors import StoreUnavailable
from lookalike.stores import cache
from lookalike.stores.base import Store, VectorIndex

# Fewer changes than this are quicker to catch up with than to write the whole file for.
_WORTH_SAVING = 1000


class LiveIndex:
    """One model's index. Safe to use from any thread."""

    def __init__(self, path: Path, store: Store, model_id: str, dim: int) -> None:
        """Reads the file at `path`, or builds the index from the store."""
        self._path = path
        self._store = store
        self._model_id = model_id
        self._lock = threading.Lock()
        self._index = cache.open_index(path, store, model_id, dim)
        self._saved_generation = self._index.generation if path.exists() else None

    def current(self) -> VectorIndex:
        """The index, caught up with the store."""
        with self._lock:
            cache.catch_up(self._index, self._store, self._model_id)
            return self._index

    def save(self) -> None:
        """Writes the file when that is worth the while. Raises StoreUnavailable."""
        with self._lock:
            if self._is_worth_saving():
                self._index.save(self._path)
                self._saved_generation = self._index.generation

    def close(self) -> None:
        """Saves if possible: the file is a convenience, and the disk may be full or read-only."""
        with contextlib.suppress(StoreUnavailable):
            self.save()

    def _is_worth_saving(self) -> bool:
        if not len(self._index):
            return False
        if self._saved_generation is None:
            return True
        return self._index.generation - self._saved_generation >= _WORTH_SAVING

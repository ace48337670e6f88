"""Recognising files that were moved or renamed, by their content."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable
from pathlib import PurePath

from lookalike.ingest.walk import Found
from lookalike.stores.base import KnownFile
from lookalike.types import State


class Vanished:
    """Known files that are no longer where they were, waiting to be found elsewhere."""

    def __init__(self) -> None:
        self._by_size: dict[int, dict[str, KnownFile]] = defaultdict(dict)

    def add(self, path: str, file: KnownFile) -> None:
        """Notes that nothing is at `path` any more."""
        self._by_size[file.size_bytes][path] = file

    def claim(self, found: Found, hash_file: Callable[[str], str | None]) -> KnownFile | None:
        """The vanished file that `found` is, taken out of here; None when it is a new file.

        Content decides: equal sha256. Only a file that was not read since it last changed is
        recognised by equal size and modification time. Of several, one of the same name is
        preferred. `hash_file` is called when a hash is needed, and at most once.
        """
        candidates = self._by_size.get(found.size_bytes)
        if not candidates:
            return None
        hashed = any(file.sha256 is not None for file in candidates.values())
        sha256 = hash_file(found.path) if hashed else None
        matching = [path for path, file in candidates.items() if _is_same(found, sha256, file)]
        if not matching:
            return None
        best = min(matching, key=lambda path: (PurePath(path).name != found.name, path))
        return candidates.pop(best)

    def rest(self) -> list[KnownFile]:
        """Those that were not found again."""
        return [file for files in self._by_size.values() for file in files.values()]


def _is_same(found: Found, sha256: str | None, file: KnownFile) -> bool:
    if sha256 is not None and file.sha256 == sha256:
        return True
    was_read = file.sha256 is not None and file.state is not State.PENDING
    return not was_read and file.mtime_ns == found.mtime_ns

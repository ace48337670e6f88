"""Taking many files home at once."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import replace
from itertools import chain
from pathlib import Path
from typing import TYPE_CHECKING

from lookalike.errors import AssetNotFound
from lookalike.library.browsing import MAX_LIMIT, Browsing
from lookalike.types import Asset, Filters, State

if TYPE_CHECKING:
    from lookalike.library.archive import Archive, Entry

_BATCH = 500  # assets read at once


class Downloading(Browsing):
    """The archives of `Library`. `by` names who asked, for the list of activity."""

    def archive(self, assets: Iterable[Asset | str | Path], *, by: str = "") -> Archive:
        """A zip of these assets' files, in their folders below the deepest one that all share.
        Raises AssetNotFound before the first byte."""
        from lookalike.library.archive import Archive

        found = [self._resolve(asset) for asset in assets]
        if not found:
            raise AssetNotFound("There is nothing to download.")
        top = _shared_folder({asset.folder for asset in found})
        keys = list(dict.fromkeys(asset.key for asset in found))
        self.note("download", f"{len(keys):,} assets", by=by)
        read = (
            self._store.get_assets(keys[start : start + _BATCH])
            for start in range(0, len(keys), _BATCH)
        )
        return Archive(self._entries(chain.from_iterable(read), top))

    def archive_folder(
        self, folder: str = "", *, filters: Filters | None = None, by: str = ""
    ) -> Archive:
        """A zip of what passes `filters` in a folder and all below, '' for the whole library.
        Raises AssetNotFound, when there is nothing, and BadFilter."""
        from lookalike.library.archive import Archive

        folder = folder.strip("/")
        chosen = replace(filters or Filters(), folder=f"/{folder}" if folder else None)
        inside = self._walk(chosen)
        first = next(inside, None)
        if first is None:
            raise AssetNotFound("There is nothing to download.")
        self.note("download", f"the folder {folder}" if folder else "the library", by=by)
        return Archive(self._entries(chain([first], inside), folder))

    def _walk(self, filters: Filters) -> Iterator[Asset]:
        """Page by page, so that never all of them are in memory."""
        cursor = None
        while True:
            page = self.list_assets(filters=filters, limit=MAX_LIMIT, cursor=cursor)
            yield from page.assets
            cursor = page.next_cursor
            if cursor is None:
                return

    def _entries(self, assets: Iterable[Asset], top: str) -> Iterator[Entry]:
        from lookalike.library.archive import Entry

        for asset in assets:
            path = self._locate(asset)
            if path is None or asset.state is State.TRASHED:
                continue
            is_below = asset.folder == top or asset.folder.startswith(f"{top}/") or not top
            folder = asset.folder[len(top) :].strip("/") if is_below else asset.folder
            yield Entry(folder=folder, name=asset.name, mime=asset.mime, path=path)


def _shared_folder(folders: set[str]) -> str:
    """The deepest folder around all of these."""
    first, *others = (folder.split("/") if folder else [] for folder in folders)
    shared = first
    for parts in others:
        same = 0
        while same < min(len(shared), len(parts)) and shared[same] == parts[same]:
            same += 1
        shared = shared[:same]
    return "/".join(shared)

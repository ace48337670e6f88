"""The trash, and forgetting assets for good."""

from __future__ import annotations

import os
from collections.abc import Iterable, Sequence
from pathlib import Path

from lookalike.library.uploading import Uploading
from lookalike.types import Asset, State

_BATCH = 1000  # assets forgotten or restored in one transaction


class Removing(Uploading):
    """What `Library` does to assets that are wanted no more."""

    def trash(self, assets: Iterable[Asset | str | Path], *, by: str = "") -> int:
        """Puts assets in the trash; returns how many. Raises AssetNotFound; then none is."""
        keys = self._keys(assets)
        self._store.set_state(keys, State.TRASHED)
        self.note("trash", f"{len(keys):,} assets", by=by)
        return len(keys)

    def restore(self, assets: Iterable[Asset | str | Path], *, by: str = "") -> int:
        """Takes assets out of the trash; returns how many. Raises AssetNotFound; then none is."""
        keys = [
            asset.key
            for asset in self._store.get_assets(self._keys(assets))
            if asset.state is State.TRASHED
        ]
        self._store.set_state(keys, State.INDEXED)
        self.note("restore", f"{len(keys):,} assets", by=by)
        return len(keys)

    def restore_trash(self, *, by: str = "") -> int:
        """Takes everything out of the trash; returns how many assets."""
        from lookalike.stores.base import Listing

        listing = Listing(states=frozenset({State.TRASHED}), limit=_BATCH)
        count = 0
        while assets := self._store.list_assets(listing).assets:
            self._store.set_state([asset.key for asset in assets], State.INDEXED)
            count += len(assets)
        self.note("restore", f"{count:,} assets", by=by)
        return count

    def measure_trash(self) -> tuple[int, int]:
        """How many assets are in the trash, and their bytes."""
        return self._store.measure_trash()

    def empty_trash(self, *, by: str = "") -> int:
        """Forgets what is in the trash; returns how many assets.

        The bytes of an upload are deleted when no other asset has them. A linked file stays on
        disk, and indexing passes it by until its content changes or it is welcome again.
        """
        from lookalike.stores.base import Listing

        listing = Listing(states=frozenset({State.TRASHED}), limit=_BATCH)
        count = 0
        while assets := self._store.list_assets(listing).assets:
            self._forget(assets, only_trashed=True)
            count += len(assets)
        self.note("empty_trash", f"{count:,} assets", by=by)
        return count

    def remove(self, assets: Iterable[Asset | str | Path], *, by: str = "") -> list[Asset]:
        """Forgets these assets at once, without the trash: all or, when one is unknown, none.

        Linked files stay on disk and are treated as by `empty_trash`. Returns what was removed.
        Raises AssetNotFound.
        """
        found = [self._resolve(asset) for asset in assets]
        removed = list({asset.key: asset for asset in found}.values())
        self._forget(removed)
        self.note("remove", f"{len(removed):,} assets", by=by)
        return removed

    def ignored(self) -> list[str]:
        """Paths of linked files that were removed and are passed by."""
        roots = self._store.list_roots()
        return sorted({path for root in roots for path in self._store.ignored_files(root)})

    def welcome(self, paths: Iterable[str | Path]) -> None:
        """Lets removed files be indexed again, by the next run."""
        self._store.welcome_files(
            [os.path.abspath(Path(path).expanduser()) for path in paths]  # noqa: PTH100
        )

    def _forget(self, assets: Sequence[Asset], *, only_trashed: bool = False) -> None:
        keys = [asset.key for asset in assets]
        self._store.remove_assets(keys, ignore=True, only_trashed=only_trashed)
        self._drop_thumbnails(asset.sha256 for asset in assets)
        self.collect_blobs()

"""What a store and a vector index are to the rest of Lookalike.

The store is the only truth; a vector index is a cache of it. Both speak in integer asset keys.
The store numbers every change of the searchable set with a growing generation, so an index that
remembers the generation it has seen can catch up, and can be thrown away at any time.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Protocol

from lookalike.arrays import Float16s, Float32s, Int64s
from lookalike.types import Asset, Coverage, Filters, Source, State


@dataclass(frozen=True, kw_only=True, slots=True)
class NewAsset:
    """An asset that was just noticed; it starts as `pending`, or `skipped` with a reason."""

    name: str
    folder: str
    path: str | None
    source: Source
    size_bytes: int
    mtime_ns: int | None
    root: str | None = None  # the linked folder that it was found under
    sha256: str | None = None
    skip_reason: str | None = None
    skip_detail: str | None = None


@dataclass(frozen=True, kw_only=True, slots=True)
class Indexed:
    """What was learned about a pending asset; saved with its vector in one transaction."""

    key: int
    size_bytes: int
    mtime_ns: int | None
    mime: str
    width_px: int
    height_px: int
    sha256: str
    phash64: bytes
    phash256: bytes
    taken_at: datetime | None
    vector: Float16s  # [dim]


@dataclass(frozen=True, kw_only=True, slots=True)
class Skipped:
    """A pending asset that will not be searchable, and why."""

    key: int
    reason: str  # error code
    detail: str  # one line for a person
    mime: str | None = None
    sha256: str | None = None


@dataclass(frozen=True, slots=True)
class KnownFile:
    """What the store remembers about a linked file: enough to tell whether it changed."""

    key: int
    size_bytes: int
    mtime_ns: int
    state: State
    sha256: str | None


@dataclass(frozen=True, kw_only=True, slots=True)
class VectorChanges:
    """Changes of the searchable set after a generation."""

    generation: int  # of the last change named here
    keys: Int64s  # [n] searchable assets that are new or changed
    vectors: Float16s  # [n, dim]
    removed: Int64s  # keys that are searchable no more
    more: bool  # whether to ask again from `generation`


class Store(Protocol):
    """Assets, vectors and settings of one library. Safe to call from several threads.

    Every method that writes is one transaction: when it returns, its effect survives a crash.
    """

    # --- assets ---------------------------------------------------------------------------

    def add_assets(self, new: Sequence[NewAsset]) -> list[Asset]:
        """Adds them, in order. Raises AlreadyExists when one of the paths is known."""

    def get_assets(self, keys: Sequence[int]) -> list[Asset]:
        """The assets of these keys that exist, in the order of `keys`."""

    def find_asset(self, id_or_path: str) -> Asset:
        """By asset id, or by absolute path of a linked file. Raises AssetNotFound."""

    def find_by_sha256(self, sha256: str) -> list[Asset]:
        """All assets with these very bytes, trashed and missing ones included."""

    def remove_assets(self, keys: Sequence[int]) -> None:
        """Forgets them and their vectors for good; unknown keys are ignored."""

    def set_state(self, keys: Sequence[int], state: State) -> None:
        """Moves assets to `pending`, `missing` or `trashed`; `indexed` and `skipped` bring back
        what they were before they were missing or trashed. A trashed asset does not become
        missing; a pending one becomes `indexed` when it has a vector, else it stays pending."""

    def put_tags(self, key: int, tags: Sequence[str]) -> None:
        """Sets the tags of an asset. Raises AssetNotFound."""

    # --- indexing -------------------------------------------------------------------------

    def known_files(self, root: str) -> dict[str, KnownFile]:
        """Absolute path -> what is known, for every linked file that was found under `root` or
        lies below it (missing and trashed included)."""

    def touch_files(self, files: Sequence[tuple[int, int, int]]) -> None:
        """(key, size_bytes, mtime_ns) of files whose times changed but whose content did not."""

    def change_files(self, files: Sequence[tuple[int, int, int]]) -> None:
        """(key, size_bytes, mtime_ns) of files whose content may differ: they become `pending`;
        the old vector serves searches until the new one is saved."""

    def move_file(self, key: int, *, path: str, name: str, folder: str, mtime_ns: int) -> None:
        """A linked file that was found again elsewhere; its state before it vanished returns.
        Raises AssetNotFound, and AlreadyExists when another asset has the path."""

    def pending(self, limit: int, after_key: int = 0) -> list[Asset]:
        """Assets that wait to be indexed, by key."""

    def list_skipped(self, reason: str, limit: int | None = None) -> list[Asset]:
        """Assets that were skipped for this reason, by key, at most `limit`."""

    def save_results(
        self, model_id: str, indexed: Sequence[Indexed], skipped: Sequence[Skipped]
    ) -> None:
        """Ends the wait of these assets: record, vector and generation in one transaction.
        Results for assets that are gone meanwhile are dropped."""

    # --- searching ------------------------------------------------------------------------

    def filter_keys(self, filters: Filters) -> Int64s:
        """Keys of the searchable assets that pass, sorted. Raises BadFilter. Searchable are
        assets with a vector that are `indexed`, or `pending` because their file changed."""

    def vectors(self, model_id: str, keys: Int64s) -> tuple[Int64s, Float16s]:
        """Those of `keys` that have a vector [n], and the vectors [n, dim], in the same order."""

    def generation(self) -> int:
        """Number of the last change to the searchable set; grows, never repeats."""

    def changes(self, model_id: str, after: int, limit: int) -> VectorChanges:
        """What changed after a generation, oldest first, at most `limit` changes."""

    def coverage(self) -> Coverage:
        """Counts by state and reason; answered without reading the assets."""

    # --- settings and life ----------------------------------------------------------------

    def get_setting(self, name: str) -> str | None:
        """A value that belongs to this library, such as the model in use. The store itself sets
        `library_id`, which tells this library from any other."""

    def put_setting(self, name: str, value: str) -> None:
        """Sets it."""

    def list_roots(self) -> list[str]:
        """The linked folders, sorted."""

    def add_root(self, root: str) -> None:
        """Remembers a linked folder."""

    def close(self) -> None:
        """Releases files and connections; calling it again does nothing."""


class VectorIndex(Protocol):
    """Nearest vectors by dot product. One writer at a time; searches may run beside it."""

    def __len__(self) -> int:
        """How many vectors it holds."""

    @property
    def generation(self) -> int:
        """The store's generation that this index reflects."""

    def apply(self, changes: VectorChanges) -> None:
        """Adds, replaces and removes; afterwards `generation` is that of `changes`."""

    def search(
        self, query: Float32s, k: int, allow: Int64s | None = None
    ) -> tuple[Int64s, Float32s]:
        """`query`: [dim]. Returns at most `k` keys and their (approximate) scores, best first.
        `allow` limits the answer to these keys without loss of recall; keys that the index
        does not hold are ignored."""

    def save(self, path: Path) -> None:
        """Writes it beside its generation, so that a crash leaves the old file or the new."""

"""What a store and a vector index are to the rest of Lookalike.

The store is the only truth; a vector index is a cache of it. Both speak in integer asset keys.
The store numbers every change of the searchable set with a growing generation, so an index that
remembers the generation it has seen can catch up, and can be thrown away at any time.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from pathlib import Path
from typing import NamedTuple, Protocol

import numpy as np

from lookalike.arrays import Float16s, Float32s, Int64s, UInt8s
from lookalike.photo_facts import PhotoFacts
from lookalike.types import (
    Asset,
    Coverage,
    Decision,
    Filters,
    Names,
    Pair,
    Relation,
    SavedSearch,
    Sort,
    Source,
    State,
    Suggestion,
)


class Imprint(NamedTuple):
    """What tells whether an asset is a copy of another: much less to read than all of it."""

    key: int
    sha256: str | None
    phash64: bytes | None
    phash256: bytes | None


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
    palette: bytes = b""  # as in lookalike/palettes.py; '' when nobody has looked
    signature: bytes = b""  # as in lookalike/images/signed.py; '' when nobody has looked
    facts: PhotoFacts | None = None  # what the file says; None when nobody has looked


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
class MovedFile:
    """Where a linked file is now."""

    key: int
    path: str
    name: str
    folder: str
    root: str  # the linked folder that it was found under
    mtime_ns: int


@dataclass(frozen=True, slots=True)
class IgnoredFile:
    """A linked file that a person removed; passed by while its content is the same."""

    size_bytes: int
    mtime_ns: int | None
    sha256: str | None  # None: was never read
    at: datetime


@dataclass(frozen=True, kw_only=True, slots=True)
class Edit:
    """What a person says about an asset; None leaves a value as it is."""

    name: str | None = None
    folder: str | None = None
    tags: tuple[str, ...] | None = None
    description: str | None = None
    metadata: Mapping[str, object] | None = None


class Collision(StrEnum):
    """What to do when the folder has an asset of this name."""

    SUFFIX = "suffix"  # 'name (2).jpg'
    REPLACE = "replace"  # the asset stays, with the new bytes
    ERROR = "error"


@dataclass(frozen=True, kw_only=True, slots=True)
class VectorChanges:
    """Changes of the searchable set after a generation."""

    generation: int  # of the last change named here
    keys: Int64s  # [n] searchable assets that are new or changed
    vectors: Float16s  # [n, dim]
    removed: Int64s  # keys that are searchable no more
    more: bool  # whether to ask again from `generation`


@dataclass(frozen=True, slots=True)
class ListPlace:
    """Where a list of assets goes on."""

    value: str | int  # what the list is sorted by
    key: int


@dataclass(frozen=True, kw_only=True, slots=True)
class Listing:
    """Which assets to list, and in what order."""

    folder: str | None = None  # directly in this folder; None: in all
    filters: Filters = field(default_factory=Filters)
    states: frozenset[State]
    sort: Sort = Sort.CREATED
    descending: bool = True
    limit: int = 100
    after: ListPlace | None = None


@dataclass(frozen=True, slots=True)
class Listed:
    """One page of a list."""

    assets: list[Asset]
    next_place: ListPlace | None
    total: int | None  # of the whole list; None when counting it would take long


@dataclass(frozen=True, slots=True)
class FolderCount:
    """A folder with assets in it, or one that a person made."""

    path: str
    assets: int  # directly in it, neither trashed nor missing


@dataclass(frozen=True, kw_only=True, slots=True)
class Contents:
    """What the searchable assets hold, by key; assets without hashes are left out."""

    keys: Int64s  # [n]
    sha256: list[str]  # n
    phash64: UInt8s  # [n, 8]
    phash256: UInt8s  # [n, 32]
    sizes_px: Int64s  # [n, 2] width and height


@dataclass(frozen=True, slots=True)
class ArrangedGroup:
    """A group of pictures that look alike."""

    id: int | None  # None before it is saved
    label: str
    middle: Float16s  # [dim], unit length
    cover_key: int  # may be of an asset that is gone


@dataclass(frozen=True, kw_only=True, slots=True)
class Places:
    """Where pictures are: in which group, and on the map; by key."""

    keys: Int64s  # [n]
    groups: Int64s  # [n] numbers of groups, -1 for none
    nearness: Float32s  # [n] to the middle of the group; higher is nearer
    points: Float32s  # [n, 2] around the origin, most within 1 of it

    @classmethod
    def joined(cls, parts: Sequence[Places]) -> Places:
        """All of them in one."""
        return cls(
            keys=np.concatenate([np.empty(0, np.int64), *(p.keys for p in parts)]),
            groups=np.concatenate([np.empty(0, np.int64), *(p.groups for p in parts)]),
            nearness=np.concatenate([np.empty(0, np.float32), *(p.nearness for p in parts)]),
            points=np.concatenate([np.empty((0, 2), np.float32), *(p.points for p in parts)]),
        )


@dataclass(frozen=True, kw_only=True, slots=True)
class Arrangement:
    """The groups and the map of a library, as they were last arranged."""

    stamp: int  # grows with every change of it
    model_id: str
    generation: int  # of the searchable set, up to which it goes
    counted: int  # pictures when it was last made anew
    arranged_at: datetime
    groups: list[ArrangedGroup]
    places: Places  # of what is searchable


class Store(Protocol):
    """Assets, vectors and settings of one library. Safe to call from several threads.

    Every method that writes is one transaction: when it returns, its effect survives a crash.
    """

    # --- assets ---------------------------------------------------------------------------

    def add_assets(self, new: Sequence[NewAsset]) -> list[Asset]:
        """Adds them, in order. Raises AlreadyExists when one of the paths is known."""

    def get_assets(self, keys: Sequence[int]) -> list[Asset]:
        """The assets of these keys that exist, in the order of `keys`."""

    def get_imprints(self, keys: Sequence[int]) -> list[Imprint]:
        """Of the assets of these keys that exist, in the order of `keys`."""

    def find_asset(self, id_or_path: str) -> Asset:
        """By asset id, or by absolute path of a linked file. Raises AssetNotFound."""

    def find_assets(self, ids: Sequence[str]) -> list[Asset]:
        """The assets of these ids that exist, in the order of `ids`."""

    def find_by_sha256(self, sha256: str) -> list[Asset]:
        """All assets with these very bytes, trashed and missing ones included."""

    def remove_assets(
        self, keys: Sequence[int], *, ignore: bool = False, only_trashed: bool = False
    ) -> None:
        """Forgets them and their vectors for good; unknown keys are ignored. The bytes of
        uploads become loose. `ignore`: linked files are remembered in `ignored_files`.
        `only_trashed`: leaves what was restored meanwhile."""

    def set_state(self, keys: Sequence[int], state: State) -> None:
        """Moves assets to `pending`, `missing` or `trashed`; `indexed` and `skipped` bring back
        what they were before they were missing or trashed. A trashed asset does not become
        missing; a pending one becomes `indexed` when it has a vector, else it stays pending."""

    # --- what people change ---------------------------------------------------------------

    def put_tags(self, key: int, tags: Sequence[str]) -> None:
        """Sets the tags of an asset. Raises AssetNotFound."""

    def change_tags(self, keys: Sequence[int], add: Sequence[str], remove: Sequence[str]) -> int:
        """Gives and takes tags; unknown keys are ignored. Returns the number of the edit."""

    def edit_asset(self, key: int, edit: Edit) -> None:
        """Raises AssetNotFound; LinkedAsset when a linked one would get another name or folder;
        AlreadyExists when the folder has an asset of this name."""

    def move_uploads(self, keys: Sequence[int], folder: str) -> int:
        """Moves uploaded assets; those whose name is taken get a suffix. All or none: raises
        LinkedAsset. Unknown keys are ignored. Returns the number of the edit."""

    def undo_edit(self, edit: int) -> int:
        """Takes an edit of these two kinds back, but for what a person changed since. Returns how
        many assets that changed. Raises EditNotFound (also a month later), UndoImpossible."""

    def taken_names(self, folder: str, names: Sequence[str]) -> set[str]:
        """Those of these names that an asset of the folder has."""

    def here_by_sha256(self, sha256s: Sequence[str]) -> dict[str, Asset]:
        """Of these contents (hex) those that are here, each with its oldest asset that is neither
        trashed nor missing."""

    def sizes_here(self, sizes: Sequence[int]) -> set[int]:
        """Those of these sizes in bytes that some such asset has."""

    def add_upload(self, new: NewAsset, collision: Collision) -> Asset:
        """Adds an uploaded asset, or with `replace` gives the one of this name the new bytes;
        the old ones become loose. Raises AlreadyExists, LinkedAsset."""

    def replace_upload(self, key: int, sha256: str, size_bytes: int) -> None:
        """Gives an asset other bytes; the old ones become loose. Raises AssetNotFound,
        LinkedAsset."""

    def loosen_blob(self, sha256: str) -> None:
        """Notes bytes that are about to be kept, until an upload is added that has them."""

    def unneeded_blobs(self) -> list[str]:
        """sha256 of loose bytes that no uploaded asset has."""

    def forget_blobs(self, sha256s: Sequence[str]) -> None:
        """These are loose no more: they were deleted."""

    def ignored_files(self, folder: str) -> dict[str, IgnoredFile]:
        """Absolute path -> what is known of removed files below `folder`."""

    def welcome_files(self, paths: Sequence[str]) -> None:
        """Lets removed files be indexed again."""

    def make_folder(self, path: str) -> None:
        """Keeps a folder, even when it is empty."""

    def rename_folder(self, path: str, new_path: str) -> None:
        """Gives a folder, with all in it, another path. Raises FolderNotFound; LinkedAsset when
        there are linked files in it; AlreadyExists; Conflict when it would come to lie inside
        itself."""

    def forget_folder(self, path: str) -> None:
        """Stops keeping it; it is listed while it has assets."""

    # --- lists ----------------------------------------------------------------------------

    def list_assets(self, listing: Listing) -> Listed:
        """One page. Reading on from `next_place` shows every asset that stays in the list once,
        whatever is added or removed meanwhile. Raises BadFilter."""

    def measure_trash(self) -> tuple[int, int]:
        """How many assets are in the trash, and their bytes."""

    def list_folders(self) -> list[FolderCount]:
        """Sorted by path; folders around them that hold nothing themselves are not named."""

    def list_tags(self) -> list[tuple[str, int]]:
        """Tags that are in use, by name, with the number of their assets, trash included."""

    def find_names(self, text: str, limit: int) -> Names:
        """At most `limit` each of assets, folders and tags with `text` in their names, whatever
        the case; those that begin with it first. Trashed and missing assets are left out."""

    # --- words ----------------------------------------------------------------------------

    def find_phrase(self, phrase: str, limit: int | None) -> Int64s:
        """Keys of searchable assets, at most `limit`, with `phrase` in their name, in a tag or in
        their description, whatever the case, sorted. `limit`: None for all."""

    def find_labels(self, texts: Sequence[str]) -> list[Suggestion]:
        """Tags, folders and file names (with or without ending) that equal one of `texts`,
        whatever the case, each with the number of searchable assets that it leaves; those that
        leave none are left out."""

    # --- indexing -------------------------------------------------------------------------

    def known_files(self, root: str) -> dict[str, KnownFile]:
        """Absolute path -> what is known, for every linked file that was found under `root` or
        lies below it (missing and trashed included)."""

    def touch_files(self, files: Sequence[tuple[int, int, int]]) -> None:
        """(key, size_bytes, mtime_ns) of files whose times changed but whose content did not."""

    def change_files(self, files: Sequence[tuple[int, int, int]]) -> None:
        """(key, size_bytes, mtime_ns) of files whose content may differ: they become `pending`;
        the old vector serves searches until the new one is saved."""

    def move_files(self, files: Sequence[MovedFile]) -> None:
        """Linked files that were found again elsewhere; the state of each before it vanished
        returns. All or none: raises AssetNotFound, and AlreadyExists when another asset has one
        of the paths."""

    def pending(self, limit: int, after_key: int = 0) -> list[Asset]:
        """Assets that wait to be indexed, by key."""

    def pending_uploads(self, limit: int, after_key: int = 0) -> list[Asset]:
        """Uploaded assets among them, by key."""

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

    # --- colours --------------------------------------------------------------------------

    def put_palettes(self, palettes: Mapping[int, bytes]) -> None:
        """Saves the colours of assets, by key; those of unknown keys are dropped."""

    def get_palettes(self, keys: Sequence[int]) -> dict[int, bytes]:
        """The palettes of those of `keys` that have one."""

    def without_palette(self, limit: int, after_key: int = 0) -> list[Asset]:
        """Searchable assets whose colours nobody has looked at, by key."""

    def colour_amounts(self, colour: str, keys: Int64s) -> Float32s:
        """How much of each picture [n] has a colour, from 0 to 1; what is near counts a little
        less. 0 for those whose colours are unknown. Raises BadFilter."""

    # --- what files say -------------------------------------------------------------------

    def put_photo_facts(self, facts: Sequence[tuple[int, str, PhotoFacts]]) -> None:
        """Saves (key, sha256, what the file says), also where it says nothing; dropped when the
        asset is gone or has other bytes by now."""

    def get_photo_facts(self, keys: Sequence[int]) -> dict[int, PhotoFacts]:
        """Of those of `keys` whose files were looked at."""

    def without_photo_facts(self, limit: int, after_key: int = 0) -> list[Asset]:
        """Searchable assets whose files nobody has looked at for that, by key."""

    def count_without_photo_facts(self) -> int:
        """How many those are."""

    def forget_positions(self) -> int:
        """Forgets where pictures were taken; returns of how many that was known."""

    # --- groups and map -------------------------------------------------------------------

    def save_arrangement(
        self, model_id: str, generation: int, groups: Sequence[ArrangedGroup], places: Places
    ) -> None:
        """Saves a whole arrangement in place of the one before; `places.groups` are positions in
        `groups`. Groups without an id get a new one, which no group ever had."""

    def add_places(self, generation: int, places: Places) -> None:
        """Adds places to the arrangement; `places.groups` are ids of groups."""

    def arrangement(self) -> Arrangement | None:
        """With the places of what is searchable, by key; None before the first."""

    def arrangement_stamp(self) -> tuple[int, int]:
        """Its stamp and the generation that it reflects; zeros before the first."""

    def name_group(self, id: int, label: str) -> None:
        """Raises GroupNotFound."""

    # --- saved searches -------------------------------------------------------------------

    def add_saved_search(self, name: str, query: str, saved_by: str) -> SavedSearch:
        """Raises AlreadyExists when one has this name."""

    def list_saved_searches(self) -> list[SavedSearch]:
        """By name."""

    def remove_saved_search(self, id: int) -> None:
        """Raises SavedSearchNotFound."""

    # --- duplicates -----------------------------------------------------------------------

    def contents(self) -> Contents:
        """Content hashes and perceptual hashes of all searchable assets, by key."""

    def put_signatures(self, signatures: Mapping[str, bytes]) -> None:
        """Saves what contents are screened by, by sha256; of contents that no indexed asset
        has, they are dropped."""

    def get_signatures(self, contents: Sequence[str]) -> dict[str, bytes]:
        """Those of `contents` that somebody has looked at, by sha256."""

    def save_pairs(
        self, scan: str, pairs: Sequence[Pair], generation: int, *, is_last: bool = False
    ) -> None:
        """Saves related pairs, in place of what was known of the same two contents, and that
        `scan` has compared all changes up to `generation`, in one transaction. `is_last`: there
        are no more, so what is still in doubt goes."""

    def compared_generation(self, scan: str) -> int:
        """The generation up to which `scan` has compared; 0 before its first `save_pairs`."""

    def list_pairs(self, *, doubted: bool = True) -> list[Pair]:
        """Related pairs, both of whose contents some searchable asset holds, without those
        that were decided against; by content hashes. `doubted`: also those in doubt."""

    def relations_among(self, contents: Sequence[str]) -> dict[tuple[str, str], Relation | None]:
        """What is known of every two of `contents` (sha256; the lower first in the keys): their
        relation, None where a person decided against it."""

    def list_scans(self) -> list[str]:
        """Names of the scans of which something is remembered."""

    def doubt_pairs(self, relations: Collection[Relation] | None = None) -> None:
        """Puts pairs in doubt, all or those of some relations, and forgets how far each scan has
        come: pairs in doubt that are not saved again until the end of the next are dropped then.
        Decisions stay."""

    def add_decisions(self, pairs: Sequence[tuple[str, str]]) -> None:
        """Notes that these contents (sha256, in any order) are not duplicates; what was decided
        before keeps its time."""

    def remove_decisions(self, pairs: Sequence[tuple[str, str]]) -> int:
        """Takes such words back; returns how many there were."""

    def list_decisions(self) -> list[Decision]:
        """Oldest first."""

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

    def root_keys(self, root: str, limit: int) -> list[int]:
        """Assets that were found under a linked folder."""

    def remove_root(self, root: str) -> None:
        """Forgets a linked folder whose assets were removed, and what is ignored below it."""

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

    def search_many(self, queries: Float32s, k: int) -> Int64s:
        """`queries`: [m, dim]. The keys of the nearest, best first, [m, k]; -1 where there are no
        more. Approximate where `search` is; many at once take a fraction of the time."""

    def save(self, path: Path) -> None:
        """Writes it beside its generation, so that a crash leaves the old file or the new."""

"""The embedded store: one SQLite file that holds everything a library knows."""

from __future__ import annotations

import json
from collections.abc import Collection, Sequence
from pathlib import Path

import numpy as np
from ulid import ULID

from lookalike.arrays import Float16s, Int64s
from lookalike.errors import AssetNotFound
from lookalike.stores import pairs as pairs_table
from lookalike.stores.accounts import Accounts
from lookalike.stores.arrangement import Arrangements
from lookalike.stores.base import (
    Contents,
    Imprint,
    Indexed,
    KnownFile,
    MovedFile,
    NewAsset,
    Skipped,
    VectorChanges,
)
from lookalike.stores.bulk_edits import BulkEdits
from lookalike.stores.connections import Connections
from lookalike.stores.edits import Edits
from lookalike.stores.embeddings import Embeddings
from lookalike.stores.filters import build_filter
from lookalike.stores.folders import Folders
from lookalike.stores.grouped import SQL as REVIEW
from lookalike.stores.grouped import Grouped
from lookalike.stores.history import History
from lookalike.stores.jobs import Jobs
from lookalike.stores.journal import Journal
from lookalike.stores.lists import Lists
from lookalike.stores.photos import Photos
from lookalike.stores.plans import Plans
from lookalike.stores.presence import Presence
from lookalike.stores.records import (
    SQL,
    add_asset,
    add_paths,
    bounds_below,
    move_file,
    read_assets,
    read_clock_us,
    read_vectors,
    save_indexed,
    save_skipped,
    stack_vectors,
    to_json,
)
from lookalike.stores.rows import to_asset, to_bytes
from lookalike.stores.saved_searches import SavedSearches
from lookalike.stores.signatures import Signatures
from lookalike.stores.words import Words
from lookalike.types import Asset, Coverage, Decision, Filters, Pair, Relation, State


class SqliteStore(
    Accounts,
    Arrangements,
    BulkEdits,
    Edits,
    Embeddings,
    Folders,
    Grouped,
    History,
    Jobs,
    Journal,
    Lists,
    Photos,
    Plans,
    Presence,
    SavedSearches,
    Signatures,
    Words,
):
    """Implements `ServiceStore`. Every write is durable when the method returns."""

    @classmethod
    def open(cls, path: Path) -> SqliteStore:
        """Opens or creates the file. Raises StoreUnavailable, SchemaTooNew."""
        return cls(Connections(path))

    def close(self) -> None:
        """Releases files and connections; calling it again does nothing."""
        self._connections.close()

    # --- assets ---------------------------------------------------------------------------

    def add_assets(self, new: Sequence[NewAsset]) -> list[Asset]:
        """Adds them, in order. Raises AlreadyExists when one of the paths is known."""
        now_us = read_clock_us()
        ids = sorted(str(ULID()) for _ in new)  # so that they grow within a millisecond, too
        with self._connections.writing() as connection:
            add_paths(connection, "add_folder", {asset.folder for asset in new})
            add_paths(connection, "add_root", {asset.root for asset in new if asset.root})
            keys = [
                add_asset(connection, asset, id, now_us) for id, asset in zip(ids, new, strict=True)
            ]
            return read_assets(connection, keys)

    def get_assets(self, keys: Sequence[int]) -> list[Asset]:
        """The assets of these keys that exist, in the order of `keys`."""
        with self._connections.reading() as connection:
            return read_assets(connection, keys)

    def get_imprints(self, keys: Sequence[int]) -> list[Imprint]:
        """Of the assets of these keys that exist, in the order of `keys`."""
        with self._connections.reading() as connection:
            rows = connection.execute(SQL["imprints"], {"keys": to_json(keys)})
            return [Imprint(*row) for row in rows]

    def find_asset(self, id_or_path: str) -> Asset:
        """By asset id, or by absolute path of a linked file. Raises AssetNotFound."""
        for column in ("id", "path"):
            if found := self._select(f"a.{column} = CAST(? AS TEXT)", (to_bytes(id_or_path),)):
                return found[0]
        raise AssetNotFound(f"No asset of this library has the id or path {id_or_path!r}.")

    def find_by_sha256(self, sha256: str) -> list[Asset]:
        """All assets with these very bytes, trashed and missing ones included."""
        return self._select("a.sha256 = ? ORDER BY a.key", (sha256,))

    def set_state(self, keys: Sequence[int], state: State) -> None:
        """Moves assets to `pending`, `missing` or `trashed`; `indexed` and `skipped` bring back
        what they were before they were missing or trashed. A trashed asset does not become
        missing. A pending one becomes `indexed` when it has a vector."""
        names = {
            State.PENDING: ("set_pending",),
            State.MISSING: ("set_missing",),
            State.TRASHED: ("set_trashed",),
            # Not the other way round: what was pending before it vanished is pending again.
            State.INDEXED: ("set_indexed", "set_back"),
            State.SKIPPED: ("set_back",),
        }[state]
        with self._connections.writing() as connection:
            for name in names:
                connection.execute(SQL[name], {"keys": to_json(keys), "now_us": read_clock_us()})

    # --- indexing -------------------------------------------------------------------------

    def known_files(self, root: str) -> dict[str, KnownFile]:
        """Absolute path -> what is known, for every linked file that was found under `root` or
        lies below it (missing and trashed included)."""
        bounds = bounds_below(root) | {"root": to_bytes(root)}
        states = {str(state): state for state in State}
        with self._connections.reading() as connection:
            rows = connection.execute(SQL["known_files"], bounds)
            return {
                path: KnownFile(key, size_bytes, mtime_ns, states[state], sha256)
                for path, key, size_bytes, mtime_ns, state, sha256 in rows
            }

    def touch_files(self, files: Sequence[tuple[int, int, int]]) -> None:
        """(key, size_bytes, mtime_ns) of files whose times changed but whose content did not."""
        self._note_files("touch_file", files)

    def change_files(self, files: Sequence[tuple[int, int, int]]) -> None:
        """(key, size_bytes, mtime_ns) of files whose content may differ: they become `pending`
        (in the trash: once restored); the old vector serves until the new one is saved."""
        self._note_files("change_file", files)

    def move_files(self, files: Sequence[MovedFile]) -> None:
        """Linked files that were found again elsewhere; the state of each before it vanished
        returns. All or none: raises AssetNotFound, AlreadyExists."""
        now_us = read_clock_us()
        with self._connections.writing() as connection:
            add_paths(connection, "add_folder", {file.folder for file in files})
            add_paths(connection, "add_root", {file.root for file in files})
            for file in files:
                move_file(connection, file, now_us)

    def pending(self, limit: int, after_key: int = 0) -> list[Asset]:
        """Assets that wait to be indexed, by key."""
        return self._select(
            "a.state = 'pending' AND a.key > ? ORDER BY a.key LIMIT ?", (after_key, limit)
        )

    def pending_uploads(self, limit: int, after_key: int = 0) -> list[Asset]:
        """Uploaded assets among them, by key."""
        with self._connections.reading() as connection:
            rows = connection.execute(
                SQL["pending_uploads"], {"limit": limit, "after_key": after_key}
            )
            return read_assets(connection, [row[0] for row in rows])

    def list_skipped(self, reason: str, limit: int | None = None) -> list[Asset]:
        """Assets that were skipped for this reason, by key, at most `limit`."""
        most = -1 if limit is None else limit
        return self._select(
            "a.state = 'skipped' AND a.skip_reason = ? ORDER BY a.key LIMIT ?", (reason, most)
        )

    def save_results(
        self, model_id: str, indexed: Sequence[Indexed], skipped: Sequence[Skipped]
    ) -> None:
        """Ends the wait of these assets: record, vector and generation in one transaction.
        Results for assets that are gone meanwhile are dropped."""
        now_us = read_clock_us()
        with self._connections.writing() as connection:
            connection.execute(SQL["add_model"], {"name": model_id})
            for result in indexed:
                save_indexed(connection, model_id, result, now_us)
            for skip in skipped:
                save_skipped(connection, skip, now_us)

    # --- searching ------------------------------------------------------------------------

    def filter_keys(self, filters: Filters) -> Int64s:
        """Keys of the searchable assets that pass, sorted. Raises BadFilter."""
        sql, parameters = build_filter(filters)
        with self._connections.reading() as connection:
            text = connection.execute(sql, parameters).fetchone()[0]
        keys = np.fromstring(text or "", np.int64, sep=",")
        keys.sort()
        return keys if filters.colour is None else keys[self._has_colour(filters, keys)]

    def vectors(self, model_id: str, keys: Int64s) -> tuple[Int64s, Float16s]:
        """Those of `keys` that have a vector [n], and the vectors [n, dim], in that order."""
        with self._connections.reading() as connection:
            return read_vectors(connection, model_id, keys.tolist())

    def generation(self) -> int:
        """Number of the last change to the searchable set; grows, never repeats."""
        with self._connections.reading() as connection:
            return int(connection.execute(SQL["generation"]).fetchone()[0])

    def changes(self, model_id: str, after: int, limit: int) -> VectorChanges:
        """What changed after a generation, oldest first, at most `limit` changes."""
        with self._connections.reading() as connection:
            rows = connection.execute(
                SQL["changes"], {"model": model_id, "after": after, "limit": limit + 1}
            ).fetchall()
        more = len(rows) > limit
        rows = rows[:limit]
        kept = [(key, vector) for _, key, vector in rows if vector is not None]
        return VectorChanges(
            generation=rows[-1][0] if rows else after,
            keys=np.array([key for key, _ in kept], np.int64),
            vectors=stack_vectors([vector for _, vector in kept]),
            removed=np.array([key for _, key, vector in rows if vector is None], np.int64),
            more=more,
        )

    def coverage(self) -> Coverage:
        """Counts by state and reason; answered without reading the assets."""
        counts = dict.fromkeys(State, 0)
        skipped: dict[str, int] = {}
        with self._connections.reading() as connection:
            rows = connection.execute(
                "SELECT state, reason, assets FROM coverage WHERE assets > 0 ORDER BY reason"
            )
            for state, reason, assets in rows:
                counts[State(state)] += assets
                if state == State.SKIPPED:
                    skipped[reason] = assets
        return Coverage(
            total=counts[State.INDEXED] + counts[State.PENDING] + counts[State.SKIPPED],
            indexed=counts[State.INDEXED],
            pending=counts[State.PENDING],
            skipped=skipped,
            missing=counts[State.MISSING],
            trashed=counts[State.TRASHED],
        )

    # --- duplicates -----------------------------------------------------------------------

    def contents(self) -> Contents:
        """Content hashes and perceptual hashes of all searchable assets, by key."""
        with self._connections.reading() as connection:
            return pairs_table.read_contents(connection)

    def save_pairs(
        self, scan: str, pairs: Sequence[Pair], generation: int, *, is_last: bool = False
    ) -> None:
        """Saves related pairs, and how far `scan` has come, in one transaction; `is_last`: what
        is still in doubt goes."""
        with self._connections.writing() as connection:
            pairs_table.save_pairs(connection, scan, pairs, generation, is_last=is_last)

    def compared_generation(self, scan: str) -> int:
        """The generation up to which `scan` has compared; 0 before its first `save_pairs`."""
        with self._connections.reading() as connection:
            row = connection.execute(SQL["compared_generation"], {"scan": scan}).fetchone()
        return int(row[0])

    def list_pairs(self, *, doubted: bool = True) -> list[Pair]:
        """Related pairs of contents that searchable assets hold, without those decided against."""
        with self._connections.reading() as connection:
            return pairs_table.read_pairs(connection, doubted=doubted)

    def relations_among(self, contents: Sequence[str]) -> dict[tuple[str, str], Relation | None]:
        """What is known of every two of `contents` (sha256; the lower first in the keys): their
        relation, None where a person decided against it."""
        with self._connections.reading() as connection:
            return pairs_table.read_relations(connection, contents)

    def list_scans(self) -> list[str]:
        """Names of the scans of which something is remembered."""
        with self._connections.reading() as connection:
            return [row[0] for row in connection.execute(SQL["list_scans"])]

    def doubt_pairs(self, relations: Collection[Relation] | None = None) -> None:
        """Puts pairs in doubt, and forgets how far each scan has come."""
        named = None if relations is None else json.dumps(sorted(relations))
        with self._connections.writing() as connection:
            connection.execute(SQL["doubt_pairs"], {"relations": named})
            connection.execute("DELETE FROM scans")

    def add_decisions(self, pairs: Sequence[tuple[str, str]]) -> None:
        """Notes that these contents (sha256, in any order) are not duplicates."""
        rows = pairs_table.to_rows(pairs, read_clock_us())
        with self._connections.writing() as connection:
            connection.executemany(SQL["add_decision"], rows)

    def remove_decisions(self, pairs: Sequence[tuple[str, str]]) -> int:
        """Takes such words back; returns how many there were."""
        with self._connections.writing() as connection:
            rows = pairs_table.to_rows(pairs, read_clock_us())
            count = connection.executemany(SQL["remove_decision"], rows).rowcount
            connection.execute(REVIEW["set_pairs_undone"], {"now_us": read_clock_us()})
            return count

    def list_decisions(self) -> list[Decision]:
        """Oldest first."""
        with self._connections.reading() as connection:
            return pairs_table.read_decisions(connection)

    # --- settings -------------------------------------------------------------------------

    def get_setting(self, name: str) -> str | None:
        """A value that belongs to this library, such as the model in use."""
        with self._connections.reading() as connection:
            row = connection.execute("SELECT value FROM settings WHERE name = ?", (name,))
            found = row.fetchone()
        return None if found is None else str(found[0])

    def put_setting(self, name: str, value: str) -> None:
        """Sets it."""
        with self._connections.writing() as connection:
            connection.execute("INSERT OR REPLACE INTO settings VALUES (?, ?)", (name, value))

    def list_roots(self) -> list[str]:
        """The linked folders, sorted."""
        with self._connections.reading() as connection:
            return [row[0] for row in connection.execute("SELECT path FROM roots ORDER BY path")]

    def add_root(self, root: str) -> None:
        """Remembers a linked folder."""
        with self._connections.writing() as connection:
            add_paths(connection, "add_root", {root})

    def root_keys(self, root: str, limit: int) -> list[int]:
        """Assets that were found under a linked folder."""
        with self._connections.reading() as connection:
            rows = connection.execute(SQL["root_keys"], {"path": to_bytes(root), "limit": limit})
            return [row[0] for row in rows]

    def remove_root(self, root: str) -> None:
        """Forgets a linked folder whose assets were removed, and what is ignored below it."""
        with self._connections.writing() as connection:
            connection.execute(
                "DELETE FROM ignored_files "
                "WHERE path >= CAST(:first AS TEXT) AND path < CAST(:last AS TEXT)",
                bounds_below(root),
            )
            connection.execute(SQL["remove_root"], {"path": to_bytes(root)})

    # --------------------------------------------------------------------------------------

    def _select(self, condition: str, parameters: tuple[object, ...]) -> list[Asset]:
        with self._connections.reading() as connection:
            rows = connection.execute(f"{SQL['select_assets']} {condition}", parameters)
            return [to_asset(row) for row in rows]

    def _note_files(self, name: str, files: Sequence[tuple[int, int, int]]) -> None:
        now_us = read_clock_us()
        rows = (
            {"key": key, "size_bytes": size_bytes, "mtime_ns": mtime_ns, "now_us": now_us}
            for key, size_bytes, mtime_ns in files
        )
        with self._connections.writing() as connection:
            connection.executemany(SQL[name], rows)

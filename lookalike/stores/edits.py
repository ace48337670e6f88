"""What people do to assets: tags, texts, names, uploads, removal."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Sequence
from itertools import count
from pathlib import PurePosixPath

from ulid import ULID

from lookalike.errors import AlreadyExists, AssetNotFound, LinkedAsset
from lookalike.stores.base import Collision, Edit, IgnoredFile, NewAsset
from lookalike.stores.connected import Connected
from lookalike.stores.records import (
    SQL,
    add_asset,
    add_paths,
    bounds_below,
    read_assets,
    read_clock_us,
    to_json,
)
from lookalike.stores.rows import fold, to_bytes, to_datetime
from lookalike.types import Asset, Source, State


class Edits(Connected):
    """The changes of `SqliteStore` that a person asks for."""

    def remove_assets(
        self, keys: Sequence[int], *, ignore: bool = False, only_trashed: bool = False
    ) -> None:
        """Forgets them and their vectors for good; unknown keys are ignored. The bytes of
        uploads become loose. `ignore`: linked files are remembered in `ignored_files`.
        `only_trashed`: leaves what was restored meanwhile."""
        with self._connections.writing() as connection:
            if only_trashed:
                rows = connection.execute(SQL["trashed_keys"], {"keys": to_json(keys)})
                keys = [row[0] for row in rows]
            values = {"keys": to_json(keys), "now_us": read_clock_us()}
            connection.execute(SQL["loosen_blobs"], values)
            if ignore:
                connection.execute(SQL["ignore_files"], values)
            connection.execute(SQL["remove_assets"], values)

    # --- tags and texts -------------------------------------------------------------------

    def put_tags(self, key: int, tags: Sequence[str]) -> None:
        """Sets the tags of an asset. Raises AssetNotFound."""
        self.edit_asset(key, Edit(tags=tuple(tags)))

    def edit_asset(self, key: int, edit: Edit) -> None:
        """Raises AssetNotFound, LinkedAsset, AlreadyExists."""
        with self._connections.writing() as connection:
            asset = _read(connection, key)
            if edit.name is not None or edit.folder is not None:
                name = asset.name if edit.name is None else edit.name
                folder = asset.folder if edit.folder is None else edit.folder
                _check_place(connection, asset, name, folder)
            update_asset(connection, key, edit)
            if edit.tags is not None:
                connection.execute("DELETE FROM asset_tags WHERE asset_key = ?", (key,))
                add_tags(connection, key, edit.tags)

    # --- uploads --------------------------------------------------------------------------

    def taken_names(self, folder: str, names: Sequence[str]) -> set[str]:
        """Those of these names that an asset of the folder has."""
        with self._connections.reading() as connection:
            return {name for name in names if _find_namesake(connection, folder, name) is not None}

    def add_upload(self, new: NewAsset, collision: Collision) -> Asset:
        """Adds an uploaded asset, or with `replace` gives the one of this name the new bytes;
        the old ones become loose. Raises AlreadyExists, LinkedAsset."""
        assert new.sha256 is not None
        with self._connections.writing() as connection:
            add_paths(connection, "add_folder", {new.folder})
            namesake = _find_namesake(connection, new.folder, new.name)
            name = new.name
            if namesake is not None and collision is Collision.ERROR:
                raise AlreadyExists(_taken(new.folder, new.name))
            if namesake is not None and collision is Collision.REPLACE:
                _replace(connection, namesake, new.sha256, new.size_bytes)
                return _read(connection, namesake)
            if namesake is not None:
                name = free_name(connection, new.folder, new.name)
            key = add_asset(connection, new, str(ULID()), read_clock_us(), name=name)
            connection.execute(SQL["fasten_blob"], {"sha256": new.sha256})
            return _read(connection, key)

    def replace_upload(self, key: int, sha256: str, size_bytes: int) -> None:
        """Gives an asset other bytes; the old ones become loose. Raises AssetNotFound,
        LinkedAsset."""
        with self._connections.writing() as connection:
            _replace(connection, key, sha256, size_bytes)

    def loosen_blob(self, sha256: str) -> None:
        """Notes bytes that are about to be kept, until an upload is added that has them."""
        with self._connections.writing() as connection:
            connection.execute(SQL["loosen_blob"], {"sha256": sha256})

    def unneeded_blobs(self) -> list[str]:
        """sha256 of loose bytes that no uploaded asset has."""
        with self._connections.reading() as connection:
            return [row[0] for row in connection.execute(SQL["unneeded_blobs"])]

    def forget_blobs(self, sha256s: Sequence[str]) -> None:
        """These are loose no more: they were deleted."""
        with self._connections.writing() as connection:
            connection.executemany(
                "DELETE FROM loose_blobs WHERE sha256 = ?", [(sha256,) for sha256 in sha256s]
            )

    # --- files ----------------------------------------------------------------------------

    def ignored_files(self, folder: str) -> dict[str, IgnoredFile]:
        """Absolute path -> what is known of removed files below `folder`."""
        with self._connections.reading() as connection:
            return {
                path: IgnoredFile(size_bytes, mtime_ns, sha256, to_datetime(at_us))
                for path, size_bytes, mtime_ns, sha256, at_us in connection.execute(
                    SQL["ignored_files"], bounds_below(folder)
                )
            }

    def welcome_files(self, paths: Sequence[str]) -> None:
        """Lets removed files be indexed again."""
        with self._connections.writing() as connection:
            connection.executemany(
                SQL["welcome_files"], [{"path": to_bytes(path)} for path in paths]
            )


def _read(connection: sqlite3.Connection, key: int) -> Asset:
    found = read_assets(connection, [key])
    if not found:
        raise AssetNotFound(f"No asset of this library has the number {key}.")
    return found[0]


def add_tags(connection: sqlite3.Connection, key: int, tags: Sequence[str]) -> None:
    """Gives an asset tags."""
    rows = [{"name": to_bytes(tag), "key": key} for tag in dict.fromkeys(tags)]
    connection.executemany(SQL["add_tag"], rows)
    connection.executemany(SQL["put_tag"], rows)


def update_asset(connection: sqlite3.Connection, key: int, edit: Edit) -> None:
    """Changes all of an asset but its tags."""
    values = {
        "key": key,
        "name": to_bytes(edit.name),
        "name_folded": to_bytes(None if edit.name is None else fold(edit.name)),
        "folder": to_bytes(edit.folder),
        "description": to_bytes(edit.description),
        "metadata": None if edit.metadata is None else json.dumps(dict(edit.metadata)),
        "now_us": read_clock_us(),
    }
    connection.execute(SQL["edit_asset"], values)


def _replace(connection: sqlite3.Connection, key: int, sha256: str, size_bytes: int) -> None:
    asset = _read(connection, key)
    check_upload(asset)
    if asset.sha256 == sha256:
        if asset.state is State.SKIPPED:  # what was there may have been spoilt
            values = {"keys": to_json([key]), "now_us": read_clock_us()}
            connection.execute(SQL["set_pending"], values)
        return
    connection.execute(SQL["loosen_blobs"], {"keys": to_json([key])})
    values = {"key": key, "sha256": sha256, "size_bytes": size_bytes, "now_us": read_clock_us()}
    connection.execute(SQL["replace_upload"], values)
    connection.execute(SQL["fasten_blob"], values)
    connection.execute(SQL["drop_other_vectors"], values)  # they are of the former bytes


# --- names ------------------------------------------------------------------------------------


def check_upload(asset: Asset) -> None:
    """Raises LinkedAsset for one that is no upload."""
    if asset.source is Source.LINKED:
        raise LinkedAsset(
            f"{asset.name} is a file in a linked folder, which Lookalike never changes; "
            "rename, move or replace it on disk."
        )


def _check_place(connection: sqlite3.Connection, asset: Asset, name: str, folder: str) -> None:
    """Whether an asset may have this name in this folder, which gets a number."""
    if (name, folder) == (asset.name, asset.folder):
        return
    check_upload(asset)
    add_paths(connection, "add_folder", {folder})
    if _find_namesake(connection, folder, name) is not None:
        raise AlreadyExists(_taken(folder, name))


def _find_namesake(connection: sqlite3.Connection, folder: str, name: str) -> int | None:
    values = {
        "folder": to_bytes(folder),
        "name": to_bytes(name),
        "name_folded": to_bytes(fold(name)),
    }
    row = connection.execute(SQL["find_namesake"], values).fetchone()
    return row[0] if row else None


def free_name(connection: sqlite3.Connection, folder: str, name: str) -> str:
    """`name`, with a number where it is taken."""
    if _find_namesake(connection, folder, name) is None:
        return name
    path = PurePosixPath(name)
    tries = (f"{path.stem} ({number}){path.suffix}" for number in count(2))
    return next(one for one in tries if _find_namesake(connection, folder, one) is None)


def _taken(folder: str, name: str) -> str:
    return f"{folder or 'The top folder'} has a file named {name} already."

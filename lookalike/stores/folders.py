"""Folders that people make, rename and forget."""

from __future__ import annotations

import sqlite3

from lookalike.errors import AlreadyExists, Conflict, FolderNotFound, LinkedAsset
from lookalike.stores.connected import Connected
from lookalike.stores.records import SQL, bounds_below, read_clock_us
from lookalike.stores.rows import to_bytes


class Folders(Connected):
    """The folders of `SqliteStore`."""

    def make_folder(self, path: str) -> None:
        """Keeps a folder, even when it is empty."""
        with self._connections.writing() as connection:
            connection.execute(
                SQL["make_folder"], {"path": to_bytes(path), "now_us": read_clock_us()}
            )

    def rename_folder(self, path: str, new_path: str) -> None:
        """Gives a folder, with all in it, another path. Raises FolderNotFound, LinkedAsset,
        AlreadyExists, and Conflict when it would come to lie inside itself."""
        if f"{new_path}/".startswith(f"{path}/"):
            raise Conflict(f"The folder {path} cannot be moved into itself.")
        old, new = _bounds(path), _bounds(new_path)
        with self._connections.writing() as connection:
            rows, linked = connection.execute(SQL["folder_sources"], old).fetchone()
            if not rows:
                raise FolderNotFound(f"There is no folder {path}.")
            if linked:
                raise LinkedAsset(
                    f"{path} holds files of a linked folder, which Lookalike never changes; "
                    "rename or move it on disk."
                )
            connection.execute(SQL["drop_unused_folders"], new)
            if _exists(connection, new):
                raise AlreadyExists(f"There is a folder {new_path} already.")
            connection.execute(SQL["rename_folders"], {**old, "to": to_bytes(new_path)})

    def forget_folder(self, path: str) -> None:
        """Stops keeping it; it is listed while it has assets."""
        with self._connections.writing() as connection:
            connection.execute(SQL["forget_folder"], {"path": to_bytes(path)})


def _bounds(path: str) -> dict[str, bytes | None]:
    """A folder, and the range of the paths inside it."""
    return {"path": to_bytes(path), **bounds_below(path)}


def _exists(connection: sqlite3.Connection, bounds: dict[str, bytes | None]) -> bool:
    rows, _ = connection.execute(SQL["folder_sources"], bounds).fetchone()
    return bool(rows)

"""Folders that people make, rename and forget."""

from __future__ import annotations

import sqlite3

from lookalike.errors import AlreadyExists, Conflict, FolderNotFound, LinkedAsset
from lookalike.stores.base import FolderCount
from lookalike.stores.connected import Connected
from lookalike.stores.records import SQL, bounds_below, read_clock_us
from lookalike.stores.rows import to_bytes


class Folders(Connected):
    """The folders of `SqliteStore`."""

    # What `mark_folder_list` said last, and the list that it stands for: every page asks for it,
    # and a record for each folder takes Python far longer than SQLite takes to join them all.
    _listed: tuple[bytes | None, tuple[FolderCount, ...]] = (None, ())

    def list_folders(self) -> list[FolderCount]:
        """Sorted by path; folders around them that hold nothing themselves are not named."""
        with self._connections.reading() as connection:
            known_mark, known = self._listed
            mark = connection.execute(SQL["mark_folder_list"]).fetchone()[0]
            if mark != known_mark:
                known = _read_folders(connection)
                if mark == connection.execute(SQL["mark_folder_list"]).fetchone()[0]:
                    self._listed = (mark, known)
        return list(known)

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


def _read_folders(connection: sqlite3.Connection) -> tuple[FolderCount, ...]:
    return tuple(FolderCount(*row) for row in connection.execute(SQL["list_folders"]))


def _bounds(path: str) -> dict[str, bytes | None]:
    """A folder, and the range of the paths inside it."""
    return {"path": to_bytes(path), **bounds_below(path)}


def _exists(connection: sqlite3.Connection, bounds: dict[str, bytes | None]) -> bool:
    rows, _ = connection.execute(SQL["folder_sources"], bounds).fetchone()
    return bool(rows)

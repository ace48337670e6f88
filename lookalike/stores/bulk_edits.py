"""Edits of many assets at once, and back again."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Sequence
from datetime import timedelta
from typing import Any

from lookalike.errors import EditNotFound, UndoImpossible
from lookalike.stores.base import Edit
from lookalike.stores.connected import Connected
from lookalike.stores.edits import add_tags, check_upload, free_name, update_asset
from lookalike.stores.records import SQL, add_paths, read_assets, read_clock_us
from lookalike.stores.rows import to_bytes
from lookalike.types import Asset

KEPT = timedelta(days=30)  # for as long an edit can be taken back
_ADD_CHANGE = "INSERT INTO edited_assets (edit_id, asset_key, change) VALUES (?, ?, ?)"
_LIST_CHANGES = "SELECT asset_key, change FROM edited_assets WHERE edit_id = ? ORDER BY asset_key"


class BulkEdits(Connected):
    """The edits of `SqliteStore` that `undo_edit` takes back."""

    def change_tags(self, keys: Sequence[int], add: Sequence[str], remove: Sequence[str]) -> int:
        """Gives and takes tags; unknown keys are ignored. Returns the number of the edit."""
        with self._connections.writing() as connection:
            edit = _add_edit(connection)
            for asset in read_assets(connection, keys):
                had = set(asset.tags)
                added = [tag for tag in dict.fromkeys(add) if tag not in {*had, *remove}]
                taken = [tag for tag in dict.fromkeys(remove) if tag in had]
                if added or taken:
                    _put_tags(connection, asset.key, added, taken)
                    _note(connection, edit, asset, {"added": added, "taken": taken})
            return edit

    def move_uploads(self, keys: Sequence[int], folder: str) -> int:
        """Moves uploaded assets; those whose name is taken get a suffix. All or none: raises
        LinkedAsset. Unknown keys are ignored. Returns the number of the edit."""
        with self._connections.writing() as connection:
            edit = _add_edit(connection)
            for asset in read_assets(connection, keys):
                if asset.folder == folder:
                    continue
                check_upload(asset)
                name = _move(connection, asset, folder, asset.name)
                change = {"from": [asset.folder, asset.name], "to": [folder, name]}
                _note(connection, edit, asset, change)
            return edit

    def undo_edit(self, edit: int) -> int:
        """Takes an edit back, but for what a person changed since. Returns how many assets that
        changed. Raises EditNotFound, UndoImpossible."""
        with self._connections.writing() as connection:
            found = connection.execute("SELECT undone_at_us FROM edits WHERE id = ?", (edit,))
            row = found.fetchone()
            if row is None:
                raise EditNotFound(f"No edit of the last {KEPT.days} days has the number {edit}.")
            if row[0] is not None:
                raise UndoImpossible("This edit was undone already.")
            connection.execute(
                "UPDATE edits SET undone_at_us = ? WHERE id = ?", (read_clock_us(), edit)
            )
            changes = dict(connection.execute(_LIST_CHANGES, (edit,)).fetchall())
            return sum(
                _take_back(connection, asset, json.loads(changes[asset.key]))
                for asset in read_assets(connection, list(changes))
            )


def _add_edit(connection: sqlite3.Connection) -> int:
    """The number of a new edit; those that are too old to be taken back are forgotten."""
    now_us = read_clock_us()
    before_us = now_us - KEPT // timedelta(microseconds=1)
    connection.execute("DELETE FROM edits WHERE at_us < ?", (before_us,))
    id = connection.execute("INSERT INTO edits (at_us) VALUES (?)", (now_us,)).lastrowid
    assert id is not None
    return id


def _note(connection: sqlite3.Connection, edit: int, asset: Asset, change: dict[str, Any]) -> None:
    connection.execute(_ADD_CHANGE, (edit, asset.key, json.dumps(change)))


def _take_back(connection: sqlite3.Connection, asset: Asset, change: dict[str, Any]) -> bool:
    """Whether there was something left of the change."""
    if "to" in change:
        (folder, name), (moved_to, got) = change["from"], change["to"]
        if asset.folder != moved_to:
            return False
        _move(connection, asset, folder, name if asset.name == got else asset.name)
        return True
    lost = [tag for tag in change["taken"] if tag not in asset.tags]
    left = [tag for tag in change["added"] if tag in asset.tags]
    _put_tags(connection, asset.key, lost, left)
    return bool(lost or left)


def _put_tags(
    connection: sqlite3.Connection, key: int, add: Sequence[str], remove: Sequence[str]
) -> None:
    add_tags(connection, key, add)
    rows = [{"key": key, "name": to_bytes(tag)} for tag in remove]
    connection.executemany(SQL["take_tag"], rows)


def _move(connection: sqlite3.Connection, asset: Asset, folder: str, name: str) -> str:
    """The name that it has there."""
    add_paths(connection, "add_folder", {folder})
    found = free_name(connection, folder, name)
    update_asset(connection, asset.key, Edit(name=found, folder=folder))
    return found

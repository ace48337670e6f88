"""What a kept picture takes over from its copies, and gives back: within a transaction."""

from __future__ import annotations

import json
import sqlite3

from lookalike.decisions import Merge
from lookalike.stores.base import Edit
from lookalike.stores.edits import add_tags, update_asset
from lookalike.stores.grouped import SQL as REVIEW
from lookalike.stores.records import SQL, read_assets
from lookalike.stores.rows import to_bytes


def merge(connection: sqlite3.Connection, entry_id: int, key: int, change: Merge) -> None:
    """Gives an asset what is new to it, and notes that."""
    (asset,) = read_assets(connection, [key])
    tags = [tag for tag in change.tags if tag not in asset.tags]
    added = {name: value for name, value in change.metadata.items() if name not in asset.metadata}
    values = {
        "entry_id": entry_id,
        "asset_key": key,
        "tags": json.dumps(tags),
        "metadata": json.dumps(added),
        "before": to_bytes(None if change.description is None else asset.description),
        "after": to_bytes(change.description),
    }
    connection.execute(REVIEW["add_merge"], values)
    metadata = {**asset.metadata, **added} if added else None
    update_asset(connection, key, Edit(description=change.description, metadata=metadata))
    add_tags(connection, key, tags)


def take_back(connection: sqlite3.Connection, entry_id: int) -> None:
    """Takes from the asset what it has still as the merge left it."""
    row = connection.execute(REVIEW["merged_by"], {"entry_id": entry_id}).fetchone()
    found = read_assets(connection, [row[0]]) if row else []
    if not found:
        return
    (asset,) = found
    key, tags, metadata, before, after = row
    rows = [{"key": key, "name": to_bytes(tag)} for tag in json.loads(tags)]
    connection.executemany(SQL["take_tag"], rows)
    added = json.loads(metadata)
    left = {
        name: value
        for name, value in asset.metadata.items()
        if name not in added or added[name] != value
    }
    is_as_merged = after is not None and asset.description == after
    edit = Edit(description=before if is_as_merged else None, metadata=left if added else None)
    update_asset(connection, key, edit)

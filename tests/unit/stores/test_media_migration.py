"""A library of the first version, opened by this one."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from pathlib import Path

from lookalike.stores.base import Listing
from lookalike.stores.migrations import load_migrations, migrate
from lookalike.stores.sqlite import SqliteStore
from lookalike.types import State

SHOWN = frozenset({State.PENDING, State.INDEXED, State.SKIPPED})


def test_first_version_is_brought_up_to_date(tmp_path: Path) -> None:
    path = tmp_path / "library.db"
    with closing(sqlite3.connect(path, isolation_level=None)) as connection:
        migrate(connection, {1: load_migrations()[1]})
        connection.execute("INSERT INTO folders VALUES (1, 'x'), (2, 'y')")
        for number, state, before in ((1, "pending", None), (2, "trashed", "pending")):
            connection.execute(
                "INSERT INTO assets (id, name, name_folded, folder_id, source, state, "
                "state_before, size_bytes, created_at_us, updated_at_us) "
                "VALUES (?, 'A', 'a', 1, 'linked', ?, ?, 5, 7, 7)",
                (f"id{number}", state, before),
            )
    store = SqliteStore.open(path)
    try:
        assert [(f.path, f.assets) for f in store.list_folders()] == [("x", 1)]
        for states, ids in ((SHOWN, ["id1"]), (frozenset({State.TRASHED}), ["id2"])):
            listed = store.list_assets(Listing(states=states, folder="x"))
            assert ([asset.id for asset in listed.assets], listed.total) == (ids, 1)
        store.set_state([2], State.INDEXED)
        assert [(f.path, f.assets) for f in store.list_folders()] == [("x", 2)]
    finally:
        store.close()


def test_files_that_moved_between_linked_folders_belong_to_the_one_around_them(
    tmp_path: Path,
) -> None:
    path = tmp_path / "library.db"
    steps = load_migrations()
    with closing(sqlite3.connect(path, isolation_level=None)) as connection:
        migrate(connection, {number: steps[number] for number in range(1, 13)})
        connection.execute("INSERT INTO folders (id, path) VALUES (1, 'x')")
        connection.execute("INSERT INTO roots (id, path) VALUES (1, '/a'), (2, '/b'), (3, '/b/c')")
        for number, file in enumerate(("/a/1", "/b/2", "/b/c/3", "/bc/4", "/b/c/5"), start=1):
            connection.execute(
                "INSERT INTO assets (id, name, name_folded, folder_id, source, state, path, "
                "root_id, size_bytes, created_at_us, updated_at_us) "
                "VALUES (?, 'A', 'a', 1, 'linked', 'pending', ?, ?, 5, 7, 7)",
                (f"id{number}", file, 2 if number == 5 else 1),
            )
    store = SqliteStore.open(path)
    try:
        found = {root: store.root_keys(root, 9) for root in ("/a", "/b", "/b/c")}
        assert found == {"/a": [1, 4], "/b": [2, 5], "/b/c": [3]}
    finally:
        store.close()

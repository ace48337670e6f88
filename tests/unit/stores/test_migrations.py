from __future__ import annotations

import sqlite3
from pathlib import Path

import pytest

from lookalike.errors import SchemaTooNew, StoreUnavailable
from lookalike.stores.migrations import load_migrations, migrate, split_statements
from lookalike.stores.sqlite import SqliteStore


def connect(path: Path) -> sqlite3.Connection:
    return sqlite3.connect(path, isolation_level=None)


def version(connection: sqlite3.Connection) -> int:
    return int(connection.execute("PRAGMA user_version").fetchone()[0])


def test_migrations_are_numbered_without_gaps() -> None:
    assert list(load_migrations()) == list(range(1, len(load_migrations()) + 1))


def test_new_migrations_are_applied_to_an_older_library(tmp_path: Path) -> None:
    connection = connect(tmp_path / "a.db")
    steps = {1: "CREATE TABLE t (x);\nINSERT INTO t VALUES (1);"}
    migrate(connection, steps)
    migrate(connection, steps)
    steps[2] = "ALTER TABLE t ADD COLUMN y DEFAULT 5;"
    migrate(connection, steps)
    assert connection.execute("SELECT * FROM t").fetchall() == [(1, 5)]
    assert version(connection) == 2
    connection.close()


def test_failed_migration_leaves_the_version_before(tmp_path: Path) -> None:
    connection = connect(tmp_path / "a.db")
    migrate(connection, {1: "CREATE TABLE t (x);"})
    with pytest.raises(sqlite3.OperationalError):
        migrate(connection, {1: "", 2: "INSERT INTO t VALUES (1);\nNONSENSE;"})
    assert version(connection) == 1
    assert connection.execute("SELECT * FROM t").fetchall() == []
    connection.close()


def test_library_of_a_newer_version_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "library.db"
    SqliteStore.open(path).close()
    connection = connect(path)
    connection.execute("PRAGMA user_version = 999")
    connection.close()
    with pytest.raises(SchemaTooNew, match="upgrade Lookalike"):
        SqliteStore.open(path)
    connection = connect(path)
    assert version(connection) == 999
    connection.close()


def test_database_of_another_program_is_refused_and_left_alone(tmp_path: Path) -> None:
    path = tmp_path / "other.db"
    connection = connect(path)
    connection.execute("CREATE TABLE theirs (x)")
    with pytest.raises(StoreUnavailable, match="another program"):
        SqliteStore.open(path)
    assert connection.execute("SELECT name FROM sqlite_master").fetchall() == [("theirs",)]
    connection.close()


def test_statements_are_split_with_triggers_whole() -> None:
    script = (
        "-- a; comment\nCREATE TABLE t (x TEXT DEFAULT ';');\n\n"
        "CREATE TRIGGER g AFTER INSERT ON t\nBEGIN\n    SELECT 1;\n    SELECT 2;\nEND;\n-- end\n"
    )
    table, trigger = split_statements(script)
    assert table.endswith("DEFAULT ';');")
    assert trigger.startswith("CREATE TRIGGER")
    assert trigger.endswith("END;")

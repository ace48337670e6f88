"""The steps that bring a library's database to the schema of this version."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from importlib.resources import files

from lookalike.errors import SchemaTooNew, StoreUnavailable

APPLICATION_ID = 0x4C4B414C  # 'LKAL', in the header of every library's file


def load_migrations() -> dict[int, str]:
    """Number -> SQL of every file `<number>_<what>.sql` in this folder, in order."""
    found = {
        int(file.name.split("_", 1)[0]): file.read_text(encoding="utf-8")
        for file in files(__name__).iterdir()
        if file.name.endswith(".sql")
    }
    return dict(sorted(found.items()))


def migrate(connection: sqlite3.Connection, migrations: dict[int, str] | None = None) -> None:
    """Applies the migrations that the database lacks, each in a transaction of its own.

    `connection` is in autocommit mode. Raises SchemaTooNew, and StoreUnavailable for a database
    that another program made.
    """
    steps = load_migrations() if migrations is None else migrations
    newest = max(steps, default=0)
    if _version(connection) == newest and _application(connection) == APPLICATION_ID:
        return
    for number in [0, *steps]:
        try:
            connection.execute("BEGIN IMMEDIATE")
            _apply(connection, number, newest, steps)
            connection.execute("COMMIT")
        except BaseException:
            if connection.in_transaction:
                connection.execute("ROLLBACK")
            raise


def _apply(connection: sqlite3.Connection, number: int, newest: int, steps: dict[int, str]) -> None:
    """Runs step `number`, unless another process did meanwhile; step 0 claims the file."""
    version = _version(connection)
    if number == 0:
        _claim(connection, version)
        if version > newest:
            raise SchemaTooNew(
                f"The library was written by a newer Lookalike (schema {version}, this one knows "
                f"{newest}); upgrade Lookalike to open it."
            )
    elif version < number:
        for statement in split_statements(steps[number]):
            connection.execute(statement)
        connection.execute(f"PRAGMA user_version = {number:d}")


def _claim(connection: sqlite3.Connection, version: int) -> None:
    """Marks an empty database as a library; refuses one that is something else."""
    if _application(connection) == APPLICATION_ID:
        return
    if version or connection.execute("SELECT 1 FROM sqlite_master LIMIT 1").fetchone():
        raise StoreUnavailable(
            "The file is a database of another program; choose another folder for the library."
        )
    connection.execute(f"PRAGMA application_id = {APPLICATION_ID:d}")


def _version(connection: sqlite3.Connection) -> int:
    return int(connection.execute("PRAGMA user_version").fetchone()[0])


def _application(connection: sqlite3.Connection) -> int:
    return int(connection.execute("PRAGMA application_id").fetchone()[0])


def split_statements(script: str) -> Iterator[str]:
    """The statements of a script, triggers whole. (`executescript` would end the transaction.)"""
    statement = ""
    for line in script.splitlines(keepends=True):
        statement += line
        if ";" in line and sqlite3.complete_statement(statement):
            yield statement.strip()
            statement = ""
    if statement.strip() and not all(
        line.strip().startswith("--") or not line.strip() for line in statement.splitlines()
    ):
        yield statement.strip()

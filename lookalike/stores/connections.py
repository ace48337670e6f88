"""Connections to one SQLite file: a writer behind a lock, and readers lent one at a time."""

from __future__ import annotations

import sqlite3
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from lookalike.errors import StoreUnavailable
from lookalike.stores.migrations import migrate
from lookalike.stores.rows import fold, to_text

_OLDEST_SQLITE = (3, 37, 0)  # STRICT tables
_BUSY_TIMEOUT_S = 30.0
_IDLE_READERS = 8
_CACHE_KIBIBYTES = 32 * 1024


class Reader(sqlite3.Connection):
    """A connection, with what was read over it that is good until somebody else writes."""

    known_version = -1
    known: dict[str, Any]

    def knows(self) -> dict[str, Any]:
        """Empty after each change of the database by another connection."""
        version = self.execute("PRAGMA data_version").fetchone()[0]
        if version != self.known_version:
            self.known_version, self.known = version, {}
        return self.known


class Connections:
    """Safe to use from several threads; several processes may have the same file open."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._write_lock = threading.Lock()
        self._pool_lock = threading.Lock()  # held for moments only: readers never wait for a write
        self._idle: list[Reader] = []
        self._is_closed = False
        with translated(path):
            self._writer = _open(path)
            try:
                migrate(self._writer)
            except BaseException:
                self._writer.close()
                raise

    @contextmanager
    def writing(self) -> Iterator[sqlite3.Connection]:
        """A transaction that is committed, and on disk, when the block ends without an error."""
        with translated(self._path), self._write_lock:
            self._check_open()
            connection = self._writer
            try:  # BEGIN is inside, because Ctrl-C may come right after it
                connection.execute("BEGIN IMMEDIATE")
                yield connection
                connection.execute("COMMIT")
            except BaseException:
                if connection.in_transaction:
                    connection.execute("ROLLBACK")
                raise

    @contextmanager
    def reading(self) -> Iterator[Reader]:
        """A connection in autocommit mode, so that each statement sees one moment."""
        with translated(self._path):
            connection = self._borrow()
            try:
                yield connection
            finally:
                self._give_back(connection)

    def close(self) -> None:
        """Closes all connections that are not in use; the others close when they are done."""
        with self._write_lock, self._pool_lock:
            self._is_closed = True
            idle, self._idle = self._idle, []
            for connection in (*idle, self._writer):
                connection.close()

    def _borrow(self) -> Reader:
        with self._pool_lock:
            self._check_open()
            if self._idle:
                return self._idle.pop()
        return _open(self._path)

    def _give_back(self, connection: Reader) -> None:
        with self._pool_lock:
            if not self._is_closed and len(self._idle) < _IDLE_READERS:
                self._idle.append(connection)
                return
        connection.close()

    def _check_open(self) -> None:
        if self._is_closed:
            raise StoreUnavailable("The library is closed.")


@contextmanager
def translated(path: Path) -> Iterator[None]:
    """Turns errors of sqlite3 into StoreUnavailable."""
    try:
        yield
    except sqlite3.Error as error:
        if "locked" in str(error) or "busy" in str(error):
            raise StoreUnavailable(
                f"Another process keeps the library {path} busy; try again."
            ) from error
        raise StoreUnavailable(f"The library {path} cannot be used: {error}.") from error


def _open(path: Path) -> Reader:
    """Raises sqlite3.Error, StoreUnavailable."""
    if sqlite3.sqlite_version_info < _OLDEST_SQLITE:
        raise StoreUnavailable(
            f"This Python has SQLite {sqlite3.sqlite_version}; Lookalike needs 3.37 or newer."
        )
    connection = sqlite3.connect(
        path,
        timeout=_BUSY_TIMEOUT_S,
        isolation_level=None,
        check_same_thread=False,
        factory=Reader,
    )
    try:
        connection.text_factory = to_text
        connection.create_function("fold", 1, fold, deterministic=True)
        _enter_wal(connection)
        connection.execute("PRAGMA synchronous = FULL")
        connection.execute("PRAGMA foreign_keys = ON")
        connection.execute(f"PRAGMA cache_size = -{_CACHE_KIBIBYTES}")
        connection.execute("PRAGMA journal_size_limit = 67108864")
    except BaseException:
        connection.close()
        raise
    return connection


def _enter_wal(connection: sqlite3.Connection) -> None:
    """SQLite does not wait for others when it changes the journal mode, so this does."""
    deadline = time.monotonic() + _BUSY_TIMEOUT_S
    while True:
        try:
            connection.execute("PRAGMA journal_mode = WAL")
            return
        except sqlite3.OperationalError as error:
            if "locked" not in str(error) or time.monotonic() > deadline:
                raise
            time.sleep(0.01)

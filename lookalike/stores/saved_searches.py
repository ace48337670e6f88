"""Searches that people keep, in the embedded store."""

from __future__ import annotations

import sqlite3

from lookalike.errors import AlreadyExists, SavedSearchNotFound
from lookalike.stores.connected import Connected
from lookalike.stores.records import read_clock_us
from lookalike.stores.rows import to_bytes, to_datetime
from lookalike.types import SavedSearch

_ADD = (
    "INSERT INTO saved_searches (name, query, saved_by, created_at_us) "
    "VALUES (CAST(? AS TEXT), CAST(? AS TEXT), ?, ?) RETURNING id, name, query, saved_by, "
    "created_at_us"
)
_LIST = "SELECT id, name, query, saved_by, created_at_us FROM saved_searches ORDER BY name"


class SavedSearches(Connected):
    """The saved searches of `SqliteStore`."""

    def add_saved_search(self, name: str, query: str, saved_by: str) -> SavedSearch:
        """Raises AlreadyExists when one has this name."""
        values = (to_bytes(name), to_bytes(query), saved_by, read_clock_us())
        with self._connections.writing() as connection:
            try:
                row = connection.execute(_ADD, values).fetchone()
            except sqlite3.IntegrityError as error:
                raise AlreadyExists(f"There is a saved search {name!r} already.") from error
        return _to_search(row)

    def list_saved_searches(self) -> list[SavedSearch]:
        """By name."""
        with self._connections.reading() as connection:
            return [_to_search(row) for row in connection.execute(_LIST)]

    def remove_saved_search(self, id: int) -> None:
        """Raises SavedSearchNotFound."""
        with self._connections.writing() as connection:
            if not connection.execute("DELETE FROM saved_searches WHERE id = ?", (id,)).rowcount:
                raise SavedSearchNotFound(f"There is no saved search with the number {id}.")


def _to_search(row: tuple[int, str, str, str, int]) -> SavedSearch:
    id, name, query, saved_by, created_at_us = row
    return SavedSearch(
        id=id, name=name, query=query, saved_by=saved_by, created_at=to_datetime(created_at_us)
    )

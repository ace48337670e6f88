"""The last searches of people, so that models can be compared on what is really asked."""

from __future__ import annotations

from typing import Protocol

from lookalike.stores.connected import Connected
from lookalike.stores.embeddings import SQL
from lookalike.stores.rows import to_bytes

KEPT = 100


class HistoryStore(Protocol):
    """Searches as they stand in the address bar."""

    def add_search(self, address: str) -> None:
        """Remembers it as the latest; of more than a hundred the oldest are forgotten."""

    def list_searches(self, limit: int) -> list[str]:
        """Each once, the latest first."""

    def clear_searches(self) -> None:
        """Forgets them all."""


class History(Connected):
    """Implements `HistoryStore`."""

    def add_search(self, address: str) -> None:
        """Remembers it as the latest."""
        with self._connections.writing() as connection:
            connection.execute(SQL["add_search"], {"address": to_bytes(address)})
            connection.execute(SQL["forget_searches"], {"kept": KEPT})

    def list_searches(self, limit: int) -> list[str]:
        """Each once, the latest first."""
        with self._connections.reading() as connection:
            rows = connection.execute(
                "SELECT address FROM searches ORDER BY id DESC LIMIT ?", (limit,)
            )
            return [row[0] for row in rows]

    def clear_searches(self) -> None:
        """Forgets them all."""
        with self._connections.writing() as connection:
            connection.execute("DELETE FROM searches")

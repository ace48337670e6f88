"""Vectors of several models beside each other, and which of them are searched."""

from __future__ import annotations

import sqlite3
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

import numpy as np

from lookalike.arrays import Float16s
from lookalike.errors import Conflict
from lookalike.stores.connected import Connected
from lookalike.stores.records import SQL as ASSETS
from lookalike.stores.records import read_assets, read_clock_us
from lookalike.stores.statements import load_statements
from lookalike.types import Asset

SQL = load_statements("models.sql")
_SEARCHED = "model_id"  # the setting
FORMER = "former_model"  # the setting: what was searched before a renewal that is going on


@dataclass(frozen=True, kw_only=True, slots=True)
class OwnVector:
    """A vector of the content that an asset has, or had a moment ago."""

    key: int
    sha256: str
    vector: Float16s  # [dim]


@dataclass(frozen=True, slots=True)
class Background:
    """What scores are measured against."""

    vectors: Float16s  # [m, dim]
    made_from: int  # how many pictures the library had


class EmbeddingStore(Protocol):
    """The models of one library."""

    def list_models(self) -> list[tuple[str, int]]:
        """Models that have vectors, and how many."""

    def without_vector(self, model_id: str, limit: int, after_key: int = 0) -> list[Asset]:
        """Indexed assets that have no vector of this model, by key."""

    def count_without_vector(self, model_id: str) -> tuple[int, int]:
        """How many indexed assets have no vector of this model, and how many there are."""

    def save_vectors(self, model_id: str, vectors: Sequence[OwnVector]) -> None:
        """Saves vectors of a model that is not searched yet; those of content that an asset does
        not have any more are dropped. Searches notice nothing."""

    def use_model(self, model_id: str) -> None:
        """From now on the vectors of this model are searched, in all processes, in one step.
        Assets that have none of its vectors become pending."""

    def renew_model(self, model_id: str) -> None:
        """As `use_model`, but assets that have no vector of the model stay as they are until
        `settle_model`, and the setting FORMER names the model of before."""

    def settle_model(self) -> None:
        """Ends a renewal: assets that still have no vector of the searched model become pending."""

    def drop_vectors(self, model_id: str, limit: int) -> int:
        """Forgets at most `limit` vectors of a model; returns how many. Raises Conflict for the
        model that is searched."""

    def get_background(self, model_id: str) -> Background | None:
        """What was saved for this model."""

    def save_background(self, model_id: str, background: Background) -> None:
        """In place of what was there."""


class Embeddings(Connected):
    """Implements `EmbeddingStore`."""

    def list_models(self) -> list[tuple[str, int]]:
        """Models that have vectors, and how many."""
        with self._connections.reading() as connection:
            return connection.execute(SQL["list_models"]).fetchall()

    def without_vector(self, model_id: str, limit: int, after_key: int = 0) -> list[Asset]:
        """Indexed assets that have no vector of this model, by key."""
        values = {"model": model_id, "limit": limit, "after_key": after_key}
        with self._connections.reading() as connection:
            rows = connection.execute(SQL["without_vector"], values)
            return read_assets(connection, [row[0] for row in rows])

    def count_without_vector(self, model_id: str) -> tuple[int, int]:
        """How many indexed assets have no vector of this model, and how many there are."""
        with self._connections.reading() as connection:
            row = connection.execute(SQL["count_without_vector"], {"model": model_id}).fetchone()
        return int(row[0]), int(row[1])

    def save_vectors(self, model_id: str, vectors: Sequence[OwnVector]) -> None:
        """Saves vectors of content that assets still have."""
        rows = [
            {
                "key": own.key,
                "sha256": own.sha256,
                "model": model_id,
                "vector": np.ascontiguousarray(own.vector, "<f2").tobytes(),
            }
            for own in vectors
        ]
        with self._connections.writing() as connection:
            connection.execute(ASSETS["add_model"], {"name": model_id})
            connection.executemany(SQL["save_own_vector"], rows)

    def use_model(self, model_id: str) -> None:
        """From now on the vectors of this model are searched."""
        with self._connections.writing() as connection:
            if _setting(connection, _SEARCHED) == model_id:
                return
            _search_with(connection, model_id)
            _settle(connection, model_id)

    def renew_model(self, model_id: str) -> None:
        """From now on the vectors of this model are searched, as far as they are there."""
        with self._connections.writing() as connection:
            former = _setting(connection, FORMER) or _setting(connection, _SEARCHED)
            if former is None or _setting(connection, _SEARCHED) == model_id:
                return
            _put(connection, FORMER, former)
            _search_with(connection, model_id)
            connection.execute(SQL["note_model"])

    def settle_model(self) -> None:
        """Ends a renewal."""
        with self._connections.writing() as connection:
            searched = _setting(connection, _SEARCHED)
            if searched is not None and _setting(connection, FORMER) is not None:
                _settle(connection, searched)

    def drop_vectors(self, model_id: str, limit: int) -> int:
        """Forgets at most `limit` vectors of a model. Raises Conflict."""
        values = {"model": model_id, "limit": limit}
        with self._connections.writing() as connection:
            if _setting(connection, _SEARCHED) == model_id:
                raise Conflict(f"The vectors of {model_id} are in use; change to another first.")
            count = connection.execute(SQL["drop_vectors"], values).rowcount
            if not count:
                connection.execute(SQL["drop_background"], values)
                connection.execute("DELETE FROM models WHERE name = :model", values)
            return count

    def get_background(self, model_id: str) -> Background | None:
        """What was saved for this model."""
        with self._connections.reading() as connection:
            row = connection.execute(SQL["get_background"], {"model": model_id}).fetchone()
        if row is None:
            return None
        return Background(np.frombuffer(row[1], "<f2").reshape(-1, row[0]), row[2])

    def save_background(self, model_id: str, background: Background) -> None:
        """In place of what was there."""
        values = {
            "model": model_id,
            "dim": background.vectors.shape[1],
            "vectors": np.ascontiguousarray(background.vectors, "<f2").tobytes(),
            "made_from": background.made_from,
        }
        with self._connections.writing() as connection:
            connection.execute(ASSETS["add_model"], {"name": model_id})
            connection.execute(SQL["save_background"], values)


def _setting(connection: sqlite3.Connection, name: str) -> str | None:
    row = connection.execute("SELECT value FROM settings WHERE name = ?", (name,)).fetchone()
    return None if row is None else str(row[0])


def _put(connection: sqlite3.Connection, name: str, value: str) -> None:
    connection.execute("INSERT OR REPLACE INTO settings VALUES (?, ?)", (name, value))


def _search_with(connection: sqlite3.Connection, model_id: str) -> None:
    connection.execute(ASSETS["add_model"], {"name": model_id})
    _put(connection, _SEARCHED, model_id)


def _settle(connection: sqlite3.Connection, model_id: str) -> None:
    """Assets are searchable when they have a vector of the searched model, else they wait."""
    values = {"model": model_id, "now_us": read_clock_us()}
    connection.execute("DELETE FROM settings WHERE name = ?", (FORMER,))
    for name in ("see_vectors", "await_vectors", "await_vectors_later", "note_model"):
        connection.execute(SQL[name], values)

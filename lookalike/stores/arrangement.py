"""Groups and map of the embedded store, as they were last arranged."""

from __future__ import annotations

import sqlite3
from collections.abc import Sequence

import numpy as np

from lookalike.errors import GroupNotFound
from lookalike.stores.base import ArrangedGroup, Arrangement, Places
from lookalike.stores.connected import Connected
from lookalike.stores.records import read_clock_us
from lookalike.stores.rows import to_bytes, to_datetime

# An asset may be gone by the time at which its place is saved.
_PUT_PLACE = (
    "INSERT OR REPLACE INTO places (asset_key, group_id, nearness, x, y) "
    "SELECT key, ?2, ?3, ?4, ?5 FROM assets WHERE key = ?1"
)
_PLACES = """
SELECT p.asset_key, coalesce(p.group_id, -1), p.nearness, p.x, p.y FROM places p
JOIN assets a ON a.key = p.asset_key WHERE a.searchable = 1 ORDER BY p.asset_key
"""


class Arrangements(Connected):
    """The arrangement of `SqliteStore`."""

    def save_arrangement(
        self, model_id: str, generation: int, groups: Sequence[ArrangedGroup], places: Places
    ) -> None:
        """Saves a whole arrangement in place of the one before."""
        with self._connections.writing() as connection:
            kept = [group.id for group in groups if group.id is not None]
            marks = ", ".join("?" * len(kept))
            connection.execute(f"DELETE FROM similar_groups WHERE id NOT IN ({marks})", kept)  # noqa: S608
            ids = [_put_group(connection, group) for group in groups]
            connection.execute("DELETE FROM places")
            connection.executemany(_PUT_PLACE, _rows(places, ids))
            connection.execute(
                "INSERT INTO arrangement VALUES (1, 1, ?1, ?2, ?3, ?4) ON CONFLICT DO UPDATE SET "
                "stamp = stamp + 1, model = ?1, generation = ?2, counted = ?3, arranged_at_us = ?4",
                (model_id, generation, len(places.keys), read_clock_us()),
            )

    def add_places(self, generation: int, places: Places) -> None:
        """Adds places to the arrangement; `places.groups` are numbers of groups, -1 for none."""
        with self._connections.writing() as connection:
            connection.executemany(_PUT_PLACE, _rows(places, None))
            connection.execute(
                "UPDATE arrangement SET generation = ?, stamp = stamp + ?",
                (generation, int(len(places.keys) > 0)),
            )

    def arrangement(self) -> Arrangement | None:
        """With the places of what is searchable; None before the first."""
        with self._connections.reading() as connection:
            head = connection.execute(
                "SELECT stamp, model, generation, counted, arranged_at_us FROM arrangement"
            ).fetchone()
            if head is None:
                return None
            groups = [
                ArrangedGroup(id, label, np.frombuffer(middle, "<f2"), cover_key)
                for id, label, middle, cover_key in connection.execute(
                    "SELECT id, label, middle, cover_key FROM similar_groups ORDER BY id"
                )
            ]
            rows = connection.execute(_PLACES).fetchall()
        table = np.array(rows, np.float64).reshape(-1, 5)
        return Arrangement(
            stamp=head[0],
            model_id=head[1],
            generation=head[2],
            counted=head[3],
            arranged_at=to_datetime(head[4]),
            groups=groups,
            places=Places(
                keys=table[:, 0].astype(np.int64),
                groups=table[:, 1].astype(np.int64),
                nearness=table[:, 2].astype(np.float32),
                points=table[:, 3:].astype(np.float32),
            ),
        )

    def arrangement_stamp(self) -> tuple[int, int]:
        """Its stamp and the generation that it reflects; zeros before the first."""
        with self._connections.reading() as connection:
            row = connection.execute("SELECT stamp, generation FROM arrangement").fetchone()
        return (0, 0) if row is None else (int(row[0]), int(row[1]))

    def name_group(self, id: int, label: str) -> None:
        """Raises GroupNotFound."""
        with self._connections.writing() as connection:
            changed = connection.execute(
                "UPDATE similar_groups SET label = CAST(? AS TEXT) WHERE id = ?",
                (to_bytes(label), id),
            ).rowcount
            if not changed:
                raise GroupNotFound(f"There is no group with the number {id}.")
            connection.execute("UPDATE arrangement SET stamp = stamp + 1")


def _put_group(connection: sqlite3.Connection, group: ArrangedGroup) -> int:
    values = (
        group.id,
        to_bytes(group.label),
        np.ascontiguousarray(group.middle, "<f2").tobytes(),
        group.cover_key,
    )
    return int(
        connection.execute(
            "INSERT OR REPLACE INTO similar_groups VALUES (?, CAST(? AS TEXT), ?, ?) RETURNING id",
            values,
        ).fetchone()[0]
    )


def _rows(
    places: Places, ids: Sequence[int] | None
) -> list[tuple[int, int | None, float, float, float]]:
    """`ids`: what the groups of `places` stand for; None: for themselves."""
    return [
        (key, None if group < 0 else group if ids is None else ids[group], near, x, y)
        for key, group, near, (x, y) in zip(
            places.keys.tolist(),
            places.groups.tolist(),
            places.nearness.tolist(),
            places.points.tolist(),
            strict=True,
        )
    ]

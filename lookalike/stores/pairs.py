"""Pairs of contents and decisions about them, in the database, within a transaction."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Sequence

import numpy as np

from lookalike.stores.base import Contents
from lookalike.stores.records import SQL
from lookalike.stores.rows import to_datetime
from lookalike.types import Decision, Pair, Relation


def read_contents(connection: sqlite3.Connection) -> Contents:
    """By key."""
    rows = connection.execute(SQL["contents"]).fetchall()
    return Contents(
        keys=np.array([row[0] for row in rows], np.int64),
        sha256=[row[1] for row in rows],
        phash64=np.frombuffer(b"".join(row[2] for row in rows), np.uint8).reshape(-1, 8),
        phash256=np.frombuffer(b"".join(row[3] for row in rows), np.uint8).reshape(-1, 32),
        sizes_px=np.array([row[4:6] for row in rows], np.int64).reshape(-1, 2),
    )


def save_pairs(
    connection: sqlite3.Connection,
    scan: str,
    pairs: Sequence[Pair],
    generation: int,
    *,
    is_last: bool,
) -> None:
    """In place of what was known of the same contents."""
    connection.executemany(
        SQL["save_pair"],
        [
            {
                "one": pair.one,
                "other": pair.other,
                "relation": pair.relation.value,
                "confidence": pair.confidence,
                "copy": pair.copy,
            }
            for pair in pairs
        ],
    )
    connection.execute(SQL["save_scan"], {"scan": scan, "generation": generation})
    if is_last:
        connection.execute(SQL["drop_doubted"])


def read_pairs(connection: sqlite3.Connection, *, doubted: bool) -> list[Pair]:
    """Those that are to be shown."""
    return [
        Pair(one=one, other=other, relation=Relation(relation), confidence=confidence, copy=copy)
        for one, other, relation, confidence, copy in connection.execute(
            SQL["list_pairs"], {"doubted": doubted}
        )
    ]


def read_relations(
    connection: sqlite3.Connection, contents: Sequence[str]
) -> dict[tuple[str, str], Relation | None]:
    """Of every two of these; decisions stand last, so that they overrule what was found."""
    rows = connection.execute(SQL["relations_among"], {"contents": json.dumps(list(contents))})
    return {
        (one, other): None if relation is None else Relation(relation)
        for one, other, relation in rows
    }


def read_decisions(connection: sqlite3.Connection) -> list[Decision]:
    """Oldest first."""
    return [
        Decision(one=one, other=other, decided_at=to_datetime(decided_at_us))
        for one, other, decided_at_us in connection.execute(SQL["list_decisions"])
    ]


def to_rows(pairs: Sequence[tuple[str, str]], now_us: int) -> list[dict[str, object]]:
    """Parameters of the statements about decisions: the lower hash first."""
    return [{"one": min(pair), "other": max(pair), "now_us": now_us} for pair in pairs]

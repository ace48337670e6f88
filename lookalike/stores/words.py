"""What people called things: words in names, tags and descriptions."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterator, Sequence

import numpy as np

from lookalike.arrays import Int64s
from lookalike.stores.connected import Connected
from lookalike.stores.connections import Connections, Reader
from lookalike.stores.records import SQL, to_json
from lookalike.stores.rows import fold, to_bytes
from lookalike.types import Suggestion, SuggestionKind

MOST_COUNTED = 1000  # a larger number is not worth the time that counting takes

Spellings = dict[str, set[str]]  # folded name -> the ways in which it is written


class Words(Connected):
    """The words of `SqliteStore`."""

    def __init__(self, connections: Connections) -> None:
        super().__init__(connections)
        self._labels: dict[str, tuple[object, Spellings]] = {}  # table -> when read, and what

    def find_phrase(self, phrase: str, limit: int | None) -> Int64s:
        """Keys of searchable assets with `phrase` in their name, in a tag or in their
        description, whatever the case, sorted."""
        folded = fold(phrase)
        keys: set[int] = set()
        if folded and limit != 0:
            with self._connections.reading() as connection:
                for statement, value in _phrase_statements(connection, folded):
                    values = {"text": value, "limit": -1 if limit is None else limit}
                    keys.update(row[0] for row in connection.execute(SQL[statement], values))
        return np.array(sorted(keys)[:limit], np.int64)

    def find_labels(self, texts: Sequence[str]) -> list[Suggestion]:
        """Tags, folders and file names (with or without ending) that equal one of `texts`,
        whatever the case, each with the number of assets that it leaves."""
        folded = [*dict.fromkeys(fold(text) for text in texts)]
        with self._connections.reading() as connection:
            tags, folders = self._spellings(connection)
            return [
                *_count(connection, SuggestionKind.TAG, _spelt(tags, folded)),
                *_count(connection, SuggestionKind.FOLDER, _spelt(folders, folded)),
                *_find_named(connection, folded),
            ]

    def _spellings(self, connection: Reader) -> tuple[Spellings, Spellings]:
        """Of tags and of folders; while nothing is written, without another look."""
        known = connection.knows()
        if "spellings" not in known:
            read = self._read(connection, "tags"), self._read(connection, "folders")
            known["spellings"] = read
        tags, folders = known["spellings"]
        return tags, folders

    def _read(self, connection: sqlite3.Connection, table: str) -> Spellings:
        """All names of a kind; read again when one was added or forgotten."""
        mark = connection.execute(SQL[f"mark_{table}"]).fetchone()
        known = self._labels.get(table)
        if known is None or known[0] != mark:
            found: Spellings = {}
            for (name,) in connection.execute(SQL[f"all_{table}"]):
                for part in name.split("/") if table == "folders" else (name,):
                    found.setdefault(fold(part), set()).add(part)
            known = self._labels[table] = (mark, found)
        return known[1]


def _phrase_statements(
    connection: sqlite3.Connection, folded: str
) -> Iterator[tuple[str, str | bytes | None]]:
    """Statements, and the text that each looks for."""
    yield "find_phrase_in_names", to_bytes(folded)
    ids = [
        id for id, name in connection.execute("SELECT id, name FROM tags") if folded in fold(name)
    ]
    if ids:
        yield "find_phrase_in_tags", to_json(ids)
    yield "find_phrase_in_descriptions", to_bytes(folded)


def _spelt(spellings: Spellings, folded: Sequence[str]) -> list[str]:
    return [name for text in folded for name in sorted(spellings.get(text, ()))]


def _count(
    connection: sqlite3.Connection, kind: SuggestionKind, names: Sequence[str]
) -> Iterator[Suggestion]:
    """Those that have searchable assets."""
    for name in names:
        values = {"name": to_bytes(name), "limit": MOST_COUNTED}
        count = connection.execute(SQL[f"count_{kind.value}"], values).fetchone()[0]
        if count:
            yield Suggestion(kind=kind, value=name, count=count)


def _find_named(connection: sqlite3.Connection, folded: Sequence[str]) -> Iterator[Suggestion]:
    """File names, each once with the number of assets that have it."""
    counts: dict[str, int] = {}
    values = {"texts": json.dumps(folded), "limit": MOST_COUNTED}
    for (name,) in connection.execute(SQL["find_named"], values):
        counts[name] = counts.get(name, 0) + 1
    for name, count in counts.items():
        yield Suggestion(kind=SuggestionKind.NAME, value=name, count=count)

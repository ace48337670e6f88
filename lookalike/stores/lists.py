"""Pages of assets in order, the folders they are in, and names that match what is typed.

A page is read from an index in its order (`listed_by_*`, `foldered_by_*`), starting behind the
last asset of the page before. Where a filter leaves few assets, they are found first, in an index
that holds all columns of filters, and then sorted: walking on until a page is full would take long.
"""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Sequence

from lookalike.stores.base import Listed, Listing, ListPlace
from lookalike.stores.filters import Condition, Parameter, read_conditions
from lookalike.stores.palettes import Palettes
from lookalike.stores.records import SQL, read_assets, to_json
from lookalike.stores.rows import fold, to_bytes
from lookalike.types import Asset, Filters, Names, Sort, State

_FEW = 20_000  # so many assets are found and sorted in about 50 ms

_SHELVES = (
    frozenset({State.PENDING, State.INDEXED, State.SKIPPED}),
    frozenset({State.MISSING}),
    frozenset({State.TRASHED}),
)
_COLUMNS = {
    Sort.CREATED: "a.key",
    Sort.TAKEN: "a.shown_at_us",
    Sort.NAME: "a.name_folded",
    Sort.SIZE: "a.size_bytes",
}
_INDEXES = {
    Sort.CREATED: "created",
    Sort.TAKEN: "shown",
    Sort.NAME: "name",
    Sort.SIZE: "size",
}

Place = tuple[str | int, int]


class Lists(Palettes):
    """The lists of `SqliteStore`."""

    def list_assets(self, listing: Listing) -> Listed:
        """One page. Raises BadFilter."""
        given = read_conditions(listing.filters) + self._colour_condition(listing.filters)
        places: list[Place] = []
        total: int | None = 0
        with self._connections.reading() as connection:
            for shelf, states in enumerate(_SHELVES):
                if wanted := states & listing.states:
                    place = _in_place(connection, listing, shelf, wanted < states, given)
                    count, found = _list_shelf(connection, listing, place)
                    places += found
                    total = None if total is None or count is None else total + count
            places.sort(reverse=listing.descending)
            page = places[: listing.limit]
            assets = read_assets(connection, [key for _, key in page])
        more = len(places) > listing.limit
        return Listed(assets, ListPlace(*page[-1]) if more else None, total)

    def find_assets(self, ids: Sequence[str]) -> list[Asset]:
        """The assets of these ids that exist, in the order of `ids`."""
        with self._connections.reading() as connection:
            rows = connection.execute(SQL["keys_of"], {"ids": json.dumps(ids)}).fetchall()
            return read_assets(connection, [key for (key,) in rows])

    def measure_trash(self) -> tuple[int, int]:
        """How many assets are in the trash, and their bytes."""
        with self._connections.reading() as connection:
            count, size_bytes = connection.execute(SQL["measure_shelf"], {"shelf": 2}).fetchone()
        return count, size_bytes

    def list_tags(self) -> list[tuple[str, int]]:
        """Tags that are in use, by name, with the number of their assets, trash included."""
        with self._connections.reading() as connection:
            return [(name, count) for name, count in connection.execute(SQL["list_tags"])]

    def find_names(self, text: str, limit: int) -> Names:
        """At most `limit` each of assets, folders and tags with `text` in their names."""
        folded = fold(text)
        if not folded or limit < 1:
            return Names(assets=(), folders=(), tags=())
        with self._connections.reading() as connection:
            keys = _find_asset_keys(connection, folded, limit)
            assets = read_assets(connection, keys)
            folders = [row[0] for row in connection.execute(SQL["list_folders"])]
            tags = [row[0] for row in connection.execute("SELECT name FROM tags")]
        return Names(
            assets=tuple(assets),
            folders=_matching(_with_parents(folders), folded, limit),
            tags=_matching(tags, folded, limit),
        )


# --- one shelf --------------------------------------------------------------------------------


class _Where:
    """Conditions that are joined, with their parameters."""

    def __init__(self) -> None:
        self.texts: list[str] = []
        self.values: list[Parameter] = []

    def add(self, text: str, *values: Parameter) -> None:
        self.texts.append(text)
        self.values += values

    def __str__(self) -> str:
        return " AND ".join(self.texts)


class _Shelf:
    """One shelf as a list sees it: `where` without, `narrow` with its filters."""

    def __init__(self, where: _Where, narrow: list[Condition], folder_id: int | None) -> None:
        self.where = where
        self.narrow = narrow
        self.folder_id = folder_id


def _in_place(
    connection: sqlite3.Connection,
    listing: Listing,
    shelf: int,
    some_states: bool,
    given: list[Condition],
) -> _Shelf:
    where = _Where()
    folder_id = None
    if listing.folder is not None:
        row = connection.execute(SQL["find_folder"], {"path": to_bytes(listing.folder)}).fetchone()
        folder_id = row[0] if row else -1
        where.add("a.folder_id = ?", folder_id)
    where.add("a.shelf = ?", shelf)
    narrow = list(given)
    if some_states:
        names = sorted(state.value for state in listing.states)
        narrow.append((f"a.state IN ({', '.join('?' * len(names))})", [*names]))
    return _Shelf(where, narrow, folder_id)


def _list_shelf(
    connection: sqlite3.Connection, listing: Listing, shelf: _Shelf
) -> tuple[int | None, list[Place]]:
    """How many assets there are in all, if that is known, and one more place than asked for."""
    if not shelf.narrow:
        return _count(connection, shelf), _walk(connection, listing, shelf)
    keys = _find_few(connection, listing, shelf)
    if keys is None:
        return None, _walk(connection, listing, shelf)
    return len(keys), _sort_few(connection, listing, keys)


def _count(connection: sqlite3.Connection, shelf: _Shelf) -> int:
    """From the counters that triggers keep."""
    condition = str(shelf.where).replace("a.", "")
    sql = f"SELECT coalesce(sum(assets), 0) FROM folder_counts WHERE {condition}"  # noqa: S608
    return int(connection.execute(sql, shelf.where.values).fetchone()[0])


def _find_few(connection: sqlite3.Connection, listing: Listing, shelf: _Shelf) -> list[int] | None:
    """The keys of all that pass; None when they are not few."""
    where = _Where()
    for text, values in ((str(shelf.where), shelf.where.values), *shelf.narrow):
        where.add(text, *values)
    index = _narrowest(listing)
    sql = f"SELECT a.key FROM assets a {index} WHERE {where} LIMIT {_FEW + 1}"  # noqa: S608
    keys = [row[0] for row in connection.execute(sql, where.values)]
    return keys if len(keys) <= _FEW else None


def _narrowest(listing: Listing) -> str:
    if listing.filters.tags or listing.filters.colour is not None:
        return "NOT INDEXED"  # tagged and coloured assets are found by key
    only_name = Filters(name_contains=listing.filters.name_contains)
    if listing.filters.name_contains and listing.filters == only_name:
        return f"INDEXED BY {'listed' if listing.folder is None else 'foldered'}_by_name"
    if listing.folder is not None:
        return "INDEXED BY foldered_by_created"
    return "INDEXED BY listed_filtered"


def _sort_few(connection: sqlite3.Connection, listing: Listing, keys: list[int]) -> list[Place]:
    where = _Where()
    where.add("a.key IN (SELECT value FROM json_each(?))", to_json(keys))
    return _read_places(connection, listing, where, "")


def _walk(connection: sqlite3.Connection, listing: Listing, shelf: _Shelf) -> list[Place]:
    where = _Where()
    for text, values in ((str(shelf.where), shelf.where.values), *shelf.narrow):
        where.add(text, *values)
    around = "listed" if shelf.folder_id is None else "foldered"
    return _read_places(
        connection, listing, where, f"INDEXED BY {around}_by_{_INDEXES[listing.sort]}"
    )


def _read_places(
    connection: sqlite3.Connection, listing: Listing, where: _Where, index: str
) -> list[Place]:
    """Places after that of the page before, in order."""
    column = _COLUMNS[listing.sort]
    direction, beyond = ("DESC", "<") if listing.descending else ("ASC", ">")
    if listing.after is not None:
        value, key = listing.after.value, listing.after.key
        if listing.sort is Sort.CREATED:
            where.add(f"a.key {beyond} ?", key)
        elif isinstance(value, str):
            where.add(f"({column}, a.key) {beyond} (CAST(? AS TEXT), ?)", to_bytes(value), key)
        else:
            where.add(f"({column}, a.key) {beyond} (?, ?)", value, key)
    sql = (
        f"SELECT {column}, a.key FROM assets a {index} WHERE {where} "  # noqa: S608
        f"ORDER BY {column} {direction}, a.key {direction} LIMIT {listing.limit + 1:d}"
    )
    return [(value, key) for value, key in connection.execute(sql, where.values)]


# --- names ------------------------------------------------------------------------------------


def _find_asset_keys(connection: sqlite3.Connection, folded: str, limit: int) -> list[int]:
    """Names that begin with the text come from the index at once, the others from a walk."""
    values = {"text": to_bytes(folded), "end": to_bytes(folded) + b"\xff", "limit": limit}  # type: ignore[operator]
    keys = [row[0] for row in connection.execute(SQL["find_names_beginning"], values)]
    if len(keys) < limit:
        values["limit"] = limit - len(keys)
        keys += [row[0] for row in connection.execute(SQL["find_names_holding"], values)]
    return keys


def _with_parents(paths: list[str]) -> list[str]:
    found = dict.fromkeys(paths)
    for path in paths:
        while "/" in path:
            path = path.rsplit("/", 1)[0]
            found.setdefault(path)
    return list(found)


def _matching(names: list[str], folded: str, limit: int) -> tuple[str, ...]:
    """Of paths, the last part counts."""
    ranked = []
    for name in names:
        at = fold(name.rsplit("/", 1)[-1]).find(folded)
        if at >= 0:
            ranked.append((at > 0, name))
    return tuple(name for _, name in sorted(ranked)[:limit])

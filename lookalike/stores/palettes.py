"""The colours of pictures in the embedded store."""

from __future__ import annotations

import threading
from collections.abc import Mapping, Sequence

from lookalike.arrays import Bools, Float32s, Int64s
from lookalike.colours import read_colour
from lookalike.errors import BadFilter
from lookalike.stores.colour_table import ColourTable
from lookalike.stores.connected import Connected
from lookalike.stores.connections import Connections
from lookalike.stores.filters import Condition
from lookalike.stores.records import SQL, read_assets, to_json
from lookalike.types import Asset, Filters

# A picture has a colour when this much of it does: a shoe on white is no more than that.
MIN_SHARE = 0.06
_WITHIN = 18.0  # CIEDE2000, unless the filter says otherwise
_MOST = 100.0


class Palettes(Connected):
    """The palettes of `SqliteStore`, and the filter by colour."""

    def __init__(self, connections: Connections) -> None:
        super().__init__(connections)
        self._table = ColourTable()
        self._table_lock = threading.Lock()

    def put_palettes(self, palettes: Mapping[int, bytes]) -> None:
        """Saves the colours of assets, by key; those of unknown keys are dropped."""
        rows = [{"key": key, "colours": colours} for key, colours in palettes.items()]
        with self._connections.writing() as connection:
            connection.executemany(SQL["put_palette"], rows)

    def get_palettes(self, keys: Sequence[int]) -> dict[int, bytes]:
        """The palettes of those of `keys` that have one."""
        with self._connections.reading() as connection:
            return dict(connection.execute(SQL["palettes"], {"keys": to_json(keys)}).fetchall())

    def without_palette(self, limit: int, after_key: int = 0) -> list[Asset]:
        """Searchable assets whose colours nobody has looked at, by key."""
        values = {"limit": limit, "after_key": after_key}
        with self._connections.reading() as connection:
            rows = connection.execute(SQL["without_palette"], values)
            return read_assets(connection, [row[0] for row in rows])

    def colour_amounts(self, colour: str, keys: Int64s) -> Float32s:
        """How much of each picture [n] has a colour, from 0 to 1; what is near counts a little
        less. Raises BadFilter."""
        return self._caught_up().amounts(read_colour(colour), keys)

    def _has_colour(self, filters: Filters, keys: Int64s) -> Bools:
        """Which of `keys` pass the filter by colour. Raises BadFilter."""
        assert filters.colour is not None
        colour, within = read_colour(filters.colour), _read_within(filters)
        amounts = self._caught_up().amounts(colour, keys, within=within)
        passing: Bools = amounts >= MIN_SHARE
        return passing

    def _colour_condition(self, filters: Filters) -> list[Condition]:
        """The filter by colour for lists, resolved to keys. Raises BadFilter."""
        if filters.colour is None:
            return []
        table = self._caught_up()
        keys = table.keys()
        passing = keys[self._has_colour(filters, keys)]
        return [("a.key IN (SELECT value FROM json_each(?))", [to_json(passing.tolist())])]

    def _caught_up(self) -> ColourTable:
        """Catching up costs next to nothing when there is nothing new."""
        with self._table_lock, self._connections.reading() as connection:
            rows = connection.execute(SQL["new_palettes"], {"after": self._table.change})
            self._table.add(rows.fetchall())
            return self._table


def _read_within(filters: Filters) -> float:
    within = filters.colour_within
    if within is None:
        return _WITHIN
    if isinstance(within, bool) or not isinstance(within, int | float) or not 0 < within <= _MOST:
        raise BadFilter(f"colour_within must be a number above 0 and up to 100, not {within!r}.")
    return float(within)

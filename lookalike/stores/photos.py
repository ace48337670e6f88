"""What the files of pictures say, in the embedded store."""

from __future__ import annotations

import json
from collections.abc import Sequence

from lookalike.photo_facts import PhotoFacts, make_facts
from lookalike.stores.connected import Connected
from lookalike.stores.records import SQL, put_facts, read_assets, to_json
from lookalike.types import Asset


class Photos(Connected):
    """The photo facts of `SqliteStore`."""

    def put_photo_facts(self, facts: Sequence[tuple[int, str, PhotoFacts]]) -> None:
        """Saves (key, sha256, what the file says), also where it says nothing; dropped when the
        asset is gone or has other bytes by now."""
        with self._connections.writing() as connection:
            put_facts(connection, facts)

    def get_photo_facts(self, keys: Sequence[int]) -> dict[int, PhotoFacts]:
        """Of those of `keys` whose files were looked at."""
        with self._connections.reading() as connection:
            rows = connection.execute(SQL["photo_facts"], {"keys": to_json(keys)})
            return {key: make_facts(json.loads(facts)) for key, facts in rows}

    def without_photo_facts(self, limit: int, after_key: int = 0) -> list[Asset]:
        """Searchable assets whose files nobody has looked at for that, by key."""
        values = {"limit": limit, "after_key": after_key}
        with self._connections.reading() as connection:
            rows = connection.execute(SQL["without_photo_facts"], values)
            return read_assets(connection, [row[0] for row in rows])

    def count_without_photo_facts(self) -> int:
        """How many those are."""
        with self._connections.reading() as connection:
            return int(connection.execute(SQL["count_without_photo_facts"]).fetchone()[0])

    def forget_positions(self) -> int:
        """Forgets where pictures were taken; returns of how many that was known."""
        with self._connections.writing() as connection:
            return connection.execute(SQL["forget_positions"]).rowcount

"""Which contents the embedded store knows, asked for many at once."""

from __future__ import annotations

import json
from collections.abc import Sequence

from lookalike.stores.connected import Connected
from lookalike.stores.records import SQL, read_assets, to_json
from lookalike.types import Asset


class Presence(Connected):
    """What is here, of `SqliteStore`."""

    def here_by_sha256(self, sha256s: Sequence[str]) -> dict[str, Asset]:
        """Of these contents (hex) those that are here, each with its oldest asset that is neither
        trashed nor missing."""
        with self._connections.reading() as connection:
            rows = connection.execute(SQL["contents_here"], {"sha256s": json.dumps(list(sha256s))})
            assets = read_assets(connection, [row[0] for row in rows])
        return {asset.sha256: asset for asset in assets if asset.sha256 is not None}

    def sizes_here(self, sizes: Sequence[int]) -> set[int]:
        """Those of these sizes in bytes that some such asset has."""
        with self._connections.reading() as connection:
            rows = connection.execute(SQL["sizes_here"], {"sizes": to_json(sizes)})
            return {row[0] for row in rows}

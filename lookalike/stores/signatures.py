"""What pictures are screened by when they are compared, in the embedded store."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence

from lookalike.stores.connected import Connected
from lookalike.stores.records import SQL


class Signatures(Connected):
    """The signatures of `SqliteStore`."""

    def put_signatures(self, signatures: Mapping[str, bytes]) -> None:
        """Saves those of contents, by sha256; of contents that no indexed asset has, they are
        dropped."""
        rows = [{"sha256": sha256, "cells": cells} for sha256, cells in signatures.items()]
        with self._connections.writing() as connection:
            connection.executemany(SQL["put_signatures"], rows)

    def get_signatures(self, contents: Sequence[str]) -> dict[str, bytes]:
        """Those of `contents` that somebody has looked at, by sha256."""
        with self._connections.reading() as connection:
            rows = connection.execute(SQL["signatures"], {"sha256s": json.dumps([*contents])})
            return dict(rows.fetchall())

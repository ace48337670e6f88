"""What the parts of the embedded store have in common: its connections."""

from __future__ import annotations

from lookalike.stores.connections import Connections


class Connected:
    """Base of the classes that `SqliteStore` is put together from, one for each theme."""

    def __init__(self, connections: Connections) -> None:
        self._connections = connections

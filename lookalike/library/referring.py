"""What leads to a picture: links to its copies, and saved searches."""

from __future__ import annotations

from lookalike.decisions import References
from lookalike.library.core import Core
from lookalike.types import Asset


class Referring(Core):
    """The references of `Library`."""

    def references(self, asset: Asset) -> References:
        """What the library knows of. Nobody counts who looks at a picture or has its address."""
        # An id is long enough not to turn up by chance.
        searches = (one.name for one in self._store.list_saved_searches() if asset.id in one.query)
        return References(
            copies=self._store.count_led_here(asset.id),
            searches=tuple(searches),
        )

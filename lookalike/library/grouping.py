"""Duplicates in a library."""

from __future__ import annotations

import threading
from collections.abc import Callable, Sequence

from lookalike.library.comparing import Comparing
from lookalike.types import (
    OTHER_PICTURES,
    Asset,
    Duplicates,
    Progress,
    Relation,
)

MIN_CONFIDENCE = 0.8


class Grouping(Comparing):
    """What in `Library` belongs together."""

    def duplicates(
        self,
        *,
        relations: Sequence[Relation | str] = (),
        min_confidence: float = MIN_CONFIDENCE,
        progress: Callable[[Progress], None] | None = None,
        stop: threading.Event | None = None,
    ) -> Duplicates:
        """Groups of duplicates; what is new since the last call is compared first.

        `relations`: only these; by default all that mean "the same picture".
        """
        from lookalike.search import copies

        self.compare(progress=progress, stop=stop)
        wanted = {Relation(relation) for relation in relations}
        wanted = wanted or set(Relation) - OTHER_PICTURES
        pairs = [
            pair
            for pair in self._store.list_pairs()
            if pair.relation in wanted and pair.confidence >= min_confidence
        ]
        contents = self._store.contents()
        keys: dict[str, list[int]] = {}
        for key, name in zip(contents.keys.tolist(), contents.sha256, strict=True):
            keys.setdefault(name, []).append(key)
        names = {name for pair in pairs for name in (pair.one, pair.other)}
        if Relation.IDENTICAL in wanted:
            names |= {name for name, own in keys.items() if len(own) > 1}
        found = self._store.get_assets([key for name in sorted(names) for key in keys[name]])
        assets: dict[str, list[Asset]] = {}
        for asset in found:
            if asset.sha256 is not None:
                assets.setdefault(asset.sha256, []).append(asset)
        if Relation.IDENTICAL not in wanted:
            assets = {name: each[:1] for name, each in assets.items()}
        held = [pair for pair in pairs if pair.one in assets and pair.other in assets]
        return Duplicates(
            groups=tuple(copies.group(held, assets, self._store.list_decisions())),
            coverage=self._store.coverage(),
        )

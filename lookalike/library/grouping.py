"""Duplicates and groups of similar pictures in a library."""

from __future__ import annotations

import threading
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING

from lookalike.library.comparing import Comparing
from lookalike.types import (
    OTHER_PICTURES,
    Asset,
    Duplicates,
    Progress,
    Relation,
    SimilarGroup,
    SimilarGroups,
)

if TYPE_CHECKING:
    import numpy as np

    from lookalike.arrays import Int64s

MIN_CONFIDENCE = 0.8
_LABEL_WORDS = 3


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

    # --- similar pictures -----------------------------------------------------------------

    def groups(self, *, min_size: int = 3, among: Sequence[Asset] | None = None) -> SimilarGroups:
        """Pictures that look alike, over the whole library or `among` some. Raises MissingExtra
        without the extra `groups`."""
        import numpy as np

        from lookalike.search import groups
        from lookalike.search.vocabulary import WORDS
        from lookalike.types import Filters

        keys = (
            self._store.filter_keys(Filters())
            if among is None
            else np.array(sorted(asset.key for asset in among), np.int64)
        )
        embedder = self._embedder.get()
        keys, halves = self._store.vectors(embedder.model_id, keys)
        vectors = halves.astype(np.float32).reshape(len(keys), -1)
        near = self._neighbours(keys, vectors, groups.NEIGHBOURS, within=among is not None)
        clusters = groups.find_clusters(vectors, near, min_size=min_size)
        labels = []
        if clusters:
            labels = groups.label(
                np.stack([cluster.middle for cluster in clusters]),
                vectors.mean(axis=0),
                WORDS,
                embedder.embed_texts([f"a photo of {word}" for word in WORDS]),
                _LABEL_WORDS,
            )
        found = []
        for cluster, label in zip(clusters, labels, strict=True):
            assets = self._store.get_assets(keys[cluster.rows].tolist())
            if assets:
                found.append(SimilarGroup(label=label, cover=assets[0], assets=tuple(assets)))
        return SimilarGroups(
            groups=tuple(found),
            single=len(keys) - sum(len(group.assets) for group in found),
            coverage=self._store.coverage(),
        )

    def _neighbours(self, keys: Int64s, vectors: np.ndarray, count: int, *, within: bool) -> Int64s:
        """[n, count]: rows of the nearest others, -1 for none."""
        import numpy as np

        index = self._index.get().current()
        near = np.full((len(keys), count), -1, np.int64)
        for row, vector in enumerate(vectors):
            found, _ = index.search(vector, count + 1, keys if within else None)
            places = np.minimum(np.searchsorted(keys, found), len(keys) - 1)
            places = places[(keys[places] == found) & (places != row)][:count]
            near[row, : len(places)] = places
        return near

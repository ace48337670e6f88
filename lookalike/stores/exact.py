"""The exact index: compares with every vector. The oracle of the tests, and the fallback."""

from __future__ import annotations

from pathlib import Path

import numpy as np

from lookalike.arrays import Float32s, Int64s
from lookalike.stores.base import VectorChanges
from lookalike.stores.cachefile import Stamp, pack_array, unpack_array, write_cache
from lookalike.stores.locks import ReadWriteLock
from lookalike.stores.matrix import VectorMatrix


class ExactIndex:
    """Implements `VectorIndex` with a float32 matrix: 2 KiB for a vector of 512 dimensions."""

    kind = "exact"

    def __init__(self, dim: int, *, library_id: str = "", model_id: str = "") -> None:
        """`library_id` and `model_id` mark the files that `save` writes."""
        self._stamp = Stamp(
            kind=self.kind, library_id=library_id, model_id=model_id, dim=dim, generation=0
        )
        self._matrix = VectorMatrix(dim)
        self._lock = ReadWriteLock()

    def __len__(self) -> int:
        return len(self._matrix)

    @property
    def dim(self) -> int:
        """Length of a vector."""
        return self._stamp.dim

    @property
    def stamp(self) -> Stamp:
        """What it holds, and of which library."""
        return self._stamp

    @property
    def generation(self) -> int:
        """The store's generation that this index reflects."""
        return self._stamp.generation

    @property
    def outgrown(self) -> bool:
        """Whether it should be built anew: never, since it learns nothing from the vectors."""
        return False

    def prepare(self, sample: Float32s, rows: int) -> None:
        """Nothing to learn."""

    def apply(self, changes: VectorChanges) -> None:
        """Adds, replaces and removes; afterwards `generation` is that of `changes`."""
        with self._lock.writing():
            self._matrix.delete(changes.removed)
            self._matrix.put(changes.keys, changes.vectors)
            self._stamp = self._stamp.at(changes.generation)

    def search(
        self, query: Float32s, k: int, allow: Int64s | None = None
    ) -> tuple[Int64s, Float32s]:
        """`query`: [dim]. Returns at most `k` keys and their scores, best first."""
        with self._lock.reading():
            return self._matrix.search(np.asarray(query, np.float32), k, allow)

    def search_many(self, queries: Float32s, k: int) -> Int64s:
        """`queries`: [m, dim]. The keys of the nearest, best first, [m, k], -1 for none."""
        with self._lock.reading():
            return self._matrix.search_many(queries, k)[0]

    def adopt(self, other: ExactIndex) -> None:
        """Takes over what `other` holds, which must not be used any more."""
        with self._lock.writing():
            self._matrix, self._stamp = other._matrix, other._stamp

    def save(self, path: Path) -> None:
        """Writes it beside its generation. Raises StoreUnavailable."""
        with self._lock.reading():
            parts = [
                pack_array(self._matrix.keys),
                pack_array(self._matrix.vectors.astype(np.float16)),
            ]
            stamp = self._stamp
        write_cache(path, stamp, parts)

    @classmethod
    def restore(cls, stamp: Stamp, parts: list[bytes]) -> ExactIndex:
        """The inverse of `save`. Raises ValueError for parts that do not fit."""
        index = cls(stamp.dim, library_id=stamp.library_id, model_id=stamp.model_id)
        keys, vectors = (unpack_array(part) for part in parts)
        if vectors.shape != (len(keys), stamp.dim):
            raise ValueError("the arrays do not fit the stamp")
        index._matrix.put(keys, vectors)
        index._stamp = stamp
        return index

"""The approximate index: 4-bit codes of every vector, scanned by turbovec.

turbovec must not search while it is changed, and the first search after any change lays its
codes out anew (22 ms per 100,000 vectors). So changes gather in a small exact matrix, and move
to the codes in bulk; what was removed or replaced in the codes meanwhile is passed over.
"""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np

from lookalike.arrays import Float16s, Float32s, Int64s
from lookalike.errors import MissingExtra
from lookalike.stores.base import VectorChanges
from lookalike.stores.cachefile import Stamp, pack_array, unpack_array, write_cache
from lookalike.stores.locks import ReadWriteLock
from lookalike.stores.matrix import VectorMatrix, best

_BIT_WIDTH = 4
_RECENT_LIMIT = 4096  # vectors kept out of the codes; scoring these takes well under 1 ms
_DEAD_LIMIT = 256  # codes passed over; each makes a search ask for one more
_OUTGROWN_TIMES = 8
_SETTLED_ROWS = 50_000  # fitted to a sample of so many, the codes stay good as it grows

Bools = np.ndarray[Any, np.dtype[np.bool_]]


class TurboIndex:
    """Implements `VectorIndex`: about 0.28 KiB for a vector of 512 dimensions."""

    kind = "turbo"

    def __init__(self, dim: int, *, library_id: str = "", model_id: str = "") -> None:
        """`library_id` and `model_id` mark the files that `save` writes. Raises MissingExtra."""
        self._stamp = Stamp(
            kind=self.kind, library_id=library_id, model_id=model_id, dim=dim, generation=0
        )
        self._codes = _new_codes(_padded(dim))
        self._coded: Bools = np.zeros(0, np.bool_)  # by key: it is in the codes and counts
        self._coded_count = 0
        self._dead: list[int] = []  # in the codes, but removed or replaced since
        self._is_cold = False  # the next search lays the codes out
        self._recent = VectorMatrix(dim)
        self._lock = ReadWriteLock()

    def __len__(self) -> int:
        return self._coded_count + len(self._recent)

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
        """Whether it holds so much more than it was fitted to that it should be built anew."""
        fitted = self._stamp.calibrated_rows
        return fitted < _SETTLED_ROWS and self._coded_count >= _OUTGROWN_TIMES * max(fitted, 1)

    def prepare(self, sample: Float32s, rows: int) -> None:
        """Fits the codes of an empty index. `sample`: [m, dim], a few thousand drawn evenly from
        all the `rows` vectors that it will hold; a small library needs none."""
        if len(sample):
            self._codes.calibrate(self._widened(sample))
            self._stamp = replace(self._stamp, calibrated_rows=rows)

    def apply(self, changes: VectorChanges) -> None:
        """Adds, replaces and removes; afterwards `generation` is that of `changes`."""
        with self._lock.writing():
            self._forget(np.concatenate([changes.removed, changes.keys]))
            if len(changes.keys) >= _RECENT_LIMIT:
                self._encode(changes.keys, changes.vectors)
            else:
                self._recent.put(changes.keys, changes.vectors)
            if len(self._recent) >= _RECENT_LIMIT:
                self._encode(self._recent.keys, self._recent.vectors)
                self._recent = VectorMatrix(self.dim)
            if len(self._dead) > _DEAD_LIMIT:
                self._bury()
            if self._is_cold and not changes.more:
                self._warm()
            self._stamp = self._stamp.at(changes.generation)

    def search(
        self, query: Float32s, k: int, allow: Int64s | None = None
    ) -> tuple[Int64s, Float32s]:
        """`query`: [dim]. Returns at most `k` keys and approximate scores, best first."""
        query = np.asarray(query, np.float32)
        with self._lock.reading():
            keys, scores = self._recent.search(query, k, allow)
            coded_keys, coded_scores = self._search_codes(query, k, allow)
        return best(np.concatenate([keys, coded_keys]), np.concatenate([scores, coded_scores]), k)

    def search_many(self, queries: Float32s, k: int) -> Int64s:
        """`queries`: [m, dim]. The keys of the nearest, best first, [m, k], -1 for none."""
        queries = np.asarray(queries, np.float32)
        with self._lock.reading():
            keys, scores = self._recent.search_many(queries, k)
            if self._coded_count:
                wanted = min(k + len(self._dead), len(self._codes))
                coded_scores, coded_keys = self._codes.search(self._widened(queries), wanted)
                found = coded_keys.astype(np.int64)
                coded_scores = np.where(self._coded[found], coded_scores, -np.inf)
                keys = np.concatenate([keys, found], axis=1)
                scores = np.concatenate([scores, coded_scores], axis=1)
        order = np.argsort(-scores, axis=1, kind="stable")[:, :k]
        is_there = np.isfinite(np.take_along_axis(scores, order, axis=1))
        return np.where(is_there, np.take_along_axis(keys, order, axis=1), -1)

    def adopt(self, other: TurboIndex) -> None:
        """Takes over what `other` holds, which must not be used any more."""
        with self._lock.writing():
            self._codes, self._is_cold = other._codes, other._is_cold
            self._coded, self._coded_count = other._coded, other._coded_count
            self._dead, self._recent, self._stamp = other._dead, other._recent, other._stamp

    def save(self, path: Path) -> None:
        """Writes it beside its generation. Raises StoreUnavailable."""
        with self._lock.reading():
            parts = [
                self._codes.to_bytes(),
                pack_array(np.flatnonzero(self._coded)),
                pack_array(np.array(self._dead, np.int64)),
                pack_array(self._recent.keys),
                pack_array(self._recent.vectors.astype(np.float16)),
            ]
            stamp = self._stamp
        write_cache(path, stamp, parts)

    @classmethod
    def restore(cls, stamp: Stamp, parts: list[bytes]) -> TurboIndex:
        """The inverse of `save`. Raises ValueError for parts that do not fit, MissingExtra."""
        index = cls(stamp.dim, library_id=stamp.library_id, model_id=stamp.model_id)
        codes, coded, dead, keys, vectors = parts
        index._codes = type(index._codes).from_bytes(codes)
        coded_keys, dead_keys = unpack_array(coded), unpack_array(dead)
        if (
            index._codes.dim != _padded(stamp.dim)
            or len(index._codes) != len(coded_keys) + len(dead_keys)
            or not all(key in index._codes for key in coded_keys[:: len(coded_keys) // 64 + 1])
        ):
            raise ValueError("the codes do not fit the stamp")
        index._mark(coded_keys)
        index._dead = dead_keys.tolist()
        index._recent.put(unpack_array(keys), unpack_array(vectors))
        index._stamp = stamp
        index._warm()
        return index

    # --- called with the lock held ---------------------------------------------------------

    def _search_codes(
        self, query: Float32s, k: int, allow: Int64s | None
    ) -> tuple[Int64s, Float32s]:
        known = None if allow is None else self._coded_of(allow)
        count = self._coded_count if known is None else len(known)
        if not count or k <= 0:
            return np.empty(0, np.int64), np.empty(0, np.float32)
        if known is None:
            wanted = min(k + len(self._dead), len(self._codes))
            scores, keys = self._codes.search(self._widened(query[None]), wanted)
        else:
            scores, keys = self._codes.search(
                self._widened(query[None]), min(k, count), allowlist=known.astype(np.uint64)
            )
        found = keys[0].astype(np.int64)
        alive = self._coded[found]
        return found[alive], np.asarray(scores[0][alive], np.float32)

    def _coded_of(self, keys: Int64s) -> Int64s:
        """Those of `keys` that are in the codes and count."""
        known = keys[(keys >= 0) & (keys < len(self._coded))]
        return known[self._coded[known]]

    def _forget(self, keys: Int64s) -> None:
        gone = np.unique(self._coded_of(keys))
        self._coded[gone] = False
        self._coded_count -= len(gone)
        self._dead += gone.tolist()
        self._recent.delete(keys)

    def _encode(self, keys: Int64s, vectors: Float16s | Float32s) -> None:
        """Moves vectors to the codes, and drops dead codes first: a key may be among them."""
        self._bury()
        rows = self._widened(np.asarray(vectors, np.float32))
        if not len(self._codes) and self._codes.calibration_state == "uncalibrated":
            self._codes.calibrate(rows)
            self._stamp = replace(self._stamp, calibrated_rows=len(rows))
        self._codes.add_with_ids(rows, keys.astype(np.uint64))
        self._mark(keys)
        self._is_cold = True

    def _bury(self) -> None:
        for key in self._dead:
            self._codes.remove(key)
            self._is_cold = True
        self._dead = []

    def _mark(self, keys: Int64s) -> None:
        if not len(keys):
            return
        top = int(keys.max())
        if top >= len(self._coded):
            coded = np.zeros(max(top + 1, 2 * len(self._coded)), np.bool_)
            coded[: len(self._coded)] = self._coded
            self._coded = coded
        self._coded[keys] = True
        self._coded_count += len(keys)

    def _warm(self) -> None:
        """Lays the codes out now, so that no search has to."""
        if len(self._codes):
            self._codes.search(np.zeros((1, self._codes.dim), np.float32), 1)
        self._is_cold = False

    def _widened(self, vectors: Float32s) -> Float32s:
        """[n, dim] -> [n, a multiple of 8], filled with zeros, which change no product."""
        extra = _padded(self.dim) - vectors.shape[1]
        wide = np.pad(vectors, ((0, 0), (0, extra))) if extra else vectors
        return np.ascontiguousarray(wide, np.float32)


def _padded(dim: int) -> int:
    return (dim + 7) // 8 * 8


def _new_codes(dim: int) -> Any:
    try:
        from turbovec import IdMapIndex
    except ImportError as error:
        raise MissingExtra(
            "The fast vector index is not installed; run `pip install turbovec`."
        ) from error
    return IdMapIndex(dim, _BIT_WIDTH)

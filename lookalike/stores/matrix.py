"""Vectors by key in one growing float32 matrix, scored exactly. Not safe for threads by itself."""

from __future__ import annotations

import numpy as np

from lookalike.arrays import Float16s, Float32s, Int64s

_FIRST_ROWS = 256
_NONE = -1


class VectorMatrix:
    """Keys are the store's: positive and dense, so a key's row is looked up in an array."""

    def __init__(self, dim: int) -> None:
        self._vectors: Float32s = np.empty((0, dim), np.float32)
        self._keys: Int64s = np.empty(0, np.int64)
        self._rows: Int64s = np.empty(0, np.int64)  # row of each key, or _NONE
        self._count = 0

    def __len__(self) -> int:
        return self._count

    @property
    def keys(self) -> Int64s:
        """[n], in the order of `vectors`."""
        return self._keys[: self._count]

    @property
    def vectors(self) -> Float32s:
        """[n, dim]."""
        return self._vectors[: self._count]

    def put(self, keys: Int64s, vectors: Float16s | Float32s) -> None:
        """Adds or replaces; `keys`: [n], unique, `vectors`: [n, dim]."""
        if not len(keys):
            return
        self._reserve(int(keys.max()))
        rows = self._rows[keys]
        new = np.flatnonzero(rows == _NONE)
        end = self._count + len(new)
        self._grow(end)
        rows[new] = np.arange(self._count, end)
        self._rows[keys] = rows
        self._keys[rows] = keys
        self._vectors[rows] = vectors
        self._count = end

    def delete(self, keys: Int64s) -> None:
        """Keys that it does not hold are ignored. The last row takes the place of a deleted one."""
        for row in -np.sort(-self.rows_of(keys)):
            last = self._count - 1
            self._rows[self._keys[row]] = _NONE
            if row != last:
                self._vectors[row] = self._vectors[last]
                self._keys[row] = self._keys[last]
                self._rows[self._keys[row]] = row
            self._count = last

    def rows_of(self, keys: Int64s) -> Int64s:
        """Rows of those keys that it holds, each once."""
        known = keys[(keys >= 0) & (keys < len(self._rows))]
        rows = self._rows[known]
        return np.unique(rows[rows != _NONE])

    def search(
        self, query: Float32s, k: int, allow: Int64s | None = None
    ) -> tuple[Int64s, Float32s]:
        """The best `k` keys and scores, best first; equal scores by key."""
        if allow is None:
            keys, scores = self.keys, _products(self.vectors, query)
        else:
            rows = self.rows_of(allow)
            keys, scores = self._keys[rows], _products(self._vectors[rows], query)
        return best(keys, scores, k)

    def search_many(self, queries: Float32s, k: int) -> tuple[Int64s, Float32s]:
        """`queries`: [m, dim]. Keys and scores [m, k], best first; -1 where there are no more."""
        keys = np.full((len(queries), k), _NONE, np.int64)
        scores = np.full((len(queries), k), -np.inf, np.float32)
        width = min(k, self._count)
        if width:
            products = queries @ self.vectors.T
            rows = np.argpartition(-products, width - 1, axis=1)[:, :width]
            found = np.take_along_axis(products, rows, axis=1)
            order = np.argsort(-found, axis=1, kind="stable")
            keys[:, :width] = self.keys[np.take_along_axis(rows, order, axis=1)]
            scores[:, :width] = np.take_along_axis(found, order, axis=1)
        return keys, scores

    def _reserve(self, key: int) -> None:
        if key >= len(self._rows):
            rows = np.full(max(key + 1, 2 * len(self._rows)), _NONE, np.int64)
            rows[: len(self._rows)] = self._rows
            self._rows = rows

    def _grow(self, count: int) -> None:
        if count <= len(self._keys):
            return
        size = max(count, _FIRST_ROWS, len(self._keys) * 3 // 2)
        keys = np.empty(size, np.int64)
        vectors = np.empty((size, self._vectors.shape[1]), np.float32)
        keys[: self._count] = self.keys
        vectors[: self._count] = self.vectors
        self._keys, self._vectors = keys, vectors


def _products(vectors: Float32s, query: Float32s) -> Float32s:
    """[n]. Not by `@`: its threads wait for each other, for 10 ms when the machine is busy, and
    gain nothing where memory is the limit."""
    products: Float32s = np.einsum("ij,j->i", vectors, query)
    return products


def best(keys: Int64s, scores: Float32s, k: int) -> tuple[Int64s, Float32s]:
    """The `k` highest scores and their keys, best first; equal scores by key."""
    if k <= 0:
        return keys[:0].copy(), scores[:0].copy()
    if k < len(keys):
        chosen = np.argpartition(-scores, k - 1)[:k]
        keys, scores = keys[chosen], scores[chosen]
    order = np.lexsort((keys, -scores))
    return keys[order], scores[order]

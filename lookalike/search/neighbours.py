"""The nearest others of each of many pictures, as rows of one array."""

from __future__ import annotations

import threading
from collections.abc import Callable

import numpy as np

from lookalike.arrays import Float32s, Int64s
from lookalike.stores.base import VectorIndex

# So many pictures or fewer are compared one by one, in less time than the index would take.
EXACT_BELOW = 6_000
_BLOCK = 512

Tell = Callable[[int], None]


def nearest_within(vectors: Float32s, count: int) -> Int64s:
    """`vectors`: unit rows [n, dim]. Rows of the nearest others [n, count], -1 for none."""
    rows = len(vectors)
    near = np.full((rows, count), -1, np.int64)
    width = min(count, rows - 1)
    if width < 1:
        return near
    for start in range(0, rows, _BLOCK):
        scores = vectors[start : start + _BLOCK] @ vectors.T
        scores[np.arange(len(scores)), np.arange(start, start + len(scores))] = -np.inf
        best = np.argpartition(-scores, width - 1, axis=1)[:, :width]
        order = np.argsort(-np.take_along_axis(scores, best, axis=1), axis=1, kind="stable")
        near[start : start + _BLOCK, :width] = np.take_along_axis(best, order, axis=1)
    return near


def nearest_in_index(
    keys: Int64s,
    read: Callable[[Int64s], Float32s],
    index: VectorIndex,
    count: int,
    *,
    tell: Tell,
    stop: threading.Event,
) -> Int64s:
    """For a whole library, whose vectors do not lie in memory at once.

    `keys`: sorted [n]; `read`: the vectors of some of them. Rows among `keys` of the nearest
    others [n, count], -1 for none; those of the index are approximate. Ends early when `stop` is
    set: then rows are missing.
    """
    near = np.full((len(keys), count), -1, np.int64)
    for start in range(0, len(keys), _BLOCK):
        if stop.is_set():
            break
        own = keys[start : start + _BLOCK]
        found = index.search_many(read(own), count + 1)
        near[start : start + _BLOCK] = rows_of_others(own, found, keys)
        tell(start + len(own))
    return near


def rows_of_others(own: Int64s, found: Int64s, keys: Int64s) -> Int64s:
    """`found`: keys [m, k + 1], best first, among them that of `own` [m]. Their rows in the sorted
    `keys`, [m, k], -1 for none."""
    places = np.minimum(np.searchsorted(keys, found), len(keys) - 1)
    rows = np.where(keys[places] == found, places, -1)
    rows[found == own[:, None]] = -1
    order = np.argsort(rows < 0, axis=1, kind="stable")
    sorted_rows: Int64s = np.take_along_axis(rows, order, axis=1)[:, :-1]
    return sorted_rows

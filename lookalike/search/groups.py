"""Groups of pictures that look alike, over the whole library.

A graph joins each picture with its nearest neighbours; the Leiden method finds the communities in
it (Traag, Waltman, van Eck, "From Louvain to Leiden", 2019), whose number nobody has to know.
Shared neighbours weigh the edges, so that a picture between two groups does not join them.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np

from lookalike.arrays import Float32s, Int64s, Vectors

NEIGHBOURS = 15  # in a large library; see `width_of`
_LEAST_NEIGHBOURS = 4
MIN_SIZE = 3
RESOLUTION = 1.0
_EDGES_AT_ONCE = 65_536  # 15 MB of comparisons


def width_of(count: int) -> int:
    """How many neighbours each of `count` pictures is joined with: in a small library 15 reach
    into other groups. Half the root fits labelled pictures best from 40 to 1,000 of them."""
    return min(NEIGHBOURS, max(_LEAST_NEIGHBOURS, 1 + round(math.sqrt(count) / 2)))


@dataclass(frozen=True, slots=True)
class Cluster:
    """Rows of vectors that belong together, the nearest to their middle first."""

    rows: Int64s
    middle: Float32s  # [dim], unit length


def find_clusters(
    vectors: Vectors,
    neighbours: Int64s,
    *,
    min_size: int = MIN_SIZE,
    resolution: float = RESOLUTION,
) -> list[Cluster]:
    """`vectors`: unit rows [n, dim], float16 or float32; `neighbours`: [n, k] rows of the nearest
    others, the nearest first, -1 for none. The largest cluster first; with a higher `resolution`
    they are smaller."""
    if len(vectors) < min_size:
        return []
    labels = _communities(neighbours[:, : width_of(len(vectors))], resolution)
    order = np.argsort(labels, kind="stable")
    parts = np.split(order, np.flatnonzero(np.diff(labels[order])) + 1)
    clusters = [_cluster(vectors, rows) for rows in parts if len(rows) >= min_size]
    return sorted(clusters, key=lambda cluster: (-len(cluster.rows), int(cluster.rows[0])))


def _communities(neighbours: Int64s, resolution: float) -> Int64s:
    """A label for each row [n]."""
    from scipy import sparse
    from sknetwork.clustering import Leiden

    count, width = neighbours.shape
    rows = np.repeat(np.arange(count), width)
    columns = neighbours.ravel()
    rows, columns = rows[columns >= 0], columns[columns >= 0]
    shared = _shared(neighbours, rows, columns)
    rows, columns, shared = rows[shared > 0], columns[shared > 0], shared[shared > 0]
    if not len(rows):
        return np.arange(count, dtype=np.int64)
    one_way = sparse.csr_matrix((shared, (rows, columns)), shape=(count, count))
    graph = sparse.csr_matrix(one_way.maximum(one_way.T))
    leiden = Leiden(resolution=resolution, random_state=0, shuffle_nodes=False)
    return np.asarray(leiden.fit_predict(graph), np.int64)


def _shared(neighbours: Int64s, rows: Int64s, columns: Int64s) -> Float32s:
    """How many neighbours the two ends of each edge have in common."""
    counts = np.zeros(len(rows), np.float32)
    for start in range(0, len(rows), _EDGES_AT_ONCE):
        part = slice(start, start + _EDGES_AT_ONCE)
        one, other = neighbours[rows[part]], neighbours[columns[part]]
        same = (one[:, :, None] == other[:, None, :]) & (one >= 0)[:, :, None]
        counts[part] = same.any(axis=2).sum(axis=1)
    return counts


def _cluster(vectors: Vectors, rows: Int64s) -> Cluster:
    middle = middle_of(vectors[rows])
    order = np.argsort(-(vectors[rows].astype(np.float32) @ middle), kind="stable")
    return Cluster(rows[order], middle)


def middle_of(vectors: Vectors) -> Float32s:
    """The direction between unit rows [n, dim], of unit length."""
    middle = vectors.mean(axis=0, dtype=np.float32)
    unit: Float32s = middle / max(float(np.linalg.norm(middle)), 1e-6)
    return unit

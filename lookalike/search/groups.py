"""Groups of pictures that look alike, over the whole library.

A graph joins each picture with its nearest neighbours; the Leiden method finds the communities in
it (Traag, Waltman, van Eck, "From Louvain to Leiden", 2019), whose number nobody has to know.
Shared neighbours weigh the edges, so that a picture between two groups does not join them.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from lookalike.arrays import Float32s, Int64s
from lookalike.errors import MissingExtra

NEIGHBOURS = 15
MIN_SIZE = 3
RESOLUTION = 1.0


@dataclass(frozen=True, slots=True)
class Cluster:
    """Rows of vectors that belong together, the nearest to their middle first."""

    rows: Int64s
    middle: Float32s  # [dim], unit length


def find_clusters(
    vectors: Float32s,
    neighbours: Int64s,
    *,
    min_size: int = MIN_SIZE,
    resolution: float = RESOLUTION,
) -> list[Cluster]:
    """`vectors`: unit rows [n, dim]; `neighbours`: [n, k] rows of the nearest others, -1 for none.

    Returns the largest cluster first. Raises MissingExtra without scikit-network.
    """
    if len(vectors) < min_size:
        return []
    labels = _communities(neighbours, resolution)
    order = np.argsort(labels, kind="stable")
    parts = np.split(order, np.flatnonzero(np.diff(labels[order])) + 1)
    clusters = [_cluster(vectors, rows) for rows in parts if len(rows) >= min_size]
    return sorted(clusters, key=lambda cluster: (-len(cluster.rows), int(cluster.rows[0])))


def _communities(neighbours: Int64s, resolution: float) -> Int64s:
    """A label for each row [n]."""
    try:
        from scipy import sparse
        from sknetwork.clustering import Leiden
    except ImportError as error:
        raise MissingExtra(
            "Groups of similar pictures need the extra `groups`: pip install 'lookalike[groups]'"
        ) from error
    count, width = neighbours.shape
    rows = np.repeat(np.arange(count), width)
    columns = neighbours.ravel()
    known = columns >= 0
    near = sparse.csr_matrix(
        (np.ones(int(known.sum()), np.float32), (rows[known], columns[known])),
        shape=(count, count),
    )
    shared = (near @ near.T).multiply(near.maximum(near.T))
    shared.setdiag(0)
    shared.eliminate_zeros()
    graph = sparse.csr_matrix(shared)
    if not graph.nnz:
        return np.arange(count, dtype=np.int64)
    leiden = Leiden(resolution=resolution, random_state=0, shuffle_nodes=False)
    return np.asarray(leiden.fit_predict(graph), np.int64)


def _cluster(vectors: Float32s, rows: Int64s) -> Cluster:
    middle = vectors[rows].mean(axis=0)
    middle = middle / max(float(np.linalg.norm(middle)), 1e-6)
    order = np.argsort(-(vectors[rows] @ middle), kind="stable")
    return Cluster(rows[order], middle)


def label(
    middles: Float32s, everything: Float32s, words: Sequence[str], word_vectors: Float32s, most: int
) -> list[str]:
    """The words that set each group apart: `middles` [n, dim] of groups, `everything` [dim], the
    middle of the library, `word_vectors` [m, dim]. At most `most` words each."""
    middles = middles - everything
    middles = middles / np.maximum(np.linalg.norm(middles, axis=1, keepdims=True), 1e-6)
    centred = word_vectors - word_vectors.mean(axis=0)
    centred = centred / np.maximum(np.linalg.norm(centred, axis=1, keepdims=True), 1e-6)
    scores = middles @ centred.T
    return [", ".join(words[i] for i in np.argsort(-row, kind="stable")[:most]) for row in scores]

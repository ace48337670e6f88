"""A map: each picture a point, near those that look like it.

t-SNE with interpolation (Linderman and others, "Fast interpolation-based t-SNE", 2019), from the
graph of neighbours that the groups rest on.
"""

from __future__ import annotations

import threading
from collections.abc import Callable

import numpy as np

from lookalike.arrays import Float32s, Int64s, Vectors

_EARLY_ROUNDS, _ROUNDS = 200, 400
_TELL_EVERY = 25
_FEW = 10  # pictures that are laid out on a circle


def lay_out(
    neighbours: Int64s,
    start: Float32s,
    *,
    threads: int,
    tell: Callable[[int, int], None],
    stop: threading.Event | None = None,
) -> Float32s:
    """`neighbours`: [n, k] rows of the nearest others, -1 for none; `start`: [n, 2], where to
    begin. Points [n, 2] around the origin, most of them within 1 of it. Ends early when `stop` is
    set."""
    count = len(neighbours)
    if count < _FEW:
        turns = np.linspace(0, 2 * np.pi, count, endpoint=False)
        return np.stack([np.cos(turns), np.sin(turns)], axis=1).astype(np.float32) * np.float32(0.5)
    from openTSNE import TSNEEmbedding, affinity
    from scipy import sparse

    rows = np.repeat(np.arange(count), neighbours.shape[1])
    columns = neighbours.ravel()
    known = columns >= 0
    ones = np.ones(int(known.sum()), np.float64)
    near = sparse.csr_matrix((ones, (rows[known], columns[known])), shape=(count, count))
    affinities = affinity.PrecomputedAffinities(sparse.csr_matrix(near + near.T))
    spread = max(float(start[:, 0].std()), 1e-9)
    embedding = TSNEEmbedding(
        np.asarray(start / spread * 1e-4, np.float64),
        affinities,
        negative_gradient_method="fft" if count > 10_000 else "bh",
        learning_rate="auto",
        n_jobs=threads,
        random_state=0,
    )

    def go_on(round_: int, _error: float, _points: object) -> bool:
        tell(min(done + round_, _EARLY_ROUNDS + _ROUNDS), _EARLY_ROUNDS + _ROUNDS)
        return stop is not None and stop.is_set()

    done = 0
    options = {"callbacks": go_on, "callbacks_every_iters": _TELL_EVERY, "inplace": True}
    embedding.optimize(_EARLY_ROUNDS, exaggeration=12, momentum=0.5, **options)
    done = _EARLY_ROUNDS
    if stop is None or not stop.is_set():
        embedding.optimize(_ROUNDS, exaggeration=None, momentum=0.8, **options)
    return _scaled(np.asarray(embedding, np.float32))


def place_near(points: Float32s, seed: Int64s) -> Float32s:
    """Where a new picture goes: `points`: [n, k, 2] of its neighbours, NaN for none, nearest
    first; `seed`: [n], so that two pictures with the same neighbours do not hide each other.

    The middle one of the neighbours, not their mean, which may lie between two islands. NaN for
    those without neighbours.
    """
    known = ~np.isnan(points[..., 0])
    filled = np.where(known[..., None], points, 0)
    middles = filled.sum(axis=1) / np.maximum(known.sum(axis=1), 1)[:, None]
    gaps = np.where(known, np.square(filled - middles[:, None]).sum(axis=2), np.inf)
    chosen = filled[np.arange(len(points)), gaps.argmin(axis=1)]
    turns = seed * 2.399963  # the golden angle
    nudge = np.stack([np.cos(turns), np.sin(turns)], axis=1) * 0.002
    placed = np.where(known.any(axis=1, keepdims=True), chosen + nudge, np.nan)
    return placed.astype(np.float32)


def first_places(vectors: Vectors) -> Float32s:
    """The two main directions of `vectors` [n, dim]: where a layout begins, [n, 2]."""
    sample = vectors[:: max(1, len(vectors) // 4096)].astype(np.float32)
    middle = sample.mean(axis=0)
    _, _, directions = np.linalg.svd(sample - middle, full_matrices=False)
    axes = np.zeros((2, vectors.shape[1]), np.float32)
    axes[: min(2, len(directions))] = directions[:2]
    parts = [
        (vectors[i : i + 8192].astype(np.float32) - middle) @ axes.T
        for i in range(0, len(vectors), 8192)
    ]
    return np.concatenate(parts)


def _scaled(points: Float32s) -> Float32s:
    centred = points - np.median(points, axis=0)
    reach = float(np.percentile(np.abs(centred), 98)) or 1.0
    scaled: Float32s = (centred / reach).astype(np.float32)
    return scaled

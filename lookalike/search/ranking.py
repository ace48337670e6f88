"""The best pictures for a query vector, scored exactly."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass, field

import numpy as np

from lookalike.arrays import Float16s, Float32s, Int64s
from lookalike.stores.base import Store, VectorIndex

_CHUNK = 4096  # rows turned from float16 to float32 at a time: a few MB


@dataclass(frozen=True, kw_only=True, slots=True)
class Corpus:
    """The pictures to choose from, and how."""

    store: Store
    model_id: str
    index: Callable[[], VectorIndex]  # called only when it is needed: it may have to be loaded
    exact_below: int  # so many allowed pictures or fewer are scored one by one
    # Held while it is searched: more threads than cores would only get into each other's way.
    turn: AbstractContextManager[object] = field(default_factory=nullcontext)


@dataclass(frozen=True, slots=True)
class Ranked:
    """Best first: keys [n] and their scores [n]."""

    keys: Int64s
    scores: Float32s


def rank(query: Float32s, corpus: Corpus, count: int, allow: Int64s | None = None) -> Ranked:
    """The best `count` pictures, of those in `allow` when it is given.

    The index may be approximate; its shortlist of `count` is scored again from the stored
    vectors, so that every score is exact and the same however it was reached.
    """
    if allow is not None and len(allow) <= corpus.exact_below:
        keys = allow
    else:
        keys, _ = corpus.index().search(query, count, allow)
    keys, vectors = corpus.store.vectors(corpus.model_id, keys)
    if not len(keys):
        return Ranked(keys, np.empty(0, np.float32))
    if len(keys) > count:
        best = np.argpartition(-_quick_scores(vectors, query), count - 1)[:count]
        keys, vectors = keys[best], vectors[best]
    return _ranked(keys, vectors, query)


def rescore(query: Float32s, corpus: Corpus, keys: Int64s) -> Ranked:
    """All of `keys` that have a vector, scored exactly."""
    keys, vectors = corpus.store.vectors(corpus.model_id, keys)
    if not len(keys):
        return Ranked(keys, np.empty(0, np.float32))
    return _ranked(keys, vectors, query)


def _ranked(keys: Int64s, vectors: Float16s, query: Float32s) -> Ranked:
    scores = _steady_scores(vectors, query)
    order = np.lexsort((keys, -scores))
    return Ranked(keys[order], scores[order])


def _quick_scores(vectors: Float16s, query: Float32s) -> Float32s:
    """[n], good enough to choose by. On one thread: starting others takes longer."""
    scores = np.empty(len(vectors), np.float32)
    for start in range(0, len(vectors), _CHUNK):
        rows = slice(start, start + _CHUNK)
        np.einsum("ij,j->i", vectors[rows].astype(np.float32), query, out=scores[rows])
    return scores


def _steady_scores(vectors: Float16s, query: Float32s) -> Float32s:
    """[n], each the same to the last bit whatever the other rows are: pages rely on it."""
    products = vectors.astype(np.float64) * query.astype(np.float64)
    scores: Float32s = products.sum(axis=1).astype(np.float32)
    return scores

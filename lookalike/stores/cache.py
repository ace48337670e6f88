"""Keeps a vector index in step with the store, and its file on disk usable.

The file names the library, the model and the generation that it reflects. When any of these
does not fit, or the file is damaged, the index is built from the store instead. Whoever puts an
older copy of the database in place of a newer one should delete the file.
"""

from __future__ import annotations

from pathlib import Path
from typing import TypeVar

import numpy as np

from lookalike.errors import MissingExtra
from lookalike.stores.base import Store
from lookalike.stores.cachefile import read_cache
from lookalike.stores.exact import ExactIndex
from lookalike.stores.turbo import TurboIndex
from lookalike.types import Filters

_CHUNK = 16_384  # changes taken from the store at once: 16 MiB at 512 dimensions
_SAMPLE = 4096  # vectors that codes are fitted to

IndexT = TypeVar("IndexT", ExactIndex, TurboIndex)


def open_index(path: Path, store: Store, model_id: str, dim: int) -> ExactIndex | TurboIndex:
    """The index of a model's vectors, caught up: from its file where that is usable, else built.

    The exact index serves where turbovec is not installed. `index.save(path)` keeps it.
    """
    try:
        TurboIndex(dim)
    except MissingExtra:
        return _open(ExactIndex, path, store, model_id, dim)
    return _open(TurboIndex, path, store, model_id, dim)


def build_index(kind: type[IndexT], store: Store, model_id: str, dim: int) -> IndexT:
    """A new index of all of a model's vectors."""
    index = kind(dim, library_id=store.get_setting("library_id") or "", model_id=model_id)
    keys = store.filter_keys(Filters())
    if len(keys) > _SAMPLE:
        chosen = np.random.default_rng(0).choice(keys, _SAMPLE, replace=False)
        _, sample = store.vectors(model_id, np.sort(chosen))
        # While vectors are still being computed only a part of the keys has one.
        index.prepare(sample.astype(np.float32), len(keys) * len(sample) // _SAMPLE)
    _follow(index, store, model_id)
    return index


def catch_up(index: ExactIndex | TurboIndex, store: Store, model_id: str) -> bool:
    """Applies what changed in the store since; returns whether anything did. Nearly free when
    nothing did. One thread at a time; searches may go on beside it."""
    generation = store.generation()
    if index.generation == generation:
        return False
    is_ahead = index.generation > generation  # the database was put back to an older state
    if not is_ahead:
        _follow(index, store, model_id)
    if is_ahead or index.outgrown:
        rebuild(index, store, model_id)
    return True


def rebuild(index: ExactIndex | TurboIndex, store: Store, model_id: str) -> None:
    """Builds the index anew from the store; its old content serves searches meanwhile."""
    if isinstance(index, TurboIndex):
        index.adopt(build_index(TurboIndex, store, model_id, index.dim))
    else:
        index.adopt(build_index(ExactIndex, store, model_id, index.dim))


def _open(kind: type[IndexT], path: Path, store: Store, model_id: str, dim: int) -> IndexT:
    index = _load(kind, path, store, model_id, dim)
    if index is None:
        return build_index(kind, store, model_id, dim)
    catch_up(index, store, model_id)
    return index


def _load(kind: type[IndexT], path: Path, store: Store, model_id: str, dim: int) -> IndexT | None:
    """The index in the file, unless it is of something else, or newer than the store."""
    try:
        stamp, parts = read_cache(path)
        fits = (stamp.kind, stamp.model_id, stamp.dim) == (kind.kind, model_id, dim)
        if not fits or stamp.library_id != store.get_setting("library_id"):
            return None
        return kind.restore(stamp, parts) if stamp.generation <= store.generation() else None
    except (OSError, ValueError):
        return None


def _follow(index: ExactIndex | TurboIndex, store: Store, model_id: str) -> None:
    more = True
    while more:
        changes = store.changes(model_id, index.generation, _CHUNK)
        index.apply(changes)
        more = changes.more

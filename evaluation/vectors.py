"""Vectors of many pictures and texts, in batches."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from itertools import islice
from typing import TypeVar

import numpy as np

from lookalike.models.base import Embedder

BATCH = 32
_T = TypeVar("_T")


def embed_pictures(pictures: Iterable[np.ndarray], embedder: Embedder) -> np.ndarray:
    """`pictures`: RGB [side, side, 3] each, of the model's side. Returns [n, dim]."""
    parts = [embedder.embed_images(np.stack(part)) for part in _batches(pictures)]
    return np.concatenate(parts)


def embed_texts(texts: Sequence[str], embedder: Embedder) -> np.ndarray:
    """[n, dim]."""
    parts = [embedder.embed_texts(part) for part in _batches(texts)]
    return np.concatenate(parts)


def _batches(values: Iterable[_T]) -> Iterator[list[_T]]:
    rest = iter(values)
    while part := list(islice(rest, BATCH)):
        yield part

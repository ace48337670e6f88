"""Embedding a batch so that one bad picture costs only itself."""

from __future__ import annotations

import numpy as np

from lookalike.arrays import Float16s, UInt8s
from lookalike.errors import InferenceFailed
from lookalike.models.base import Embedder


def embed_each(embedder: Embedder, images: UInt8s) -> list[Float16s | InferenceFailed]:
    """A vector or an error for each of `images` [n, side, side, 3].

    Raises InferenceFailed when several are asked for and none can be had: then it is the model
    that fails, not the pictures.
    """
    try:
        return [_checked(vector) for vector in embedder.embed_images(images)]
    except InferenceFailed as error:
        if len(images) == 1:
            return [error]
    one_by_one = [embed_each(embedder, images[i : i + 1])[0] for i in range(len(images))]
    if all(isinstance(result, InferenceFailed) for result in one_by_one):
        raise InferenceFailed("The model computes no vector for any picture; is its file whole?")
    return one_by_one


def _checked(vector: np.ndarray) -> Float16s | InferenceFailed:
    if not np.isfinite(vector).all():
        return InferenceFailed("The model's vector for this picture is not finite.")
    return vector.astype(np.float16)

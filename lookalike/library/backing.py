"""What a larger model's scores are measured against: a bank of the library's own pictures."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING

import numpy as np

from lookalike.arrays import Float32s, UInt8s
from lookalike.types import Calibration, Fitting

if TYPE_CHECKING:
    from lookalike.models.base import Embedder
    from lookalike.stores.service import ServiceStore

_SAMPLE = 4096  # pictures that are looked at for a bank
_GROWTH = 2  # a bank is made again when the library has so many times the pictures
_SEED = 5


class Backed:
    """A model whose background bank comes from a library."""

    def __init__(self, embedder: Embedder, read_bank: Callable[[], Float32s]) -> None:
        self._embedder = embedder
        self._read_bank = read_bank

    @property
    def model_id(self) -> str:
        """The model's."""
        return self._embedder.model_id

    @property
    def dim(self) -> int:
        """The model's."""
        return self._embedder.dim

    @property
    def image_size_px(self) -> int:
        """The model's."""
        return self._embedder.image_size_px

    @property
    def fitting(self) -> Fitting:
        """The model's."""
        return self._embedder.fitting

    @property
    def background(self) -> Float32s:
        """Vectors [m, dim]; m is 0 until the library has made a bank."""
        return self._read_bank()

    @property
    def calibration(self) -> Calibration | None:
        """The model's."""
        return self._embedder.calibration

    def embed_images(self, images: UInt8s) -> Float32s:
        """The model's."""
        return self._embedder.embed_images(images)

    def embed_texts(self, texts: Sequence[str]) -> Float32s:
        """The model's."""
        return self._embedder.embed_texts(texts)


class Bank:
    """Reads a model's bank from the store, again when there is a new one."""

    def __init__(self, store: ServiceStore, model_id: str, dim: int) -> None:
        self._store = store
        self._model_id = model_id
        self._vectors: Float32s = np.empty((0, dim), np.float32)
        self._stamp: str | None = ""

    def read(self) -> Float32s:
        """[m, dim]."""
        stamp = self._store.get_setting(_stamp_name(self._model_id))
        if stamp != self._stamp:
            found = self._store.get_background(self._model_id)
            if found is not None:
                self._vectors = found.vectors.astype(np.float32)
            self._stamp = stamp
        return self._vectors


def back(store: ServiceStore, embedder: Embedder) -> Embedder:
    """The model itself when it brings a bank, else with that of the library."""
    if len(embedder.background):
        return embedder
    return Backed(embedder, Bank(store, embedder.model_id, embedder.dim).read)


def refresh_bank(store: ServiceStore, embedder: Embedder) -> bool:
    """Makes the bank of a model that brings none, when there is none yet or the library has grown
    much since; returns whether it did."""
    from lookalike.search.background import draw_neutral, make_background
    from lookalike.stores.embeddings import Background
    from lookalike.types import Filters

    if not isinstance(embedder, Backed):
        return False
    known = store.get_background(embedder.model_id)
    if known is not None and known.made_from >= _SAMPLE:
        return False
    keys = store.filter_keys(Filters())
    if known is not None and len(keys) < _GROWTH * known.made_from:
        return False
    if len(keys) > _SAMPLE:
        keys = np.sort(np.random.default_rng(_SEED).choice(keys, _SAMPLE, replace=False))
    _, own = store.vectors(embedder.model_id, keys)
    neutral = embedder.embed_images(draw_neutral(embedder.image_size_px))
    bank = make_background(own.reshape(-1, embedder.dim).astype(np.float32), neutral)
    store.save_background(embedder.model_id, Background(bank.astype(np.float16), len(own)))
    store.put_setting(_stamp_name(embedder.model_id), str(len(own)))
    return True


def _stamp_name(model_id: str) -> str:
    """The setting that changes with the bank."""
    return f"background {model_id}"

"""Public fakes: what tests of Lookalike, and of programs that use it, hand in for real parts."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from lookalike.arrays import Float32s, UInt8s
from lookalike.types import Calibration, Fitting

_COLOURS: dict[str, tuple[int, int, int]] = {
    "red": (220, 30, 30),
    "orange": (250, 150, 30),
    "yellow": (245, 230, 40),
    "green": (40, 160, 50),
    "cyan": (40, 200, 210),
    "blue": (35, 60, 210),
    "purple": (130, 40, 170),
    "pink": (250, 150, 190),
    "brown": (120, 75, 40),
    "black": (10, 10, 10),
    "grey": (128, 128, 128),
    "white": (250, 250, 250),
}
_ALIASES = {"gray": "grey", "violet": "purple", "turquoise": "cyan"}
_GRID = 3  # the layout is that of 3 x 3 cells
_LAYOUT_WEIGHT = 0.25  # against 1 for the share of each colour


class FakeEmbedder:
    """A model that sees colours only: deterministic, tiny, and without files.

    The vector of a picture holds the share of each of twelve colours and, with less weight, a
    coarse layout; the vector of a text is that of a picture in the colours that it names. Texts
    without a colour get a direction of their own. Pictures of the same colours are close, so
    tests can tell a right answer from a wrong one.
    """

    def __init__(self, *, model_id: str = "fake-colours-1", image_size_px: int = 48) -> None:
        self._model_id = model_id
        self._image_size_px = image_size_px
        self._palette = np.array(list(_COLOURS.values()), np.float32)
        self._names = {name: i for i, name in enumerate(_COLOURS)}
        self._names |= {alias: self._names[name] for alias, name in _ALIASES.items()}

    @property
    def model_id(self) -> str:
        """As given."""
        return self._model_id

    @property
    def dim(self) -> int:
        """One number a colour, three a cell of the layout."""
        return len(_COLOURS) + 3 * _GRID * _GRID

    @property
    def image_size_px(self) -> int:
        """As given; any square is taken."""
        return self._image_size_px

    @property
    def fitting(self) -> Fitting:
        """Squashed."""
        return Fitting()

    @property
    def background(self) -> Float32s:
        """Vectors [64, dim] of made-up pictures of many random patches: a bit of every colour."""
        random = np.random.default_rng(7)
        patches = random.integers(0, 256, (64, 8, 8, 3), dtype=np.uint8)
        return self.embed_images(patches.repeat(6, axis=1).repeat(6, axis=2))

    @property
    def calibration(self) -> Calibration | None:
        """Nobody has measured it."""
        return None

    def embed_images(self, images: UInt8s) -> Float32s:
        """`images`: RGB [n, side, side, 3]. Returns [n, dim], unit rows."""
        if len(images) == 0:
            return np.zeros((0, self.dim), np.float32)
        return np.stack([self._embed_image(image) for image in images])

    def embed_texts(self, texts: Sequence[str]) -> Float32s:
        """Returns [n, dim], unit rows."""
        if not texts:
            return np.zeros((0, self.dim), np.float32)
        return np.stack([self._embed_text(text) for text in texts])

    def _embed_image(self, image: UInt8s) -> Float32s:
        step = max(1, len(image) // 24)
        pixels = image[::step, ::step].astype(np.float32)
        distances = np.square(pixels[..., None, :] - self._palette).sum(axis=-1)
        nearest = distances.argmin(axis=-1)
        shares = np.bincount(nearest.ravel(), minlength=len(_COLOURS)) / nearest.size
        cells = [
            cell.mean(axis=(0, 1))
            for rows in np.array_split(pixels, _GRID, axis=0)
            for cell in np.array_split(rows, _GRID, axis=1)
        ]
        layout = (np.concatenate(cells) / 127.5 - 1) * _LAYOUT_WEIGHT / _GRID
        return _unit(np.concatenate([np.sqrt(shares), layout]))

    def _embed_text(self, text: str) -> Float32s:
        vector = np.zeros(self.dim, np.float32)
        for word in re.findall(r"[a-z]+", text.lower()):
            if word in self._names:
                vector[self._names[word]] += 1
        if not vector.any():
            seed = list(hashlib.sha256(text.encode()).digest())
            vector = np.random.default_rng(seed).standard_normal(self.dim, np.float32)
        return _unit(vector)


def _unit(vector: NDArray[np.floating[Any]]) -> Float32s:
    return np.asarray(vector / np.linalg.norm(vector), np.float32)

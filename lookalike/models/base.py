"""What a model is to the rest of Lookalike."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol

from lookalike.arrays import Float32s, UInt8s
from lookalike.types import Calibration, Fitting


class Embedder(Protocol):
    """Turns pictures and words into comparable unit vectors. Safe to call from several threads."""

    @property
    def model_id(self) -> str:
        """Name and version; vectors of different ids are never compared."""

    @property
    def dim(self) -> int:
        """Length of a vector."""

    @property
    def image_size_px(self) -> int:
        """Side of the square that `embed_images` takes."""

    @property
    def fitting(self) -> Fitting:
        """How pictures are brought to that square."""

    @property
    def background(self) -> Float32s:
        """Vectors [m, dim] of pictures unrelated to any query; bands are measured against them."""

    @property
    def calibration(self) -> Calibration | None:
        """The thresholds of bands, as they were measured for this model; None when nobody has."""

    def embed_images(self, images: UInt8s) -> Float32s:
        """`images`: RGB [n, side, side, 3]. Returns [n, dim], unit rows. Raises InferenceFailed."""

    def embed_texts(self, texts: Sequence[str]) -> Float32s:
        """Returns [n, dim], unit rows. Raises InferenceFailed."""

"""A thumbnail made ready to be laid over others: small versions of it, each computed once."""

from __future__ import annotations

import io
from dataclasses import dataclass
from functools import cached_property

import numpy as np
from PIL import Image

from lookalike.arrays import Float32s
from lookalike.errors import CorruptImage

WORK_PX = 128  # long side of what is compared: text and logos are still seen, noise is not
SEARCH_PX = 48  # long side of what is searched for crops
SQUARE_PX = 32


@dataclass(frozen=True)
class Frame:
    """One picture, RGB, long side at most WORK_PX; about 100 KB with all that is derived."""

    image: Image.Image

    @classmethod
    def read(cls, thumbnail: bytes) -> Frame:
        """From a WebP thumbnail. Raises CorruptImage for one that was damaged on disk."""
        try:
            with Image.open(io.BytesIO(thumbnail), formats=["WEBP"]) as picture:
                return cls(_reduced(picture.convert("RGB"), WORK_PX))
        except (OSError, SyntaxError, ValueError) as error:
            raise CorruptImage(f"A thumbnail is damaged: {error}") from error

    @property
    def size(self) -> tuple[int, int]:
        """Width and height, px."""
        return self.image.size

    @cached_property
    def grey(self) -> Image.Image:
        """Without colour."""
        return self.image.convert("L")

    @cached_property
    def square(self) -> Float32s:
        """Grey [32, 32], aspect lost, mean 0, length 1: two of them multiply to a correlation."""
        small = self.grey.resize((SQUARE_PX, SQUARE_PX), Image.Resampling.BOX)
        return unit(np.asarray(small, np.float32))

    @cached_property
    def search(self) -> Image.Image:
        """Grey, long side at most SEARCH_PX."""
        return _reduced(self.grey, SEARCH_PX)

    def turned(self, orientation: int) -> Frame:
        """As EXIF `orientation` (1 to 8) would show it."""
        method = _METHODS[orientation]
        return self if method is None else Frame(self.image.transpose(method))


_METHODS = {
    1: None,
    2: Image.Transpose.FLIP_LEFT_RIGHT,
    3: Image.Transpose.ROTATE_180,
    4: Image.Transpose.FLIP_TOP_BOTTOM,
    5: Image.Transpose.TRANSPOSE,
    6: Image.Transpose.ROTATE_270,
    7: Image.Transpose.TRANSVERSE,
    8: Image.Transpose.ROTATE_90,
}
MIRRORING = frozenset({2, 4, 5, 7})
# The same on an array [rows, columns].
TURNS = {
    1: lambda a: a,
    2: lambda a: a[:, ::-1],
    3: lambda a: a[::-1, ::-1],
    4: lambda a: a[::-1],
    5: lambda a: a.T,
    6: lambda a: a[::-1].T,
    7: lambda a: a[::-1, ::-1].T,
    8: lambda a: a[:, ::-1].T,
}


def unit(values: Float32s) -> Float32s:
    """With mean 0 and length 1; zeros for a flat picture."""
    centred = values - values.mean()
    length = float(np.linalg.norm(centred))
    return centred / np.float32(length) if length > 1e-3 else np.zeros_like(centred)


def _reduced(image: Image.Image, side_px: int) -> Image.Image:
    scale = side_px / max(image.size)
    if scale >= 1:
        return image
    width_px, height_px = (max(1, round(side * scale)) for side in image.size)
    return image.resize((width_px, height_px), Image.Resampling.BOX)

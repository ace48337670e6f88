"""A thumbnail made ready to be laid over others: small versions of it, each computed once."""

from __future__ import annotations

from dataclasses import dataclass

from PIL import Image

from lookalike.arrays import UInt8s
from lookalike.images.shades import shade
from lookalike.images.signature import sign
from lookalike.images.thumbnails import decode_thumbnail
from lookalike.lazy import lazy

WORK_PX = 128  # long side of what is compared: text and logos are still seen, noise is not


@dataclass(frozen=True)
class Frame:
    """One picture, RGB, long side at most WORK_PX; about 100 KB with all that is derived."""

    image: Image.Image

    @classmethod
    def read(cls, thumbnail: bytes) -> Frame:
        """From a WebP thumbnail. Raises CorruptImage for one that was damaged on disk."""
        return cls(_reduced(decode_thumbnail(thumbnail), WORK_PX))

    @property
    def size(self) -> tuple[int, int]:
        """Width and height, px."""
        return self.image.size

    @lazy
    def grey(self) -> Image.Image:
        """Without colour."""
        return self.image.convert("L")

    @lazy
    def signature(self) -> UInt8s:
        """See `images.signature`."""
        return sign(self.grey)

    @lazy
    def shades(self) -> UInt8s:
        """See `images.shades`."""
        return shade(self.image)

    def __getstate__(self) -> dict[str, Image.Image]:
        """What goes to another process: what is derived is made anew there."""
        return {"image": self.image}

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


def _reduced(image: Image.Image, side_px: int) -> Image.Image:
    scale = side_px / max(image.size)
    if scale >= 1:
        return image.copy()  # what was read from a file keeps its decoder
    width_px, height_px = (max(1, round(side * scale)) for side in image.size)
    return image.resize((width_px, height_px), Image.Resampling.BICUBIC)

"""What a picture is screened by, and how that is kept: its signature and its shades in bytes."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from PIL import Image

from lookalike.arrays import UInt8s
from lookalike.images import shades, signature

_GREY_BYTES = signature.SIDE_PX**2
SIGNED_BYTES = _GREY_BYTES + 3 * shades.SIDE**2


class Signed(NamedTuple):
    """See `images.signature` and `images.shades`."""

    signature: UInt8s  # [48, 48]
    shades: UInt8s  # [3, 12, 12]

    @classmethod
    def of(cls, image: Image.Image) -> Signed:
        """Of an RGB picture of the size of a thumbnail."""
        return cls(signature.sign(image.convert("L")), shades.shade(image))

    @classmethod
    def from_bytes(cls, data: bytes) -> Signed:
        """`data`: SIGNED_BYTES long, as `to_bytes` makes them."""
        cells = np.frombuffer(data, np.uint8)
        return cls(
            cells[:_GREY_BYTES].reshape(signature.SIDE_PX, signature.SIDE_PX),
            cells[_GREY_BYTES:].reshape(3, shades.SIDE, shades.SIDE),
        )

    def to_bytes(self) -> bytes:
        """For the store."""
        return self.signature.tobytes() + self.shades.tobytes()

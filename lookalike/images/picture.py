"""Everything that indexing needs to know about one picture, in one value."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from datetime import datetime

import numpy as np
from PIL import Image

from lookalike.arrays import UInt8s
from lookalike.images import hashes, thumbnails
from lookalike.images.decode import Limits, decode


@dataclass(frozen=True, kw_only=True, slots=True)
class Picture:
    """A picture that was decoded, hashed and reduced to what is kept of it."""

    mime: str
    width_px: int  # as shown, at full size
    height_px: int
    size_bytes: int
    sha256: str  # hex, of the file
    phash64: bytes  # of the thumbnail before it is compressed
    phash256: bytes
    taken_at: datetime | None
    thumbnail: bytes  # WebP
    pixels: UInt8s  # [side, side, 3] RGB, aspect lost: the model's input


def prepare(data: bytes, limits: Limits, *, side_px: int) -> Picture:
    """Decodes `data` and derives all of it. Raises what `decode` raises."""
    decoded = decode(data, limits, min_side_px=side_px, min_long_side_px=thumbnails.LONG_SIDE_PX)
    small = thumbnails.reduce_to_thumbnail(decoded.image)
    grey = small.convert("L")  # once for both hashes
    squashed = decoded.image.resize((side_px, side_px), Image.Resampling.BICUBIC, reducing_gap=2.0)
    return Picture(
        mime=decoded.mime,
        width_px=decoded.width_px,
        height_px=decoded.height_px,
        size_bytes=len(data),
        sha256=hashlib.sha256(data).hexdigest(),
        phash64=hashes.phash64(grey),
        phash256=hashes.phash256(grey),
        taken_at=decoded.taken_at,
        thumbnail=thumbnails.encode_thumbnail(small),
        pixels=np.asarray(squashed),
    )

"""Everything that indexing needs to know about one picture, in one value."""

from __future__ import annotations

import hashlib
import math
from dataclasses import dataclass
from datetime import datetime
from typing import NamedTuple

import numpy as np
from PIL import Image

from lookalike.arrays import UInt8s
from lookalike.images import hashes, thumbnails
from lookalike.images.decode import Limits, decode
from lookalike.images.palette import extract_palette
from lookalike.images.signed import Signed
from lookalike.photo_facts import NO_FACTS, PhotoFacts
from lookalike.types import Fitting

_SQUASH = Fitting()
_LONG_ASPECT = 6  # from here on only the middle of a picture is enlarged


class Region(NamedTuple):
    """A part of a picture, in thousandths of its sides."""

    x: int
    y: int
    width: int
    height: int


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
    palette: bytes  # as in lookalike/palettes.py
    signature: bytes  # as in images/signed.py, of the thumbnail before it is compressed
    pixels: UInt8s  # [side, side, 3] RGB: the model's input
    facts: PhotoFacts = NO_FACTS  # what the file says of it


def prepare(
    data: bytes,
    limits: Limits,
    *,
    side_px: int,
    fitting: Fitting = _SQUASH,
    region: Region | None = None,
) -> Picture:
    """Decodes `data` and derives all of it. Raises what `decode` raises.

    `side_px` and `fitting`: the square that the model takes. With `region` the thumbnail, pixels
    and hashes are those of this part; the rest is about the file.
    """
    part = min(region.width, region.height) / 1000 if region else 1.0
    decoded = decode(
        data,
        limits,
        min_side_px=math.ceil(side_px / part),
        min_long_side_px=math.ceil(thumbnails.LONG_SIDE_PX / part),
    )
    image = decoded.image.crop(_box(region, decoded.image.size)) if region else decoded.image
    small = thumbnails.reduce_to_thumbnail(image)
    grey = small.convert("L")  # once for both hashes
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
        palette=extract_palette(small),
        signature=Signed.of(small).to_bytes(),
        pixels=np.asarray(_fit(image, side_px, fitting)),
        facts=decoded.facts,
    )


def _fit(image: Image.Image, side_px: int, fitting: Fitting) -> Image.Image:
    """The square of `side_px` that a model looks at."""
    resample = Image.Resampling[fitting.resample.upper()]
    if not fitting.crop:
        return image.resize((side_px, side_px), resample, reducing_gap=2.0)
    short = min(image.size)
    width, height = side_px * image.width // short, side_px * image.height // short
    left, top = (width - side_px) // 2, (height - side_px) // 2
    box = (left, top, left + side_px, top + side_px)
    if max(width, height) <= _LONG_ASPECT * side_px:
        return image.resize((width, height), resample, reducing_gap=2.0).crop(box)
    # A strip is cut first, or a hostile one of 50 MP by 10 px would fill the memory.
    across, down = image.width / width, image.height / height
    around = (box[0] * across, box[1] * down, box[2] * across, box[3] * down)
    return image.resize((side_px, side_px), resample, box=around, reducing_gap=2.0)


def _box(region: Region, size: tuple[int, int]) -> tuple[int, int, int, int]:
    """Left, top, right, bottom in pixels; at least one pixel."""
    width, height = size
    left = min(width - 1, region.x * width // 1000)
    top = min(height - 1, region.y * height // 1000)
    right = math.ceil((region.x + region.width) * width / 1000)
    bottom = math.ceil((region.y + region.height) * height / 1000)
    return left, top, min(width, max(right, left + 1)), min(height, max(bottom, top + 1))

"""What a picture is to the picture that was asked about, said only when it is certain.

Perceptual hashes propose, pixels decide. Product photographs on white share hashes by the
thousand, so near hashes count for nothing until the two thumbnails, brought to the same size,
agree over the whole picture and in its worst spot, where the same shirt in another colour shows.
"""

from __future__ import annotations

import io
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from lookalike.arrays import Float32s
from lookalike.types import Asset, Relation

MAX_PHASH64_BITS = 6
MAX_PHASH256_BITS = 65
# Of 255. Of 19,674 pairs among 8,061 product photographs with near hashes, these leave 2, which
# no eye tells apart; of 600 pictures they keep all copies at JPEG quality 15 and 99 % of copies
# at half the size of 224 px.
MAX_MEAN_DIFFERENCE = 6.5
MAX_SPOT_SHIFT = 9.5

_SIDE_PX = 32  # larger sides compare sharpness, which resizing changes
_SPOTS = 8


@dataclass(frozen=True, kw_only=True, slots=True)
class Sample:
    """The picture that was asked about: from outside, or an asset (then `key` is set)."""

    key: int | None = None
    sha256: str
    width_px: int
    height_px: int
    phash64: bytes
    phash256: bytes
    thumbnail: bytes | None  # WebP; without it no pixels are compared


ReadThumbnail = Callable[[Asset], bytes | None]


def relate(sample: Sample, asset: Asset, read_thumbnail: ReadThumbnail) -> Relation | None:
    """How `asset` derives from the sample, or None when that is not certain."""
    if asset.key == sample.key:
        return Relation.SELF
    if asset.sha256 == sample.sha256:
        return Relation.IDENTICAL
    if sample.thumbnail is None or not _hashes_are_near(sample, asset):
        return None
    if not _shapes_match(sample, asset):
        return None
    other = read_thumbnail(asset)
    if other is None:
        return None
    is_same_size = (sample.width_px, sample.height_px) == (asset.width_px, asset.height_px)
    if is_same_size and other == sample.thumbnail:
        return Relation.SAME_PIXELS
    try:
        is_same_picture = agree(_aligned(sample.thumbnail), _aligned(other))
    except OSError:  # a thumbnail that was damaged on disk proves nothing
        return None
    if not is_same_picture:
        return None
    return Relation.RE_ENCODED if is_same_size else Relation.RESIZED


def agree(one: Float32s, other: Float32s) -> bool:
    """Whether two aligned thumbnails [32, 32, 3] show the same picture.

    Compression and resizing leave errors that cancel out within a spot (an eighth of a side);
    another colour, a caption or another object shifts the mean of some spot.
    """
    difference = one - other
    spot_px = _SIDE_PX // _SPOTS
    spots = difference.reshape(_SPOTS, spot_px, _SPOTS, spot_px, 3).mean(axis=(1, 3))
    return bool(
        np.abs(difference).mean() <= MAX_MEAN_DIFFERENCE and np.abs(spots).max() <= MAX_SPOT_SHIFT
    )


def _aligned(thumbnail: bytes) -> Float32s:
    """A thumbnail squashed to [32, 32, 3], values 0 to 255."""
    from PIL import Image  # most searches are for words and need no pictures

    with Image.open(io.BytesIO(thumbnail), formats=["WEBP"]) as picture:
        small = picture.convert("RGB").resize((_SIDE_PX, _SIDE_PX), Image.Resampling.BOX)
    return np.asarray(small, np.float32)


def _hashes_are_near(sample: Sample, asset: Asset) -> bool:
    if asset.phash64 is None or asset.phash256 is None:
        return False
    return (
        _distance_bits(sample.phash64, asset.phash64) <= MAX_PHASH64_BITS
        and _distance_bits(sample.phash256, asset.phash256) <= MAX_PHASH256_BITS
    )


def _distance_bits(one: bytes, other: bytes) -> int:
    return (int.from_bytes(one) ^ int.from_bytes(other)).bit_count()


def _shapes_match(sample: Sample, asset: Asset) -> bool:
    """Whether one could be the other resized: sides in proportion, up to a pixel of rounding."""
    if asset.width_px is None or asset.height_px is None:
        return False
    low, high = sorted(
        [(sample.width_px, sample.height_px), (asset.width_px, asset.height_px)], key=sum
    )
    return any(
        abs(low_side * high_across / high_side - low_across) <= 1.0
        for low_side, high_side, low_across, high_across in (
            (low[0], high[0], low[1], high[1]),
            (low[1], high[1], low[0], high[0]),
        )
    )

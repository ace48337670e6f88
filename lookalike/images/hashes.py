"""Perceptual hashes: near-copies of a picture lie a few bits apart.

The bits are those of ImageHash's `phash` with hash sizes 8 and 16. Both start from the low
frequencies of a small grey picture, its spectrum. Turning or mirroring the picture only transposes
the spectrum and flips signs in it, so the hashes of all eight orientations cost little more than
one. A hash proposes; it never decides alone that two pictures are the same.
"""

from __future__ import annotations

from functools import lru_cache
from typing import Any

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from lookalike.arrays import Float64s, Int64s, UInt8s

_OVERSAMPLING = 4
_DECIMALS = 6


def phash64(image: Image.Image) -> bytes:
    """8 bytes, rows of the spectrum's signs from low to high frequency, first bit highest."""
    return pack(spectrum(image, 8))


def phash256(image: Image.Image) -> bytes:
    """32 bytes, finer than `phash64`."""
    return pack(spectrum(image, 16))


def spectrum(image: Image.Image, side: int) -> Float64s:
    """The lowest frequencies [side, side] of the picture. Source: ImageHash, `phash`."""
    side_px = side * _OVERSAMPLING
    grey = image.convert("L").resize((side_px, side_px), Image.Resampling.LANCZOS)
    waves = _cosines(side, side_px)
    frequencies = waves @ np.asarray(grey, dtype=np.float64) @ waves.T
    # On flat and symmetric pictures many frequencies are zero but for rounding errors. Without
    # this their bits would be chance, here as in ImageHash.
    return frequencies.round(_DECIMALS)


def pack(frequencies: Float64s) -> bytes:
    """The hash that belongs to a spectrum: which frequencies are above the median."""
    return np.packbits(frequencies > np.median(frequencies)).tobytes()


def orientations(frequencies: Float64s) -> Float64s:
    """Spectra [8, side, side] of the picture as EXIF orientations 1 to 8 would show it."""
    odd = np.where(np.arange(len(frequencies)) % 2, -1.0, 1.0)
    mirrored = frequencies * odd
    flipped = frequencies * odd[:, None]
    turned = mirrored * odd[:, None]
    return np.stack(
        [
            frequencies,
            mirrored,
            turned,
            flipped,
            frequencies.T,
            flipped.T,
            turned.T,
            mirrored.T,
        ]
    )


def distance(left: UInt8s, right: UInt8s) -> Int64s:
    """Number of bits that differ between hashes [..., bytes]; the leading axes broadcast."""
    left, right = (_in_words(hashes) for hashes in (left, right))
    # At most 256 bits of words of 64, so that sums of columns are both small and fast.
    counts = np.bitwise_count(left ^ right)
    bits: Int64s = counts[..., 0].astype(np.int64)
    for word in range(1, counts.shape[-1]):
        bits += counts[..., word]
    return bits


def _in_words(hashes: UInt8s) -> NDArray[np.unsignedinteger[Any]]:
    """The same bits as whole numbers of 64, where they fill such."""
    if hashes.shape[-1] % 8:
        return hashes
    return np.ascontiguousarray(hashes).view(np.uint64)


@lru_cache(maxsize=4)
def _cosines(side: int, side_px: int) -> Float64s:
    """The first rows [side, side_px] of the matrix of the DCT-II, not normalised."""
    steps = np.outer(np.arange(side), 2 * np.arange(side_px) + 1)
    waves: Float64s = 2 * np.cos(steps * (np.pi / (2 * side_px)))
    return waves

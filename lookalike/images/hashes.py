"""Perceptual hashes: near-copies of a picture lie a few bits apart.

The bits are those of ImageHash's `phash` with hash sizes 8 and 16. Both start from the low
frequencies of a small grey picture, its spectrum. Turning or mirroring the picture only transposes
the spectrum and flips signs in it, so the hashes of all eight orientations cost little more than
one. A hash proposes; it never decides alone that two pictures are the same.
"""

from __future__ import annotations

from functools import lru_cache

import numpy as np
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
    bits: Int64s = np.bitwise_count(left ^ right).sum(axis=-1, dtype=np.int64)
    return bits


@lru_cache(maxsize=4)
def _cosines(side: int, side_px: int) -> Float64s:
    """The first rows [side, side_px] of the matrix of the DCT-II, not normalised."""
    steps = np.outer(np.arange(side), 2 * np.arange(side_px) + 1)
    waves: Float64s = 2 * np.cos(steps * (np.pi / (2 * side_px)))
    return waves

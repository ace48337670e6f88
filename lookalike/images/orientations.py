"""The eight orientations: of arrays, and of hashes from the stored hash alone.

Mirroring flips the sign of every other frequency and turning swaps rows and columns, so the bits
of the other orientations follow from those of one. A bit says "above the median", not "above
zero"; as the median is close to zero, a derived hash is a few bits off (at most 9 of 64 in 99 of
100 photographs), which the pixels that decide in the end do not mind.
"""

from __future__ import annotations

import numpy as np

from lookalike.arrays import UInt8s

MIRRORING = frozenset({2, 4, 5, 7})
# The same on arrays [..., rows, columns], as views.
TURNS = {
    1: lambda a: a,
    2: lambda a: a[..., ::-1],
    3: lambda a: a[..., ::-1, ::-1],
    4: lambda a: a[..., ::-1, :],
    5: lambda a: a.swapaxes(-1, -2),
    6: lambda a: a[..., ::-1, :].swapaxes(-1, -2),
    7: lambda a: a[..., ::-1, ::-1].swapaxes(-1, -2),
    8: lambda a: a[..., ::-1].swapaxes(-1, -2),
}


def orient(hashes: UInt8s) -> UInt8s:
    """`hashes`: [n, bytes], of a square number of bits. Returns [n, 8, bytes], as EXIF
    orientations 1 to 8 would show the picture."""
    count, size = hashes.shape
    side = round((size * 8) ** 0.5)
    bits = np.unpackbits(hashes, axis=1).reshape(count, side, side)
    odd = (np.arange(side) % 2).astype(np.uint8)
    mirrored, flipped = bits ^ odd, bits ^ odd[:, None]
    turned = mirrored ^ odd[:, None]
    swapped = [np.swapaxes(each, 1, 2) for each in (bits, flipped, turned, mirrored)]
    every = np.stack([bits, mirrored, turned, flipped, *swapped], axis=1)
    packed: UInt8s = np.packbits(every.reshape(count, len(TURNS), -1), axis=2)
    return packed

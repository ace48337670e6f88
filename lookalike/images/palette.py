"""The few colours that a picture consists of.

The pixels of a small version are gathered in cells of CIELAB, and the cells are clustered: the
first centre is the heaviest cell, each further one the heaviest of those that are far from all
centres so far, and a few rounds of k-means settle them. A small thing in a strong colour gets a
centre of its own that way, where splitting at medians would mix it into its surroundings.
"""

from __future__ import annotations

import numpy as np
from PIL import Image

from lookalike.arrays import Float32s, Int64s
from lookalike.palettes import COLOURS, pack, srgb_to_lab

_LONG_SIDE_PX = 64
_CELL = 6.0  # side of a cell in CIELAB
_FAR = 24.0  # from so far away a cell counts almost in full as a new centre
_ROUNDS = 4
_SAME = 9.0  # colours nearer than this are one
_MIN_SHARE = 0.008


def extract_palette(image: Image.Image) -> bytes:
    """`image`: RGB, of any size. A palette as in `lookalike.palettes`."""
    scale = _LONG_SIDE_PX / max(image.size)
    if scale < 1:
        size = tuple(max(1, round(side * scale)) for side in image.size)
        # A box would mix neighbours into colours that the picture does not have.
        image = image.resize((size[0], size[1]), Image.Resampling.NEAREST)
    pixels = srgb_to_lab(np.asarray(image)).reshape(-1, 3)
    lab, weights = _gather(pixels)
    centres = _first_centres(lab, weights)
    for _ in range(_ROUNDS):
        owners = _nearest(lab, centres)
        centres, shares = _means(lab, weights, owners, len(centres))
    centres, shares = _merge(centres, shares)
    order = np.argsort(-shares, kind="stable")
    order = order[shares[order] >= _MIN_SHARE]
    return pack(centres[order], shares[order])


def _gather(pixels: Float32s) -> tuple[Float32s, Float32s]:
    """The mean colour of each cell that holds any, and its share of the picture."""
    cells = np.floor(pixels / _CELL).astype(np.int64) + 64
    codes = (cells[:, 0] << 14) | (cells[:, 1] << 7) | cells[:, 2]
    _, places, counts = np.unique(codes, return_inverse=True, return_counts=True)
    sums = [np.bincount(places, pixels[:, axis]) for axis in range(3)]
    lab = np.stack(sums, axis=1) / counts[:, None]
    return lab.astype(np.float32), (counts / len(pixels)).astype(np.float32)


def _first_centres(lab: Float32s, weights: Float32s) -> Float32s:
    chosen = [int(weights.argmax())]
    far = np.ones(len(lab), np.float32)
    while len(chosen) < min(COLOURS, len(lab)):
        squares = np.square(lab - lab[chosen[-1]]).sum(axis=1)
        far *= 1 - np.exp(-squares / _FAR**2)
        chosen.append(int((weights * far).argmax()))
    return lab[chosen]


def _nearest(lab: Float32s, centres: Float32s) -> Int64s:
    squares = np.square(lab[:, None, :] - centres[None, :, :]).sum(axis=2)
    nearest: Int64s = squares.argmin(axis=1)
    return nearest


def _means(
    lab: Float32s, weights: Float32s, owners: Int64s, count: int
) -> tuple[Float32s, Float32s]:
    """Centres that own nothing are dropped."""
    shares = np.bincount(owners, weights, count)
    sums = np.stack([np.bincount(owners, weights * lab[:, i], count) for i in range(3)], axis=1)
    kept = shares > 0
    means = sums[kept] / shares[kept, None]
    return means.astype(np.float32), shares[kept].astype(np.float32)


def _merge(centres: Float32s, shares: Float32s) -> tuple[Float32s, Float32s]:
    """Joins the two that are nearest until all are far enough apart."""
    while len(centres) > 1:
        squares = np.square(centres[:, None] - centres[None]).sum(axis=2)
        np.fill_diagonal(squares, np.inf)
        one, other = np.unravel_index(squares.argmin(), squares.shape)
        if squares[one, other] >= _SAME**2:
            break
        pair = [one, other]
        centres[one] = np.average(centres[pair], axis=0, weights=shares[pair])
        shares[one] += shares[other]
        centres, shares = np.delete(centres, other, axis=0), np.delete(shares, other)
    return centres, shares

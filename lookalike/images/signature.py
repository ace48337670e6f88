"""What is left of a picture at 48 x 48 grey values: enough to tell most pairs apart.

Hashes and vectors propose thousands of look-alikes, such as products on white, on which decoding
and aligning would be wasted. Here they are compared many at a time, and by their structure: the
grey values, a little smoothed, less the mean of what is around them, so that silhouettes and
light say nothing. Copies agree in seven eighths of that; the last eighth may be a caption.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from functools import lru_cache

import numpy as np
from PIL import Image

from lookalike.arrays import Bools, Float32s, Int64s, UInt8s
from lookalike.images.orientations import TURNS

SIDE_PX = 48
FLAT = 1.0  # of 255, root mean square: weaker structure is mostly noise
BLANK_DIFFERENCE = 6.0  # of 255, mean, between pictures without structure that may be the same
_SPOILED = 8  # one in so many pixels may be hidden by what was put on a picture
_AROUND_PX = 2

Size = tuple[int, int]


def sign(grey: Image.Image) -> UInt8s:
    """The signature of a grey picture: [48, 48], aspect lost."""
    return np.asarray(grey.resize((SIDE_PX, SIDE_PX), Image.Resampling.BOX), np.uint8)


def structure(signatures: UInt8s, size: Size = (SIDE_PX, SIDE_PX)) -> Float32s:
    """Structure of `signatures` [n, 48, 48] at `size` (width, height): [n, height, width]."""
    return next(structures(signatures, [size]))


def structures(signatures: UInt8s, sizes: Sequence[Size], *, rim: int = 0) -> Iterator[Float32s]:
    """The same at several sizes, one after the other, without so many pixels at the rim."""
    rows = signatures.transpose(1, 0, 2).astype(np.float32, order="C")
    # One large product of matrices for all sizes, then one for each.
    flat = rows.reshape(SIDE_PX, -1)
    filters = [matrix for _, height in sizes for matrix in _filters(height, rim)]
    shrunk = np.concatenate(filters) @ flat
    start = 0
    for width, height in sizes:
        smooth_x, mean_x = _filters(width, rim)
        inner = height - 2 * rim
        smooth = shrunk[start : start + inner].reshape(-1, SIDE_PX) @ smooth_x.T
        smooth -= shrunk[start + inner : start + 2 * inner].reshape(-1, SIDE_PX) @ mean_x.T
        start += 2 * inner
        found = np.asarray(smooth.reshape(inner, len(signatures), -1), np.float32)
        yield found.transpose(1, 0, 2)


def likeness(one: UInt8s, other: UInt8s) -> tuple[Float32s, Int64s]:
    """How alike pairs of signatures [n, 48, 48] are, laid over each other in the orientation that
    fits best and without what fits worst: [n], 1 for copies; and that orientation: [n]."""
    first, second = _unit(structure(one)), _unit(structure(other))
    turned = [TURNS[turn](second) for turn in TURNS]
    best = np.stack([np.einsum("nij,nij->n", first, view) for view in turned]).argmax(axis=0)
    fitted = np.empty_like(second)
    for number, view in enumerate(turned):
        fitted[best == number] = view[best == number]
    scores = _robust(first.reshape(len(first), -1), fitted.reshape(len(fitted), -1))
    blank = _are_blank(one, other, first, second)
    scores[blank], best[blank] = 1.0, 0
    return scores, np.array([*TURNS], np.int64)[best]


def _unit(structures: Float32s) -> Float32s:
    """Of length 1; shorter where there is hardly any structure."""
    lengths = np.sqrt(np.einsum("nij,nij->n", structures, structures))
    units: Float32s = structures / np.maximum(lengths, FLAT * SIDE_PX)[:, None, None]
    return units


def _robust(one: Float32s, other: Float32s) -> Float32s:
    """Correlation of rows [n, pixels] without the eighth that fits worst: [n]."""
    power = np.maximum(np.einsum("np,np->n", one, one), 1e-6)
    gain = np.einsum("np,np->n", one, other) / power
    apart = np.abs(other - one * gain[:, None])
    last = apart.shape[1] - apart.shape[1] // _SPOILED
    kept = apart <= np.partition(apart, last, axis=1)[:, last, None]
    one, other = one * kept, other * kept
    lengths = np.einsum("np,np->n", one, one) * np.einsum("np,np->n", other, other)
    scores: Float32s = np.einsum("np,np->n", one, other) / np.maximum(np.sqrt(lengths), 1e-3)
    return scores


def _are_blank(one: UInt8s, other: UInt8s, first: Float32s, second: Float32s) -> Bools:
    """Pairs without structure, whose grey values are nearly the same."""
    powers = [np.einsum("nij,nij->n", unit, unit) for unit in (first, second)]
    apart = np.abs(one.astype(np.float32) - other).mean(axis=(1, 2))
    blank: Bools = (np.maximum(*powers) < 1.0 - 1e-3) & (apart <= BLANK_DIFFERENCE)
    return blank


@lru_cache(maxsize=128)
def _filters(size_px: int, rim: int = 0) -> tuple[Float32s, Float32s]:
    """Matrices [size - 2 * rim, 48] that shrink a side and smooth it, or take means of what is
    around."""
    edges = np.arange(size_px + 1) * (SIDE_PX / size_px)
    cells = np.arange(SIDE_PX)
    covered = np.minimum(edges[1:, None], cells + 1) - np.maximum(edges[:-1, None], cells)
    shrink = np.maximum(covered, 0.0)
    shrink /= shrink.sum(axis=1, keepdims=True)
    places = np.arange(size_px)[:, None]
    smooth, mean = np.zeros((size_px, size_px)), np.zeros((size_px, size_px))
    for step in range(-_AROUND_PX, _AROUND_PX + 1):
        near = np.clip(places + step, 0, size_px - 1)[:, 0]
        np.add.at(mean, (places[:, 0], near), 1 / (2 * _AROUND_PX + 1))
        if abs(step) <= 1:
            np.add.at(smooth, (places[:, 0], near), 0.5 if step == 0 else 0.25)
    inner = slice(rim, size_px - rim)
    filters = [(matrix @ shrink)[inner].astype(np.float32) for matrix in (smooth, mean)]
    return filters[0], filters[1]

"""Which colours a picture has where, in 12 x 12 cells: enough to tell a thing from the same thing
in another colour.

Both have the structure of copies, so that they would be laid over each other pixel by pixel.
Means of large cells hardly change when a picture is compressed or shifted a little; a change of
brightness or contrast is fitted first, and a caption covers few of them.
"""

from __future__ import annotations

import numpy as np
from PIL import Image

from lookalike.arrays import Bools, Float32s, Int64s, UInt8s
from lookalike.images.orientations import TURNS

LUMA = np.array([0.299, 0.587, 0.114], np.float32)  # Rec. 601

SIDE = 12  # cells
PLAINLY = 24.0  # of 255: a cell of which a channel is further off shows another colour
COLOURED = 20.0  # of 255: from so much chroma a cell has a hue
OTHER_HUE_DEGREES = 35.0
_VALUES = 3 * SIDE * SIDE
_FEW = 6  # coloured cells; with fewer, one that differs says little
_CLIPPED = 215.0  # of 255: cells with pixels that a change of brightness may have clipped
_BEST = 0.25
_GREY = 1.5  # mean distance of the channels from their mean, of 255
_DARK = 32.0  # the ratios of darker cells are mostly noise
_GAINS = (0.4, 2.5)
_ROUNDS = 3


def shade(image: Image.Image) -> UInt8s:
    """The cells of an RGB picture: [3, 12, 12], aspect lost."""
    cells = np.asarray(image.resize((SIDE, SIDE), Image.Resampling.BOX), np.uint8)
    return np.ascontiguousarray(cells.transpose(2, 0, 1))


def differing(ones: UInt8s, others: UInt8s, turns: Int64s) -> Float32s:
    """Which part of the cells [n, 3, 12, 12] of pairs has another colour: [n], 0 to 1. `others`
    are turned by `turns` [n] first. Of the changes of tone that are thinkable, the one counts that
    leaves least."""
    first, second = ones.astype(np.float32), _turned(others, turns)
    are_grey = _are_grey(first) | _are_grey(second)  # a grey copy says nothing of colours
    for cells in (first, second):
        cells[are_grey] = cells[are_grey].mean(axis=1, keepdims=True)
    first, second = (cells.reshape(-1, 3, SIDE * SIDE) for cells in (first, second))
    parts = [_part_off(first, second)]
    for x, y in ((first, second), (second, first)):
        for gain, offset in (_gain(x, y), _line(x, y)):
            fitted = np.clip(gain[:, None, None] * x + offset[:, None, None], 0, 255)
            parts.append(_part_off(fitted, y))
    least: Float32s = np.minimum.reduce(parts)
    return least


def rehued(ones: UInt8s, others: UInt8s, turns: Int64s) -> Float32s:
    """Which part of the cells [n, 3, 12, 12] that are coloured in both has another hue: [n], 0 to
    1. `others` are turned by `turns` [n] first. No change of brightness or contrast alters a hue.
    """
    (first, first_chroma), (second, second_chroma) = (
        _hue(ones.astype(np.float32)),
        _hue(_turned(others, turns)),
    )
    coloured = np.minimum(first_chroma, second_chroma) > COLOURED
    cosine = (first * second).sum(axis=0) / np.maximum(first_chroma * second_chroma, 1e-3)
    other = coloured & (cosine < np.cos(np.radians(OTHER_HUE_DEGREES)))
    part: Float32s = other.sum((1, 2)) / np.maximum(coloured.sum((1, 2)), _FEW, dtype=np.float32)
    return part


def misfit(ones: UInt8s, others: UInt8s, turns: Int64s) -> Float32s:
    """How far apart the cells [n, 3, 12, 12] of pairs are where they fit best: the channel that is
    furthest off in the best quarter of the cells, [n], 0 to 255. `others` are turned by `turns`
    [n] first, and of the changes of tone that are thinkable the one counts that leaves least. What
    is nearly white in either says nothing: it may have been clipped."""
    first, second = ones.astype(np.float32), _turned(others, turns)
    are_grey = _are_grey(first) | _are_grey(second)
    for cells in (first, second):
        cells[are_grey] = np.einsum("c,ncij->nij", LUMA, cells[are_grey])[:, None]
    first, second = (cells.reshape(-1, 3, SIDE * SIDE) for cells in (first, second))
    usable = np.maximum(first, second).max(axis=1) < _CLIPPED
    least = _quantile(np.abs(first - second).max(axis=1), usable, _BEST)
    for x, y in ((first, second), (second, first)):
        bright = (x > _DARK) & usable[:, None]
        ratios = np.asarray(y / np.maximum(x, 1.0), np.float32).reshape(-1, _VALUES)
        gain = np.clip(_quantile(ratios, bright.reshape(-1, _VALUES), 0.5), *_GAINS)
        for fitted in (_toned(x, gain, np.zeros_like(gain)), _toned(x, *_line(x, y))):
            off = np.abs(fitted - y).max(axis=1)
            least = np.minimum(least, _quantile(off, usable, _BEST))
    least[usable.sum(axis=1) < _FEW] = 0.0
    return least


def _toned(cells: Float32s, gain: Float32s, offset: Float32s) -> Float32s:
    return np.asarray(gain[:, None, None] * cells + offset[:, None, None], np.float32)


def _quantile(values: Float32s, usable: Bools, part: float) -> Float32s:
    """Of the usable values [n, m] of each row: [n]; 1 where there are none."""
    ordered = np.sort(np.where(usable, values, np.inf), axis=1)
    places = (usable.sum(axis=1) * part).astype(np.int64)
    found = ordered[np.arange(len(ordered)), np.minimum(places, ordered.shape[1] - 1)]
    return np.where(np.isfinite(found), found, 1.0).astype(np.float32)


def _hue(cells: Float32s) -> tuple[Float32s, Float32s]:
    """Where each cell lies on the plane of hues, [2, n, 12, 12], and how far from grey."""
    red, green, blue = np.moveaxis(cells, 1, 0)
    plane = np.stack([red - (green + blue) / 2, (green - blue) * np.float32(np.sqrt(3) / 2)])
    return plane, np.hypot(*plane)


def _turned(cells: UInt8s, turns: Int64s) -> Float32s:
    turned = np.empty(cells.shape, np.float32)
    for turn in np.unique(turns).tolist():
        turned[turns == turn] = TURNS[turn](cells[turns == turn])
    return turned


def _are_grey(cells: Float32s) -> Bools:
    away = np.abs(cells - cells.mean(axis=1, keepdims=True))
    grey: Bools = away.mean(axis=(1, 2, 3)) < _GREY
    return grey


def _part_off(one: Float32s, other: Float32s) -> Float32s:
    off = np.abs(one - other).max(axis=1) > PLAINLY
    part: Float32s = off.mean(axis=1, dtype=np.float32)
    return part


def _gain(x: Float32s, y: Float32s) -> tuple[Float32s, Float32s]:
    """The usual ratio; 1 where all is dark."""
    ratios = np.where(x > _DARK, y / np.maximum(x, 1.0), np.nan).reshape(-1, _VALUES)
    ratios[np.isnan(ratios).all(axis=1)] = 1.0
    gain = np.clip(np.nanmedian(ratios, axis=1), *_GAINS).astype(np.float32)
    return gain, np.zeros_like(gain)


def _line(x: Float32s, y: Float32s) -> tuple[Float32s, Float32s]:
    """Gain and offset by least squares, in rounds that let what fits worst count less."""
    x, y = (cells.reshape(-1, _VALUES) for cells in (x, y))
    weight = np.ones_like(x)
    for _ in range(_ROUNDS):
        total = weight.sum(axis=1)
        mean_x, mean_y = (weight * x).sum(axis=1) / total, (weight * y).sum(axis=1) / total
        from_x = x - mean_x[:, None]
        spread = np.maximum((weight * np.square(from_x)).sum(axis=1), 1e-3)
        gain = (weight * from_x * (y - mean_y[:, None])).sum(axis=1) / spread
        gain = np.clip(gain, *_GAINS)
        offset = mean_y - gain * mean_x
        residual = np.abs(y - gain[:, None] * x - offset[:, None])
        weight = 1 / (1 + np.square(residual / (2 * residual.mean(axis=1, keepdims=True) + 2)))
    return gain, offset

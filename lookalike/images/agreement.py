"""Whether two pictures agree, pixel over pixel, once one has been laid over the other.

Silhouettes on white agree by the thousand, so what counts is not how much of the area is alike
but that nothing differs: no spot in colour, and no detail in the finer structure, which two shots
of one thing never share. A change of brightness or contrast is fitted and taken away first; what
then still differs must be one small patch, as a caption or a logo is.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache, reduce

import numpy as np

from lookalike.arrays import Bools, Float32s
from lookalike.images.alignment import fine_structure
from lookalike.images.shades import LUMA

SPOTS = 24  # cells along the longer side
SURE = 1.6  # tolerances: a spot that is further off was changed
MIN_USABLE = 50  # pixels, for a change of tone to be told
SAME_GAIN = 0.05
CLIPPED = 20.0  # of 255: more tolerance near white, where a change of brightness clips
WHITE = 245.0
PLAINLY = 25.0  # of 255
BLOCK_PX = 12
MIN_STRENGTH = 8.0  # of the fine structure in a block, 0 to 255, for it to say anything
MIN_BLOCK_DETAIL = 0.5  # correlation of a block below which it shows something else
FEW = 3  # so many spots that are only just off were changed, too
_MAXLUMA_CHROMA = 1.5  # mean distance of the channels from their mean, of 255


@dataclass(frozen=True, kw_only=True, slots=True)
class Agreement:
    """What is left between two pictures after brightness and contrast were made equal."""

    difference: float  # mean over the pixels that are not in `changed`, 0 to 255
    worst: float  # the largest shift of a spot's mean outside of `changed`, in tolerances
    detail: float  # correlation of the fine structure outside of `changed`, -1 to 1
    texture: float  # strength of that structure in the flatter picture, 0 to 255
    textured: float  # part of the area that has any
    changed: float  # part of the area where they differ
    altered: float  # part of the pixels that are plainly not the same
    tint: float  # usual shift of the channel that is furthest off, 0 to 255
    white: float  # part of the area that is white in both
    gain: float
    offset: float
    is_greyed: bool  # one is grey, the other is in colour
    added: float  # which has more in the changed area: above 0 `other`, below 0 `one`; -1 to 1


def measure(one: Float32s, other: Float32s, *, most_changed: float = 1.0) -> Agreement | None:
    """`one`, `other`: RGB [height, width, 3], 0 to 255, laid over each other. None when they
    differ in more than `most_changed` of the area: then the rest need not be known."""
    one, other = (np.ascontiguousarray(np.moveaxis(picture, 2, 0)) for picture in (one, other))
    chroma = [_chroma(one), _chroma(other)]
    is_greyed = min(chroma) < _MAXLUMA_CHROMA and max(chroma) > min(chroma) + _MAXLUMA_CHROMA
    if is_greyed:
        one, other = (np.tensordot(LUMA, picture, 1)[None] for picture in (one, other))
    gain, offset = _tone(one, other)
    is_darkened = gain < 1 - SAME_GAIN
    if is_darkened:  # what was clipped can be clipped again, but not brought back
        one, other = other, one
        gain, offset = _tone(one, other)
    fitted = np.clip(one * gain + offset, 0, 255)
    tolerance = _tolerance(fitted, other)
    if abs(gain - 1) > SAME_GAIN:  # what was clipped before it was made smaller cannot be fitted
        tolerance += CLIPPED * (np.maximum(fitted, other) > 220)
    spots, tolerances = _spots(fitted - other), _spots(tolerance)
    shift = _most(np.abs(spots)) / _mean(tolerances)
    changed_spots = _changed(shift)
    if changed_spots.mean() > most_changed:
        return None
    fine_one, fine_other = fine_structure(_mean(fitted)), fine_structure(_mean(other))
    changed_spots |= _redrawn(fine_one, fine_other, shift.shape)
    kept = ~_enlarged(changed_spots, one.shape[1:])
    inner = kept.copy()
    inner[[0, -1], :] = False
    inner[:, [0, -1]] = False
    apart = np.abs(fitted - other)
    difference = _mean(apart)
    power_one, power_other = (float(np.abs(f[~kept]).sum()) for f in (fine_one, fine_other))
    added = (power_other - power_one) / max(power_one + power_other, 1e-3)
    return Agreement(
        difference=float(difference[kept].mean()) if kept.any() else 255.0,
        worst=float(shift[~changed_spots].max()) if not changed_spots.all() else 255.0,
        detail=_correlation(fine_one[inner], fine_other[inner]),
        texture=min(_strength(fine_one[inner]), _strength(fine_other[inner])),
        textured=float((np.maximum(np.abs(fine_one), np.abs(fine_other)) > 4.0)[inner].mean())
        if inner.any()
        else 0.0,
        changed=float(changed_spots.mean()),
        altered=float((_most(apart) > PLAINLY).mean()),
        tint=_tint(fitted, other),
        white=float((_least(np.minimum(one, other)) > WHITE).mean()),
        gain=gain,
        offset=offset,
        is_greyed=is_greyed,
        added=-added if is_darkened else added,
    )


# From here on pictures are [channels, height, width]: NumPy is slow along a last axis of three.
def _least(picture: Float32s) -> Float32s:
    return reduce(np.minimum, picture)


def _most(picture: Float32s) -> Float32s:
    return reduce(np.maximum, picture)


def _mean(picture: Float32s) -> Float32s:
    return np.asarray(reduce(np.add, picture) / len(picture), np.float32)


def _chroma(picture: Float32s) -> float:
    return float(np.abs(picture - _mean(picture)).mean())


def _tone(one: Float32s, other: Float32s) -> tuple[float, float]:
    """Gain and offset, equal for all channels, that bring `one` nearest to `other`.

    Pixels at the ends of the range are left out, as they were clipped. A change of brightness has
    no offset; where that explains as much, it is taken.
    """
    one, other = one[:, ::2, ::2], other[:, ::2, ::2]  # a quarter tells as much
    low, high = _least(np.minimum(one, other)), _most(np.maximum(one, other))
    usable = (low > 3) & (high < 245)
    if usable.sum() < MIN_USABLE:
        usable = high < 253
    x, y = one[:, usable].ravel(), other[:, usable].ravel()
    if len(x) < MIN_USABLE:
        return 1.0, 0.0
    best, lowest = (1.0, 0.0), float("inf")
    for gain, offset in ((1.0, 0.0), (_gain(x, y), 0.0), _line(x, y)):
        error = float(np.minimum(np.abs(y - gain * x - offset), 30.0).mean())
        if error < 0.95 * lowest - 0.05:
            best, lowest = (gain, offset), error
    return best


def _gain(x: Float32s, y: Float32s) -> float:
    """The usual ratio; dark pixels count less, as their ratio is mostly noise."""
    bright = x > 32
    return _median(y[bright] / x[bright]) if bright.sum() > MIN_USABLE else 1.0


def _line(x: Float32s, y: Float32s) -> tuple[float, float]:
    """Gain and offset by least squares, in rounds that let what fits worst count less."""
    weight = np.ones_like(x)
    gain, offset = 1.0, 0.0
    for _ in range(5):
        total = float(weight.sum())
        mean_x, mean_y = float(weight @ x) / total, float(weight @ y) / total
        spread = float(weight @ np.square(x - mean_x))
        if spread / total < 9.0:
            return 1.0, 0.0
        gain = float(weight @ ((x - mean_x) * (y - mean_y))) / spread
        offset = mean_y - gain * mean_x
        residual = np.abs(y - gain * x - offset)
        limit = 2 * _median(residual) + 2.0
        weight = (1 / (1 + np.square(residual / limit))).astype(np.float32)
    return gain, offset


def _tint(one: Float32s, other: Float32s) -> float:
    """How far apart the colours of what is neither white nor clipped are, spots left aside: dyed
    cloth is off all over, compression is not off at all."""
    usable = (_least(np.minimum(one, other)) < 235) & (_most(np.maximum(one, other)) < 250)
    if usable.sum() < MIN_USABLE:
        return 0.0
    return max(abs(_median(off)) for off in (other - one)[:, usable])


def _median(values: Float32s) -> float:
    """As `np.median`, which takes three times as long for so few."""
    middle = len(values) // 2
    if len(values) % 2:
        return float(np.partition(values, middle)[middle])
    ordered = np.partition(values, (middle - 1, middle))
    return float((ordered[middle - 1] + ordered[middle]) / 2)


def _tolerance(one: Float32s, other: Float32s) -> Float32s:
    """How far pixels may lie apart: more at edges, where half a pixel or a blur shows."""
    return np.asarray(9.0 + 0.2 * np.minimum(_range(one), _range(other)), np.float32)


def _range(picture: Float32s) -> Float32s:
    """Largest minus smallest value around each pixel."""
    largest, smallest = (_furthest(picture, furthest) for furthest in (np.maximum, np.minimum))
    return np.asarray(largest - smallest, np.float32)


def _furthest(picture: Float32s, furthest: np.ufunc) -> Float32s:
    """Of the 3 x 3 pixels around each."""
    rows = picture.copy()
    furthest(rows[:, 1:], picture[:, :-1], out=rows[:, 1:])
    furthest(rows[:, :-1], picture[:, 1:], out=rows[:, :-1])
    found = rows.copy()
    furthest(found[:, :, 1:], rows[:, :, :-1], out=found[:, :, 1:])
    furthest(found[:, :, :-1], rows[:, :, 1:], out=found[:, :, :-1])
    return found


def _spots(values: Float32s) -> Float32s:
    """Means of cells about a 24th of the longer side wide."""
    high, wide = values.shape[1:]
    step = max(1, round(max(high, wide) / SPOTS))
    rows, columns = (_means(side, max(1, side // step)) for side in (high, wide))
    return np.asarray(rows @ values @ columns.T, np.float32)


@lru_cache(maxsize=256)
def _means(side_px: int, cells: int) -> Float32s:
    """A matrix [cells, side] that takes the means of cells along a side."""
    edges = np.linspace(0, side_px, cells + 1).astype(int)
    places = np.arange(side_px)
    inside = (edges[:-1, None] <= places) & (places < edges[1:, None])
    return np.asarray(inside / inside.sum(axis=1, keepdims=True), np.float32)


def _enlarged(spots: Bools, size: tuple[int, int]) -> Bools:
    rows = np.minimum(np.arange(size[0]) * spots.shape[0] // size[0], spots.shape[0] - 1)
    columns = np.minimum(np.arange(size[1]) * spots.shape[1] // size[1], spots.shape[1] - 1)
    large: Bools = spots[rows[:, None], columns[None, :]]
    return large


def _changed(shift: Float32s) -> Bools:
    """Spots that differ, with those around them; one that hardly does is taken for noise."""
    above = shift > 1.0
    if not (shift > SURE).any() and above.sum() < FEW:
        return np.zeros_like(above)
    return _grown(above)


def _redrawn(one: Float32s, other: Float32s, shape: tuple[int, ...]) -> Bools:
    """Spots in blocks that have structure, but not the same: other letters in the same ink."""
    products, first, second = (_blocks(v) for v in (one * other, one * one, other * other))
    strongest = np.sqrt(np.maximum(first, second)) / BLOCK_PX
    alike = products / np.sqrt(np.maximum(first * second, 1e-3))
    drawn_anew = (strongest >= MIN_STRENGTH) & (alike < MIN_BLOCK_DETAIL)
    if not drawn_anew.any():
        return np.zeros(shape, bool)
    rows = _touched(drawn_anew.shape[0], shape[0], one.shape[0])
    columns = _touched(drawn_anew.shape[1], shape[1], one.shape[1])
    spots: Bools = rows.T @ drawn_anew @ columns > 0
    return spots


@lru_cache(maxsize=256)
def _touched(blocks: int, spots: int, side_px: int) -> Float32s:
    """Which spots along a side each block lies in, if only in part: [blocks, spots], 0 or 1."""
    first = np.arange(blocks)[:, None] * BLOCK_PX // 2
    spot = np.arange(spots)
    touched = (first * spots // side_px <= spot) & (
        spot < -(-(first + BLOCK_PX) * spots // side_px)
    )
    return touched.astype(np.float32)


def _blocks(values: Float32s) -> Float32s:
    """Sums over blocks of BLOCK_PX that overlap by half."""
    half = BLOCK_PX // 2
    rows, columns = values.shape[0] // half, values.shape[1] // half
    halves = values[: rows * half, : columns * half].reshape(rows, half, columns, half)
    sums = halves.sum(axis=(1, 3))
    blocks: Float32s = sums[1:, 1:] + sums[:-1, 1:] + sums[1:, :-1] + sums[:-1, :-1]
    return blocks


def _grown(spots: Bools) -> Bools:
    """With the spots around each."""
    padded = np.pad(spots, 1)
    high, wide = spots.shape
    grown: Bools = np.logical_or.reduce(
        [padded[y : y + high, x : x + wide] for y in range(3) for x in range(3)]
    )
    return grown


def _strength(values: Float32s) -> float:
    return float(np.sqrt(np.square(values).mean())) if values.size else 0.0


def _correlation(one: Float32s, other: Float32s) -> float:
    power = float(np.linalg.norm(one) * np.linalg.norm(other))
    return float(np.vdot(one, other)) / power if power > 1e-3 else 0.0

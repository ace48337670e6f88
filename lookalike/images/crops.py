"""Where one picture may lie in another: crops and borders, for many pairs at once.

Normalised cross-correlation of the structure of signatures over a ladder of scales, by Fourier
transform. The rim of what is looked for is left out: the colour of a border bleeds into it.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy import fft  # with float32 five times as fast as NumPy's

from lookalike.arrays import Float32s, Float64s, Int64s, UInt8s
from lookalike.images.signature import FLAT, SIDE_PX, Size, structure, structures

SMALLEST = 0.45  # of the longer side: no smaller crop is looked for
STEP = 0.96  # between two scales: half a pixel at the rim
_RIM_PX = 2
_LEAST_PX = 8
SCALES = tuple(STEP**step for step in range(int(np.log(SMALLEST) / np.log(STEP)) + 1))
_FLOOR = (2 * FLAT) ** 2  # of the mean square of structure, so that noise fits nothing

Complex64s = NDArray[np.complex64]


def grid_of(width_px: int, height_px: int) -> Size:
    """Width and height at which a picture is looked for: the longer side is SIDE_PX."""
    longest = max(width_px, height_px)
    width, height = (max(_LEAST_PX, round(SIDE_PX * px / longest)) for px in (width_px, height_px))
    return width, height


@dataclass(frozen=True)
class Prepared:
    """Signatures of pictures with one grid, made ready to be looked for and looked in."""

    sizes: Sequence[Size]  # of each scale
    spectra: Complex64s  # [n, 48, 25]
    templates: Complex64s  # [n, scales, 48, 25]
    powers: Float32s  # [n, scales]
    squares: Float64s  # [n, 49, 49], summed over all above and to the left
    grid: Size

    @classmethod
    def of(cls, signatures: UInt8s, grid: Size, scales: Sequence[float] = SCALES) -> Prepared:
        """`signatures`: [n, 48, 48]. `scales`: at which they will be looked for."""
        count = len(signatures)
        whole = _padded(structure(signatures, grid))
        squares = np.zeros((count, SIDE_PX + 1, SIDE_PX + 1))
        squares[:, 1:, 1:] = np.square(whole, dtype=np.float64).cumsum(1).cumsum(2)
        sizes = [size for scale in scales if min(size := _scaled(grid, scale)) >= _LEAST_PX]
        templates = np.zeros((count, len(sizes), SIDE_PX, SIDE_PX), np.float32)
        for number, inner in enumerate(structures(signatures, sizes, rim=_RIM_PX)):
            high, wide = inner.shape[1:]
            templates[:, number, _RIM_PX : _RIM_PX + high, _RIM_PX : _RIM_PX + wide] = inner
        powers = np.einsum("nkij,nkij->nk", templates, templates)
        spectra = fft.rfft2(templates, overwrite_x=True)
        return cls(
            sizes=sizes,
            spectra=fft.rfft2(whole),
            templates=np.conjugate(spectra, out=spectra),
            powers=powers,
            squares=squares,
            grid=grid,
        )


def find(big: Prepared, ones: Int64s, small: Prepared, others: Int64s) -> tuple[Float32s, Float64s]:
    """The best place of pictures `others` of `small` within pictures `ones` of `big`, pair by
    pair: correlations [n], 0 where none fits, and (left, top, width, height) [n, 4] in parts of
    the picture around."""
    scores, boxes = np.zeros(len(ones), np.float32), np.zeros((len(ones), 4))
    wide, high = big.grid
    # Scales get smaller: from the first one that fits on, all do.
    first = sum(width > wide or height > high for width, height in small.sizes)
    sizes = small.sizes[first:]
    if not sizes:
        return scores, boxes
    products = np.empty((len(ones), len(sizes), *big.spectra.shape[1:]), np.complex64)
    for one, other, product in zip(ones, others, products, strict=True):
        np.multiply(big.spectra[one], small.templates[other, first:], out=product)
    maps = fft.irfft2(products, s=(SIDE_PX, SIDE_PX), overwrite_x=True)
    squares = big.squares[ones]
    for number, (width, height) in enumerate(sizes):
        rows, columns = high - height + 1, wide - width + 1
        inside = _windows(squares, (width, height), (columns, rows))
        floor = _FLOOR * width * height
        power = np.maximum(small.powers[others, first + number], floor)[:, None, None]
        found = maps[:, number, :rows, :columns] / np.sqrt(power * np.maximum(inside, floor))
        flat = found.reshape(len(found), -1)
        best = flat.argmax(axis=1)
        better = flat[np.arange(len(flat)), best] > scores
        tops, lefts = np.divmod(best, columns)
        scores[better] = flat[better, best[better]]
        boxes[better, 0], boxes[better, 1] = lefts[better] / wide, tops[better] / high
        boxes[better, 2:] = width / wide, height / high
    return scores, boxes


def _windows(sums: Float64s, size: Size, places: Size) -> Float32s:
    """Sums of squares over the inner part of a window of `size` at each of `places`."""
    (width, height), (columns, rows) = size, places
    low_x, low_y = slice(_RIM_PX, _RIM_PX + columns), slice(_RIM_PX, _RIM_PX + rows)
    high_x = slice(width - _RIM_PX, width - _RIM_PX + columns)
    high_y = slice(height - _RIM_PX, height - _RIM_PX + rows)
    inside = sums[:, high_y, high_x] - sums[:, low_y, high_x]
    inside += sums[:, low_y, low_x] - sums[:, high_y, low_x]
    return inside.astype(np.float32)


def _padded(values: Float32s) -> Float32s:
    count, height, width = values.shape
    padded = np.zeros((count, SIDE_PX, SIDE_PX), np.float32)
    padded[:, :height, :width] = values
    return padded


def _scaled(grid: Size, scale: float) -> Size:
    return round(grid[0] * scale), round(grid[1] * scale)

"""Lays one picture over another: where does the content of one lie in the other?

Only shifts and scales along the axes, and the eight orientations: what cropping, adding borders,
resizing, turning and mirroring do. Where to begin is found in signatures (`images.crops`);
Gauss-Newton steps (Lucas and Kanade) on position, scale and brightness at once make the fit exact
to a fraction of a pixel. Nothing here decides; it only says where to compare.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

import numpy as np
from PIL import Image

from lookalike.arrays import Float32s
from lookalike.images.frame import Frame

COARSE_PX, FINE_PX = 32, 64  # long side of the common part while the fit is sought
_HOPELESS_FINE = 0.92  # the same of the fine structure: 0.967 and more with copies
_BLANK = 3.0  # of 255: without any more structure there is nothing to compare
_LONGEST_STEP = 0.1
_HOPELESS = 0.97  # correlation of the coarse fit below which nothing finer is tried
_MIN_OVERLAP = 0.3
_RIM_PX = 1.5
_STEP_RIM = 0.03
_SAME = 0.004

Box = tuple[float, float, float, float]


@dataclass(frozen=True, slots=True)
class Placement:
    """Where the frame of `other`, turned by `turn`, lies in `one`: in widths and heights of
    `one`, so (0, 0, 1, 1) is a full fit. It may reach beyond."""

    left: float
    top: float
    width: float
    height: float
    turn: int = 1

    def is_full(self) -> bool:
        """Whether the two cover each other."""
        return (self.left, self.top, self.width, self.height) == (0.0, 0.0, 1.0, 1.0)

    def is_near(self, other: Placement) -> bool:
        """Whether both say the same, up to a pixel or two."""
        apart = (
            self.left - other.left,
            self.top - other.top,
            self.width - other.width,
            self.height - other.height,
        )
        return self.turn == other.turn and max(map(abs, apart)) < _SAME

    def overlap(self, rim: tuple[float, float] = (0.0, 0.0)) -> tuple[Box, Box]:
        """The common part as (left, top, right, bottom), in `one` and in `other`; `rim` is left
        out on each side, in widths and heights of `one`."""
        mine = (
            max(0.0, self.left) + rim[0],
            max(0.0, self.top) + rim[1],
            min(1.0, self.left + self.width) - rim[0],
            min(1.0, self.top + self.height) - rim[1],
        )
        theirs = (
            (mine[0] - self.left) / self.width,
            (mine[1] - self.top) / self.height,
            (mine[2] - self.left) / self.width,
            (mine[3] - self.top) / self.height,
        )
        return mine, theirs


@dataclass(frozen=True, slots=True)
class Overlap:
    """The common part of two pictures, pixel over pixel: RGB [height, width, 3], 0 to 255."""

    placement: Placement
    one: Float32s
    other: Float32s


def placements(one: Frame, other: Frame, starts: Iterable[Placement]) -> Iterator[Placement]:
    """Places of `other` in `one` that are worth a closer look, in the order of `starts`, which
    are good to a pixel or two of 48."""
    given: list[Placement] = []
    for start in starts:
        turned = other.turned(start.turn)
        # Most copies fit as they are, better than any fit could find.
        if start.is_full() and _is_promising(one, turned, start):
            given.append(start)
            yield start
        found = refine(one, turned, start)
        if found is not None and not any(found.is_near(before) for before in given):
            given.append(found)
            yield found


def lay_over(one: Frame, other: Frame, placement: Placement, longest_px: int = 96) -> Overlap:
    """Samples the common part of both, as finely as the coarser of the two allows.

    `other` is already turned.
    """
    mine, theirs, size = _common(one, other, placement, longest_px)
    return Overlap(placement, _cut(one.image, mine, size), _cut(other.image, theirs, size))


def _common(
    one: Frame, other: Frame, placement: Placement, longest_px: int
) -> tuple[Box, Box, tuple[int, int]]:
    """Where the common part lies in both, and the size to sample it at."""
    mine, theirs = placement.overlap()
    width, height = _grid(one, mine, other, theirs, longest_px)
    rim = (_RIM_PX * (mine[2] - mine[0]) / width, _RIM_PX * (mine[3] - mine[1]) / height)
    mine, theirs = placement.overlap(rim)  # a border's colour bleeds into the pixels beside it
    return mine, theirs, _grid(one, mine, other, theirs, longest_px)


# --- fine ---------------------------------------------------------------------------------


def refine(one: Frame, other: Frame, start: Placement) -> Placement | None:
    """Improves a placement; None when it drifts off or the pictures are not alike there."""
    coarse = _settle(one, other, start, COARSE_PX, steps=5)
    if coarse is None or not _is_promising(one, other, coarse):
        return None
    return _settle(one, other, coarse, FINE_PX, steps=4)


def _settle(
    one: Frame, other: Frame, placement: Placement, longest_px: int, *, steps: int
) -> Placement | None:
    for _ in range(steps):
        moved = _step(one, other, placement, longest_px)
        if moved is None:
            return None
        change, placement = moved
        if change < 0.1 / longest_px:
            break
    return placement if _is_sound(placement) else None


def _is_promising(one: Frame, other: Frame, placement: Placement) -> bool:
    """Whether a coarse fit is worth the cost of a fine one: most pairs that hashes and vectors
    propose are told apart here."""
    mine, theirs, size = _common(one, other, placement, FINE_PX)
    first, second = _cut(one.grey, mine, size), _cut(other.grey, theirs, size)
    if robust_correlation(first, second) < _HOPELESS:
        return False
    fine_first, fine_second = fine_structure(first), fine_structure(second)
    if max(float(np.abs(fine_first).max()), float(np.abs(fine_second).max())) < _BLANK:
        return True
    return robust_correlation(fine_first, fine_second) >= _HOPELESS_FINE


def _step(
    one: Frame, other: Frame, placement: Placement, longest_px: int
) -> tuple[float, Placement] | None:
    """One Gauss-Newton step: how far the rim moved, in parts of `one`, and the new placement."""
    if not _is_sound(placement):
        return None
    mine, _ = placement.overlap()
    rim = (_STEP_RIM * (mine[2] - mine[0]), _STEP_RIM * (mine[3] - mine[1]))
    mine, theirs = placement.overlap(rim)  # a border that is still within would pull
    size = _grid(one, mine, other, theirs, longest_px)
    first = _cut(one.grey, mine, size)
    residual = _cut(other.grey, theirs, size) - first
    columns = _columns(first, size)
    apart = np.abs(residual - residual.mean()).ravel()
    weight = 1 / (1 + np.square(apart / (4.5 * apart.mean() + 12.0)))  # text is outvoted
    weighted = columns * weight
    normal = weighted @ columns.T + np.eye(6, dtype=np.float32) * 1e-2
    shift = np.linalg.solve(normal, weighted @ residual.ravel())
    # In pixels of the grid: the content of `other` at u is that of `one` at u + shift.
    dx, sx, dy, sy = (float(value) for value in shift[:4])
    wide, high = mine[2] - mine[0], mine[3] - mine[1]
    moves = dx / size[0] * wide, sx / size[0], dy / size[1] * high, sy / size[1]
    dx, sx, dy, sy = (min(_LONGEST_STEP, max(-_LONGEST_STEP, move)) for move in moves)
    left, top = mine[0] + dx, mine[1] + dy
    # The common part of `other` is now at (left, top, ...) of `one`: so is the rest.
    width = wide * (1 + sx) / (theirs[2] - theirs[0])
    height = high * (1 + sy) / (theirs[3] - theirs[1])
    moved = Placement(
        left - theirs[0] * width, top - theirs[1] * height, width, height, placement.turn
    )
    change = max(abs(dx), abs(dy), abs(dx + sx * wide), abs(dy + sy * high))
    return change, moved


def _columns(picture: Float32s, size: tuple[int, int]) -> Float32s:
    """How each pixel changes with shift and scale along x and y, gain and offset: [6, pixels]."""
    slope_x, slope_y = np.zeros_like(picture), np.zeros_like(picture)
    slope_x[:, 1:-1] = (picture[:, 2:] - picture[:, :-2]) / 2
    slope_y[1:-1] = (picture[2:] - picture[:-2]) / 2
    u = (np.arange(size[0], dtype=np.float32) + 0.5) / size[0]
    v = (np.arange(size[1], dtype=np.float32)[:, None] + 0.5) / size[1]
    ones = np.ones_like(picture)
    return np.stack([slope_x, slope_x * u, slope_y, slope_y * v, picture, ones]).reshape(6, -1)


def fine_structure(grey: Float32s) -> Float32s:
    """What differs from the mean of the 5 x 5 pixels around."""
    high, wide = grey.shape
    padded = np.empty((high + 4, wide + 4), np.float32)
    padded[2:-2, 2:-2] = grey
    padded[2:-2, :2], padded[2:-2, -2:] = grey[:, :1], grey[:, -1:]
    padded[:2], padded[-2:] = padded[2], padded[-3]
    rows = sum(padded[step : step + high] for step in range(1, 5)) + padded[:high]
    sums = sum(rows[:, step : step + wide] for step in range(1, 5)) + rows[:, :wide]
    return np.asarray(grey - sums / 25, np.float32)


def _is_sound(placement: Placement) -> bool:
    if not (0.2 < placement.width < 5 and 0.2 < placement.height < 5):
        return False
    mine, theirs = placement.overlap()
    return all(
        box[2] - box[0] > _MIN_OVERLAP and box[3] - box[1] > _MIN_OVERLAP for box in (mine, theirs)
    )


def _grid(one: Frame, mine: Box, other: Frame, theirs: Box, longest_px: int) -> tuple[int, int]:
    """Width and height at which to sample: no finer than either picture is."""
    width = min((mine[2] - mine[0]) * one.size[0], (theirs[2] - theirs[0]) * other.size[0])
    height = min((mine[3] - mine[1]) * one.size[1], (theirs[3] - theirs[1]) * other.size[1])
    scale = min(1.0, longest_px / max(width, height, 1.0))
    return max(8, round(width * scale)), max(8, round(height * scale))


def _cut(image: Image.Image, box: Box, size: tuple[int, int]) -> Float32s:
    width, height = image.size
    left, top = max(0.0, box[0] * width), max(0.0, box[1] * height)
    right, bottom = min(float(width), box[2] * width), min(float(height), box[3] * height)
    cut = image.resize(size, Image.Resampling.BILINEAR, box=(left, top, right, bottom))
    return np.asarray(cut, np.float32)


def robust_correlation(one: Float32s, other: Float32s) -> float:
    """Correlation of the pixels without the sixth that fits worst, which may be a logo."""
    first, second = one - one.mean(), other - other.mean()
    power = float(np.vdot(first, first))
    if power < 1.0:
        return 0.0
    residual = np.abs(second - first * (float(np.vdot(first, second)) / power)).ravel()
    kept = residual <= np.partition(residual, residual.size * 5 // 6)[residual.size * 5 // 6]
    first, second = one.ravel()[kept], other.ravel()[kept]
    first, second = first - first.mean(), second - second.mean()
    power = float(np.linalg.norm(first) * np.linalg.norm(second))
    return float(np.vdot(first, second)) / power if power > 1e-3 else 0.0

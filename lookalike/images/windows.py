"""Parts of a picture, and how what is known of each adds up to a map of the whole."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from PIL import Image

from lookalike.arrays import Float32s, UInt8s
from lookalike.images.thumbnails import decode_thumbnail


@dataclass(frozen=True, slots=True)
class Window:
    """A part of a picture, in shares of its sides from 0 to 1."""

    left: float
    top: float
    right: float
    bottom: float


def grid(count: int, side: float) -> list[Window]:
    """`count` x `count` windows, each `side` of the picture wide and high, evenly spread from edge
    to edge; they overlap where `side` is more than 1 / `count`."""
    starts = [place * (1 - side) / max(1, count - 1) for place in range(count)]
    return [Window(x, y, x + side, y + side) for y in starts for x in starts]


def cut(thumbnail: bytes, windows: Sequence[Window], side_px: int) -> UInt8s:
    """[n, side, side, 3] RGB, aspect lost: the windows as a model sees them. Raises CorruptImage
    for a thumbnail that was damaged on disk."""
    image = decode_thumbnail(thumbnail)
    wide, high = image.size
    parts = [
        image.resize(
            (side_px, side_px),
            Image.Resampling.BICUBIC,
            box=(window.left * wide, window.top * high, window.right * wide, window.bottom * high),
        )
        for window in windows
    ]
    return np.stack([np.asarray(part) for part in parts])


def spread_over(windows: Sequence[Window], values: Float32s, cells: int) -> Float32s:
    """[cells, cells] from top left: for each cell the mean value of the windows over its middle."""
    middles = (np.arange(cells) + 0.5) / cells
    total = np.zeros((cells, cells), np.float32)
    count = np.zeros((cells, cells), np.float32)
    for window, value in zip(windows, values.tolist(), strict=True):
        rows = (middles >= window.top) & (middles <= window.bottom)
        columns = (middles >= window.left) & (middles <= window.right)
        covered = np.outer(rows, columns)
        total += value * covered
        count += covered
    return np.asarray(total / np.maximum(count, 1), np.float32)

"""The palettes of a whole library in memory, and how much of each picture has a colour.

Some 40 bytes a picture. Answers for the last few colours are kept: the pages of a search, and a
filter that stays on, ask for the same one again and again.
"""

from __future__ import annotations

import threading
from collections import OrderedDict
from collections.abc import Sequence

import numpy as np

from lookalike.arrays import Float32s, Int64s, UInt8s
from lookalike.colours import BASIC_COLOURS
from lookalike.palettes import (
    COLOURS,
    PALETTE_BYTES,
    differences,
    hex_to_lab,
    names,
    to_lab,
)

SOFT = 10.0  # CIEDE2000 at which a colour counts 0.61 of one that is the same, at twice that 0.14
_KEPT = 16  # answers
_NAMES = tuple(BASIC_COLOURS)
# A lightness that differs by more than this many times the largest CIEDE2000 is too far away.
_LIGHTNESS_STRETCH = 1.75


class ColourTable:
    """Rows are found by asset key: keys are positive and dense. Safe to use from any thread."""

    def __init__(self) -> None:
        self.change = 0  # number of the last palette that it has
        self._colours: UInt8s = np.zeros((0, COLOURS, 4), np.uint8)
        self._names: UInt8s = np.zeros((0, COLOURS), np.uint8)
        self._answers: OrderedDict[tuple[str, float | None], Float32s] = OrderedDict()
        self._lock = threading.Lock()

    def add(self, palettes: Sequence[tuple[int, int, bytes]]) -> None:
        """Takes rows (change, asset key, palette), in order of their change."""
        if not palettes:
            return
        with self._lock:
            keys = np.array([key for _, key, _ in palettes], np.int64)
            joined = b"".join(p[:PALETTE_BYTES].ljust(PALETTE_BYTES, b"\0") for _, _, p in palettes)
            colours = np.frombuffer(joined, np.uint8).reshape(-1, COLOURS, 4)
            self._grow(int(keys.max()) + 1)
            self._colours[keys] = colours
            self._names[keys] = names(colours.reshape(-1, 4)).reshape(-1, COLOURS)
            self._answers.clear()
            self.change = max(self.change, palettes[-1][0])

    def amounts(self, colour: str, keys: Int64s, *, within: float | None = None) -> Float32s:
        """The share of each picture [n] that has `colour`, 0 for those without a palette.

        A basic name counts what goes by that name. Of '#rrggbb' a colour counts by how near it
        is: exp(-(dE / SOFT)^2 / 2) with CIEDE2000; with `within`, in full up to there.
        """
        with self._lock:
            shares = self._answer(colour, within)
        known = keys < len(shares)
        return np.where(known, shares[np.where(known, keys, 0)], 0) if len(shares) else _none(keys)

    def keys(self) -> Int64s:
        """Those that may have a palette."""
        return np.arange(len(self._colours), dtype=np.int64)

    def _answer(self, colour: str, within: float | None) -> Float32s:
        known = self._answers.get((colour, within))
        if known is None:
            known = self._count(colour, within)
            self._answers[colour, within] = known
            if len(self._answers) > _KEPT:
                self._answers.popitem(last=False)
        self._answers.move_to_end((colour, within))
        return known

    def _count(self, colour: str, within: float | None) -> Float32s:
        """[keys]."""
        shares = self._colours[..., 3].astype(np.float32) / 255
        if colour in BASIC_COLOURS:
            is_so = self._names == _NAMES.index(colour)
            counted: Float32s = (shares * is_so).sum(axis=1)
            return counted
        target = hex_to_lab(colour)
        reach = _LIGHTNESS_STRETCH * (3 * SOFT if within is None else within) * 2.55
        lightness = self._colours[..., 0].astype(np.float32)
        near = (shares > 0) & (np.abs(lightness - target[0] * 2.55) <= reach + 1)
        found = differences(to_lab(self._colours[near]), target)
        weights = np.zeros_like(shares)
        weights[near] = (
            found <= within if within is not None else np.exp(-((found / SOFT) ** 2) / 2)
        )
        summed: Float32s = (shares * weights).sum(axis=1)
        return summed

    def _grow(self, rows: int) -> None:
        if rows <= len(self._colours):
            return
        size = max(rows, len(self._colours) * 3 // 2)
        for name in ("_colours", "_names"):
            old = getattr(self, name)
            grown = np.zeros((size, *old.shape[1:]), np.uint8)
            grown[: len(old)] = old
            setattr(self, name, grown)


def _none(keys: Int64s) -> Float32s:
    return np.zeros(len(keys), np.float32)

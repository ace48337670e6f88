"""Something to draw on: twice as large as the picture that comes of it, so that edges are smooth.

Lengths are parts of the height, places (x, y) from the top left: a picture is 1 high and `wide`
wide.
"""

from __future__ import annotations

import math
import random
from collections.abc import Callable, Sequence

import numpy as np
from PIL import Image, ImageDraw, ImageFilter

Point = tuple[float, float]
RGB = tuple[int, int, int]
_FINER = 2


def rgb(colour: str) -> RGB:
    """'#aabbcc' as numbers."""
    value = int(colour.lstrip("#"), 16)
    return value >> 16, value >> 8 & 255, value & 255


def mix(one: str, other: str, part: float) -> str:
    """A colour between two; `part` 0 is the first."""
    between = (round(a + (b - a) * part) for a, b in zip(rgb(one), rgb(other), strict=True))
    return "#" + "".join(f"{value:02x}" for value in between)


class Canvas:
    """A picture in the making. `luck` is what chance there is in it."""

    def __init__(self, width_px: int, height_px: int, seed: int) -> None:
        self.width_px, self.height_px = width_px, height_px
        self.wide = width_px / height_px
        self.luck = random.Random(seed)  # noqa: S311 - the same pictures each time
        self._size = (width_px * _FINER, height_px * _FINER)
        self._unit = height_px * _FINER
        self.image = Image.new("RGB", self._size, "white")
        self._numbers = np.random.default_rng(seed)

    def sky(self, *colours: str, top: float = 0.0, bottom: float = 1.0) -> None:
        """A gradient from top to bottom through evenly spaced colours."""
        rows = np.linspace(0, 1, max(1, round((bottom - top) * self._unit)))
        steps = np.linspace(0, 1, len(colours))
        stops = np.array([rgb(colour) for colour in colours], np.float64)
        column = np.stack([np.interp(rows, steps, stops[:, i]) for i in range(3)], axis=1)
        # A little noise hides the steps between neighbouring tones.
        block = np.repeat(column[:, None], self._size[0], axis=1)
        block += self._numbers.uniform(-1.2, 1.2, block.shape[:2])[..., None]
        band = Image.fromarray(np.clip(block, 0, 255).astype(np.uint8))
        self.image.paste(band, (0, round(top * self._unit)))

    def polygon(self, points: Sequence[Point], colour: str, alpha: float = 1.0) -> None:
        """Filled."""
        places = [self._at(point) for point in points]
        self._fill(
            lambda draw, at: draw.polygon(_moved(places, at), fill=255), places, colour, alpha
        )

    def ellipse(
        self, x: float, y: float, rx: float, ry: float, colour: str, alpha: float = 1.0
    ) -> None:
        """Filled, around (x, y)."""
        box = [self._at((x - rx, y - ry)), self._at((x + rx, y + ry))]
        self._fill(lambda draw, at: draw.ellipse(_moved(box, at), fill=255), box, colour, alpha)

    def disc(self, x: float, y: float, r: float, colour: str, alpha: float = 1.0) -> None:
        """A filled circle."""
        self.ellipse(x, y, r, r, colour, alpha)

    def box(
        self,
        left: float,
        top: float,
        right: float,
        bottom: float,
        colour: str,
        alpha: float = 1.0,
        radius: float = 0.0,
    ) -> None:
        """Filled, with round corners when `radius` says so."""
        place = [self._at((left, top)), self._at((right, bottom))]
        round_px = radius * self._unit

        def draw_box(draw: ImageDraw.ImageDraw, at: Point) -> None:
            draw.rounded_rectangle(_moved(place, at), round_px, fill=255)

        self._fill(draw_box, place, colour, alpha)

    def line(self, points: Sequence[Point], colour: str, width: float, alpha: float = 1.0) -> None:
        """With round joints and ends."""
        places = [self._at(point) for point in points]
        width_px = max(1, round(width * self._unit))

        r = width_px / 2

        def draw_line(draw: ImageDraw.ImageDraw, at: Point) -> None:
            moved = _moved(places, at)
            draw.line(moved, fill=255, width=width_px, joint="curve")
            for x, y in (moved[0], moved[-1]):
                draw.ellipse([x - r, y - r, x + r, y + r], fill=255)

        self._fill(draw_line, places, colour, alpha, margin_px=r)

    def glow(self, x: float, y: float, r: float, colour: str, strength: float = 1.0) -> None:
        """Light that fades away from (x, y)."""
        small = (max(1, self._size[0] // 8), max(1, self._size[1] // 8))
        ys, xs = np.mgrid[0 : small[1], 0 : small[0]]
        far = np.hypot(xs / small[1] - x, ys / small[1] - y) / r
        light = np.clip(1 - far, 0, 1) ** 2 * 255 * strength
        mask = Image.fromarray(light.clip(0, 255).astype(np.uint8)).resize(
            self._size, Image.Resampling.BICUBIC
        )
        self.image.paste(rgb(colour), (0, 0, *self._size), mask)

    def shadow(self, x: float, y: float, rx: float, ry: float, strength: float = 0.35) -> None:
        """A soft one on the ground."""
        mask = Image.new("L", (self._size[0] // 4, self._size[1] // 4))
        unit = self._unit / 4
        box = [(x - rx) * unit, (y - ry) * unit, (x + rx) * unit, (y + ry) * unit]
        ImageDraw.Draw(mask).ellipse(box, fill=round(255 * strength))
        mask = mask.filter(ImageFilter.GaussianBlur(ry * unit * 0.6)).resize(self._size)
        self.image.paste(rgb("#1a1420"), (0, 0, *self._size), mask)

    def ridge(self, base: float, height: float, rough: float, colour: str) -> list[Point]:
        """A range of hills from side to side and down to the foot; returns its crest."""
        count = 240
        xs = np.linspace(0, self.wide, count)
        ys = np.zeros(count)
        for octave in range(6):
            waves, phase = 1.2 * 2**octave, self.luck.uniform(0, math.tau)
            ys += np.sin(xs * waves * 1.7 + phase) * self.luck.uniform(0.6, 1) * rough**octave
        ys = base - height * (ys - ys.min()) / max(1e-6, ys.max() - ys.min())
        crest = list(zip(xs.tolist(), ys.tolist(), strict=True))
        self.polygon([*crest, (self.wide, 1.02), (0, 1.02)], colour)
        return crest

    def mirror(self, level: float, tint: str, part: float) -> None:
        """Water from `level` down: what is above, upside down, rippled and tinted."""
        at_px = round(level * self._unit)
        depth_px = self._size[1] - at_px
        above = np.asarray(self.image)[max(0, at_px - depth_px) : at_px][::-1].copy()
        for row in range(len(above)):
            far = row / max(1, depth_px)
            above[row] = np.roll(above[row], round(math.sin(row / (5 + 26 * far)) * 16 * far), 0)
        water = Image.fromarray(above)
        water = Image.blend(water, Image.new("RGB", water.size, tint), part)
        self.image.paste(water, (0, at_px))

    def finish(self, grain: float = 5.0) -> Image.Image:
        """The picture, with the grain of paper."""
        small = self.image.resize((self.width_px, self.height_px), Image.Resampling.LANCZOS)
        noise = self._numbers.normal(0, grain, (self.height_px, self.width_px, 1))
        pixels = np.asarray(small, np.float64) + noise
        return Image.fromarray(np.clip(pixels, 0, 255).astype(np.uint8))

    def _at(self, point: Point) -> Point:
        return point[0] * self._unit, point[1] * self._unit

    def _fill(
        self,
        draw: Callable[[ImageDraw.ImageDraw, Point], None],
        places: Sequence[Point],
        colour: str,
        alpha: float,
        margin_px: float = 0.0,
    ) -> None:
        """Only what lies around `places` is touched; `draw` is told what to move them by."""
        xs, ys = [x for x, _ in places], [y for _, y in places]
        left = max(0, int(min(xs) - margin_px) - 1)
        top = max(0, int(min(ys) - margin_px) - 1)
        right = min(self._size[0], int(max(xs) + margin_px) + 2)
        bottom = min(self._size[1], int(max(ys) + margin_px) + 2)
        if left >= right or top >= bottom:
            return
        mask = Image.new("L", (right - left, bottom - top))
        draw(ImageDraw.Draw(mask), (left, top))
        if alpha < 1:
            mask = mask.point([round(value * alpha) for value in range(256)])
        self.image.paste(rgb(colour), (left, top, right, bottom), mask)


def _moved(places: Sequence[Point], at: Point) -> list[Point]:
    return [(x - at[0], y - at[1]) for x, y in places]


def curve(*points: Point, steps: int = 24) -> list[Point]:
    """A smooth line through points (Catmull-Rom)."""
    line: list[Point] = []
    padded = [points[0], *points, points[-1]]
    for a, b, c, d in zip(padded, padded[1:], padded[2:], padded[3:], strict=False):
        for step in range(steps):
            t = step / steps
            line.append(
                (
                    _between(a[0], b[0], c[0], d[0], t),
                    _between(a[1], b[1], c[1], d[1], t),
                )
            )
    return [*line, points[-1]]


def _between(a: float, b: float, c: float, d: float, t: float) -> float:
    return 0.5 * (
        2 * b + (c - a) * t + (2 * a - 5 * b + 4 * c - d) * t**2 + (3 * b - a - 3 * c + d) * t**3
    )

"""Patterns and surfaces, and marks as SVG."""

from __future__ import annotations

import math
from collections.abc import Callable

from PIL import Image

from .canvas import Canvas, curve, mix

Colours = tuple[str, ...]


def waves(seed: int, colours: Colours) -> Image.Image:
    """Overlapping arcs in rows."""
    c = Canvas(1100, 1100, seed)
    r = 0.125
    for row in range(-1, 19):
        for column in range(-1, 10):
            x, y = (column + 0.5 * (row % 2)) * 2 * r * 0.999, row * r * 0.52
            for ring in range(4):
                c.disc(x, y + r, r * (1 - ring * 0.24), colours[ring % len(colours)])
    return c.finish(3)


def terrazzo(seed: int, ground: str, colours: Colours) -> Image.Image:
    """Chips of stone."""
    c = Canvas(1200, 1000, seed)
    c.sky(ground, ground)
    for number in range(230):
        x, y, size = c.luck.uniform(0, c.wide), c.luck.uniform(0, 1), c.luck.uniform(0.008, 0.045)
        corners = sorted(c.luck.uniform(0, math.tau) for _ in range(6))
        c.polygon(
            [
                (x + math.cos(a) * size * c.luck.uniform(0.7, 1.2), y + math.sin(a) * size)
                for a in corners
            ],
            colours[number % len(colours)],
        )
    return c.finish(4)


def leaves(seed: int, ground: str, colours: Colours) -> Image.Image:
    """Leaves in rows, as on old wallpaper."""
    c = Canvas(1000, 1200, seed)
    c.sky(ground, ground)
    for row in range(9):
        for column in range(9):
            x, y = (column + 0.5 * (row % 2)) * 0.115, row * 0.135
            colour = colours[(row * 2 + column) % len(colours)]
            for side in (-1, 1):
                tip = (x + side * 0.046, y - 0.085)
                c.polygon(
                    curve((x, y), (x + side * 0.052, y - 0.03), tip, steps=10)
                    + curve(tip, (x + side * 0.008, y - 0.06), (x, y), steps=10),
                    colour if side < 0 else mix(colour, ground, 0.35),
                )
            c.line([(x, y + 0.03), (x, y - 0.06)], mix(colour, "#1a1420", 0.3), 0.004)
    return c.finish(3)


def triangles(seed: int, colours: Colours) -> Image.Image:
    """A mosaic whose colour changes from corner to corner."""
    c = Canvas(1400, 1000, seed)
    side = 0.1
    for row in range(11):
        for column in range(16):
            x, y = column * side, row * side
            part = (column / 15 + row / 10) / 2
            for corner in (0, 1):
                here = min(0.999, max(0, part + c.luck.uniform(-0.12, 0.12))) * (len(colours) - 1)
                colour = mix(colours[int(here)], colours[int(here) + 1], here % 1)
                if (row + column) % 2:
                    points = (
                        [(x, y), (x + side, y), (x + side, y + side)]
                        if corner
                        else [(x, y), (x, y + side), (x + side, y + side)]
                    )
                else:
                    points = (
                        [(x, y), (x + side, y), (x, y + side)]
                        if corner
                        else [(x + side, y), (x, y + side), (x + side, y + side)]
                    )
                c.polygon(points, colour)
    return c.finish(3)


def rings(seed: int, ground: str, colours: Colours) -> Image.Image:
    """Quarter circles in a grid."""
    c = Canvas(1000, 1000, seed)
    c.sky(ground, ground)
    for row in range(5):
        for column in range(5):
            left, top = column * 0.2, row * 0.2
            x, y = left + 0.2 * c.luck.randint(0, 1), top + 0.2 * c.luck.randint(0, 1)
            first = c.luck.randint(0, len(colours) - 1)
            arc = [math.pi / 2 * i / 20 for i in range(21)]
            sx, sy = (1 if x == left else -1), (1 if y == top else -1)
            for ring in range(3):
                r = 0.2 * (1 - ring * 0.33)
                c.polygon(
                    [(x, y)] + [(x + sx * math.cos(a) * r, y + sy * math.sin(a) * r) for a in arc],
                    colours[(first + ring) % len(colours)],
                )
    return c.finish(3)


def wood_grain(seed: int, light: str, dark: str) -> Image.Image:
    """Planks."""
    c = Canvas(1500, 1000, seed)
    c.sky(light, light)
    for plank in range(5):
        top = plank * 0.2
        tone = mix(light, dark, c.luck.uniform(0.05, 0.4))
        c.box(0, top, c.wide, top + 0.197, tone)
        phase = c.luck.uniform(0, 6)
        for line in range(15):
            y = top + 0.197 * (line + 0.5) / 15
            points = [
                (
                    c.wide * i / 40,
                    y
                    + 0.007 * math.sin(i * 0.33 + phase + line * 0.18) * math.sin(i * 0.11 + phase),
                )
                for i in range(41)
            ]
            c.line(points, mix(tone, dark, 0.55), c.luck.uniform(0.001, 0.003), 0.6)
        c.box(0, top + 0.195, c.wide, top + 0.2, mix(dark, "#120a08", 0.5))
    return c.finish(6)


def marble(seed: int, ground: str, vein: str) -> Image.Image:
    """Stone with veins."""
    c = Canvas(1200, 1200, seed)
    c.sky(ground, mix(ground, vein, 0.12))
    for _ in range(9):
        c.glow(
            c.luck.uniform(0, 1),
            c.luck.uniform(0, 1),
            c.luck.uniform(0.2, 0.5),
            mix(ground, vein, 0.3),
            0.5,
        )
    for _ in range(16):
        x, y = c.luck.uniform(-0.2, 1), c.luck.uniform(-0.1, 1)
        points = [(x, y)]
        for _ in range(16):
            x, y = x + c.luck.uniform(0.02, 0.09), y + c.luck.uniform(-0.05, 0.09)
            points.append((x, y))
        c.line(
            curve(*points, steps=6), vein, c.luck.uniform(0.001, 0.006), c.luck.uniform(0.25, 0.7)
        )
    return c.finish(4)


def dots(seed: int, ground: Colours, colours: Colours) -> Image.Image:
    """Confetti."""
    c = Canvas(1300, 1000, seed)
    c.sky(*ground)
    for number in range(190):
        c.disc(
            c.luck.uniform(0, c.wide),
            c.luck.uniform(0, 1),
            c.luck.uniform(0.008, 0.035),
            colours[number % len(colours)],
            0.92,
        )
    return c.finish(3)


def mark(kind: str, ground: str, one: str, other: str) -> str:
    """A sign as SVG, 400 by 400."""
    return (
        '<svg xmlns="http://www.w3.org/2000/svg" width="400" height="400" viewBox="0 0 400 400">'
        f'<rect width="400" height="400" rx="72" fill="{ground}"/>'
        f"{''.join(_SHAPES[kind](one, other))}</svg>\n"
    )


def _area(path: str, colour: str) -> str:
    return f'<path d="{path}" fill="{colour}"/>'


def _disc(x: int, y: int, r: int, colour: str) -> str:
    return f'<circle cx="{x}" cy="{y}" r="{r}" fill="{colour}"/>'


def _stroke(path: str, colour: str, width: int, turn: int = 0) -> str:
    return (
        f'<path d="{path}" stroke="{colour}" stroke-width="{width}" stroke-linecap="round" '
        f'fill="none" transform="rotate({turn} 200 200)"/>'
    )


def _star_path() -> str:
    corners = []
    for number in range(10):
        angle, far = math.pi * number / 5, 56 if number % 2 else 130
        corners.append(f"{200 + math.sin(angle) * far:.0f} {205 - math.cos(angle) * far:.0f}")
    return f"M{'L'.join(corners)}z"


_SHAPES: dict[str, Callable[[str, str], list[str]]] = {
    "leaf": lambda one, other: [
        _area("M200 320C90 280 90 140 200 70c110 70 110 210 0 250z", one),
        _stroke("M200 330V150M200 220l50-46M200 262l-54-48", other, 14),
    ],
    "wave": lambda one, other: [
        _disc(200, 200, 130, one),
        _area("M70 215q33-46 65 0t65 0 65 0 65 0v25q0 90-130 90T70 240z", other),
    ],
    "peak": lambda one, other: [
        _area("M70 300 170 120l55 98 35-54 70 136z", one),
        _area("m170 120 34 61-34 24-30-30z", other),
        _disc(290, 120, 26, other),
    ],
    "sun": lambda one, other: [
        _disc(200, 200, 64, one),
        *(_stroke("M200 92V56", other, 20, turn) for turn in range(0, 360, 30)),
    ],
    "star": lambda one, other: [_area(_star_path(), one), _stroke(_star_path(), other, 10)],
    "cup": lambda one, other: [
        _area("M100 150h170v70a85 85 0 0 1-170 0z", one),
        _stroke("M270 165h24a34 34 0 0 1 0 70h-32", one, 20),
        _stroke("M150 120q-14-22 0-44M200 120q-14-22 0-44", other, 14),
    ],
}

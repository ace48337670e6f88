"""Landscapes: sea, mountains, woods, deserts, towns."""

from __future__ import annotations

import math

from PIL import Image

from .canvas import Canvas, curve, mix

Sky = tuple[str, ...]
DUSK: Sky = ("#2b2350", "#7a3f74", "#e0705f", "#ffc27a")
DAWN: Sky = ("#5a86b8", "#a8c3d6", "#f4d9c0", "#ffd9a0")
DAY: Sky = ("#3f8ecf", "#8cc5ea", "#dff1fb")
NIGHT: Sky = ("#070b1f", "#101a3f", "#27346b", "#4a4a86")
ROSE: Sky = ("#5b4a8a", "#c9739a", "#ffb3a0", "#ffe0bf")
MINT: Sky = ("#2c7a86", "#7cc4b8", "#e4f3d8")


def sunset(seed: int, sky: Sky, sun: str, *, boat: bool = False, wide: int = 1500) -> Image.Image:
    """A sun over the sea, and its path on the water."""
    c = Canvas(wide, 1000, seed)
    level = 0.6
    c.sky(*sky, bottom=level)
    at = c.wide * c.luck.uniform(0.35, 0.65)
    c.glow(at, level - 0.08, 0.75, sun, 0.75)
    c.disc(at, level - 0.08, 0.1, mix(sun, "#ffffff", 0.5))
    for _ in range(7):
        x, y = c.luck.uniform(0, c.wide), c.luck.uniform(0.08, 0.42)
        for puff in range(6):
            c.ellipse(x + puff * 0.05, y, 0.11, 0.008, mix(sky[1], sun, 0.35), 0.28)
    c.sky(mix(sky[-1], sky[0], 0.35), mix(sky[1], "#0b1430", 0.55), "#0b1430", top=level)
    for row in range(46):
        y = level + 0.4 * (row / 46) ** 1.4
        spread = 0.04 + 0.2 * (row / 46)
        for _ in range(3):
            x = at + c.luck.gauss(0, spread * 0.55)
            c.ellipse(x, y, c.luck.uniform(0.02, 0.09), 0.0022 + 0.004 * row / 46, sun, 0.55)
    if boat:
        sail(c, at + 0.28, level + 0.05, 0.2, "#fff3e0", "#20182e")
    return c.finish()


def sail(c: Canvas, x: float, y: float, size: float, cloth: str, hull: str) -> None:
    """A sailing boat whose water line is at `y`."""
    c.polygon(
        [
            *curve(
                (x, y - size * 1.2),
                (x + size * 0.16, y - size * 0.6),
                (x + size * 0.2, y - 0.16 * size),
            ),
            (x, y - 0.16 * size),
        ],
        mix(cloth, "#d9a98a", 0.25),
    )
    c.polygon(
        [
            *curve(
                (x - 0.02 * size, y - size * 1.05),
                (x - size * 0.24, y - size * 0.5),
                (x - size * 0.4, y - 0.16 * size),
            ),
            (x - 0.02 * size, y - 0.16 * size),
        ],
        cloth,
    )
    c.line([(x - 0.01 * size, y - 1.25 * size), (x - 0.01 * size, y)], hull, 0.012 * size * 2)
    c.polygon(
        [
            (x - 0.45 * size, y - 0.12 * size),
            (x + 0.42 * size, y - 0.12 * size),
            *curve(
                (x + 0.42 * size, y - 0.12 * size),
                (x + 0.3 * size, y + 0.02 * size),
                (x - 0.3 * size, y + 0.03 * size),
                (x - 0.45 * size, y - 0.12 * size),
            ),
        ],
        hull,
    )
    c.ellipse(x, y + 0.03 * size, 0.5 * size, 0.016 * size, "#ffffff", 0.35)


def harbour(seed: int, sky: Sky, sea: str, sails: tuple[str, ...]) -> Image.Image:
    """Several boats on a calm sea."""
    c = Canvas(1500, 1000, seed)
    c.sky(*sky, bottom=0.5)
    for _ in range(3):
        cloud(c, c.luck.uniform(0, c.wide), c.luck.uniform(0.08, 0.25), c.luck.uniform(0.1, 0.2))
    c.ridge(0.5, 0.09, 0.45, mix(sky[0], sky[-1], 0.45))
    c.sky(mix(sea, "#ffffff", 0.45), sea, mix(sea, "#04122a", 0.45), top=0.5)
    for row in range(70):
        y = 0.52 + 0.46 * (row / 70) ** 1.3
        c.ellipse(c.luck.uniform(0, c.wide), y, c.luck.uniform(0.03, 0.16), 0.003, "#ffffff", 0.18)
    for place, cloth in enumerate(sails):
        deep = 0.56 + 0.3 * place / max(1, len(sails) - 1)
        x = c.wide * ((0.23 + 0.61 * place) % 0.8 + 0.1)
        sail(c, x, deep, 0.12 + 0.3 * (deep - 0.5), cloth, "#2a2433")
    return c.finish()


def cloud(c: Canvas, x: float, y: float, size: float, colour: str = "#ffffff") -> None:
    """A heap of soft discs."""
    for _ in range(9):
        dx, dy = c.luck.uniform(-1, 1), c.luck.uniform(-0.18, 0.1)
        r = size * (0.45 - 0.25 * abs(dx))
        c.ellipse(x + dx * size, y + dy * size, r * 1.25, r * 0.75, colour, 0.5)


def mountains(
    seed: int, sky: Sky, near: str, *, moon: str = "", layers: int = 5, wide: int = 1500
) -> Image.Image:
    """Ranges one behind the other, paler the further away."""
    c = Canvas(wide, 1000, seed)
    c.sky(*sky)
    if moon:
        x, y = c.wide * c.luck.uniform(0.2, 0.8), 0.24
        c.glow(x, y, 0.5, moon, 0.6)
        c.disc(x, y, 0.075, mix(moon, "#ffffff", 0.4))
    haze = sky[-1]
    for layer in range(layers):
        part = (layer + 1) / layers
        base = 0.55 + 0.42 * part
        c.ridge(base, 0.33 - 0.12 * part, 0.56 - 0.08 * part, mix(haze, near, part**1.15))
        if layer < layers - 1:
            c.glow(c.wide / 2, base + 0.06, 0.9, haze, 0.22)
    return c.finish()


def lake(seed: int, sky: Sky, rock: str, snow: str, tint: str) -> Image.Image:
    """Peaks with snow on them, upside down in a lake."""
    c = Canvas(1500, 1000, seed)
    level = 0.58
    c.sky(*sky, bottom=level)
    cloud(c, c.wide * 0.25, 0.14, 0.14)
    for place in range(4):
        x = c.wide * (0.1 + 0.27 * place) + c.luck.uniform(-0.05, 0.05)
        high, half = c.luck.uniform(0.3, 0.45), c.luck.uniform(0.32, 0.45)
        top = (x, level - high)
        c.polygon([(x - half, level), top, (x + half, level)], mix(rock, sky[-1], 0.15))
        c.polygon([top, (x + half, level), (x + 0.1, level)], mix(rock, "#10131f", 0.35))
        cap = [(x - half * 0.3, level - high * 0.7), (x - half * 0.12, level - high * 0.76),
               (x, level - high * 0.66), (x + half * 0.13, level - high * 0.78),
               (x + half * 0.3, level - high * 0.7)]  # fmt: skip
        c.polygon([top, *reversed(cap)], snow)
    for x in range(-1, 48):
        fir(
            c,
            x * c.wide / 46 + c.luck.uniform(-0.01, 0.01),
            level,
            c.luck.uniform(0.04, 0.11),
            "#17352f",
        )
    c.mirror(level, tint, 0.3)
    c.box(0, level - 0.002, c.wide, level + 0.003, "#0f2622", 0.7)
    return c.finish()


def fir(c: Canvas, x: float, y: float, high: float, colour: str) -> None:
    """A conifer that stands at `y`."""
    for tier in range(4):
        half = high * (0.1 + 0.075 * tier)
        top = y - high * (1 - 0.2 * tier)
        c.polygon([(x, top), (x - half, top + high * 0.42), (x + half, top + high * 0.42)], colour)


def wood(seed: int, sky: Sky, near: str, *, wide: int = 1500, high: int = 1000) -> Image.Image:
    """A wood in fog."""
    c = Canvas(wide, high, seed)
    c.sky(*sky)
    c.glow(c.wide * 0.65, 0.25, 0.8, "#fff6dc", 0.55)
    for layer in range(5):
        part = (layer + 1) / 5
        colour = mix(sky[-1], near, part**1.2)
        ground = 0.5 + 0.48 * part
        c.ridge(ground + 0.06, 0.05, 0.4, colour)
        x = -0.1
        while x < c.wide + 0.1:
            fir(c, x, ground + 0.05, c.luck.uniform(0.18, 0.3) * (0.6 + 0.9 * part), colour)
            x += c.luck.uniform(0.035, 0.09) * (0.7 + part)
        if layer < 4:
            c.glow(c.luck.uniform(0, c.wide), ground + 0.04, 0.7, sky[-1], 0.35)
    return c.finish()


def dunes(seed: int, sky: Sky, sand: str, *, wide: int = 1500) -> Image.Image:
    """A desert with a low sun."""
    c = Canvas(wide, 1000, seed)
    c.sky(*sky, bottom=0.62)
    c.glow(c.wide * 0.72, 0.36, 0.6, "#fff2cf", 0.8)
    c.disc(c.wide * 0.72, 0.36, 0.07, "#fffaf0")
    for layer in range(5):
        part = layer / 4
        base = 0.56 + 0.46 * part
        bright, dark = mix(sand, sky[-1], 0.5 - 0.45 * part), mix(sand, "#5a2430", 0.2 + 0.4 * part)
        peak = c.wide * c.luck.uniform(0.2, 0.8)
        crest = curve(
            (-0.1, base),
            (peak * 0.5, base - 0.05),
            (peak, base - 0.19),
            (peak + 0.3, base - 0.06),
            (c.wide + 0.1, base - 0.02),
        )
        c.polygon([*crest, (c.wide + 0.1, 1.1), (-0.1, 1.1)], bright)
        foot = curve(
            (peak, base - 0.19),
            (peak + 0.04, base - 0.06),
            (peak - 0.02, base + 0.1),
            (peak + 0.12, 1.1),
        )
        right = [point for point in crest if point[0] >= peak]
        c.polygon([*reversed(right), *foot, (c.wide + 0.1, 1.1)], dark, 0.85)
    return c.finish()


def city(seed: int, sky: Sky, wall: str, light: str, *, water: bool = True) -> Image.Image:
    """A skyline, with lit windows at night."""
    c = Canvas(1500, 1000, seed)
    level = 0.74 if water else 1.0
    c.sky(*sky, bottom=level)
    is_night = sum(int(sky[0][i : i + 2], 16) for i in (1, 3, 5)) < 200
    if is_night:
        for _ in range(130):
            c.disc(
                c.luck.uniform(0, c.wide),
                c.luck.uniform(0, 0.5),
                c.luck.uniform(0.0008, 0.0025),
                "#ffffff",
                0.8,
            )
        c.disc(c.wide * 0.8, 0.17, 0.055, "#fdf3d7")
        c.glow(c.wide * 0.8, 0.17, 0.35, "#fdf3d7", 0.35)
    for layer in range(3):
        part = (layer + 1) / 3
        colour = mix(sky[-1], wall, part)
        x = -0.05
        while x < c.wide:
            broad, high = (
                c.luck.uniform(0.06, 0.13),
                c.luck.uniform(0.16, 0.5) * (1.15 - 0.35 * part),
            )
            tower(c, x, level, broad, high, colour, light if layer else "", c.luck.random())
            x += broad + c.luck.uniform(-0.01, 0.02)
    if water:
        c.mirror(level, mix(sky[0], "#061018", 0.4), 0.45)
    return c.finish()


def tower(
    c: Canvas, x: float, y: float, broad: float, high: float, wall: str, light: str, kind: float
) -> None:
    """One building with its roof and windows."""
    c.box(x, y - high, x + broad, y, wall)
    if kind < 0.25:
        c.polygon([(x, y - high), (x + broad / 2, y - high - 0.06), (x + broad, y - high)], wall)
    elif kind < 0.45:
        c.line([(x + broad / 2, y - high), (x + broad / 2, y - high - 0.1)], wall, 0.006)
    elif kind < 0.6:
        c.box(x + broad * 0.2, y - high - 0.04, x + broad * 0.8, y - high, wall)
    if not light:
        return
    columns, rows = max(2, round(broad / 0.022)), int(high / 0.032)
    for column in range(columns):
        for row in range(rows):
            if c.luck.random() < 0.5:
                left = x + broad * (column + 0.25) / columns
                top = y - high + 0.016 + row * 0.031
                c.box(
                    left,
                    top,
                    left + broad * 0.5 / columns,
                    top + 0.014,
                    light,
                    c.luck.uniform(0.5, 1),
                )


def balloons(
    seed: int, sky: Sky, land: str, colours: tuple[str, ...], *, high: int = 1000
) -> Image.Image:
    """Hot-air balloons over hills."""
    c = Canvas(1500 if high == 1000 else 1000, high, seed)
    c.sky(*sky)
    for _ in range(4):
        cloud(c, c.luck.uniform(0, c.wide), c.luck.uniform(0.1, 0.5), c.luck.uniform(0.07, 0.14))
    for layer in range(4):
        part = (layer + 1) / 4
        c.ridge(0.72 + 0.28 * part, 0.14, 0.38, mix(sky[-1], land, part))
    for place, colour in enumerate(colours):
        x = c.wide * (0.18 + 0.64 * ((place * 0.618 + 0.1) % 1))
        y, size = 0.2 + 0.42 * ((place * 0.38) % 1), 0.16 - 0.022 * place
        balloon(c, x, y, size, colour)
    return c.finish()


def balloon(c: Canvas, x: float, y: float, r: float, colour: str) -> None:
    """Striped, with its basket."""

    def outline(part: float) -> list[tuple[float, float]]:
        side = [
            (math.sin(a) * r * part, -math.cos(a) * r)
            for a in (i * math.pi * 0.72 / 30 for i in range(31))
        ]
        right = [*side, (r * 0.18 * part, r * 1.25)]
        return [(x + dx, y + dy) for dx, dy in right] + [
            (x - dx, y + dy) for dx, dy in reversed(right)
        ]

    stripes = (colour, "#fff6e8", colour, mix(colour, "#40152a", 0.25))
    for part, stripe in zip((1.0, 0.74, 0.46, 0.2), stripes, strict=True):
        c.polygon(outline(part), stripe)
    c.polygon([(x - r, y - r * 0.3), *outline(1.0)[31:40]], "#ffffff", 0.0)
    for side in (-1, 1):
        c.line(
            [(x + side * r * 0.16, y + r * 1.25), (x + side * r * 0.12, y + r * 1.55)],
            "#4a3426",
            0.004,
        )
    c.box(x - r * 0.15, y + r * 1.52, x + r * 0.15, y + r * 1.78, "#7a4f2c", radius=r * 0.04)
    c.box(x - r * 0.15, y + r * 1.52, x + r * 0.15, y + r * 1.58, "#a8754a", radius=r * 0.02)


def aurora(seed: int, colours: tuple[str, str]) -> Image.Image:
    """Northern lights over snow."""
    c = Canvas(1500, 1000, seed)
    c.sky("#03061a", "#0a1836", "#123a4a")
    for _ in range(260):
        c.disc(
            c.luck.uniform(0, c.wide),
            c.luck.uniform(0, 0.7),
            c.luck.uniform(0.0006, 0.0022),
            "#ffffff",
            0.75,
        )
    for band in range(3):
        start, phase = 0.16 + 0.12 * band, c.luck.uniform(0, 6)
        for step in range(110):
            x = c.wide * step / 109
            y = start + 0.07 * math.sin(3.2 * x + phase) + 0.03 * math.sin(9 * x + phase)
            tall = 0.13 + 0.09 * math.sin(6 * x + phase)
            colour = mix(colours[0], colours[1], step / 109)
            c.polygon(
                [
                    (x - 0.012, y + tall),
                    (x + 0.012, y + tall),
                    (x + 0.01, y),
                    (x - 0.008, y - 0.05),
                ],
                colour,
                0.13,
            )
            c.disc(x, y + tall, 0.016, colour, 0.2)
    c.ridge(0.82, 0.2, 0.5, "#0c2233")
    c.ridge(0.95, 0.09, 0.35, "#cfe6ee")
    for _ in range(26):
        fir(
            c,
            c.luck.uniform(0, c.wide),
            c.luck.uniform(0.88, 0.98),
            c.luck.uniform(0.08, 0.17),
            "#0a1b24",
        )
    return c.finish()


def birds(seed: int, sky: Sky, ink: str, *, high: int = 1000) -> Image.Image:
    """A flock in the evening sky."""
    c = Canvas(1500, high, seed)
    c.sky(*sky)
    c.glow(c.wide * 0.3, 0.7, 0.7, "#fff0d0", 0.6)
    c.disc(c.wide * 0.3, 0.7, 0.11, "#fff6e4")
    c.ridge(1.0, 0.12, 0.4, mix(sky[0], ink, 0.7))
    for number in range(22):
        x, y = c.luck.gauss(c.wide * 0.55, 0.3), c.luck.gauss(0.36, 0.14)
        size, lift = c.luck.uniform(0.02, 0.055), c.luck.uniform(0.2, 0.8)
        wing = curve(
            (x - size, y - size * lift),
            (x - size * 0.45, y - size * 0.55),
            (x, y),
            (x + size * 0.45, y - size * 0.55),
            (x + size, y - size * lift),
            steps=10,
        )
        under = curve(
            (x + size, y - size * lift),
            (x + size * 0.4, y - size * 0.3),
            (x, y + size * 0.22),
            (x - size * 0.4, y - size * 0.3),
            (x - size, y - size * lift),
            steps=10,
        )
        c.polygon([*wing, *under], ink, 0.95 if number % 3 else 0.75)
    return c.finish()

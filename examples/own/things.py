"""Single things on a plain ground: fruit, cups, chairs, cars, a lamp."""

from __future__ import annotations

import math

from PIL import Image

from .canvas import Canvas, curve, mix


def studio(
    seed: int, wall: str, *, wide: int = 1200, high: int = 1000, floor: float = 0.74
) -> Canvas:
    """A backdrop that goes over into the floor."""
    c = Canvas(wide, high, seed)
    c.sky(mix(wall, "#ffffff", 0.25), wall, bottom=floor)
    c.sky(mix(wall, "#ffffff", 0.4), mix(wall, "#ffffff", 0.08), top=floor)
    c.glow(c.wide / 2, 0.42, 0.8, "#ffffff", 0.45)
    return c


def round_fruit(c: Canvas, x: float, y: float, r: float, colour: str, *, leaf: bool = True) -> None:
    """An apple, an orange, a plum: a shaded ball with a stalk."""
    c.shadow(x + r * 0.2, y + r * 0.92, r * 1.05, r * 0.2)
    c.disc(x, y, r, mix(colour, "#2a0a14", 0.28))
    for step in range(14):
        part = step / 13
        c.disc(
            x - r * 0.16 * part,
            y - r * 0.2 * part,
            r * (0.98 - 0.62 * part),
            mix(colour, mix(colour, "#ffffff", 0.45), part),
            0.35,
        )
    c.ellipse(x - r * 0.36, y - r * 0.42, r * 0.13, r * 0.08, "#ffffff", 0.65)
    c.line(
        curve(
            (x, y - r * 0.82), (x + r * 0.04, y - r * 1.08), (x + r * 0.16, y - r * 1.26), steps=8
        ),
        "#5b3a22",
        r * 0.07,
    )
    if leaf:
        c.polygon(
            curve(
                (x + r * 0.06, y - r * 1.04),
                (x + r * 0.34, y - r * 1.34),
                (x + r * 0.72, y - r * 1.22),
            )
            + curve(
                (x + r * 0.72, y - r * 1.22),
                (x + r * 0.44, y - r * 1.0),
                (x + r * 0.06, y - r * 1.04),
            ),
            "#4f8f3a",
        )


def fruit(seed: int, wall: str, colours: tuple[str, ...]) -> Image.Image:
    """Fruit in a row, on a table."""
    c = studio(seed, wall, wide=1400, floor=0.66)
    count = len(colours)
    r = min(0.17, 0.55 / count)
    for place, colour in enumerate(colours):
        x = c.wide * (place + 1) / (count + 1) + c.luck.uniform(-0.02, 0.02)
        round_fruit(c, x, 0.74 - r * 0.35 + c.luck.uniform(-0.03, 0.03), r, colour)
    return c.finish()


def lemons(seed: int, wall: str, skin: str) -> Image.Image:
    """Whole ones and a slice."""
    c = studio(seed, wall, floor=0.64)
    for x, y, tilt in ((0.36, 0.62, -0.2), (0.66, 0.55, 0.25)):
        c.shadow(x, y + 0.13, 0.2, 0.035)
        points = []
        for step in range(80):
            a = math.tau * step / 80
            long = 0.185 + 0.03 * abs(math.cos(a)) ** 14
            px, py = math.cos(a) * long, math.sin(a) * 0.13
            points.append(
                (
                    x + px * math.cos(tilt) - py * math.sin(tilt),
                    y + px * math.sin(tilt) + py * math.cos(tilt),
                )
            )
        c.polygon(points, mix(skin, "#7a4a00", 0.18))
        for step in range(9):
            part = step / 8
            c.polygon(
                [
                    (
                        x - 0.02 * part + (px - x) * (0.96 - 0.55 * part),
                        y - 0.03 * part + (py - y) * (0.96 - 0.55 * part),
                    )
                    for px, py in points
                ],
                mix(skin, "#fffbe0", 0.5 * part),
                0.4,
            )
    x, y, r = 0.82, 0.79, 0.13
    c.shadow(x, y + 0.1, 0.15, 0.03)
    c.disc(x, y, r, skin)
    c.disc(x, y, r * 0.9, "#fffdf0")
    for step in range(9):
        a, b = math.tau * (step + 0.07) / 9, math.tau * (step + 0.93) / 9
        c.polygon(
            [
                (x, y),
                (x + math.cos(a) * r * 0.82, y + math.sin(a) * r * 0.82),
                (x + math.cos((a + b) / 2) * r * 0.86, y + math.sin((a + b) / 2) * r * 0.86),
                (x + math.cos(b) * r * 0.82, y + math.sin(b) * r * 0.82),
            ],
            mix(skin, "#ffffff", 0.3),
        )
    return c.finish()


def cup(seed: int, wall: str, glaze: str, drink: str) -> Image.Image:
    """A cup on its saucer, steaming."""
    c = studio(seed, wall, floor=0.7)
    x, top, low, r = 0.56, 0.42, 0.74, 0.2
    c.shadow(x + 0.04, 0.8, 0.36, 0.05)
    c.ellipse(x, 0.775, 0.33, 0.052, mix(glaze, "#1a1420", 0.22))
    c.ellipse(x, 0.765, 0.33, 0.05, mix(glaze, "#ffffff", 0.15))
    c.ellipse(x, 0.768, 0.2, 0.028, mix(glaze, "#1a1420", 0.18))
    handle = curve(
        (x + r * 0.9, 0.5), (x + r * 1.65, 0.48), (x + r * 1.6, 0.62), (x + r * 0.75, 0.66)
    )
    c.line(handle, mix(glaze, "#1a1420", 0.14), 0.036)
    body = [
        (x - r, top),
        *curve((x - r, top), (x - r * 0.93, 0.6), (x - r * 0.5, low)),
        (x + r * 0.5, low),
        *curve((x + r * 0.5, low), (x + r * 0.93, 0.6), (x + r, top)),
    ]
    c.polygon(body, glaze)
    c.polygon(
        [
            (x + r * 0.35, top),
            (x + r, top),
            *curve((x + r, top), (x + r * 0.93, 0.6), (x + r * 0.5, low)),
            (x + r * 0.2, low),
        ],
        mix(glaze, "#1a1420", 0.2),
        0.55,
    )
    c.polygon(
        [
            (x - r * 0.8, top + 0.04),
            (x - r * 0.62, top + 0.04),
            (x - r * 0.42, low - 0.05),
            (x - r * 0.52, low - 0.05),
        ],
        "#ffffff",
        0.3,
    )
    c.ellipse(x, top, r, 0.046, mix(glaze, "#ffffff", 0.35))
    c.ellipse(x, top + 0.006, r * 0.9, 0.036, mix(drink, "#1a1420", 0.15))
    c.ellipse(x - 0.02, top + 0.01, r * 0.74, 0.026, drink)
    for place in range(3):
        sx = x - 0.08 + 0.08 * place
        c.line(
            curve((sx, 0.34), (sx + 0.03, 0.27), (sx - 0.02, 0.2), (sx + 0.03, 0.11)),
            "#ffffff",
            0.012,
            0.45,
        )
    return c.finish()


def chair(seed: int, wall: str, cloth: str, wood: str) -> Image.Image:
    """A chair with an upholstered back."""
    c = studio(seed, wall, wide=900, high=1100, floor=0.8)
    x = c.wide / 2
    c.shadow(x + 0.02, 0.9, 0.3, 0.045)
    for dx, dy, lean in (
        (-0.17, 0.86, -0.03),
        (0.17, 0.86, 0.03),
        (-0.2, 0.91, -0.05),
        (0.2, 0.91, 0.05),
    ):
        shade = wood if dy > 0.88 else mix(wood, "#1a1420", 0.3)
        c.polygon(
            [
                (x + dx * 0.85 - 0.016, 0.6),
                (x + dx * 0.85 + 0.016, 0.6),
                (x + dx + lean + 0.009, dy),
                (x + dx + lean - 0.009, dy),
            ],
            shade,
        )
    back = curve(
        (x - 0.19, 0.56),
        (x - 0.22, 0.3),
        (x - 0.16, 0.16),
        (x, 0.13),
        (x + 0.16, 0.16),
        (x + 0.22, 0.3),
        (x + 0.19, 0.56),
    )
    c.polygon(back, mix(cloth, "#1a1420", 0.22))
    c.polygon([(x + (px - x) * 0.9, 0.36 + (py - 0.36) * 0.92 - 0.004) for px, py in back], cloth)
    for place in range(-2, 3):
        c.line(
            curve(
                (x + place * 0.062, 0.2 + 0.012 * place * place),
                (x + place * 0.07, 0.38),
                (x + place * 0.062, 0.53),
            ),
            mix(cloth, "#1a1420", 0.18),
            0.005,
            0.7,
        )
    c.box(x - 0.25, 0.54, x + 0.25, 0.64, mix(cloth, "#1a1420", 0.16), radius=0.05)
    c.box(x - 0.25, 0.53, x + 0.25, 0.6, mix(cloth, "#ffffff", 0.12), radius=0.035)
    return c.finish()


def car(seed: int, wall: str, paint: str) -> Image.Image:
    """A small car from the side."""
    c = studio(seed, wall, wide=1500, floor=0.68)
    x, ground = c.wide / 2, 0.77
    c.shadow(x, ground + 0.015, 0.62, 0.035, 0.5)
    body = curve(
        (x - 0.58, 0.68),
        (x - 0.59, 0.58),
        (x - 0.5, 0.53),
        (x - 0.3, 0.5),
        (x - 0.17, 0.37),
        (x + 0.05, 0.33),
        (x + 0.24, 0.37),
        (x + 0.4, 0.5),
        (x + 0.55, 0.54),
        (x + 0.6, 0.62),
        (x + 0.58, 0.7),
    )
    c.polygon([*body, (x - 0.58, 0.7)], paint)
    c.polygon(
        [(x - 0.59, 0.6), (x + 0.6, 0.6), (x + 0.58, 0.7), (x - 0.58, 0.7)],
        mix(paint, "#0e0a18", 0.22),
    )
    c.line(
        curve((x - 0.56, 0.555), (x - 0.2, 0.525), (x + 0.5, 0.55)),
        mix(paint, "#ffffff", 0.5),
        0.006,
        0.7,
    )
    for points in (
        [
            (x - 0.25, 0.495),
            *curve((x - 0.25, 0.495), (x - 0.14, 0.395), (x + 0.02, 0.365)),
            (x + 0.02, 0.495),
        ],
        [
            (x + 0.05, 0.365),
            *curve((x + 0.05, 0.365), (x + 0.2, 0.39), (x + 0.32, 0.495)),
            (x + 0.05, 0.495),
        ],
    ):
        c.polygon(points, "#27364a")
        c.polygon(
            [
                (points[0][0] + 0.03, 0.49),
                (points[0][0] + 0.12, 0.4),
                (points[0][0] + 0.17, 0.385),
                (points[0][0] + 0.07, 0.49),
            ],
            "#ffffff",
            0.22,
        )
    c.line([(x + 0.035, 0.37), (x + 0.035, 0.66)], mix(paint, "#0e0a18", 0.35), 0.004)
    c.box(x + 0.07, 0.535, x + 0.13, 0.547, mix(paint, "#0e0a18", 0.4), radius=0.006)
    c.ellipse(x + 0.565, 0.585, 0.03, 0.02, "#fff4cf")
    c.ellipse(x - 0.575, 0.585, 0.016, 0.024, "#c3342c")
    for wheel in (-0.36, 0.36):
        c.disc(x + wheel, 0.69, 0.112, mix(paint, "#0e0a18", 0.6))
        c.disc(x + wheel, 0.69, 0.096, "#17171d")
        c.disc(x + wheel, 0.69, 0.058, "#c9ced6")
        for spoke in range(5):
            a = math.tau * spoke / 5
            c.line(
                [(x + wheel, 0.69), (x + wheel + math.cos(a) * 0.05, 0.69 + math.sin(a) * 0.05)],
                "#6d7480",
                0.012,
            )
        c.disc(x + wheel, 0.69, 0.014, "#3a3f48")
    return c.finish()


def lamp(seed: int, wall: str, shade: str) -> Image.Image:
    """A table lamp that is lit."""
    c = studio(seed, wall, wide=900, high=1100, floor=0.8)
    x = c.wide / 2
    c.glow(x, 0.38, 0.6, "#ffe6a8", 0.8)
    c.shadow(x, 0.86, 0.2, 0.03)
    c.ellipse(x, 0.85, 0.13, 0.022, "#2f2a33")
    c.box(x - 0.012, 0.45, x + 0.012, 0.85, "#4a4350", radius=0.01)
    c.polygon([(x - 0.13, 0.2), (x + 0.13, 0.2), (x + 0.24, 0.48), (x - 0.24, 0.48)], shade)
    c.polygon(
        [(x - 0.06, 0.2), (x + 0.03, 0.2), (x + 0.05, 0.48), (x - 0.12, 0.48)], "#ffffff", 0.25
    )
    c.ellipse(x, 0.48, 0.24, 0.022, "#fff3cf")
    return c.finish()

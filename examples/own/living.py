"""What grows and lives: flowers, trees, birds, fish, and a house between trees."""

from __future__ import annotations

import math

from PIL import Image

from .canvas import Canvas, Point, curve, mix


def flower(seed: int, wall: tuple[str, ...], petal: str, heart: str, petals: int) -> Image.Image:
    """One flower, large."""
    c = Canvas(1000, 1200, seed)
    c.sky(*wall)
    x, y = c.wide / 2, 0.4
    c.line(curve((x, y), (x + 0.02, 0.7), (x - 0.03, 1.05)), "#3f7a3a", 0.022)
    for side in (-1, 1):
        leaf_at = 0.72 + 0.05 * side
        c.polygon(
            curve(
                (x, leaf_at + 0.08),
                (x + side * 0.14, leaf_at - 0.06),
                (x + side * 0.3, leaf_at - 0.06),
            )
            + curve(
                (x + side * 0.3, leaf_at - 0.06),
                (x + side * 0.2, leaf_at + 0.06),
                (x, leaf_at + 0.08),
            ),
            "#4f9246",
        )
    for ring, (size, shade) in enumerate(((0.3, 0.22), (0.235, 0.0), (0.16, -0.3))):
        colour = mix(petal, "#3a0a2a" if shade > 0 else "#ffffff", abs(shade))
        for number in range(petals):
            a = math.tau * (number + 0.5 * ring) / petals
            leaf(c, (x, y), a, size, size * 2.1 / petals + 0.02, colour)
    c.disc(x, y, 0.066, mix(heart, "#3a1a00", 0.3))
    for _ in range(120):
        a, far = c.luck.uniform(0, math.tau), 0.06 * math.sqrt(c.luck.random())
        c.disc(
            x + math.cos(a) * far,
            y + math.sin(a) * far,
            0.0055,
            mix(heart, "#ffffff", c.luck.uniform(0, 0.5)),
        )
    return c.finish()


def leaf(c: Canvas, foot: Point, angle: float, long: float, half: float, colour: str) -> None:
    """A petal or leaf that points away from its foot."""

    def at(along: float, across: float) -> Point:
        dx, dy = along * long, across * half
        return foot[0] + dx * math.cos(angle) - dy * math.sin(angle), foot[1] + dx * math.sin(
            angle
        ) + dy * math.cos(angle)

    c.polygon(
        curve(
            at(0, 0),
            at(0.35, 0.75),
            at(0.75, 0.85),
            at(1, 0),
            at(0.75, -0.85),
            at(0.35, -0.75),
            at(0, 0),
            steps=10,
        ),
        colour,
    )
    c.line([at(0.12, 0), at(0.8, 0)], mix(colour, "#3a0a2a", 0.25), 0.003, 0.5)


def meadow(seed: int, sky: tuple[str, ...], grass: str, colours: tuple[str, ...]) -> Image.Image:
    """Wild flowers under the sky."""
    c = Canvas(1500, 1000, seed)
    c.sky(*sky, bottom=0.6)
    c.ridge(0.58, 0.1, 0.4, mix(grass, sky[-1], 0.5))
    c.sky(mix(grass, sky[-1], 0.25), grass, mix(grass, "#0b2410", 0.5), top=0.55)
    for number in range(330):
        deep = (number / 330) ** 0.8
        x, y = c.luck.uniform(0, c.wide), 0.57 + 0.43 * deep + c.luck.uniform(-0.015, 0.015)
        size = 0.004 + 0.03 * deep**1.6
        c.line(
            [(x, y), (x + c.luck.uniform(-0.01, 0.01), y + size * 4)],
            mix(grass, "#0b2410", 0.4),
            0.002 + 0.003 * deep,
        )
        colour = c.luck.choice(colours)
        for petal in range(5):
            a = math.tau * petal / 5
            c.disc(x + math.cos(a) * size * 0.6, y + math.sin(a) * size * 0.5, size * 0.52, colour)
        c.disc(x, y, size * 0.34, "#ffd84a" if colour != "#ffd84a" else "#c96b1c")
    return c.finish()


def bird(seed: int, wall: tuple[str, ...], back: str, belly: str) -> Image.Image:
    """A small bird on a branch."""
    c = Canvas(1200, 1000, seed)
    c.sky(*wall)
    c.glow(c.wide * 0.3, 0.3, 0.8, "#ffffff", 0.4)
    c.line(curve((-0.1, 0.8), (0.35, 0.75), (0.8, 0.77), (1.4, 0.68)), "#5b4030", 0.034)
    for place in range(9):
        x = 0.06 + 0.14 * place
        leaf(
            c,
            (x, 0.775 - 0.02 * (place % 3)),
            -0.8 + 0.5 * (place % 4),
            0.12,
            0.03,
            "#6a9a4c" if place % 2 else "#83b060",
        )
    x, y = 0.6, 0.5
    c.polygon(
        curve(
            (x - 0.2, y + 0.06),
            (x - 0.36, y + 0.2),
            (x - 0.46, y + 0.32),
            (x - 0.38, y + 0.3),
            (x - 0.14, y + 0.17),
        ),
        mix(back, "#101020", 0.3),
    )
    body = curve(
        (x - 0.24, y + 0.1),
        (x - 0.14, y - 0.08),
        (x + 0.02, y - 0.2),
        (x + 0.12, y - 0.3),
        (x + 0.25, y - 0.28),
        (x + 0.28, y - 0.17),
        (x + 0.24, y),
        (x + 0.15, y + 0.18),
        (x - 0.02, y + 0.25),
        (x - 0.17, y + 0.2),
        (x - 0.24, y + 0.1),
    )
    c.polygon(body, back)
    c.polygon(
        curve(
            (x + 0.27, y - 0.16),
            (x + 0.22, y + 0.02),
            (x + 0.13, y + 0.17),
            (x - 0.02, y + 0.24),
            (x - 0.15, y + 0.2),
            (x + 0.02, y + 0.08),
            (x + 0.12, y - 0.08),
            (x + 0.27, y - 0.16),
        ),
        belly,
    )
    c.polygon(
        curve(
            (x + 0.06, y - 0.06),
            (x - 0.08, y + 0.02),
            (x - 0.3, y + 0.17),
            (x - 0.12, y + 0.16),
            (x + 0.05, y + 0.09),
            (x + 0.06, y - 0.06),
        ),
        mix(back, "#101020", 0.28),
    )
    c.polygon([(x + 0.26, y - 0.245), (x + 0.36, y - 0.21), (x + 0.265, y - 0.19)], "#e0a13a")
    c.disc(x + 0.2, y - 0.225, 0.021, "#ffffff")
    c.disc(x + 0.203, y - 0.225, 0.015, "#14121a")
    c.disc(x + 0.208, y - 0.231, 0.005, "#ffffff")
    for dx in (0.0, 0.06):
        c.line([(x + dx, y + 0.23), (x + dx + 0.01, y + 0.285)], "#b5762c", 0.009)
    return c.finish()


def fish(seed: int, water: tuple[str, ...], colours: tuple[str, ...]) -> Image.Image:
    """A shoal under water."""
    c = Canvas(1400, 1000, seed)
    c.sky(*water)
    for _ in range(5):
        x = c.luck.uniform(0, c.wide)
        c.polygon([(x, 0), (x + 0.1, 0), (x - 0.15, 1), (x - 0.4, 1)], "#ffffff", 0.05)
    for number in range(11):
        x, y, size = (
            c.luck.uniform(0.1, c.wide - 0.1),
            c.luck.uniform(0.12, 0.8),
            c.luck.uniform(0.06, 0.13),
        )
        colour = colours[number % len(colours)]
        c.polygon(
            [
                (x - size * 0.8, y),
                (x - size * 1.5, y - size * 0.45),
                (x - size * 1.3, y),
                (x - size * 1.5, y + size * 0.45),
            ],
            mix(colour, "#0a1a3a", 0.2),
        )
        c.polygon(
            curve(
                (x - size, y),
                (x - size * 0.3, y - size * 0.5),
                (x + size * 0.6, y - size * 0.4),
                (x + size, y),
                (x + size * 0.6, y + size * 0.4),
                (x - size * 0.3, y + size * 0.5),
                (x - size, y),
            ),
            colour,
        )
        c.polygon(
            curve(
                (x - size * 0.1, y - size * 0.47),
                (x + size * 0.12, y),
                (x - size * 0.1, y + size * 0.47),
                (x + size * 0.14, y + size * 0.46),
                (x + size * 0.34, y),
                (x + size * 0.14, y - size * 0.46),
            ),
            "#ffffff",
            0.75,
        )
        c.disc(x + size * 0.66, y - size * 0.1, size * 0.09, "#ffffff")
        c.disc(x + size * 0.68, y - size * 0.1, size * 0.05, "#10131f")
    for _ in range(26):
        c.disc(
            c.luck.uniform(0, c.wide),
            c.luck.uniform(0, 1),
            c.luck.uniform(0.003, 0.012),
            "#ffffff",
            0.3,
        )
    for number in range(18):
        x = c.wide * number / 17
        c.line(
            curve(
                (x, 1.02),
                (x + 0.03, 0.93),
                (x - 0.02, 0.86),
                (x + 0.02, c.luck.uniform(0.72, 0.86)),
            ),
            mix(water[-1], "#1f6a4a", 0.7),
            0.02,
        )
    return c.finish()


def tree(seed: int, sky: tuple[str, ...], leaves: tuple[str, ...], ground: str) -> Image.Image:
    """One tree on a hill, in some season."""
    c = Canvas(1100, 1100, seed)
    c.sky(*sky)
    c.ridge(0.92, 0.08, 0.3, ground)
    x = c.wide / 2

    def branch(px: float, py: float, angle: float, long: float, thick: float) -> None:
        ex, ey = px + math.cos(angle) * long, py + math.sin(angle) * long
        c.line([(px, py), (ex, ey)], "#4a342a", thick)
        if long < 0.035:
            for _ in range(4 if leaves else 0):
                c.disc(
                    ex + c.luck.gauss(0, 0.028),
                    ey + c.luck.gauss(0, 0.024),
                    c.luck.uniform(0.012, 0.024),
                    c.luck.choice(leaves),
                    0.9,
                )
            return
        for turn in (-0.5, 0.42) if long > 0.09 else (-0.6, 0.05, 0.55):
            branch(
                ex,
                ey,
                angle + turn + c.luck.uniform(-0.16, 0.16),
                long * c.luck.uniform(0.66, 0.8),
                max(0.004, thick * 0.64),
            )

    c.shadow(x, 0.9, 0.22, 0.025, 0.3)
    branch(x, 0.9, -math.pi / 2, 0.2, 0.05)
    return c.finish()


def house(seed: int, sky: tuple[str, ...], wall: str, roof: str, ground: str) -> Image.Image:
    """A small house between trees."""
    c = Canvas(1400, 1000, seed)
    c.sky(*sky)
    c.ridge(0.72, 0.2, 0.45, mix(sky[-1], ground, 0.45))
    c.ridge(0.86, 0.05, 0.3, ground)
    x, y = c.wide * 0.52, 0.84
    for place in range(7):
        tx = x + (-0.62 + 0.2 * place) + c.luck.uniform(-0.03, 0.03)
        high = c.luck.uniform(0.22, 0.36)
        for tier in range(3):
            half, top = high * (0.17 + 0.1 * tier), y - high * (1 - 0.25 * tier)
            c.polygon(
                [(tx, top), (tx - half, top + high * 0.5), (tx + half, top + high * 0.5)],
                mix("#2f6a4a", ground, 0.2 + 0.1 * (place % 3)),
            )
    c.box(x - 0.24, 0.56, x + 0.24, y, wall)
    c.box(x + 0.08, 0.56, x + 0.24, y, mix(wall, "#1a1420", 0.14))
    c.polygon([(x - 0.3, 0.57), (x - 0.2, 0.37), (x + 0.2, 0.37), (x + 0.3, 0.57)], roof)
    c.polygon(
        [(x - 0.3, 0.57), (x + 0.3, 0.57), (x + 0.3, 0.585), (x - 0.3, 0.585)],
        mix(roof, "#1a1420", 0.3),
    )
    c.box(x + 0.1, 0.28, x + 0.16, 0.42, mix(wall, "#6a2a20", 0.5))
    for wx in (-0.18, 0.13):
        c.box(x + wx, 0.64, x + wx + 0.08, 0.74, "#ffe7a3", radius=0.004)
        c.line([(x + wx + 0.04, 0.64), (x + wx + 0.04, 0.74)], wall, 0.006)
        c.line([(x + wx, 0.69), (x + wx + 0.08, 0.69)], wall, 0.006)
    c.box(x - 0.04, 0.67, x + 0.05, y, mix(roof, "#1a1420", 0.45), radius=0.006)
    for puff in range(5):
        c.disc(x + 0.13 + 0.02 * puff, 0.26 - 0.045 * puff, 0.02 + 0.008 * puff, "#ffffff", 0.4)
    return c.finish()

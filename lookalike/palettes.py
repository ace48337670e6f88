"""Palettes: the few colours that a picture consists of, in bytes, and how near colours are.

A palette is COLOURS times four bytes, the largest share first: L* (0 to 100 in 255 steps), a* and
b* (128 is none), and the share of the picture in 255 steps; a share of 0 means that there are no
more colours. Distances are CIEDE2000.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import lru_cache

import numpy as np

from lookalike.arrays import Float32s, UInt8s
from lookalike.colours import BASIC_COLOURS

COLOURS = 6
PALETTE_BYTES = 4 * COLOURS
NO_PALETTE = bytes(PALETTE_BYTES)  # of a picture that nothing is known of

_LIGHTNESS = np.float32(255 / 100)
_WHITE = np.array([0.95047, 1.0, 1.08883], np.float32)  # D65
_TO_XYZ = np.array(
    [[0.4124564, 0.3575761, 0.1804375], [0.2126729, 0.7151522, 0.0721750],
     [0.0193339, 0.1191920, 0.9503041]], np.float32,
)  # fmt: skip
_CHUNK = 32_768  # colours compared at a time: what is in hand stays in the processor's cache

# What each basic name covers, by our own eyes: lightness and chroma first, then hue.
_BLACK_BELOW, _WHITE_ABOVE, _GREY_CHROMA = 20.0, 90.0, 9.0
_HUES: tuple[tuple[float, str], ...] = (
    (16.0, "pink"), (44.0, "red"), (72.0, "orange"), (104.0, "yellow"), (200.0, "green"),
    (307.0, "blue"), (332.0, "purple"), (360.0, "pink"),
)  # fmt: skip
_NAMES = tuple(BASIC_COLOURS)
_CELL_BITS = 3  # names are looked up in cells of 8 x 8 x 8 steps


def srgb_to_lab(pixels: UInt8s) -> Float32s:
    """`pixels`: RGB [..., 3]. CIELAB under D65, [..., 3]. Source: IEC 61966-2-1, CIE 15."""
    linear = _linear()[pixels]
    ratio = np.cbrt((linear @ _TO_XYZ.T) / _WHITE)
    # Below this the cube root is continued by a line.
    low = ratio < np.float32(6 / 29)
    if low.any():
        ratio[low] = ratio[low] ** 3 * np.float32(841 / 108) + np.float32(4 / 29)
    x, y, z = ratio[..., 0], ratio[..., 1], ratio[..., 2]
    return np.stack([116 * y - 16, 500 * (x - y), 200 * (y - z)], axis=-1)


def lab_to_srgb(lab: Float32s) -> UInt8s:
    """The way back, [..., 3]; colours that a screen cannot show are cut."""
    y = (lab[..., 0] + 16) / 116
    ratio = np.stack([y + lab[..., 1] / 500, y, y - lab[..., 2] / 200], axis=-1)
    xyz = np.where(ratio > 6 / 29, ratio**3, (ratio - 4 / 29) * (108 / 841)) * _WHITE
    linear = np.clip(xyz @ np.linalg.inv(_TO_XYZ).T, 0, 1)
    values = np.where(linear <= 0.0031308, 12.92 * linear, 1.055 * linear ** (1 / 2.4) - 0.055)
    rounded: UInt8s = np.rint(values * 255).astype(np.uint8)
    return rounded


def hex_to_lab(colour: str) -> Float32s:
    """`colour`: '#rrggbb'. [3]."""
    return srgb_to_lab(np.frombuffer(bytes.fromhex(colour[1:]), np.uint8))


def pack(lab: Float32s, shares: Float32s) -> bytes:
    """`lab`: [n, 3], `shares`: [n], the largest first; n at most COLOURS."""
    palette = np.zeros((COLOURS, 4), np.uint8)
    palette[: len(lab), 0] = np.clip(np.rint(lab[:, 0] * _LIGHTNESS), 0, 255)
    palette[: len(lab), 1:3] = np.clip(np.rint(lab[:, 1:] + 128), 0, 255)
    palette[: len(lab), 3] = np.clip(np.rint(shares * 255), 0, 255)
    return palette.tobytes()


def unpack(palette: bytes) -> tuple[Float32s, Float32s]:
    """The colours in CIELAB [n, 3] and their shares [n]."""
    rows = np.frombuffer(palette, np.uint8).reshape(-1, 4)
    rows = rows[rows[:, 3] > 0]
    return to_lab(rows), rows[:, 3].astype(np.float32) / np.float32(255)


def first_colours(palettes: Mapping[int, bytes]) -> dict[int, str]:
    """The first colour of each palette that has one, as '#rrggbb'."""
    known = {key: palette for key, palette in palettes.items() if palette[3:4] not in {b"", b"\0"}}
    if not known:
        return {}
    first = np.frombuffer(b"".join(palette[:4] for palette in known.values()), np.uint8)
    rgb = lab_to_srgb(to_lab(first.reshape(-1, 4)))
    return {key: f"#{bytes(row).hex()}" for key, row in zip(known, rgb.tolist(), strict=True)}


def to_lab(colours: UInt8s) -> Float32s:
    """`colours`: [n, 4] or [n, 3] as in a palette. [n, 3]."""
    lab = colours[:, :3].astype(np.float32)
    lab[:, 0] /= _LIGHTNESS
    lab[:, 1:] -= 128
    return lab


def differences(lab: Float32s, colour: Float32s) -> Float32s:
    """CIEDE2000 between each of `lab` [n, 3] and `colour` [3]; below 2 few people see one.

    Source: Sharma, Wu, Dalal, "The CIEDE2000 color-difference formula", 2005.
    """
    parts = [_differences(lab[i : i + _CHUNK], colour) for i in range(0, len(lab), _CHUNK)]
    return np.concatenate(parts) if parts else np.empty(0, np.float32)


def _differences(lab: Float32s, colour: Float32s) -> Float32s:
    lightness, a, b = lab[:, 0], lab[:, 1], lab[:, 2]
    lightness_of, a_of, b_of = (np.float32(value) for value in colour)
    mean = (np.hypot(a, b) + np.hypot(a_of, b_of)) / 2
    stretch = 1 + 0.5 * (1 - np.sqrt(mean**7 / (mean**7 + 25.0**7)))
    a, a_of = a * stretch, a_of * stretch
    chroma, chroma_of = np.hypot(a, b), np.hypot(a_of, b_of)
    hue, hue_of = np.arctan2(b, a), np.arctan2(b_of, a_of)
    turn = hue - hue_of
    turn -= 2 * np.pi * np.rint(turn / (2 * np.pi))
    grey = chroma * chroma_of == 0
    turn[grey] = 0
    middle = np.where(grey, hue + hue_of, hue_of + turn / 2)
    mean_lightness, mean_chroma = (lightness + lightness_of) / 2, (chroma + chroma_of) / 2
    weight = (
        1 - 0.17 * np.cos(middle - np.pi / 6) + 0.24 * np.cos(2 * middle)
        + 0.32 * np.cos(3 * middle + np.pi / 30) - 0.20 * np.cos(4 * middle - 63 * np.pi / 180)
    )  # fmt: skip
    square = (mean_lightness - 50) ** 2
    by_lightness = (lightness - lightness_of) / (1 + 0.015 * square / np.sqrt(20 + square))
    by_chroma = (chroma - chroma_of) / (1 + 0.045 * mean_chroma)
    by_hue = 2 * np.sqrt(chroma * chroma_of) * np.sin(turn / 2) / (1 + 0.015 * mean_chroma * weight)
    off_blue = np.remainder(np.degrees(middle), 360) - 275
    rotation = (
        -2
        * np.sqrt(mean_chroma**7 / (mean_chroma**7 + 25.0**7))
        * np.sin(np.radians(60) * np.exp(-((off_blue / 25) ** 2)))
    )
    squares = by_lightness**2 + by_chroma**2 + by_hue**2 + rotation * by_chroma * by_hue
    found: Float32s = np.sqrt(np.maximum(squares, 0)).astype(np.float32)
    return found


def names(colours: UInt8s) -> UInt8s:
    """The basic name that each colour goes by [n], as a place in BASIC_COLOURS; `colours`: [n, 4]
    or [n, 3] as in a palette."""
    cells = colours[:, :3] >> _CELL_BITS
    found: UInt8s = _named_cells()[cells[:, 0], cells[:, 1], cells[:, 2]]
    return found


@lru_cache(maxsize=1)
def _linear() -> Float32s:
    values = np.arange(256, dtype=np.float64) / 255
    bent = np.where(values <= 0.04045, values / 12.92, ((values + 0.055) / 1.055) ** 2.4)
    return bent.astype(np.float32)


@lru_cache(maxsize=1)
def _named_cells() -> UInt8s:
    """The name of the middle of each cell of L*, a* and b*."""
    side, half = 256 >> _CELL_BITS, 1 << (_CELL_BITS - 1)
    steps = np.arange(side, dtype=np.uint8) * (1 << _CELL_BITS) + half
    grid = np.stack(np.meshgrid(steps, steps, steps, indexing="ij"), axis=-1).reshape(-1, 3)
    lab = to_lab(grid.astype(np.uint8))
    lightness, chroma = lab[:, 0], np.hypot(lab[:, 1], lab[:, 2])
    hue = np.remainder(np.degrees(np.arctan2(lab[:, 2], lab[:, 1])), 360)
    found = np.select([hue < end for end, _ in _HUES], [_NAMES.index(n) for _, n in _HUES], 0)

    def rename(where: np.ndarray, name: str) -> None:
        found[where] = _NAMES.index(name)

    rename((hue < 44) & (lightness > 62) & (chroma < 62), "pink")
    rename(((hue < 16) | (hue >= 357)) & (lightness < 50), "red")
    rename((hue >= 332) & (hue < 357) & (lightness < 50), "purple")
    rename((hue >= 34) & (hue < 90) & (lightness < 48) & (chroma < 60), "brown")
    rename((hue >= 44) & (hue < 90) & (lightness < 58) & (chroma < 42), "brown")
    rename((hue >= 44) & (hue < 90) & (lightness < 80) & (chroma < 34), "brown")
    rename((hue >= 48) & (hue < 90) & (lightness < 42), "brown")
    rename((hue >= 300) & (hue < 307) & (lightness > 40), "purple")
    rename((hue >= 307) & (hue < 309) & (lightness < 40), "blue")
    rename((hue >= 95) & (hue < 104) & (lightness < 70), "green")
    rename((lightness > 84) & (chroma < 14), "white")
    rename((lightness > 84) & (chroma < 26) & (hue >= 60) & (hue < 96), "white")
    rename(chroma < _GREY_CHROMA, "grey")
    rename((chroma < _GREY_CHROMA) & (lightness > _WHITE_ABOVE), "white")
    rename((lightness > 97) & (chroma < 12), "white")
    rename((lightness < _BLACK_BELOW) & (chroma < 14), "black")
    rename(lightness < 9, "black")
    return found.astype(np.uint8).reshape(side, side, side)

"""Draws named icons and emoji as captioned pictures, for what photographs never show.

The drawings come from two npm packages, `openmoji` (CC BY-SA 4.0) and `@tabler/icons` (MIT);
`make train` installs them into its cache. Tabler's line icons have no colour of their own, so
they are drawn in the basic colours, and the colour is named in the caption.
"""

from __future__ import annotations

import json
import random
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pyvips

from training.data import CaptionedSet

COLOURS = {
    "black": "#141414",
    "white": "#ffffff",
    "grey": "#8a8a8a",
    "red": "#d92525",
    "orange": "#f28a1c",
    "yellow": "#f5d327",
    "green": "#2fa043",
    "blue": "#2559d9",
    "purple": "#7d35c4",
    "pink": "#f283b6",
    "brown": "#7a4a26",
}
BACKGROUNDS = ("#ffffff", "#ffffff", "#ffffff", "#f2f2f2", "#e6eef7", "#f7efe0", "#333333")


def load_openmoji(package: Path, side_px: int) -> CaptionedSet:
    """Every emoji without skin tone variants; captions are its name and its tags."""
    entries = json.loads((package / "data" / "openmoji.json").read_text(encoding="utf-8"))
    files, captions, drawings = [], [], []
    for entry in entries:
        svg = package / "color" / "svg" / f"{entry['hexcode']}.svg"
        name = entry["annotation"].replace("⊛ ", "")
        if entry["skintone"] or not svg.is_file() or entry["group"].startswith("extras-unicode"):
            continue
        tags = [t.strip() for t in entry["tags"].split(",") if t.strip()]
        files.append(svg.name)
        captions.append([name, f"{name} icon", " ".join([name, *tags[:3]])])
        drawings.append(rasterise(svg.read_bytes(), side_px, "#ffffff"))
    return CaptionedSet("openmoji", files, np.stack(drawings), captions)


def load_tabler(package: Path, side_px: int, seed: int = 0) -> CaptionedSet:
    """Every line icon once, filled ones twice, in random colours that the captions name."""
    chance = random.Random(seed)
    files, captions, drawings = [], [], []
    for style, name, svg in _tabler_icons(package):
        colour = chance.choice(list(COLOURS))
        ground = chance.choice([b for b in BACKGROUNDS if b[1:3] != COLOURS[colour][1:3]])
        if colour == "white":
            ground = "#333333"
        data = svg.replace("currentColor", COLOURS[colour]).encode()
        files.append(f"{name}-{style}-{colour}.svg")
        captions.append([f"{colour} {name}", f"a {colour} {name} icon", f"{name} icon", name])
        drawings.append(rasterise(data, side_px, ground))
    return CaptionedSet("tabler", files, np.stack(drawings), captions)


def draw(package: Path, name: str, colour: str, side_px: int) -> np.ndarray:
    """One of Tabler's filled icons in one of COLOURS, RGB [side, side, 3]."""
    svg = (package / "icons" / "filled" / f"{name}.svg").read_text(encoding="utf-8")
    ground = "#333333" if colour == "white" else "#ffffff"
    return rasterise(svg.replace("currentColor", COLOURS[colour]).encode(), side_px, ground)


def _tabler_icons(package: Path) -> Iterator[tuple[str, str, str]]:
    """(style, readable name, SVG text) of each icon that depicts something."""
    for style, times in (("outline", 1), ("filled", 2)):
        for file in sorted((package / "icons" / style).glob("*.svg")):
            if file.stem.startswith(("brand-", "letter-", "number-", "square-letter", "circle-")):
                continue
            for _ in range(times):
                yield style, file.stem.replace("-", " "), file.read_text(encoding="utf-8")


def rasterise(svg: bytes, side_px: int, ground: str) -> np.ndarray:
    """RGB [side, side, 3], centred on a ground of this colour."""
    image = pyvips.Image.thumbnail_buffer(svg, side_px, height=side_px, size="both")
    margin = side_px // 16
    colour = [int(ground[i : i + 2], 16) for i in (1, 3, 5)]
    image = image.flatten(background=colour) if image.hasalpha() else image
    image = image.resize((side_px - 2 * margin) / max(image.width, image.height))
    image = image.gravity("centre", side_px, side_px, extend="background", background=colour)
    return np.asarray(image[0:3].numpy(), dtype=np.uint8)

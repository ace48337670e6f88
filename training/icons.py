"""Draws named icons and emoji as captioned pictures, for what photographs never show.

The drawings come from npm packages: `openmoji` (CC BY-SA 4.0), `@tabler/icons` (MIT), and of
`@iconify-json` the sets named below; `make train` installs them into its cache. Line icons have no
colour of their own, so they are drawn in the basic colours, and the colour is named in the caption.
"""

from __future__ import annotations

import json
import random
import re
import unicodedata
from collections.abc import Container, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
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
# Of Iconify; docs/model-card.md names their licences.
LINE_SETS = (
    "lucide",
    "ph",
    "mdi",
    "game-icons",
    "icon-park-outline",
    "hugeicons",
    "mingcute",
    "iconoir",
    "healthicons",
)
COLOURED_SETS = (
    "streamline-kameleon-color",
    "streamline-ultimate-color",
    "streamline-freehand-color",
)
EMOJI_SETS = ("fluent-emoji-flat", "noto", "twemoji")
_SKIN = re.compile(r"\b(dark|light|medium|skin|tone)\b")
_SAME_THING = re.compile(r"\b(outline|filled|fill|variant|alt|icon)\b")
# How these sets end the names of further drawings of a thing.
_FURTHER = dict.fromkeys(COLOURED_SETS, re.compile(r"( duo)?( \d+)?$")) | {
    "hugeicons": re.compile(r" \d+$"),
    "icon-park-outline": re.compile(r" (one|two|three|four|five|six)$"),
    "mingcute": re.compile(r"( \d+)?( line)?$"),
}
_NO_THING = ("abstract ", "alpha ", "numeric ", "letter ", "number ", "flag for flag")
# One drawing in each: of Phosphor, of Iconoir, of Health Icons.
_OTHER_WEIGHTS = ("-bold", "-duotone", "-light", "-thin", "-solid", "-negative", "-24px")
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
        drawings.append((svg.read_bytes(), "#ffffff"))
    return CaptionedSet("openmoji", files, rasterise_all(drawings, side_px), captions)


def load_tabler(package: Path, side_px: int, seed: int = 0) -> CaptionedSet:
    """Every line icon once, filled ones twice, in random colours that the captions name."""
    chance = random.Random(seed)
    words = random.Random(seed)  # apart from the colours, which are to stay what they were
    facts = json.loads((package / "icons.json").read_text(encoding="utf-8"))
    tags = {key.replace("-", " "): [str(tag) for tag in f["tags"]] for key, f in facts.items()}
    files, captions, drawings = [], [], []
    for style, name, svg in _tabler_icons(package):
        colour = chance.choice(list(COLOURS))
        ground = chance.choice([b for b in BACKGROUNDS if b[1:3] != COLOURS[colour][1:3]])
        if colour == "white":
            ground = "#333333"
        data = svg.replace("currentColor", COLOURS[colour]).encode()
        files.append(f"{name}-{style}-{colour}.svg")
        captions.append(
            [
                f"{colour} {name}",
                f"a {colour} {name} icon",
                f"{name} icon",
                *_said_by_tags(name, tags.get(name, []), words),
                name,
            ]
        )
        drawings.append((data, ground))
    return CaptionedSet("tabler", files, rasterise_all(drawings, side_px), captions)


def _said_by_tags(name: str, tags: list[str], chance: random.Random) -> Iterator[str]:
    """Other words for an icon, as its makers chose them."""
    others = [tag for tag in tags if tag != name]
    if others:
        yield " ".join([name, *chance.sample(others, min(2, len(others)))])
        yield " ".join(chance.sample(others, min(3, len(others))))


def plain_name(name: str) -> str:
    """The name of an icon without its style and its spelling: `heart-outline` is a heart, and
    "Woman’s hat" is `womans-hat`."""
    plain = unicodedata.normalize("NFKD", name.lower()).encode("ascii", "ignore").decode()
    plain = plain.replace("'", "").replace("&", " and ").replace("-", " ")
    return " ".join(re.findall(r"[a-z0-9]+", _SAME_THING.sub(" ", plain)))


def load_iconify(
    package: Path, side_px: int, without: Container[str], seed: int = 0
) -> CaptionedSet:
    """A set of Iconify, one of those named above. `without`: plain names to leave out."""
    icons = json.loads((package / "icons.json").read_text(encoding="utf-8"))
    is_line = package.name in LINE_SETS
    kind = "emoji" if package.name in EMOJI_SETS else "icon"
    chance = random.Random(seed)
    files, captions, drawings = [], [], []
    for key, icon in icons["icons"].items():
        name = plain_name(key)
        if package.name in _FURTHER:
            name = _FURTHER[package.name].sub("", name)
        if not _depicts(key, name, is_line) or icon.get("hidden") or name in without:
            continue
        colour = chance.choice(list(COLOURS))
        ground = chance.choice([b for b in BACKGROUNDS if b[1:3] != COLOURS[colour][1:3]])
        if not is_line:
            ground = "#ffffff"
        elif colour == "white":
            ground = "#333333"
        svg = _svg_of(icon, icons).replace("currentColor", COLOURS[colour])
        files.append(f"{key}.svg")
        drawings.append((svg.encode(), ground))
        captions.append(
            [f"{colour} {name}", f"{name} icon", name] if is_line else [name, f"{name} {kind}"]
        )
    return CaptionedSet(package.name, files, rasterise_all(drawings, side_px), captions)


def _depicts(key: str, name: str, is_line: bool) -> bool:
    """Whether this is the one drawing of a thing that has a name."""
    if is_line and key.endswith(_OTHER_WEIGHTS):
        return False
    if not is_line and _SKIN.search(name):
        return False
    return re.search("[a-z]{2}", name) is not None and not name.startswith(_NO_THING)


def _svg_of(icon: Mapping[str, object], icons: Mapping[str, object]) -> str:
    width, height = (icon.get(side, icons.get(side, 16)) for side in ("width", "height"))
    return (
        '<svg xmlns="http://www.w3.org/2000/svg" xmlns:xlink="http://www.w3.org/1999/xlink" '
        f'viewBox="0 0 {width} {height}" width="{width}" height="{height}">{icon["body"]}</svg>'
    )


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


def rasterise_all(drawings: Sequence[tuple[bytes, str]], side_px: int) -> np.ndarray:
    """RGB [n, side, side, 3] of each (SVG, ground)."""
    with ThreadPoolExecutor() as threads:
        drawn = threads.map(lambda drawing: rasterise(drawing[0], side_px, drawing[1]), drawings)
        return np.stack(list(drawn))


def rasterise(svg: bytes, side_px: int, ground: str) -> np.ndarray:
    """RGB [side, side, 3], centred on a ground of this colour."""
    image = pyvips.Image.thumbnail_buffer(svg, side_px, height=side_px, size="both")
    margin = side_px // 16
    colour = [int(ground[i : i + 2], 16) for i in (1, 3, 5)]
    image = image.flatten(background=colour) if image.hasalpha() else image
    image = image.resize((side_px - 2 * margin) / max(image.width, image.height))
    image = image.gravity("centre", side_px, side_px, extend="background", background=colour)
    return np.asarray(image[0:3].numpy(), dtype=np.uint8)

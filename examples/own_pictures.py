"""Draws a library of pictures of our own: python own_pictures.py FOLDER.

Seventy illustrations, and copies of some of them as they come about: smaller, cropped, turned,
lighter, with words on them. Nothing in them is anybody else's, so they may stand anywhere; the
screenshots of the documentation show them. The same pictures come out each time.
"""

from __future__ import annotations

import sys
from collections.abc import Callable
from pathlib import Path

from own import living, patterns, scenes, things
from own.scenes import DAWN, DAY, DUSK, MINT, NIGHT, ROSE
from PIL import Image, ImageDraw, ImageEnhance, ImageFont

Draw = Callable[[], Image.Image]

PICTURES: dict[str, Draw] = {
    "sea/sunset-over-the-bay.jpg": lambda: scenes.sunset(1, DUSK, "#ffb347"),
    "sea/evening-with-a-sail.jpg": lambda: scenes.sunset(2, ROSE, "#ffd9a0", boat=True),
    "sea/violet-dusk.webp": lambda: scenes.sunset(
        3, ("#1b1446", "#5a2f86", "#d0568f", "#ff9a7a"), "#ff8f6b"
    ),
    "sea/first-light.jpg": lambda: scenes.sunset(4, DAWN, "#fff0c4", wide=2200),
    "sea/regatta.jpg": lambda: scenes.harbour(5, DAY, "#2c7fb0", ("#ffffff", "#ffdf6b", "#e2554f")),
    "sea/quiet-harbour.png": lambda: scenes.harbour(6, MINT, "#2f8f8c", ("#fff4e0", "#f29a5c")),
    "sea/shoal-of-orange-fish.jpg": lambda: living.fish(
        7, ("#3fb6d0", "#1877a6", "#0b3a66"), ("#ff8a3c", "#ffb03c", "#ff6a3c")
    ),
    "sea/blue-and-yellow-fish.webp": lambda: living.fish(
        8, ("#8fe0d0", "#2f9aa0", "#0f4f66"), ("#ffe04a", "#4a7ae0")
    ),
    "mountains/blue-ranges.jpg": lambda: scenes.mountains(
        11, ("#7fb0dd", "#c8dff0", "#f5efe6"), "#1d3a5f"
    ),
    "mountains/red-evening.jpg": lambda: scenes.mountains(12, DUSK, "#2a1233", moon="#ffd9a0"),
    "mountains/moonlit-ridge.jpg": lambda: scenes.mountains(13, NIGHT, "#060914", moon="#f4f0d8"),
    "mountains/green-valleys.png": lambda: scenes.mountains(14, MINT, "#123d33", layers=6),
    "mountains/rose-morning.jpg": lambda: scenes.mountains(15, ROSE, "#3f2352", wide=2000),
    "mountains/alpine-lake.jpg": lambda: scenes.lake(16, DAY, "#5f6f86", "#ffffff", "#1f5f7a"),
    "mountains/lake-at-sundown.jpg": lambda: scenes.lake(17, ROSE, "#6a4a72", "#ffe6dc", "#5a3a6a"),
    "mountains/northern-lights.jpg": lambda: scenes.aurora(18, ("#4affb0", "#8a6aff")),
    "mountains/green-aurora.webp": lambda: scenes.aurora(19, ("#b0ff6a", "#2affc8")),
    "woods/fog-in-the-firs.jpg": lambda: scenes.wood(
        21, ("#b8cfc9", "#dfe8dc", "#f2efdf"), "#12302a"
    ),
    "woods/golden-wood.jpg": lambda: scenes.wood(22, ("#f3b25c", "#f9d998", "#fdf0cf"), "#5a2f12"),
    "woods/blue-night-wood.png": lambda: scenes.wood(
        23, ("#1a2b58", "#40609a", "#8fb0cf"), "#07112a", wide=1000, high=1400
    ),
    "woods/spring-tree.jpg": lambda: living.tree(
        24, ("#9fd6f0", "#e6f6fb"), ("#ffb7d0", "#ff9abf", "#ffe0ea"), "#8fc76a"
    ),
    "woods/summer-tree.jpg": lambda: living.tree(
        25, ("#5fb2e6", "#d6effb"), ("#4f9a3a", "#6fb84a", "#3a7a34"), "#6aa84a"
    ),
    "woods/autumn-tree.jpg": lambda: living.tree(
        26, ("#f0c890", "#fbeed6"), ("#e0662a", "#f0a030", "#c33a22"), "#b0803f"
    ),
    "woods/winter-tree.jpg": lambda: living.tree(27, ("#a8bccf", "#e8eff5"), (), "#f7fafc"),
    "woods/house-in-summer.jpg": lambda: living.house(28, DAY, "#f6e3c5", "#b5483a", "#7fb04f"),
    "woods/cabin-in-the-snow.jpg": lambda: living.house(
        29, ("#2f3f6a", "#7f8fb8", "#e0dfe8"), "#7a4f34", "#f2f5fa", "#e6edf5"
    ),
    "desert/dunes-at-noon.jpg": lambda: scenes.dunes(
        31, ("#6fb6dd", "#cfe6ea", "#fbeccb"), "#e8b06a"
    ),
    "desert/red-dunes.jpg": lambda: scenes.dunes(32, DUSK, "#d0683f", wide=1800),
    "city/skyline-at-night.jpg": lambda: scenes.city(41, NIGHT, "#0a0d1c", "#ffd77a"),
    "city/skyline-at-dusk.jpg": lambda: scenes.city(42, DUSK, "#241a3a", "#ffdf9a"),
    "city/towers-by-day.png": lambda: scenes.city(43, DAY, "#4a6480", "#dff0fb"),
    "city/pink-city.jpg": lambda: scenes.city(44, ROSE, "#5a3f6f", "#ffe9c9", water=False),
    "air/balloons-over-hills.jpg": lambda: scenes.balloons(
        51, DAY, "#4f8a4a", ("#e2483f", "#f2b23a", "#3f7ad0")
    ),
    "air/balloons-at-dawn.jpg": lambda: scenes.balloons(
        52, DAWN, "#6a5a7a", ("#d0487a", "#5a4ab0", "#f08a3c", "#2f9a8a")
    ),
    "air/red-balloon.jpg": lambda: scenes.balloons(53, ROSE, "#5a3f6f", ("#d8332f",), high=1300),
    "air/flock-at-sunset.jpg": lambda: scenes.birds(54, DUSK, "#1a1020"),
    "air/morning-flock.webp": lambda: scenes.birds(55, DAWN, "#2a3550"),
    "birds/robin.jpg": lambda: living.bird(56, ("#dcebd8", "#f6f2e4"), "#7a5a44", "#e8703a"),
    "birds/blue-tit.jpg": lambda: living.bird(57, ("#e8f0d0", "#fdf8e6"), "#3f74b8", "#f4d84a"),
    "birds/green-finch.png": lambda: living.bird(58, ("#f6dccb", "#fdf3ea"), "#6f8f3c", "#d6d86a"),
    "garden/red-gerbera.jpg": lambda: living.flower(
        61, ("#f7efe2", "#e9dcc8"), "#d8333f", "#f2b23a", 18
    ),
    "garden/daisy.jpg": lambda: living.flower(62, ("#8fc7e8", "#dff0f7"), "#f7f4ec", "#f5c531", 20),
    "garden/violet-dahlia.jpg": lambda: living.flower(
        63, ("#efe4f2", "#d9c7e2"), "#8a4fc0", "#f0d060", 12
    ),
    "garden/sunflower.png": lambda: living.flower(
        64, ("#5fb0e0", "#cfeaf7"), "#f7b81f", "#6a3f1a", 22
    ),
    "garden/poppy-meadow.jpg": lambda: living.meadow(
        65, DAY, "#5f9a3f", ("#e2372f", "#e2372f", "#f7f4ec")
    ),
    "garden/violet-meadow.jpg": lambda: living.meadow(
        66, ROSE, "#5a8a5a", ("#8a5ad0", "#b07ae0", "#ffd84a")
    ),
    "kitchen/red-apples.jpg": lambda: things.fruit(
        71, "#e9dccb", ("#c8242f", "#d8333f", "#b81f2a")
    ),
    "kitchen/green-apples.jpg": lambda: things.fruit(72, "#dfe6ea", ("#7ab03a", "#8fc24a")),
    "kitchen/oranges.jpg": lambda: things.fruit(
        73, "#cfe2e0", ("#f28a1f", "#f79a2f", "#ee7f17", "#f59328")
    ),
    "kitchen/plums.png": lambda: things.fruit(74, "#f2dfd6", ("#5a2f6f", "#6a3a80", "#4a2560")),
    "kitchen/lemons.jpg": lambda: things.lemons(75, "#bcd9df", "#f7d531"),
    "kitchen/limes.webp": lambda: things.lemons(76, "#f5e3d2", "#8fc236"),
    "shop/cup-of-coffee.jpg": lambda: things.cup(81, "#e8d3bd", "#f4f0e8", "#5a3422"),
    "shop/red-cup.jpg": lambda: things.cup(82, "#f2e9e0", "#cc3a35", "#6a4028"),
    "shop/blue-cup-of-tea.jpg": lambda: things.cup(83, "#dfe8ef", "#3f6fb0", "#c98a3a"),
    "shop/green-cup.png": lambda: things.cup(84, "#f7f1df", "#5f9a72", "#7fae4a"),
    "shop/chair-mustard.jpg": lambda: things.chair(85, "#eeeae2", "#dca53a", "#7a4f2c"),
    "shop/chair-teal.jpg": lambda: things.chair(86, "#f1ece6", "#2f8a86", "#8a5f38"),
    "shop/chair-rose.jpg": lambda: things.chair(87, "#e8eceb", "#d07a8a", "#5a3f2c"),
    "shop/red-car.jpg": lambda: things.car(88, "#d9e2e6", "#cc2f2f"),
    "shop/blue-car.jpg": lambda: things.car(89, "#efe6da", "#2f62b8"),
    "shop/yellow-car.png": lambda: things.car(90, "#dfe3ea", "#f2b81f"),
    "shop/lamp.jpg": lambda: things.lamp(91, "#4a4058", "#f2c078"),
    "patterns/blue-waves.png": lambda: patterns.waves(
        101, ("#1f4f86", "#f4f0e4", "#3f82b8", "#f4f0e4")
    ),
    "patterns/terrazzo.jpg": lambda: patterns.terrazzo(
        102, "#f4efe6", ("#d98a6a", "#3f5f6a", "#e2c06a", "#8aa88a")
    ),
    "patterns/leaf-wallpaper.jpg": lambda: patterns.leaves(
        103, "#1f3f3a", ("#8fb88a", "#d9c98a", "#5f9a8a")
    ),
    "patterns/sunset-mosaic.png": lambda: patterns.triangles(
        104, ("#2b2350", "#8a3f86", "#e0705f", "#ffd08a")
    ),
    "patterns/ocean-mosaic.jpg": lambda: patterns.triangles(
        105, ("#0b2f4f", "#1f7a9a", "#7fd0c4", "#f2f6dc")
    ),
    "patterns/quarter-rings.png": lambda: patterns.rings(
        106, "#f6efe2", ("#d8533f", "#2f5f7a", "#f0b64a", "#6a9a8a")
    ),
    "patterns/confetti.jpg": lambda: patterns.dots(
        107, ("#fdf6ec", "#f7e6dc"), ("#e2555f", "#3f8ac0", "#f2b83a", "#5fb08a")
    ),
    "patterns/oak-planks.jpg": lambda: patterns.wood_grain(108, "#c8935a", "#7a4a26"),
    "patterns/white-marble.jpg": lambda: patterns.marble(109, "#f2f1ee", "#8a8f98"),
}

MARKS = {
    "brand/leaf.svg": ("leaf", "#e6f0e2", "#3f7f4f", "#e6f0e2"),
    "brand/wave.svg": ("wave", "#e4f0f5", "#f2b84a", "#2f7fa8"),
    "brand/peak.svg": ("peak", "#20304f", "#8fb0d0", "#ffffff"),
    "brand/sun.svg": ("sun", "#fdf3da", "#f2a02f", "#e0682f"),
    "brand/star.svg": ("star", "#2f2350", "#ffd84a", "#ff9a5c"),
    "brand/cup.svg": ("cup", "#f5e9df", "#8a4f34", "#c08a6a"),
}

COPIES: dict[str, tuple[str, Callable[[Image.Image], Image.Image]]] = {
    "sea/sunset-over-the-bay-small.jpg": ("sea/sunset-over-the-bay.jpg", lambda i: _scaled(i, 0.5)),
    "sea/sunset-over-the-bay.webp": ("sea/sunset-over-the-bay.jpg", lambda i: i),
    "sea/sunset-postcard.jpg": ("sea/sunset-over-the-bay.jpg", lambda i: _signed(i, "Greetings")),
    "shop/red-car-web.jpg": ("shop/red-car.jpg", lambda i: _scaled(i, 0.6)),
    "shop/red-car.webp": ("shop/red-car.jpg", lambda i: i),
    "city/skyline-at-night-crop.jpg": ("city/skyline-at-night.jpg", lambda i: _cropped(i, 0.1)),
    "city/skyline-at-night-bright.jpg": (
        "city/skyline-at-night.jpg",
        lambda i: ImageEnhance.Brightness(i).enhance(1.25),
    ),
    "mountains/alpine-lake-small.webp": ("mountains/alpine-lake.jpg", lambda i: _scaled(i, 0.5)),
    "air/balloons-mirrored.jpg": (
        "air/balloons-over-hills.jpg",
        lambda i: i.transpose(Image.Transpose.FLIP_LEFT_RIGHT),
    ),
    "garden/poppy-meadow-framed.jpg": ("garden/poppy-meadow.jpg", lambda i: _framed(i)),
    "birds/robin-grey.jpg": ("birds/robin.jpg", lambda i: i.convert("L").convert("RGB")),
}


def _scaled(image: Image.Image, part: float) -> Image.Image:
    size = (round(image.width * part), round(image.height * part))
    return image.resize(size, Image.Resampling.LANCZOS)


def _cropped(image: Image.Image, part: float) -> Image.Image:
    dx, dy = round(image.width * part), round(image.height * part)
    return image.crop((dx, dy, image.width, image.height))


def _framed(image: Image.Image) -> Image.Image:
    edge = image.height // 14
    framed = Image.new("RGB", (image.width + 2 * edge, image.height + 2 * edge), "white")
    framed.paste(image, (edge, edge))
    return framed


def _signed(image: Image.Image, words: str) -> Image.Image:
    signed = image.copy()
    font = ImageFont.load_default(size=image.height // 9)
    ImageDraw.Draw(signed).text((image.width // 14, image.height // 14), words, "#fff6e4", font)
    return signed


def draw(folder: Path) -> list[Path]:
    """Draws what is not there yet; returns where all of it is."""
    drawn: dict[str, Image.Image] = {}
    for name, make in PICTURES.items():
        if not (folder / name).exists() or any(name == of for of, _ in COPIES.values()):
            drawn[name] = make()
            _save(drawn[name], folder / name)
    for name, (of, change) in COPIES.items():
        _save(change(drawn[of]), folder / name)
    for name, how in MARKS.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text(patterns.mark(*how), encoding="utf-8")
    return [folder / name for name in (*PICTURES, *COPIES, *MARKS)]


def _save(image: Image.Image, path: Path) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    if path.exists():
        return
    image.save(path, quality=88)


def main(arguments: list[str]) -> int:
    """Returns 0, or 2 for wrong usage."""
    if len(arguments) != 1:
        print(__doc__, file=sys.stderr)
        return 2
    paths = draw(Path(arguments[0]))
    print(f"{len(paths)} pictures are in {arguments[0]}")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))

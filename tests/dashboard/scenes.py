"""Pictures that a test can tell apart by colour, which is what FakeEmbedder sees."""

from __future__ import annotations

import io
from pathlib import Path

import numpy as np
from PIL import Image

COLOURS = {
    "red": (220, 30, 30),
    "green": (40, 160, 50),
    "blue": (35, 60, 210),
    "yellow": (245, 230, 40),
    "purple": (130, 40, 170),
    "white": (250, 250, 250),
}


def scene(*colours: str, size: tuple[int, int] = (240, 180), seed: int = 0) -> Image.Image:
    """Bands of colour side by side, with a little noise so that no two are the same."""
    width, height = size
    noise = np.random.default_rng(seed).integers(-8, 9, (height, width, 3))
    pixels = np.zeros((height, width, 3), np.int64)
    for place, colour in enumerate(colours):
        left = place * width // len(colours)
        right = (place + 1) * width // len(colours)
        pixels[:, left:right] = COLOURS[colour]
    return Image.fromarray(np.clip(pixels + noise, 0, 255).astype(np.uint8))


def encode(image: Image.Image, kind: str = "png") -> bytes:
    buffer = io.BytesIO()
    image.save(buffer, kind)
    return buffer.getvalue()


def write_pictures(folder: Path) -> None:
    """Twelve pictures in three folders, one of them damaged, two of them copies."""
    for place in ("trips/sea", "trips/wood", "shop"):
        (folder / place).mkdir(parents=True)
    scene("red", seed=1).save(folder / "shop/red-chair.png")
    scene("red", seed=2, size=(300, 300)).save(folder / "shop/red-cup.jpg", quality=95)
    scene("red", "white", seed=3, size=(160, 300)).save(folder / "shop/red-label.png")
    scene("blue", seed=4, size=(900, 200)).save(folder / "trips/sea/panorama.jpg", quality=95)
    scene("blue", seed=5).save(folder / "trips/sea/blue-bay.png")
    scene("blue", "yellow", seed=6).save(folder / "trips/sea/beach.png")
    scene("green", seed=7, size=(150, 400)).save(folder / "trips/wood/tall-tree.png")
    scene("green", "red", seed=8).save(folder / "trips/wood/berries.webp", lossless=True)
    scene("yellow", seed=9).save(folder / "trips/wood/autumn.png")
    bay = (folder / "trips/sea/blue-bay.png").read_bytes()
    (folder / "shop/blue-bay-copy.png").write_bytes(bay)
    scene("purple", seed=10).save(
        folder / "shop/a-very-long-name-of-a-product-picture-from-last-summer-0042.png"
    )
    (folder / "shop/damaged.png").write_bytes(bay[: len(bay) // 3])

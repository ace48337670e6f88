"""Whether the regions that an explanation shows are the right ones.

    python -m evaluation.explanations --tsv captions.tsv --pictures captions.zip [--json FILE]

Mosaics of four photographs, cut at random places; a caption of one of them should be warm there.
`pointing` is how often the warmest cell lies in the right photograph (chance: about 0.25), `inside`
how much of the warmth above the mean does. Windows that are looked at by themselves, as
`lookalike.search.explanation` does it, against hiding parts under a blur and seeing how much the
score falls (Zeiler and Fergus, 2014).
"""

from __future__ import annotations

import argparse
import io
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from PIL import Image, ImageFilter

from evaluation.relevance import read_captions, reader_of
from evaluation.results import show
from evaluation.vectors import embed_pictures
from evaluation.which_model import add_model, open_model
from lookalike.images.thumbnails import encode_thumbnail
from lookalike.images.windows import Window, cut, grid, spread_over
from lookalike.models.base import Embedder
from lookalike.search.explanation import CELLS, WINDOW_SIDE, WINDOWS

SIDE_PX = 384  # like a thumbnail
BLUR_PX = 24


@dataclass(frozen=True)
class Mosaic:
    """Four pictures, and where they meet."""

    image: Image.Image
    across: float  # share of the width
    down: float
    captions: list[str]

    def quarter(self, place: int) -> np.ndarray:
        """The cells of one picture, bool [CELLS, CELLS]."""
        middles = (np.arange(CELLS) + 0.5) / CELLS
        columns = middles >= self.across if place % 2 else middles < self.across
        rows = middles >= self.down if place // 2 else middles < self.down
        return np.outer(rows, columns)


def mosaics(tsv: Path, pictures: Path, count: int, seed: int = 0) -> Iterator[Mosaic]:
    captions, read = read_captions(tsv), reader_of(pictures)
    files, chance = sorted(captions), np.random.default_rng(seed)
    for _ in range(count):
        four = chance.choice(len(files), 4, replace=False).tolist()
        across, down = chance.uniform(0.35, 0.65, 2)
        x, y = round(across * SIDE_PX), round(down * SIDE_PX)
        image = Image.new("RGB", (SIDE_PX, SIDE_PX))
        for place, number in enumerate(four):
            left, top = x * (place % 2), y * (place // 2)
            size = (SIDE_PX - x if left else x, SIDE_PX - y if top else y)
            with Image.open(io.BytesIO(read(files[number]))) as picture:
                image.paste(picture.convert("RGB").resize(size), (left, top))
        yield Mosaic(image, across, down, [captions[files[number]][0] for number in four])


def seen_alone(mosaic: Mosaic, embedder: Embedder) -> tuple[list[Window], np.ndarray]:
    """The windows, and a vector of each."""
    windows = grid(WINDOWS, WINDOW_SIDE)
    pixels = cut(encode_thumbnail(mosaic.image), windows, embedder.image_size_px)
    return windows, embed_pictures(pixels, embedder)


def hidden(mosaic: Mosaic, embedder: Embedder) -> tuple[list[Window], np.ndarray]:
    """The windows, and what the whole loses when each is hidden."""
    windows = grid(WINDOWS, WINDOW_SIDE)
    side = embedder.image_size_px
    whole = mosaic.image.resize((side, side), Image.Resampling.BICUBIC)
    blurred = whole.filter(ImageFilter.GaussianBlur(BLUR_PX))
    pictures = [np.asarray(whole)]
    for window in windows:
        box = tuple(round(edge * side) for edge in
                    (window.left, window.top, window.right, window.bottom))  # fmt: skip
        covered = whole.copy()
        covered.paste(blurred.crop(box), box[:2])
        pictures.append(np.asarray(covered))
    vectors = embed_pictures(pictures, embedder)
    return windows, vectors[0] - vectors[1:]


def measure(found: Iterator[Mosaic], embedder: Embedder) -> dict[str, dict[str, float]]:
    hits: dict[str, list[tuple[bool, float]]] = {"windows": [], "hiding": []}
    for mosaic in found:
        words = embedder.embed_texts(mosaic.captions)
        for name, look in (("windows", seen_alone), ("hiding", hidden)):
            windows, vectors = look(mosaic, embedder)
            for place, text in enumerate(words):
                warmth = spread_over(windows, vectors @ text, CELLS)
                quarter = mosaic.quarter(place)
                above = np.maximum(warmth - warmth.mean(), 0)
                is_hit = bool(quarter.flat[int(warmth.argmax())])
                hits[name].append((is_hit, float(above[quarter].sum() / above.sum())))
    return {
        name: {
            "captions": len(rows),
            "pointing": float(np.mean([hit for hit, _ in rows])),
            "inside": float(np.mean([inside for _, inside in rows])),
        }
        for name, rows in hits.items()
    }


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    add_model(parser)
    parser.add_argument("--tsv", type=Path, required=True)
    parser.add_argument("--pictures", type=Path, required=True)
    parser.add_argument("--mosaics", type=int, default=100)
    parser.add_argument("--json", type=Path)
    options = parser.parse_args()
    embedder = open_model(options)
    found = mosaics(options.tsv, options.pictures, options.mosaics)
    show(measure(found, embedder), embedder.model_id, options.json)


if __name__ == "__main__":
    main()

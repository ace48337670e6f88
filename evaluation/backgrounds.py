"""Whether bands stay sensible when a bank is made from the library's own pictures.

The shipped model is judged as if it brought no bank, in libraries of several sizes drawn from a
captioned set, with the bank that it ships with and with one that `search.background` makes.

    python -m evaluation.backgrounds --tsv flickr8k-dev.tsv --pictures flickr8k-dev.zip
"""

from __future__ import annotations

import argparse
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from evaluation.bands import judge
from evaluation.relevance import Captioned, embed, read_captions
from lookalike.arrays import Float32s
from lookalike.models.base import Embedder
from lookalike.models.registry import load
from lookalike.search.background import draw_neutral, make_background
from lookalike.types import Calibration

SIZES = (30, 100, 300, 1000)
SHOWN = ("strong_right", "likely_right", "captions_with_strong", "absent_with_strong")


@dataclass
class WithBank:
    """The model, measured against another bank."""

    model: Embedder
    background: Float32s

    @property
    def calibration(self) -> Calibration | None:
        return self.model.calibration

    def embed_texts(self, texts: Sequence[str]) -> Float32s:
        return self.model.embed_texts(texts)


def draw(captioned: Captioned, size: int) -> Captioned:
    """A library of so many of the pictures, with their captions."""
    count = len(captioned.files)
    rows = np.sort(np.random.default_rng(0).permutation(count)[:size])
    kept = np.isin(captioned.own, rows)
    return Captioned(
        [captioned.files[row] for row in rows],
        captioned.pictures[rows],
        [text for text, keep in zip(captioned.captions, kept, strict=True) if keep],
        captioned.words[kept],
        np.searchsorted(rows, captioned.own[kept]),
    )


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--tsv", type=Path, required=True)
    parser.add_argument("--pictures", type=Path, required=True)
    options = parser.parse_args()
    model = load()
    captioned = embed(read_captions(options.tsv), options.pictures, model)
    neutral = model.embed_images(draw_neutral(model.image_size_px))
    print("pictures bank      " + "  ".join(f"{name:>20}" for name in SHOWN))
    for size in SIZES:
        library = draw(captioned, size)
        banks = {"shipped": model.background, "own": make_background(library.pictures, neutral)}
        for name, bank in banks.items():
            result = judge(library, WithBank(model, bank))  # type: ignore[arg-type]
            told = "  ".join(f"{result.get(shown, float('nan')):20.3f}" for shown in SHOWN)
            print(f"{size:8} {name:9} {told}", flush=True)


if __name__ == "__main__":
    main()

"""Chooses from which score on a result is called strong or likely, for any model.

    python -m evaluation.calibration --tsv captions.tsv --pictures captions.zip --model NAME --write

A few hundred captioned pictures like those that people will search are enough; the TSV holds
`file<TAB>caption`. Every other query chooses the thresholds, the rest tells whether they hold.
With `--write` they are written into the model's manifest, where libraries find them; `bands` of a
catalog entry says the same. What counts as right is told in `evaluation/bands.py`; a picture's
result is right when that holds for one of the picture's captions, and six in ten strong ones are
asked for. Where no level reaches what is asked for, the usual thresholds stay.
"""

from __future__ import annotations

import argparse
import json
from dataclasses import asdict, dataclass
from pathlib import Path

import numpy as np

from evaluation.bands import TOP, absent_queries, content_words
from evaluation.relevance import BATCH, LIMITS, read_captions, reader_of
from lookalike.arrays import Float32s
from lookalike.images.picture import prepare
from lookalike.library.models import open_shelf
from lookalike.models.base import Embedder
from lookalike.models.manifest import keep_calibration
from lookalike.models.registry import FOLDERS, SHIPPED, load
from lookalike.search.background import draw_neutral, make_background
from lookalike.search.calibration import USUAL, standardise
from lookalike.settings import Settings
from lookalike.types import Calibration, Thresholds

# Promised are 0.70 and 0.40; what one half of the queries chooses holds a little less on the other.
STRONG_RIGHT, LIKELY_RIGHT, MOST_ABSENT = 0.72, 0.42, 0.05
PICTURES_RIGHT = 0.60  # of the strong results of a picture
GRID = np.round(np.arange(1.5, 12, 0.1), 1)
FEWEST = 20  # results that a share is told from


@dataclass(frozen=True)
class Judged:
    """The best results of some queries, best first: [n, TOP]."""

    standing: np.ndarray  # spreads above the background
    right: np.ndarray  # bool

    def part(self, first: int) -> Judged:
        """Every other query."""
        return Judged(self.standing[first::2], self.right[first::2])


def judge_words(
    captions: list[list[str]], pictures: Float32s, bank: Float32s, model: Embedder
) -> Judged:
    """Each caption is a query."""
    shown = [content_words(" ".join(own)) for own in captions]
    standing, right = [], []
    for row, own in enumerate(captions):
        for caption, vector in zip(own, model.embed_texts(own), strict=True):
            places, levels = _best(pictures @ vector, bank @ vector)
            words = content_words(caption)
            standing.append(levels)
            right.append([place == row or _share(words, shown[place]) >= 0.5 for place in places])
    return Judged(np.array(standing), np.array(right))


def judge_pictures(captions: list[list[str]], pictures: Float32s, bank: Float32s) -> Judged:
    """Each picture is a query; itself is left out."""
    each = [[content_words(caption) for caption in own] for own in captions]
    shown = [set().union(*own) for own in each]
    standing, right = [], []
    for row, vector in enumerate(pictures):
        scores = pictures @ vector
        scores[row] = -1
        places, levels = _best(scores, bank @ vector)
        standing.append(levels)
        right.append(
            [
                place != row and any(_share(words, shown[place]) >= 0.5 for words in each[row])
                for place in places
            ]
        )
    return Judged(np.array(standing), np.array(right))


def choose(
    judged: Judged, absent: np.ndarray, strong_right: float, usual: Thresholds
) -> Thresholds:
    """`absent`: how far the best results of queries stand out that have no right one. Where what is
    asked for cannot be reached, it is as in `usual`."""
    half = judged.part(0)
    firsts = Judged(half.standing[:, :1], half.right[:, :1])
    others = Judged(half.standing[:, 1:], half.right[:, 1:])
    quiet = next((float(level) for level in GRID if (absent >= level).mean() <= MOST_ABSENT), 0.0)
    best = _least(firsts, strong_right, above=quiet) or usual.best
    strong = max(best, _least(others, strong_right) or usual.strong)
    likely = _least(others, LIKELY_RIGHT, below=strong) or usual.likely
    return Thresholds(best, strong, min(strong, likely))


def _least(
    judged: Judged, wanted: float, *, above: float = 0.0, below: float = np.inf
) -> float | None:
    """The lowest level from which on so many results are right."""
    right = (
        float(level)
        for level in GRID
        if level >= above and _precision(judged, level, below) >= wanted
    )
    return next(right, None)


def _precision(judged: Judged, level: float, below: float = np.inf) -> float:
    within = (judged.standing >= level) & (judged.standing < below)
    return float(judged.right[within].mean()) if within.sum() >= FEWEST else 0.0


def check(judged: Judged, absent: np.ndarray, chosen: Thresholds) -> dict[str, float]:
    """Of the queries that did not choose."""
    held = judged.part(1)
    levels = np.full(held.standing.shape, chosen.strong)
    levels[:, 0] = chosen.best
    strong = held.standing >= levels
    likely = ~strong & (held.standing >= chosen.likely)
    return {
        "strong_right": float(held.right[strong].mean()) if strong.any() else 0.0,
        "likely_right": float(held.right[likely].mean()) if likely.any() else 0.0,
        "with_strong": float(strong.any(axis=1).mean()),
        "absent_with_strong": float((absent >= chosen.best).mean()),
    }


def _best(scores: Float32s, background: Float32s) -> tuple[np.ndarray, Float32s]:
    places = np.argsort(-scores)[:TOP]
    levels = standardise(scores[places], background)
    assert levels is not None, "the bank is too small"
    return places, levels


def _share(words: set[str], shown: set[str]) -> float:
    return len(words & shown) / max(1, len(words))


def _see(files: list[str], pictures: Path, model: Embedder) -> Float32s:
    read, side_px = reader_of(pictures), model.image_size_px
    parts = []
    for start in range(0, len(files), BATCH):
        pixels = [
            prepare(read(file), LIMITS, side_px=side_px, fitting=model.fitting).pixels
            for file in files[start : start + BATCH]
        ]
        parts.append(model.embed_images(np.stack(pixels)))
    return np.concatenate(parts)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--tsv", type=Path, required=True)
    parser.add_argument("--pictures", type=Path, required=True)
    parser.add_argument("--model", default=SHIPPED, help="a model of this machine")
    parser.add_argument("--write", action="store_true", help="into the model's manifest")
    options = parser.parse_args()
    shelf = open_shelf(Settings.load(None))
    model = load(options.model, shelf=shelf)
    by_file = read_captions(options.tsv)
    files = sorted(by_file)
    captions = [by_file[file] for file in files]
    pictures = _see(files, options.pictures, model)
    bank = model.background
    if not len(bank):
        bank = make_background(pictures, model.embed_images(draw_neutral(model.image_size_px)))
    absent = np.array(
        [_best(pictures @ v, bank @ v)[1][0] for v in model.embed_texts(absent_queries())]
    )
    words = judge_words(captions, pictures, bank, model)
    alike = judge_pictures(captions, pictures, bank)
    nothing = np.zeros(1)
    calibration = Calibration(
        words=choose(words, absent, STRONG_RIGHT, USUAL.words),
        pictures=choose(alike, nothing, PICTURES_RIGHT, USUAL.pictures),
        measured_on=options.tsv.stem,
    )
    print(json.dumps({"model": model.model_id, "bands": asdict(calibration)}, indent=2))
    print("words   ", json.dumps(check(words, absent, calibration.words)))
    print("pictures", json.dumps(check(alike, nothing, calibration.pictures)))
    if options.write:
        folder = FOLDERS.get(options.model) or shelf.folder_of(options.model)
        keep_calibration(folder, calibration)


if __name__ == "__main__":
    main()

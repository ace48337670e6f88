"""Trains the heads of a finished model once more, and leaves both its networks as they are.

    python -m training.again --data FOLDER --icons FOLDER --out FOLDER [--model FOLDER]

Half an hour on two cores instead of the hours of a whole training: each picture and each caption
goes through the files of the model once or twice, and what comes out is learned from (`finish.py`).
"""

from __future__ import annotations

import argparse
import json
from pathlib import Path

import numpy as np
import torch

from lookalike.models.registry import FOLDERS, SHIPPED
from training.augmentation import augment
from training.data import CaptionedSet
from training.export import background, write_manifest
from training.exported import ExportedModel
from training.finish import Computed, finish, rows_of
from training.networks import Inside
from training.progress import Progress
from training.recipe import Finish
from training.sets import load_sets, require_sources

_PART = 32  # pictures at a time


def compute(model: ExportedModel, captioned: CaptionedSet, recipe: Finish) -> Computed:
    """Everything of a set through both networks."""
    captions = [caption for own in captioned.captions for caption in own]
    looks = recipe.looks.get(captioned.name, 1)
    progress = Progress(captioned.name, len(captioned) * looks)
    return Computed(
        seen=[look(model, captioned, number, recipe, progress) for number in range(looks)],
        said=model.read(captions),
        captions_of=rows_of(captioned.captions),
    )


def look(
    model: ExportedModel, captioned: CaptionedSet, number: int, recipe: Finish, progress: Progress
) -> Inside:
    """All pictures once, as float16: look 0 as they are, others cut and lit at random."""
    parts = []
    for start in range(0, len(captioned), _PART):
        pictures = captioned.images[start : start + _PART]
        inside = model.see(pictures if number == 0 else augmented(pictures, recipe.crop_min))
        parts.append([kind.half() for kind in inside])
        progress.add(len(pictures))
    return Inside(*(torch.cat(kind) for kind in zip(*parts, strict=True)))


def augmented(pictures: np.ndarray, crop_min: float) -> np.ndarray:
    """uint8 [n, side, side, 3], each cut and lit at random."""
    channels_first = torch.from_numpy(np.ascontiguousarray(pictures.transpose(0, 3, 1, 2)))
    cut = augment(channels_first, pictures.shape[1], crop_min)
    return np.ascontiguousarray(cut.round().to(torch.uint8).numpy().transpose(0, 2, 3, 1))


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--data", type=Path, required=True, help="captioned pictures")
    parser.add_argument("--icons", type=Path, required=True, help="a node_modules folder")
    parser.add_argument("--out", type=Path, required=True, help="where the model is written")
    parser.add_argument(
        "--model", type=Path, default=FOLDERS[SHIPPED], help="the model to begin with"
    )
    parser.add_argument("--name", default="my-lookalike", help="name in the manifest")
    parser.add_argument("--version", default="1", help="version in the manifest")
    options = parser.parse_args()
    require_sources(parser, options.data, options.icons)
    recipe = Finish()
    torch.manual_seed(recipe.seed)
    facts = json.loads((options.model / "manifest.json").read_text(encoding="utf-8"))
    model = ExportedModel(options.model, recipe.dropout)
    sets, _ = load_sets(options.data, options.icons, facts["image_size_px"])
    computed = {name: compute(model, captioned, recipe) for name, captioned in sets.items()}
    heads = finish(recipe, model.image.head, model.text.head, computed)
    model.save(*heads, options.out)
    np.save(options.out / "background.npy", background(options.out / "image.onnx", sets))
    facts |= {
        "name": options.name,
        "version": options.version,
        "trained_on": {name: len(captioned) for name, captioned in sets.items()},
    }
    facts.pop("bands", None)  # measured anew: evaluation.calibration
    write_manifest(options.out, facts)


if __name__ == "__main__":
    main()

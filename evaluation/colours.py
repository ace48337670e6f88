"""Whether a colour in the query is heeded: eleven basic colours times twenty things.

    python -m evaluation.colours --data FOLDER --icons NODE_MODULES [--json FILE]

Icons: twenty Tabler icons, each drawn in all eleven colours; "red heart" among the 220 drawings,
right when the red heart is among the first five. Photographs: twenty kinds of product, "red dress"
among all products, right when one whose title says so is among the first five, for each pair that
at least three titles have; and the same for pairs that captions of Flickr8k dev have. Beside that,
how often the colour of the first result is right whatever the thing, and how often one of the
first five is right when the colour is left out of the query: what chance and the thing alone give;
and for photographs, `with_a_colour_term`: when the colour is a term of its own as well, a third as
heavy as `--by-colour` makes it.
"""

from __future__ import annotations

import argparse
import io
import re
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

import numpy as np
from PIL import Image

from evaluation.relevance import embed, read_captions, reader_of
from evaluation.results import show
from evaluation.vectors import embed_pictures, embed_texts
from evaluation.which_model import add_model, open_model
from lookalike.images.palette import extract_palette
from lookalike.models.base import Embedder
from lookalike.search.tint import worth
from lookalike.stores.colour_table import ColourTable
from training.icons import COLOURS, draw

TOP = 5
FEWEST = 3
SIDE_PX = 224
ICONS = """
heart star home bell bulb cloud droplet flag gift key lock moon umbrella balloon bug apple
camera car eye hexagon
"""
PRODUCTS = """
shirt dress handbag shoes watch sandals belt wallet jacket jeans shorts cap socks scarf skirt
tie sunglasses flip-flops backpack sweater
"""
SEEN = """
shirt dress car jacket dog hat ball shorts coat bike pants uniform sweater water grass hair toy
helmet horse suit
"""


def measure_icons(icons: Path, embedder: Embedder) -> dict[str, float]:
    """Each thing in each colour, among all of them."""
    pairs = [(colour, name) for name in ICONS.split() for colour in COLOURS]
    pictures = embed_pictures(
        (draw(icons, name, colour, SIDE_PX) for colour, name in pairs), embedder
    )
    return judge(
        pairs,
        pictures,
        embedder,
        lambda row, colour, name: pairs[row] == (colour, name),
        lambda row, colour: pairs[row][0] == colour,
    )


def measure_words(
    said: Sequence[str],
    things: str,
    pictures: np.ndarray,
    embedder: Embedder,
    *,
    amounts: Mapping[str, np.ndarray],
    together: bool,
) -> dict[str, float]:
    """Pairs of a colour and a thing that at least FEWEST of the texts have; `together`: as words
    that follow each other, for texts that name several colours."""
    texts = [
        f" {' '.join(re.findall(r'[a-z-]+', text.lower().replace('gray', 'grey')))} "
        for text in said
    ]

    def has(row: int, colour: str, thing: str) -> bool:
        if together:
            return f" {colour} {thing} " in texts[row]
        return f" {colour} " in texts[row] and f" {thing} " in texts[row]

    pairs = [
        (colour, thing)
        for thing in things.split()
        for colour in COLOURS
        if sum(has(row, colour, thing) for row in range(len(texts))) >= FEWEST
    ]
    judged = judge(pairs, pictures, embedder, has, lambda row, colour: f" {colour} " in texts[row])
    return judged | {"with_a_colour_term": _tinted(pairs, pictures, embedder, has, amounts)}


def _tinted(
    pairs: Sequence[tuple[str, str]],
    pictures: np.ndarray,
    embedder: Embedder,
    is_right: Callable[[int, str, str], bool],
    amounts: Mapping[str, np.ndarray],
) -> float:
    """The share that is right among the first five, with how much of the colour each has."""
    hits = []
    for colour, thing in pairs:
        vector = embedder.embed_texts([f"{colour} {thing}"])[0]
        third = worth(embedder.background @ vector) / 3
        scores = pictures @ vector + third * np.sqrt(amounts[colour])
        hits.append(any(is_right(row, colour, thing) for row in np.argsort(-scores)[:TOP]))
    return _share(hits)


def colour_amounts(files: Sequence[str], read: Callable[[str], bytes]) -> dict[str, np.ndarray]:
    """How much of each picture [n] has each colour."""
    table = ColourTable()
    palettes = []
    for number, file in enumerate(files, start=1):
        with Image.open(io.BytesIO(read(file))) as picture:
            palettes.append((number, number, extract_palette(picture.convert("RGB"))))
    table.add(palettes)
    keys = np.arange(1, len(files) + 1, dtype=np.int64)
    return {colour: table.amounts(colour, keys) for colour in COLOURS}


def _plain(text: str) -> str:
    """Words with a blank around each."""
    return f" {' '.join(re.findall(r'[a-z-]+', text.lower().replace('gray', 'grey')))} "


def judge(
    pairs: Sequence[tuple[str, str]],
    pictures: np.ndarray,
    embedder: Embedder,
    is_right: Callable[[int, str, str], bool],
    has_colour: Callable[[int, str], bool],
) -> dict[str, float]:
    """Shares of the pairs."""
    words = embed_texts([f"{colour} {thing}" for colour, thing in pairs], embedder)
    plain = embed_texts([thing for _, thing in pairs], embedder)
    found = [np.argsort(-(pictures @ vector))[:TOP] for vector in words]
    without = [np.argsort(-(pictures @ vector))[:TOP] for vector in plain]
    return {
        "pairs": len(pairs),
        "pictures": len(pictures),
        "right_in_top_5": _share(
            any(is_right(row, *pair) for row in rows)
            for rows, pair in zip(found, pairs, strict=True)
        ),
        "right_first": _share(
            is_right(rows[0], *pair) for rows, pair in zip(found, pairs, strict=True)
        ),
        "colour_of_first": _share(
            has_colour(rows[0], pair[0]) for rows, pair in zip(found, pairs, strict=True)
        ),
        "without_the_colour": _share(
            any(is_right(row, *pair) for row in rows)
            for rows, pair in zip(without, pairs, strict=True)
        ),
    }


def _share(hits: object) -> float:
    return float(np.mean(list(hits)))  # type: ignore[call-overload]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    add_model(parser)
    parser.add_argument("--data", type=Path, required=True, help="folder of captioned sets")
    parser.add_argument("--icons", type=Path, required=True, help="a node_modules folder")
    parser.add_argument("--json", type=Path)
    options = parser.parse_args()
    embedder = open_model(options)
    results = {"icons": measure_icons(options.icons / "@tabler" / "icons", embedder)}
    for name, things in (("products", PRODUCTS), ("flickr8k-dev", SEEN)):
        captions = read_captions(options.data / f"{name}.tsv")
        seen = embed(captions, options.data / f"{name}.zip", embedder)
        said = [". ".join(captions[file]) for file in seen.files]
        amounts = colour_amounts(seen.files, reader_of(options.data / f"{name}.zip"))
        results[name] = measure_words(
            said,
            things,
            seen.pictures,
            embedder,
            amounts=amounts,
            together=name != "products",
        )
    show(results, embedder.model_id, options.json)


if __name__ == "__main__":
    main()

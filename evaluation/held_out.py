"""Product titles, icons and emoji that the model never saw, by their names.

    python -m evaluation.held_out --data FOLDER --icons NODE_MODULES [--json FILE]

What is held out is what `training/sets.py` holds out. Titles are searched among all products, the
learned ones too; names of emoji and icons among all of their kind. Titles that several products
share, and icons of one name in several styles and colours, are right whichever comes first.
Shares are R@1, R@10 and R@50; `alone` is R@10 among the held-out pictures only. The icons come from
npm, in the versions that the model learned from, since others hold out other names:
`npm install --prefix FOLDER openmoji@17.0.0 @tabler/icons@3.51.0`.
"""

from __future__ import annotations

import argparse
from pathlib import Path

import numpy as np

from evaluation.results import show
from evaluation.vectors import embed_pictures, embed_texts
from evaluation.which_model import add_model, open_model
from lookalike.models.base import Embedder
from training.data import CaptionedSet, load
from training.icons import load_openmoji, load_tabler
from training.sets import split

SIDE_PX = 224


def measure(whole: CaptionedSet, held: CaptionedSet, embedder: Embedder) -> dict[str, float]:
    """How often a held-out name finds a picture of that name among the whole set."""
    said = [name_of(captions) for captions in whole.captions]
    pictures = embed_pictures(whole.images, embedder)
    names = sorted({name_of(captions) for captions in held.captions})
    words = embed_texts(names, embedder)
    is_held = np.isin(said, names)
    ranks = np.array([_rank(pictures @ w, said, n) for w, n in zip(words, names, strict=True)])
    among = [i for i, held_out in enumerate(is_held) if held_out]
    alone = np.array(
        [
            _rank(pictures[among] @ w, [said[i] for i in among], n)
            for w, n in zip(words, names, strict=True)
        ]
    )
    return {
        "names": len(names),
        "pictures": len(whole),
        "r_at_1": float((ranks < 1).mean()),
        "r_at_10": float((ranks < 10).mean()),
        "r_at_50": float((ranks < 50).mean()),
        "alone_r_at_10": float((alone < 10).mean()),
        "alone_pictures": len(among),
    }


def name_of(captions: list[str]) -> str:
    """The plain name: of a Tabler icon that is the last caption, without its colour."""
    return captions[-1] if captions[0].endswith(f" {captions[-1]}") else captions[0]


def _rank(scores: np.ndarray, said: list[str], name: str) -> int:
    """How many pictures of another name are better than the best of this one."""
    own = np.array([text == name for text in said])
    return int((scores[~own] > scores[own].max()).sum())


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    add_model(parser)
    parser.add_argument("--data", type=Path, required=True, help="folder of captioned sets")
    parser.add_argument("--icons", type=Path, required=True, help="a node_modules folder")
    parser.add_argument("--only", choices=("products", "openmoji", "tabler"))
    parser.add_argument("--json", type=Path)
    options = parser.parse_args()
    embedder = open_model(options)
    sets = {
        "products": load(options.data, "products", SIDE_PX),
        "openmoji": load_openmoji(options.icons / "openmoji", SIDE_PX),
        "tabler": load_tabler(options.icons / "@tabler" / "icons", SIDE_PX),
    }
    _, held = split(sets)
    show(
        {
            name: measure(sets[name], held[name], embedder)
            for name in sets
            if options.only in {None, name}
        },
        embedder.model_id,
        options.json,
    )


if __name__ == "__main__":
    main()

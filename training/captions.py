"""Says a caption in other words, or says something wrong on purpose."""

from __future__ import annotations

import random
from collections.abc import Iterator

from training.icons import COLOURS


def cut_caption(caption: str, how_often: float, chance: random.Random) -> str:
    """Sometimes only a run of two to five of its words, since people search with few."""
    parts = caption.split()
    if len(parts) < 5 or chance.random() >= how_often:
        return caption
    length = chance.randint(2, 5)
    start = chance.randint(0, len(parts) - length)
    return " ".join(parts[start : start + length])


def shorten_title(title: str, chance: random.Random) -> Iterator[str]:
    """A product's title without its first word, most often a brand, and without some others."""
    words = title.split()
    yield " ".join(words[1:]) or title
    yield " ".join(word for word in words if chance.random() > 0.3) or title


def recolour_caption(caption: str, chance: random.Random) -> str | None:
    """The same with one of its colours changed, which makes it wrong; None if it names none."""
    parts = caption.split()
    places = [place for place, word in enumerate(parts) if _colour(word) in COLOURS]
    if not places:
        return None
    place = chance.choice(places)
    parts[place] = chance.choice([name for name in COLOURS if name != _colour(parts[place])])
    return " ".join(parts)


def _colour(word: str) -> str:
    word = word.strip(",.;:()").lower()
    return "grey" if word == "gray" else word

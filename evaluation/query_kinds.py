"""What kinds of queries work: one word, colours, counts, scenes, typos, capitals, "without".

    python -m evaluation.query_kinds --tsv captions.tsv --pictures captions.zip [--json FILE]

Judged by the captions of the pictures (Flickr8k dev has five each). `p_at_10`: how many of the
first ten have the words in at least two captions; `chance` is the share of all pictures that have.
Bands: of the first ten of a query, how many are strong or likely, how many of those are right, and
for how many queries nothing stands out.
`r_at_10`: how often a caption's own picture is among the first ten.
"""

from __future__ import annotations

import argparse
import random
import re
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

import numpy as np

from evaluation.relevance import Captioned, embed, read_captions
from evaluation.results import show
from evaluation.vectors import embed_texts
from evaluation.which_model import add_model, open_model
from lookalike.models.base import Embedder
from lookalike.search.blend import blend
from lookalike.search.calibration import USUAL, bands
from lookalike.search.query import embed_words
from lookalike.search.sentence import read
from lookalike.search.suggestions import correct
from lookalike.types import Band

FEWEST = 5  # pictures that a query must be able to find
WORDS = """
dog man woman boy girl child baby people crowd horse bird ball bicycle motorcycle car boat tent
hat sunglasses guitar frisbee skateboard snowboard surfboard umbrella camera bench bridge
"""
SCENES = """
beach snow water street grass forest mountain field park city pool ocean lake river desert night
playground stadium track kitchen
"""
COLOURED = """
red shirt, blue shirt, black dog, white dog, brown dog, yellow dog, green grass, red jacket, blue
jacket, orange shirt, yellow shirt, pink shirt, black shirt, white shirt, red ball, yellow ball,
red car, blue water, blonde hair, pink dress
"""
COUNTED = """
two dogs, three dogs, two men, three men, two women, two children, three children, two boys, two
girls, three girls, two people, three people, four people, group of people
"""
WITHOUT = """
dog/water, dog/ball, dog/snow, dog/grass, man/hat, man/bicycle, boy/shirt, people/street,
girl/dress, beach/people, snow/people, water/dog, street/car, child/playground, grass/dog
"""
PLURALS = {"men": "man", "women": "woman", "children": "child", "people": "person"}


class Judged:
    """Pictures, and which words at least two of their captions have."""

    def __init__(self, captioned: Captioned, embedder: Embedder) -> None:
        self.pictures, self.embedder = captioned.pictures, embedder
        texts: list[list[str]] = [[] for _ in captioned.files]
        for text, row in zip(captioned.captions, captioned.own, strict=True):
            texts[row].append(f" {' '.join(re.findall(r'[a-z]+', text.lower()))} ")
        self._texts = texts

    def having(self, phrase: str) -> np.ndarray:
        """[n] bool."""
        forms = [f" {form} " for form in {phrase, _singular(phrase), f"{phrase}s"}]
        return np.array(
            [sum(any(f in text for f in forms) for text in texts) >= 2 for texts in self._texts]
        )

    def answerable(self, queries: Sequence[str]) -> Iterator[tuple[np.ndarray, np.ndarray]]:
        """The vector of each that FEWEST pictures can answer, and which do."""
        for query, vector in zip(queries, embed_texts(queries, self.embedder), strict=True):
            right = self.having(query)
            if right.sum() >= FEWEST:
                yield vector, right

    def precision(self, queries: Sequence[str]) -> dict[str, float]:
        shares, chances = [], []
        for vector, right in self.answerable(queries):
            shares.append(right[np.argsort(-(self.pictures @ vector))[:10]].mean())
            chances.append(right.mean())
        if not shares:
            return {"queries": 0}
        return {
            "queries": len(shares),
            "p_at_10": float(np.mean(shares)),
            "chance": float(np.mean(chances)),
        }

    def bands(self, queries: Sequence[str]) -> dict[str, float]:
        found: dict[Band, list[bool]] = {band: [] for band in Band}
        thresholds = (self.embedder.calibration or USUAL).words
        counted = nothing = 0
        for vector, right in self.answerable(queries):
            scores = self.pictures @ vector
            top = np.argsort(-scores)[:10]
            given = bands(scores[top], self.embedder.background @ vector, thresholds, best=0)
            counted, nothing = counted + 1, nothing + (set(given) == {Band.WEAK})
            for row, band in zip(top, given, strict=True):
                found[band].append(bool(right[row]))
        result = {f"{band}_in_10": len(hits) / max(1, counted) for band, hits in found.items()}
        result |= {f"{band}_right": float(np.mean(hits)) for band, hits in found.items() if hits}
        return result | {"nothing_stands_out": nothing / max(1, counted)}

    def without(self, literally: bool) -> dict[str, float]:
        """How many of the first ten show what was wanted, and what was not."""
        wanted, unwanted = [], []
        for pair in _items(WITHOUT):
            want, leave = pair.split("/")
            text = f"{want} without {leave}"
            terms = read(text)
            if literally:
                vector = self.embedder.embed_texts([text])[0]
            else:
                parts = np.stack(embed_words([t.text_value or "" for t in terms], self.embedder))
                vector = blend(parts, [t.weight for t in terms], self.embedder.background)
            top = np.argsort(-(self.pictures @ vector))[:10]
            wanted.append(self.having(want)[top].mean())
            unwanted.append(self.having(leave)[top].mean())
        return {"wanted_in_10": float(np.mean(wanted)), "unwanted_in_10": float(np.mean(unwanted))}


def recall(captioned: Captioned, vectors: np.ndarray, own: np.ndarray) -> float:
    """R@10."""
    scores = vectors @ captioned.pictures.T
    mine = scores[np.arange(len(scores)), own]
    return float(((scores > mine[:, None]).sum(1) < 10).mean())


def spoil(text: str, chance: random.Random) -> str:
    """One typo in one of its longer words: letters swapped, left out, doubled or changed."""
    words = text.split()
    long = [place for place, word in enumerate(words) if word.isalpha() and len(word) > 4]
    if not long:
        return text
    place = chance.choice(long)
    word, at = words[place], chance.randrange(1, len(words[place]) - 1)
    words[place] = chance.choice(
        [
            word[:at] + word[at + 1] + word[at] + word[at + 2 :],
            word[:at] + word[at + 1 :],
            word[:at] + word[at] + word[at:],
            word[:at] + chance.choice("abcdefghijklmnopqrstuvwxyz") + word[at + 1 :],
        ]
    )
    return " ".join(words)


def measure(captioned: Captioned, embedder: Embedder) -> dict[str, dict[str, float]]:
    judged = Judged(captioned, embedder)
    chance = random.Random(0)
    some = np.arange(0, len(captioned.captions), 5)
    said = [captioned.captions[row] for row in some]
    own = captioned.own[some]
    five = _by_picture(captioned)

    def r10(change: Callable[[str], str], texts: Sequence[str] = said) -> float:
        return recall(captioned, embed_texts([change(t) for t in texts], embedder), own)

    spoilt = [spoil(text, chance) for text in said]
    long = [". ".join(five[row]) + "." for row in own]
    counted = _items(COUNTED)
    return {
        "one word": judged.precision(WORDS.split()),
        "scenes": judged.precision(SCENES.split()),
        "colours": judged.precision(_items(COLOURED)),
        "counts": judged.precision(counted),
        "one word, bands": judged.bands(WORDS.split()),
        "scenes, bands": judged.bands(SCENES.split()),
        "without, as it is read": judged.without(literally=False),
        "without, literally": judged.without(literally=True),
        "sentences": {"r_at_10": r10(str)},
        "in capitals": {"r_at_10": r10(str.upper)},
        "one typo": {"r_at_10": r10(str, spoilt)},
        "one typo, corrected": {"r_at_10": r10(lambda text: correct(text) or text, spoilt)},
        "first three words": {"r_at_10": r10(lambda text: " ".join(text.split()[:3]))},
        "five sentences, cut": {"r_at_10": r10(str, long)},
        "five sentences, in parts": {
            "r_at_10": recall(captioned, np.stack(embed_words(long, embedder)), own)
        },
    }


def _by_picture(captioned: Captioned) -> dict[int, list[str]]:
    found: dict[int, list[str]] = {}
    for text, row in zip(captioned.captions, captioned.own.tolist(), strict=True):
        found.setdefault(row, []).append(text.strip(" ."))
    return found


def _items(text: str) -> list[str]:
    return [" ".join(item.split()) for item in text.split(",")]


def _singular(phrase: str) -> str:
    """Only of words that are no count: "two dogs" stays."""
    return phrase if " " in phrase else PLURALS.get(phrase, phrase)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    add_model(parser)
    parser.add_argument("--tsv", type=Path, required=True)
    parser.add_argument("--pictures", type=Path, required=True)
    parser.add_argument("--json", type=Path)
    options = parser.parse_args()
    embedder = open_model(options)
    captioned = embed(read_captions(options.tsv), options.pictures, embedder)
    show(measure(captioned, embedder), embedder.model_id, options.json)


if __name__ == "__main__":
    main()

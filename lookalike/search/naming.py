"""A few words for each group of pictures.

Each word is measured against what it scores in the model's background bank: by how many spreads
does it stand out? A word names a group when it stands out in the pictures of the group, and more
than in the others. Means over a group hold for small ones, too, in which no word is among the
best of most pictures.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from lookalike.arrays import Float32s, Float64s, Int64s, Vectors
from lookalike.search.calibration import MIN_BACKGROUND

_MOST_WORDS = 3
_LEAST_OF_BEST = 0.6  # a word says at least so much as the best one
_LEAST_STANDING_OUT = 0.1  # spreads: words that a group has less of than strangers say little
_CHUNK = 8192


def name_groups(
    vectors: Vectors,
    groups: Int64s,
    count: int,
    words: Sequence[str],
    word_vectors: Float32s,
    background: Float32s,
) -> list[str]:
    """`vectors`: unit rows [n, dim], float16 or float32; `groups`: [n], from 0 to `count` - 1, or
    -1 for none. `word_vectors`: [m, dim]. A text for each group, with commas between words."""
    means, spreads = _measure(word_vectors, background)
    sums = np.zeros((count + 1, len(words)), np.float64)  # the last row: in no group
    for start in range(0, len(vectors), _CHUNK):
        part = vectors[start : start + _CHUNK].astype(np.float32)
        scores = (part @ word_vectors.T - means) / spreads
        np.add.at(sums, groups[start : start + _CHUNK] % (count + 1), scores)
    sizes = np.bincount(groups % (count + 1), minlength=count + 1)[:, None]
    inside = sums / np.maximum(sizes, 1)
    elsewhere = (sums.sum(axis=0) - sums) / np.maximum(len(vectors) - sizes, 1)
    says = (inside - elsewhere) * np.maximum(inside, _LEAST_STANDING_OUT)
    return [_name(says[number], words) for number in range(count)]


def _measure(word_vectors: Float32s, background: Float32s) -> tuple[Float32s, Float32s]:
    """What each word scores in unrelated pictures: mean and spread [m]."""
    if len(background) < MIN_BACKGROUND:
        zeros = np.zeros(len(word_vectors), np.float32)
        return zeros, zeros + 1
    scores = background @ word_vectors.T
    return scores.mean(axis=0), np.maximum(scores.std(axis=0), np.float32(1e-3))


def _name(says: Float64s, words: Sequence[str]) -> str:
    """`says`: how much each of the words says about a group."""
    order = np.argsort(-says, kind="stable")
    chosen: list[str] = [words[order[0]]]
    for place in order[1:]:
        if len(chosen) == _MOST_WORDS or says[place] < _LEAST_OF_BEST * says[order[0]]:
            break
        if not _is_said(words[place], chosen):
            chosen.append(words[place])
    return ", ".join(chosen)


def _is_said(word: str, chosen: Sequence[str]) -> bool:
    """Whether `word` and one that was chosen are parts of each other: 'shirt', 'polo shirt'."""
    return any(word in other or other in word for other in chosen)

"""A few words for each group of pictures.

Every picture is given the words of the vocabulary that stand out most for it, each measured
against what the same word scores in the model's background bank. A word names a group when many
of its pictures have it and few of the others: its share in the group, times the logarithm of the
odds against the rest, times by how far it stands out there.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from lookalike.arrays import Float32s, Float64s, Int64s, Vectors
from lookalike.search.calibration import MIN_BACKGROUND

_WORDS_OF_A_PICTURE = 4
_MOST_WORDS = 3
_LEAST_SHARE = 0.2  # of a group's pictures have a word that names it, but for the first
_LEAST_OF_BEST = 0.5  # a word says at least so much as the best one
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
    held = np.zeros((count + 1, len(words)), np.int64)  # the last row: in no group
    sums = np.zeros((count + 1, len(words)), np.float64)
    for start in range(0, len(vectors), _CHUNK):
        part = vectors[start : start + _CHUNK].astype(np.float32)
        owners = groups[start : start + _CHUNK] % (count + 1)
        scores = (part @ word_vectors.T - means) / spreads
        width = min(_WORDS_OF_A_PICTURE, len(words))
        best = np.argpartition(-scores, width - 1, axis=1)[:, :width]
        codes = owners[:, None] * len(words) + best
        held += np.bincount(codes.ravel(), minlength=held.size).reshape(held.shape)
        np.add.at(sums, owners, scores)
    sizes = np.bincount(groups % (count + 1), minlength=count + 1)
    total = held.sum(axis=0)
    return [
        _name(held[i], sizes[i], total, len(groups), sums[i] / max(sizes[i], 1), words)
        for i in range(count)
    ]


def _measure(word_vectors: Float32s, background: Float32s) -> tuple[Float32s, Float32s]:
    """What each word scores in unrelated pictures: mean and spread [m]."""
    if len(background) < MIN_BACKGROUND:
        zeros = np.zeros(len(word_vectors), np.float32)
        return zeros, zeros + 1
    scores = background @ word_vectors.T
    return scores.mean(axis=0), np.maximum(scores.std(axis=0), np.float32(1e-3))


def _name(
    inside: Int64s,
    size: int,
    everywhere: Int64s,
    total: int,
    standing_out: Float64s,
    words: Sequence[str],
) -> str:
    # One more picture with half the words keeps small groups from certainty.
    share = (inside + 0.5) / (size + 1)
    rest = (everywhere - inside + 0.5) / (total - size + 1)
    says = share * np.log(share / rest) * np.maximum(standing_out, 0.1)
    order = np.argsort(-says, kind="stable")
    chosen: list[str] = [words[order[0]]]
    for place in order[1:]:
        if len(chosen) == _MOST_WORDS or says[place] < _LEAST_OF_BEST * says[order[0]]:
            break
        if share[place] >= _LEAST_SHARE and not _is_said(words[place], chosen):
            chosen.append(words[place])
    return ", ".join(chosen)


def _is_said(word: str, chosen: Sequence[str]) -> bool:
    """Whether `word` and one that was chosen are parts of each other: 'shirt', 'polo shirt'."""
    return any(word in other or other in word for other in chosen)

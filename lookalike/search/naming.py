"""A few words for each group of pictures.

Every picture is given the words of the vocabulary that stand out most for it, each measured
against what the same word scores in the model's background bank. A word names a group when many
of its pictures have it and few of the others: its share in the group times the logarithm of the
odds against the rest.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from lookalike.arrays import Float32s, Int64s
from lookalike.search.calibration import MIN_BACKGROUND

_WORDS_OF_A_PICTURE = 5
_MOST_WORDS = 3
_LEAST_SHARE = 0.15  # of a group's pictures have a word that names it, but for the first
_LEAST_OF_BEST = 0.45  # a word says at least so much as the best one
_CHUNK = 8192


def name_groups(
    vectors: Float32s,
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
    for start in range(0, len(vectors), _CHUNK):
        part = vectors[start : start + _CHUNK].astype(np.float32)
        scores = (part @ word_vectors.T - means) / spreads
        width = min(_WORDS_OF_A_PICTURE, len(words))
        best = np.argpartition(-scores, width - 1, axis=1)[:, :width]
        owners = groups[start : start + _CHUNK, None]
        codes = (owners % (count + 1)) * len(words) + best
        held += np.bincount(codes.ravel(), minlength=held.size).reshape(held.shape)
    sizes = np.bincount(groups % (count + 1), minlength=count + 1)
    return [_name(held[i], sizes[i], held.sum(axis=0), len(groups), words) for i in range(count)]


def _measure(word_vectors: Float32s, background: Float32s) -> tuple[Float32s, Float32s]:
    """What each word scores in unrelated pictures: mean and spread [m]."""
    if len(background) < MIN_BACKGROUND:
        zeros = np.zeros(len(word_vectors), np.float32)
        return zeros, zeros + 1
    scores = background @ word_vectors.T
    return scores.mean(axis=0), np.maximum(scores.std(axis=0), np.float32(1e-3))


def _name(inside: Int64s, size: int, everywhere: Int64s, total: int, words: Sequence[str]) -> str:
    # One more picture with half the words keeps small groups from certainty.
    share = (inside + 0.5) / (size + 1)
    rest = (everywhere - inside + 0.5) / (total - size + 1)
    says = share * np.log(share / rest)
    order = np.argsort(-says, kind="stable")[:_MOST_WORDS]
    best = says[order[0]]
    chosen = [order[0], *(i for i in order[1:] if _counts(says[i], best, share[i]))]
    return ", ".join(words[i] for i in chosen)


def _counts(says: float, best: float, share: float) -> bool:
    return says > 0 and says >= _LEAST_OF_BEST * best and share >= _LEAST_SHARE

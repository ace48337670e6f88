"""Bands: how a score compares with what the same query scores in unrelated pictures.

A flat cosine threshold means something else for every query and every model: a vague word
scores a little in everything, a picture scores high in anything of its kind. So each score is
expressed in spreads above the mean that the very same query vector scores against the
background bank that comes with the model, and only that number is compared with a threshold.

A bank of everyday pictures holds dogs and beaches too. Where many of it show what is asked for,
they are a tail above all others that a standard deviation would take for usual, and no dog of
the library would stand out. So the spread is told from the lowest of the scores alone.

Words and pictures have different thresholds: a picture's true matches stand further out.
"""

from __future__ import annotations

import numpy as np

from lookalike.arrays import Float32s
from lookalike.types import Band, Calibration, Thresholds

# For a model that nobody has measured: those of the model that ships, version 3, values at which
# seven in ten strong results, and four in ten likely ones, share half the content words of the
# caption that was searched. At the same score the best match is right more often than the others
# (0.71 against 0.59 from 5.6 on), so it needs less: nearly all strong results are best matches.
# They were chosen on every other query of the set, and hold on the rest. Pictures are judged by
# their captions alike; of their strong results six in ten are right.
WORDS = Thresholds(best=5.6, strong=7.0, likely=4.6)
PICTURES = Thresholds(best=5.7, strong=5.7, likely=4.8)
USUAL = Calibration(words=WORDS, pictures=PICTURES, measured_on="")

# With fewer background vectors a spread says nothing.
MIN_BACKGROUND = 8

# Of a bank's scores, the share that does not show what is asked for, and by what their standard
# deviation is multiplied to be that of all, if all are normally distributed.
_USUAL_SHARE, _OF_ALL = 0.8, 1.31
_LEAST_SPREAD = 1e-6


def spread(background_scores: Float32s) -> float | None:
    """How far the scores [m] of one query vector scatter over the bank, those aside that stand out
    from it: a one-sided trimmed standard deviation, consistent for normal scores.

    None when the bank is too small or too even to measure against.
    """
    if len(background_scores) < MIN_BACKGROUND:
        return None
    usual = int(_USUAL_SHARE * len(background_scores))
    lowest = np.partition(background_scores, usual)[:usual]
    scatter = _OF_ALL * float(np.std(lowest))
    return scatter if scatter >= _LEAST_SPREAD else None


def standardise(scores: Float32s, background_scores: Float32s) -> Float32s | None:
    """Spreads above the background's mean.

    `scores`: [n], `background_scores`: [m], both of one query vector. Returns float32 [n], or
    None when there is no `spread`.
    """
    scatter = spread(background_scores)
    if scatter is None:
        return None
    mean = float(np.mean(background_scores))
    return ((np.asarray(scores, np.float32) - mean) / scatter).astype(np.float32)


def bands(
    scores: Float32s,
    background_scores: Float32s,
    thresholds: Thresholds = WORDS,
    *,
    best: int | None = None,
) -> list[Band]:
    """The band of each score; without a usable background nothing is more than weak. `best`: which
    of `scores` is that of the best match, if it is among them; its equals are as good."""
    standard = standardise(scores, background_scores)
    if standard is None:
        return [Band.WEAK] * len(scores)
    return [
        _band(value, thresholds, is_best=best is not None and value >= standard[best])
        for value in standard.tolist()
    ]


def _band(standard_score: float, thresholds: Thresholds, *, is_best: bool) -> Band:
    if standard_score >= (thresholds.best if is_best else thresholds.strong):
        return Band.STRONG
    if standard_score >= thresholds.likely:
        return Band.LIKELY
    return Band.WEAK

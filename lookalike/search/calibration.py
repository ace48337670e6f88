"""Bands: how a score compares with what the same query scores in unrelated pictures.

A flat cosine threshold means something else for every query and every model: a vague word
scores a little in everything, a picture scores high in anything of its kind. So each score is
expressed in spreads (standard deviations) above the mean that the very same query vector
scores against the background bank that comes with the model, and only that number is
compared with a threshold.

Words and pictures have different thresholds: a picture's true matches stand further out.
"""

from __future__ import annotations

import numpy as np

from lookalike.arrays import Float32s
from lookalike.types import Band, Calibration, Thresholds

# For a model that nobody has measured: those of the first model that shipped, values at which
# seven in ten strong results, and four in ten likely ones, share half the content words of the
# caption that was searched. At the same score the best match is right more often than the fifth
# (0.73 against 0.58 at 5.0), so it needs less: half as many queries again have a strong result.
# They were chosen on every other picture of the set, and hold on the rest. Pictures are judged by
# their captions alike; of their strong results six in ten are right.
WORDS = Thresholds(best=5.0, strong=5.6, likely=3.8)
PICTURES = Thresholds(best=5.5, strong=5.5, likely=4.5)
USUAL = Calibration(words=WORDS, pictures=PICTURES, measured_on="")

# With fewer background vectors a spread says nothing.
MIN_BACKGROUND = 8


def standardise(scores: Float32s, background_scores: Float32s) -> Float32s | None:
    """Spreads above the background's mean.

    `scores`: [n], `background_scores`: [m], both of one query vector. Returns float32 [n], or
    None when the background is too small or too even to measure against.
    """
    if len(background_scores) < MIN_BACKGROUND:
        return None
    spread = float(np.std(background_scores))
    if spread < 1e-6:
        return None
    mean = float(np.mean(background_scores))
    return ((np.asarray(scores, np.float32) - mean) / spread).astype(np.float32)


def bands(
    scores: Float32s,
    background_scores: Float32s,
    thresholds: Thresholds = WORDS,
    *,
    best: int | None = None,
) -> list[Band]:
    """The band of each score; without a usable background nothing is more than weak. `best`: which
    of `scores` is that of the best match, if it is among them."""
    standard = standardise(scores, background_scores)
    if standard is None:
        return [Band.WEAK] * len(scores)
    return [
        _band(value, thresholds, is_best=place == best)
        for place, value in enumerate(standard.tolist())
    ]


def _band(standard_score: float, thresholds: Thresholds, *, is_best: bool) -> Band:
    if standard_score >= (thresholds.best if is_best else thresholds.strong):
        return Band.STRONG
    if standard_score >= thresholds.likely:
        return Band.LIKELY
    return Band.WEAK

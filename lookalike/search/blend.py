"""Signed, weighted terms become one query vector.

Two things keep a plain sum from being useful, and both are measured on the model's background
bank, pictures unrelated to any query:

- A picture's scores spread wider than a sentence's, so it would drown the words beside it.
  Each term is divided by its spread over the background: equal weights then mean equal say.
- What is subtracted often overlaps with what is wanted (beaches have people on them), so the
  difference would point away from both. Only the part of the unwanted side that the wanted
  side does not explain is taken away: the residual of a regression over the background.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from lookalike.arrays import Float32s
from lookalike.errors import EmptyQuery
from lookalike.search.products import dot_rows

# With fewer background vectors the spreads say nothing, and the plain sum serves.
MIN_BACKGROUND = 8


def blend(vectors: Float32s, weights: Sequence[float], background: Float32s) -> Float32s:
    """`vectors`: unit rows [n, dim], one a term; `background`: [m, dim], m may be 0.

    Returns the query vector, float32 [dim], of unit length. When every weight is negative, the
    best pictures are those least like the terms. Raises EmptyQuery when the terms cancel out.
    """
    return np.asarray(coefficients(vectors, weights, background) @ vectors, np.float32)


def coefficients(vectors: Float32s, weights: Sequence[float], background: Float32s) -> Float32s:
    """By what `blend` multiplies each of `vectors` before it adds them up [n]: the score of a
    picture is the sum of its scores for the terms, so multiplied. Raises EmptyQuery."""
    against = _score_background(vectors, background)
    shares = np.asarray(weights, np.float32) / _spreads(against)
    plus, minus = np.maximum(shares, 0), np.maximum(-shares, 0)
    wanted, unwanted = plus @ vectors, minus @ vectors
    left = np.linalg.norm(wanted - unwanted)
    if left <= 1e-4 * (np.linalg.norm(wanted) + np.linalg.norm(unwanted)):
        raise EmptyQuery("The terms cancel out; leave out what is both wanted and unwanted.")
    factors = shares
    if minus.any():
        # Scores of a sum are sums of scores, so the background need not be looked at again.
        is_known = against.shape[1] >= MIN_BACKGROUND
        x, y = (plus @ against, minus @ against) if is_known else (wanted, unwanted)
        factors = shares + _overlap(x, y, is_known) * plus
    return np.asarray(factors / np.linalg.norm(factors @ vectors), np.float32)


def _score_background(vectors: Float32s, background: Float32s) -> Float32s:
    """[n, m]; without a background [n, 0]."""
    if not len(background):
        return np.empty((len(vectors), 0), np.float32)
    return np.stack([dot_rows(background, vector) for vector in vectors])


def _spreads(against: Float32s) -> Float32s:
    """Standard deviation of each row's scores over the background [n]; ones when unknown."""
    if against.shape[1] < MIN_BACKGROUND:
        return np.ones(len(against), np.float32)
    spreads: Float32s = against.std(axis=1)
    return np.maximum(spreads, np.float32(1e-3))


def _overlap(wanted: Float32s, unwanted: Float32s, is_centred: bool) -> float:
    """How much of `wanted` is in `unwanted`: a regression slope, 0 when they are opposed."""
    x, y = wanted, unwanted
    if is_centred:
        x, y = x - x.mean(), y - y.mean()
    power = float(x @ x)
    return max(0.0, float(x @ y) / power) if power > 1e-9 else 0.0

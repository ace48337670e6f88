"""A background bank for a model that comes without one.

Bands compare a score with what the same query scores in pictures unrelated to it. Pictures of
strangers cannot be shipped, so the library's own stand in for them, chosen so that they are as
different from one another as can be: a library full of beaches then has few beaches in its bank,
and "beach" still stands out. A small library's bank is filled up with plain generated pictures,
without which a single match would be a large part of what it is measured against.
"""

from __future__ import annotations

import numpy as np

from lookalike.arrays import Float32s, UInt8s

SIZE = 512  # vectors of the library in a bank
_NEUTRAL = 64  # generated ones
_SEED = 11


def make_background(own: Float32s, neutral: Float32s) -> Float32s:
    """`own`: a sample of the library's vectors [n, dim]; `neutral`: of generated pictures.

    Returns at most SIZE of the one and, while those are fewer, all of the other.
    """
    chosen = own[choose_different(own, SIZE)]
    return chosen if len(chosen) >= SIZE else np.concatenate([chosen, neutral])


def choose_different(vectors: Float32s, count: int) -> list[int]:
    """Rows of unit vectors [n, dim] that are far from one another: each next one is the row that
    is least like all those before it (Gonzalez 1985). The first is the least usual."""
    if len(vectors) <= count:
        return list(range(len(vectors)))
    first = int(np.argmin(vectors @ vectors.mean(axis=0)))
    chosen = [first]
    nearest = vectors @ vectors[first]
    while len(chosen) < count:
        row = int(np.argmin(nearest))
        chosen.append(row)
        np.maximum(nearest, vectors @ vectors[row], out=nearest)
    return chosen


def draw_neutral(side_px: int) -> UInt8s:
    """[m, side, side, 3]: plain colours, gradients, stripes, discs and rough patches."""
    random = np.random.default_rng(_SEED)
    return np.stack([_draw(kind % 5, side_px, random) for kind in range(_NEUTRAL)])


def _draw(kind: int, side_px: int, random: np.random.Generator) -> UInt8s:
    y, x = np.mgrid[0:side_px, 0:side_px] / side_px
    one, other = random.integers(0, 256, (2, 3))
    if kind == 0:
        mix = np.zeros_like(x)
    elif kind == 1:
        angle = random.uniform(0, 2 * np.pi)
        mix = (np.cos(angle) * (x - 0.5) + np.sin(angle) * (y - 0.5)) / np.sqrt(2) + 0.5
    elif kind == 2:
        mix = (np.sin((x if random.random() < 0.5 else y) * random.uniform(20, 120)) > 0) * 1.0
    elif kind == 3:
        across, down = random.uniform(0.3, 0.7, 2)
        mix = (np.hypot(x - across, y - down) < random.uniform(0.1, 0.4)) * 1.0
    else:
        patches = int(random.integers(4, 17))
        rough = random.integers(0, 256, (patches, patches, 3))
        rows = np.arange(side_px) * patches // side_px
        return rough[rows][:, rows].astype(np.uint8)
    return np.asarray(one + (other - one) * mix[..., None], np.uint8)

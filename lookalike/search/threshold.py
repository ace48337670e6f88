"""The confidence that fits what a person decided about pairs that were called copies."""

from __future__ import annotations

import math
from collections.abc import Sequence

from lookalike.decisions import Judgement, Suggestion

MIN_JUDGED = 30
WRONG_COSTS = 10  # a picture called a copy that is none, in copies that are missed
_Z = 1.959964  # of a 95 % interval


def suggest(judgements: Sequence[Judgement]) -> Suggestion | None:
    """The cut with the least cost: each wrong pair at or above it counts as ten copies below.
    None before there are enough judgements, or when no cut is better than calling nothing a copy.
    """
    if len(judgements) < MIN_JUDGED:
        return None
    ordered = sorted(judgements, key=lambda judgement: -judgement.confidence)
    missed = sum(judgement.is_copy for judgement in ordered)
    best: tuple[int, float, int, int] | None = None
    least, wrong, right = missed, 0, 0
    for place, judgement in enumerate(ordered):
        right += judgement.is_copy
        wrong += not judgement.is_copy
        is_last = place + 1 == len(ordered)
        if not is_last and ordered[place + 1].confidence == judgement.confidence:
            continue  # a cut takes all of the same confidence
        cost = wrong * WRONG_COSTS + missed - right
        if cost < least:
            least, best = cost, (cost, judgement.confidence, right, right + wrong)
    if best is None:
        return None
    _, cut, right, above = best
    low, high = wilson(right, above)
    return Suggestion(
        min_confidence=math.floor(cut * 1000) / 1000,
        judged=len(judgements),
        above=above,
        right=right,
        precision=right / above,
        low=low,
        high=high,
    )


def wilson(right: int, tried: int) -> tuple[float, float]:
    """The 95 % interval of a share. Source: Wilson, "Probable Inference" (1927)."""
    share = right / tried
    scale = 1 + _Z**2 / tried
    middle = (share + _Z**2 / (2 * tried)) / scale
    half = _Z * math.sqrt(share * (1 - share) / tried + _Z**2 / (4 * tried**2)) / scale
    return max(0.0, middle - half), min(1.0, middle + half)

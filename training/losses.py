"""How far two batches of vectors are from pairing up."""

from __future__ import annotations

from torch import Tensor


def contrast(
    pictures: Tensor, words: Tensor, scale: Tensor, same: Tensor, smoothing: float
) -> Tensor:
    """Symmetric cross-entropy of matching rows (Radford et al., CLIP, 2021).

    `pictures`, `words`: unit rows [n, dim]. `same` [n, n]: pairs that are no negatives, because
    both texts say the same. `smoothing`: share of the target spread over the negatives.
    """
    scores = (scale * pictures @ words.T).masked_fill(same, -30.0)
    return 0.5 * (_one_way(scores, same, smoothing) + _one_way(scores.T, same.T, smoothing))


def _one_way(scores: Tensor, same: Tensor, smoothing: float) -> Tensor:
    log = scores.log_softmax(1)
    hit = log.diagonal()
    rest = log.masked_fill(same, 0.0).sum(1) / (~same).sum(1)
    return -((1 - smoothing) * hit + smoothing * rest).mean()


def alike(sense: Tensor, threshold: float) -> Tensor:
    """Which pairs of texts say nearly the same: `sense` unit rows [n, d] -> bool [n, n]."""
    return (sense @ sense.T > threshold).fill_diagonal_(False)

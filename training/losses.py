"""How far two batches of vectors are from pairing up."""

from __future__ import annotations

import torch
from torch import Tensor
from torch.nn import functional

_NEVER = -30.0  # the score of what must not be pushed apart


def contrast(
    pictures: Tensor,
    words: Tensor,
    scale: Tensor,
    same: Tensor,
    smoothing: float,
    wrong: Tensor | None = None,
    wrong_of: Tensor | None = None,
) -> Tensor:
    """Symmetric cross-entropy of matching rows (Radford et al., CLIP, 2021).

    `pictures`, `words`: unit rows [n, dim]. `same` [n, n]: pairs that are no negatives, because
    both texts say the same. `smoothing`: share of the target spread over the negatives.
    `wrong` [m, dim]: texts made wrong on purpose, each a negative of picture `wrong_of` [m] only
    (Yuksekgonul et al., NegCLIP, 2023).
    """
    scores, ignored = scale * pictures @ words.T, same
    by_words = _one_way(scores.T, same.T, smoothing)
    if wrong is not None and wrong_of is not None:
        of_others = wrong_of != torch.arange(len(pictures), device=wrong_of.device)[:, None]
        scores = torch.cat([scores, scale * pictures @ wrong.T], dim=1)
        ignored = torch.cat([same, of_others], dim=1)
    return 0.5 * (_one_way(scores, ignored, smoothing) + by_words)


def _one_way(scores: Tensor, ignored: Tensor, smoothing: float) -> Tensor:
    log = scores.masked_fill(ignored, _NEVER).log_softmax(1)
    rest = log.masked_fill(ignored, 0.0).sum(1) / (~ignored).sum(1)
    return -((1 - smoothing) * log.diagonal() + smoothing * rest).mean()


def agree(scores: Tensor, wanted: Tensor) -> Tensor:
    """How far scores [n, n] are from those of a teacher, both ways (Li and Hoiem, Learning without
    forgetting, 2016)."""
    pairs = ((scores, wanted), (scores.T, wanted.T))
    return 0.5 * sum(
        functional.kl_div(
            one.log_softmax(1), other.log_softmax(1), reduction="batchmean", log_target=True
        )
        for one, other in pairs
    )


def alike(sense: Tensor, threshold: float) -> Tensor:
    """Which pairs of texts say nearly the same: `sense` unit rows [n, d] -> bool [n, n]."""
    return (sense @ sense.T > threshold).fill_diagonal_(False)

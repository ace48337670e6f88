"""Texts as numbers."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import torch
from tokenizers import Tokenizer
from torch import Tensor
from torch.nn import functional

from training.precision import autocast

_PART = 96  # texts at a time


class Words:
    """Tokenises texts as MiniLM wants them."""

    def __init__(self, tokenizer: Path, longest: int = 48) -> None:
        self.tokenizer = Tokenizer.from_file(str(tokenizer))
        self.tokenizer.enable_truncation(longest)
        self.tokenizer.enable_padding()

    def __call__(self, texts: list[str], device: torch.device) -> tuple[Tensor, Tensor]:
        """Ids and mask, int64 [n, t]."""
        rows = self.tokenizer.encode_batch(texts)
        ids = torch.tensor([r.ids for r in rows], device=device)
        mask = torch.tensor([r.attention_mask for r in rows], device=device)
        return ids, mask

    def read(
        self, texts: list[str], encode: Callable[[Tensor, Tensor], Tensor], device: torch.device
    ) -> Tensor:
        """What `encode` makes of the ids and mask of texts, float32 [n, d]. Texts of about one
        length go together: half of a batch of titles would be padding."""
        order = sorted(range(len(texts)), key=lambda row: len(texts[row]))
        parts = []
        for start in range(0, len(order), _PART):
            ids, mask = self([texts[row] for row in order[start : start + _PART]], device)
            parts.append(encode(ids, mask).float())
        return torch.cat(parts)[torch.tensor(order, device=device).argsort()]


class Senses:
    """What an encoder that does not learn makes of texts; each is computed once."""

    def __init__(
        self, words: Words, encode: Callable[[Tensor, Tensor], Tensor], device: torch.device
    ) -> None:
        self._words, self._encode, self._device = words, encode, device
        self._known: dict[str, Tensor] = {}

    @torch.no_grad()
    def __call__(self, texts: list[str]) -> Tensor:
        """Unit rows, float32 [n, d]."""
        new = [text for text in dict.fromkeys(texts) if text not in self._known]
        if new:
            with autocast(self._device):
                read = self._words.read(new, self._encode, self._device)
            self._known.update(zip(new, functional.normalize(read, dim=1), strict=True))
        return torch.stack([self._known[text] for text in texts])

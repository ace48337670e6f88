"""Texts as numbers."""

from __future__ import annotations

from pathlib import Path

import torch
from tokenizers import Tokenizer
from torch import Tensor


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

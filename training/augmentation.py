"""Makes a few thousand captioned pictures look like more."""

from __future__ import annotations

import random

import torch
from torch import Tensor
from torch.nn import functional

from training.icons import COLOURS


def augment(pictures: Tensor, side_px: int, crop_min: float) -> Tensor:
    """Random crops, flips and light: uint8 [n, 3, h, w] -> floats 0 to 255, [n, 3, side, side].

    `crop_min`: smallest share of the area that is kept. Colours stay, since captions name them.
    """
    n, device = len(pictures), pictures.device
    area = torch.empty(n, device=device).uniform_(crop_min, 1.0)
    aspect = torch.empty(n, device=device).uniform_(-0.15, 0.15).exp()
    width, height = (area.sqrt() * aspect).clamp(max=1.0), (area.sqrt() / aspect).clamp(max=1.0)
    x = (torch.rand(n, device=device) * 2 - 1) * (1 - width)
    y = (torch.rand(n, device=device) * 2 - 1) * (1 - height)
    flip = (torch.rand(n, device=device) < 0.5).float() * 2 - 1
    zero = torch.zeros(n, device=device)
    rows = [torch.stack([width * flip, zero, x], 1), torch.stack([zero, height, y], 1)]
    grid = functional.affine_grid(
        torch.stack(rows, 1), [n, 3, side_px, side_px], align_corners=False
    )
    cut = functional.grid_sample(
        pictures.float(), grid, padding_mode="reflection", align_corners=False
    )
    light = torch.empty(n, 1, 1, 1, device=device).uniform_(0.85, 1.15)
    return (cut * light).clamp(0, 255)


def cut_caption(caption: str, how_often: float, chance: random.Random) -> str:
    """Sometimes only a run of two to five of its words, since people search with few."""
    parts = caption.split()
    if len(parts) < 5 or chance.random() >= how_often:
        return caption
    length = chance.randint(2, 5)
    start = chance.randint(0, len(parts) - length)
    return " ".join(parts[start : start + length])


def recolour_caption(caption: str, chance: random.Random) -> str | None:
    """The same with one of its colours changed, which makes it wrong; None if it names none."""
    parts = caption.split()
    places = [place for place, word in enumerate(parts) if _colour(word) in COLOURS]
    if not places:
        return None
    place = chance.choice(places)
    parts[place] = chance.choice([name for name in COLOURS if name != _colour(parts[place])])
    return " ".join(parts)


def _colour(word: str) -> str:
    word = word.strip(",.;:()").lower()
    return "grey" if word == "gray" else word

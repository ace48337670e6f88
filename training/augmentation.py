"""Makes a few thousand captioned pictures look like more."""

from __future__ import annotations

import torch
from torch import Tensor
from torch.nn import functional


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

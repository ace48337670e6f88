"""The upper blocks of the picture network as matrix products, as fast as a processor can learn.

Maps of 7 x 7 are so small that a depthwise convolution is a product with one 49 x 49 matrix for
each channel. With the channels first, [c, n * p], the others are products, too, and nothing is
ever put in another order. The result is that of `ImageTower.top`, in a third of the time.
"""

from __future__ import annotations

from functools import cache

import torch
from torch import Tensor, nn
from torch.nn import functional

from training.networks import TAPS, Bottom, ImageTower


def fast_top(image: ImageTower, bottom: Bottom) -> Tensor:
    """What `image.top` gives, [n, FEATURES], for blocks that keep the maps' size; the
    normalisations must be in evaluation mode, as `ImageTower.train` keeps them. Raises ValueError
    when a block halves the maps."""
    net = image.backbone
    if any(max(b._depthwise_conv.stride) > 1 for b in net._blocks[image.frozen_blocks :]):
        raise ValueError("Freeze all blocks that halve the maps; the rest is for maps of one size.")
    n, channels, side, _ = bottom.maps.shape
    x = bottom.maps.permute(1, 0, 2, 3).reshape(channels, -1)
    pooled = [bottom.pooled]
    for number in range(image.frozen_blocks, len(net._blocks)):
        block, before = net._blocks[number], x
        x = functional.relu6(_pointwise(x, block._expand_conv, block._bn0))
        x = functional.relu6(_depthwise(x, block._depthwise_conv, block._bn1, n, side))
        x = _pointwise(x, block._project_conv, block._bn2)
        if x.shape == before.shape:
            x = x + before
        if number in TAPS:
            pooled.append(_mean(x, n))
    pooled.append(_mean(functional.relu6(_pointwise(x, net._conv_head, net._bn1)), n))
    return torch.cat(pooled, dim=1)


def _pointwise(x: Tensor, convolution: nn.Conv2d, norm: nn.BatchNorm2d) -> Tensor:
    """[c, n * p] -> [d, n * p]: a convolution of one pixel, and the normalisation after it."""
    weight, bias = _joined(convolution, norm)
    return torch.addmm(bias[:, None], weight.flatten(1), x)


def _depthwise(
    x: Tensor, convolution: nn.Conv2d, norm: nn.BatchNorm2d, n: int, side: int
) -> Tensor:
    """[c, n * p] -> the same: each channel by itself, and the normalisation after it."""
    weight, bias = _joined(convolution, norm)
    kernel = convolution.kernel_size[0]
    spread = weight.flatten(1) @ _places(kernel, side).to(weight)
    matrices = spread.view(-1, side * side, side * side)
    maps = x.view(len(x), n, side * side)
    return torch.baddbmm(bias[:, None, None], maps, matrices).view(len(x), -1)


def _joined(convolution: nn.Conv2d, norm: nn.BatchNorm2d) -> tuple[Tensor, Tensor]:
    """Weight and bias of a convolution together with the fixed normalisation after it."""
    scale = norm.weight * torch.rsqrt(norm.running_var + norm.eps)
    bias = norm.bias - norm.running_mean * scale
    return convolution.weight * scale[:, None, None, None], bias


@cache
def _places(kernel: int, side: int) -> Tensor:
    """[kernel^2, pixels^2]: 1 where this part of the kernel takes that pixel to that one."""
    places = torch.zeros(kernel, kernel, side, side, side, side)
    reach = range(-(kernel // 2), kernel // 2 + 1)
    for y in range(side):
        for x in range(side):
            for dy in reach:
                for dx in reach:
                    if 0 <= y + dy < side and 0 <= x + dx < side:
                        places[dy + kernel // 2, dx + kernel // 2, y + dy, x + dx, y, x] = 1.0
    return places.view(kernel**2, side**4)


def _mean(x: Tensor, n: int) -> Tensor:
    """[c, n * p] -> [n, c]."""
    return x.float().view(len(x), n, -1).mean(2).T

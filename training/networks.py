"""The two towers: EfficientNet-Lite2 for pictures, MiniLM for words, one space for both.

Each vector is a learned part, joined with a smaller part that speaks of the 1,000 ImageNet
classes: a picture's class scores on one side, a text's likeness to the class names on the
other. One dot product of the joined vectors adds both kinds of evidence.
"""

from __future__ import annotations

from pathlib import Path
from typing import NamedTuple

import torch
from efficientnet_lite_pytorch import EfficientNet
from safetensors.torch import load_file
from torch import Tensor, nn
from torch.nn import functional

from training.recipe import Recipe

# Outputs of these blocks are pooled too, beside the top: each is the last before the picture
# is halved, or before the width changes late in the network. Low ones carry colour and texture.
TAPS = (0, 3, 6, 10, 14, 19)
TAP_WIDTHS = (16, 24, 48, 88, 120, 208)
TOP_WIDTH = 1280
CLASSES = 1000
LAB_SIDE = 8
FEATURES = sum(TAP_WIDTHS) + TOP_WIDTH + 3 * LAB_SIDE**2


class Head(nn.Module):
    """Linear plus a two-layer branch; `x`: [n, width_in]. Returns [n, width_out]."""

    def __init__(self, width_in: int, hidden: int, width_out: int, dropout: float) -> None:
        super().__init__()
        self.straight = nn.Linear(width_in, width_out)
        self.branch = nn.Sequential(
            nn.Dropout(dropout),
            nn.Linear(width_in, hidden),
            nn.GELU(),
            nn.Dropout(dropout),
            nn.Linear(hidden, width_out),
        )

    def forward(self, x: Tensor) -> Tensor:
        return self.straight(x) + self.branch(x)


class Inside(NamedTuple):
    """What a network makes of pictures or texts, before its head."""

    inner: Tensor  # [n, k], as the head takes it
    named: Tensor  # [n, c], the part that speaks of classes, at its weight


def join(head: nn.Module, inside: Inside) -> Tensor:
    """Unit vectors [n, dim]: what the head learned, and the classes."""
    learned = functional.normalize(head(inside.inner), dim=1)
    return functional.normalize(torch.cat([learned, inside.named], 1), dim=1)


class Bottom(NamedTuple):
    """What the lower blocks of the picture network hand to the rest."""

    maps: Tensor  # [n, channels, height, width]
    pooled: Tensor  # [n, k]: the LAB thumbnail and the pooled outputs of the lower blocks


class ImageTower(nn.Module):
    """RGB pictures, values 0 to 255, [n, 3, side, side] -> unit vectors [n, dim]."""

    def __init__(self, recipe: Recipe, weights: Path) -> None:
        super().__init__()
        self.backbone = EfficientNet.from_name("efficientnet-lite2", image_size=recipe.side_px)
        self.backbone.load_state_dict(torch.load(weights, map_location="cpu"))
        self.scale = nn.BatchNorm1d(FEATURES, affine=False, momentum=0.02)
        self.head = Head(FEATURES, recipe.hidden, recipe.dim, recipe.dropout)
        self.concepts = nn.Linear(TOP_WIDTH, recipe.concepts)
        self.concept_weight = nn.Parameter(torch.tensor(0.5))
        self.frozen_blocks = 0

    def bottom(self, pixels: Tensor) -> Bottom:
        """What the frozen blocks make of pictures, and what is pooled beside it."""
        net = self.backbone
        x = net._swish(net._bn0(net._conv_stem((pixels - 127.0) / 128.0)))
        pooled = [lab_thumbnail(pixels)]
        for number in range(self.frozen_blocks):
            x = net._blocks[number](x)
            if number in TAPS:
                pooled.append(x.mean((2, 3)))
        return Bottom(x, torch.cat(pooled, dim=1))

    def top(self, bottom: Bottom) -> Tensor:
        """A small LAB thumbnail, pooled taps, and the top: [n, FEATURES]."""
        net, x, pooled = self.backbone, bottom.maps, [bottom.pooled]
        for number in range(self.frozen_blocks, len(net._blocks)):
            x = net._blocks[number](x)
            if number in TAPS:
                pooled.append(x.mean((2, 3)))
        pooled.append(net._swish(net._bn1(net._conv_head(x))).mean((2, 3)))
        return torch.cat(pooled, dim=1)

    def features(self, pixels: Tensor) -> Tensor:
        """[n, FEATURES] of whole pictures."""
        return self.top(self.bottom(pixels))

    def forward(self, pixels: Tensor) -> Tensor:
        return self.join(self.features(pixels))

    def join(self, features: Tensor) -> Tensor:
        """Unit vectors from pooled features."""
        return join(self.head, self.inside(features))

    def inside(self, features: Tensor) -> Inside:
        """What the head takes of pooled features, and what they say of classes."""
        named = functional.normalize(self.concepts(features[:, -TOP_WIDTH:]), dim=1)
        return Inside(self.scale(features), self.concept_weight * named)

    def train(self, mode: bool = True) -> ImageTower:
        """As usual, but the batch statistics of the pretrained network stay what they are."""
        super().train(mode)
        self.backbone.eval()
        return self


def lab_thumbnail(pixels: Tensor) -> Tensor:
    """The picture as 8 x 8 CIE L*a*b* values, roughly -1 to 1: [n, 192]. Source: CIE 15:2004."""
    small = functional.adaptive_avg_pool2d(pixels / 255.0, LAB_SIDE)
    linear = torch.where(
        small > 0.04045, ((small + 0.055) / 1.055).clamp(min=1e-6) ** 2.4, small / 12.92
    )
    to_xyz = torch.tensor(
        [[0.4339, 0.3762, 0.1899], [0.2126, 0.7152, 0.0722], [0.0178, 0.1098, 0.8730]],
        device=pixels.device,
        dtype=small.dtype,
    )  # divided by the D65 white point
    xyz = torch.einsum("ij,njhw->nihw", to_xyz, linear)
    f = torch.where(xyz > 0.008856, xyz.clamp(min=1e-6) ** (1 / 3), 7.787 * xyz + 16 / 116)
    x, y, z = f.unbind(1)
    lab = torch.stack([1.16 * y - 0.16, 5.0 * (x - y), 2.0 * (y - z)], dim=1)
    return lab.flatten(1)


class MiniLm(nn.Module):
    """The encoder of all-MiniLM-L6-v2: token ids and mask [n, t] -> mean of its tokens [n, 384].

    Source: Wang et al., MiniLM (2020); Devlin et al., BERT (2018).
    """

    def __init__(self, weights: Path, layers: int = 6) -> None:
        super().__init__()
        self.words = nn.Embedding(30522, 384)
        self.places = nn.Embedding(512, 384)
        self.kind = nn.Parameter(torch.zeros(384))
        self.norm = nn.LayerNorm(384, eps=1e-12)
        self.layers = nn.ModuleList(MiniLmLayer() for _ in range(layers))
        self._load(load_file(weights))

    def forward(self, ids: Tensor, mask: Tensor) -> Tensor:
        places = torch.arange(ids.shape[1], device=ids.device)
        x = self.norm(self.words(ids) + self.places(places)[None] + self.kind)
        seen = mask.to(x.dtype)
        hidden = (1.0 - seen)[:, None, None, :] * -1e4
        for layer in self.layers:
            x = layer(x, hidden)
        return (x * seen[..., None]).sum(1) / seen.sum(1, keepdim=True)

    def _load(self, saved: dict[str, Tensor]) -> None:
        mine: dict[str, Tensor] = {
            "words.weight": saved["embeddings.word_embeddings.weight"],
            "places.weight": saved["embeddings.position_embeddings.weight"],
            "kind": saved["embeddings.token_type_embeddings.weight"][0],
            "norm.weight": saved["embeddings.LayerNorm.weight"],
            "norm.bias": saved["embeddings.LayerNorm.bias"],
        }
        names = {
            "query": "attention.self.query",
            "key": "attention.self.key",
            "value": "attention.self.value",
            "out": "attention.output.dense",
            "out_norm": "attention.output.LayerNorm",
            "up": "intermediate.dense",
            "down": "output.dense",
            "down_norm": "output.LayerNorm",
        }
        for number in range(len(self.layers)):
            for ours, theirs in names.items():
                for part in ("weight", "bias"):
                    value = saved[f"encoder.layer.{number}.{theirs}.{part}"]
                    mine[f"layers.{number}.{ours}.{part}"] = value
        self.load_state_dict({name: value.float() for name, value in mine.items()})


class MiniLmLayer(nn.Module):
    """Self-attention with 12 heads and a feed-forward part, each normalised after its sum."""

    def __init__(self, width: int = 384, heads: int = 12) -> None:
        super().__init__()
        self.heads = heads
        self.query, self.key, self.value = (nn.Linear(width, width) for _ in range(3))
        self.out = nn.Linear(width, width)
        self.out_norm = nn.LayerNorm(width, eps=1e-12)
        self.up = nn.Linear(width, 4 * width)
        self.down = nn.Linear(4 * width, width)
        self.down_norm = nn.LayerNorm(width, eps=1e-12)

    def forward(self, x: Tensor, hidden: Tensor) -> Tensor:
        n, t, width = x.shape
        shape = (n, t, self.heads, width // self.heads)
        q, k, v = (f(x).view(shape).transpose(1, 2) for f in (self.query, self.key, self.value))
        weights = torch.softmax(q @ k.transpose(2, 3) / (width // self.heads) ** 0.5 + hidden, -1)
        attended = (weights @ v).transpose(1, 2).reshape(n, t, width)
        x = self.out_norm(x + self.out(attended))
        return self.down_norm(x + self.down(functional.gelu(self.up(x))))


class TextTower(nn.Module):
    """Token ids and mask [n, t] -> unit vectors [n, dim]."""

    def __init__(self, recipe: Recipe, weights: Path) -> None:
        super().__init__()
        self.encoder = MiniLm(weights)
        self.head = Head(384, recipe.hidden, recipe.dim, recipe.dropout)
        self.class_names = nn.Parameter(torch.zeros(CLASSES, 384))  # unit rows
        self.sharpness = nn.Parameter(torch.tensor(20.0))
        self.concepts = nn.Linear(CLASSES, recipe.concepts, bias=False)
        self.concept_weight = nn.Parameter(torch.tensor(0.5))

    def forward(self, ids: Tensor, mask: Tensor) -> Tensor:
        return self.join(self.senses(ids, mask))

    def senses(self, ids: Tensor, mask: Tensor) -> Tensor:
        """What the encoder makes of texts: [n, 384]."""
        return self.encoder(ids, mask)

    def join(self, sense: Tensor) -> Tensor:
        """Unit vectors from what the encoder makes of texts."""
        return join(self.head, self.inside(sense))

    def inside(self, sense: Tensor) -> Inside:
        """What the head takes of the encoder's output, and what it says of classes."""
        sense = functional.normalize(sense, dim=1)
        likeness = torch.softmax(self.sharpness * sense @ self.class_names.T, dim=1)
        named = functional.normalize(self.concepts(likeness), dim=1)
        return Inside(sense * 384**0.5 / 2, self.concept_weight * named)

"""What was chosen: everything that decides which model comes out."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace

# How often each set is what a step shows besides captioned photographs.
OTHERS = {
    "products": 0.34,
    "imagenet-sample": 0.08,
    "openmoji": 0.12,
    "tabler": 0.14,
    "mdi": 0.05,
    "ph": 0.04,
    "lucide": 0.03,
    "game-icons": 0.05,
    "icon-park-outline": 0.03,
    "hugeicons": 0.05,
    "mingcute": 0.03,
    "iconoir": 0.01,
    "healthicons": 0.02,
    "streamline-kameleon-color": 0.01,
    "streamline-ultimate-color": 0.02,
    "streamline-freehand-color": 0.02,
    "fluent-emoji-flat": 0.03,
    "noto": 0.03,
    "twemoji": 0.03,
}
MORE_ICONS = {  # by other hands, and plain fields of colour
    "mdi": 0.08,
    "ph": 0.05,
    "lucide": 0.04,
    "game-icons": 0.08,
    "icon-park-outline": 0.04,
    "hugeicons": 0.08,
    "mingcute": 0.05,
    "iconoir": 0.02,
    "healthicons": 0.02,
    "streamline-kameleon-color": 0.01,
    "streamline-ultimate-color": 0.02,
    "streamline-freehand-color": 0.02,
    "fluent-emoji-flat": 0.03,
    "noto": 0.03,
    "twemoji": 0.03,
    "swatches": 0.04,
}
OTHERS_OF_FINISH = {
    "products": 0.38,
    "imagenet-sample": 0.04,
    "openmoji": 0.14,
    "tabler": 0.17,
    **MORE_ICONS,
}


@dataclass(frozen=True, kw_only=True)
class Recipe:
    """One training run."""

    side_px: int = 224
    dim: int = 512  # of the learned part
    concepts: int = 192  # of the part that speaks of the ImageNet classes
    hidden: int = 1024  # width of the heads' inner layer
    dropout: float = 0.3
    steps: int = 400
    batch: int = 192  # captioned photographs a step
    batch_other: int = 192  # and of something else
    other_weight: float = 0.75  # of the other batch in the loss
    head_lr: float = 1e-3
    image_lr: float = 2e-4
    text_lr: float = 1e-4
    weight_decay: float = 0.05
    label_smoothing: float = 0.1
    warmup: float = 0.1  # share of the steps
    frozen_blocks: int = 16  # of the picture network's 21, from the bottom
    crop_min: float = 0.4  # smallest share of the area that a random crop keeps
    cut_captions: float = 0.25  # how often a caption is cut to a few of its words
    other_colour: float = 0.5  # how often a caption that names a colour gets a wrong twin
    average: float = 0.998  # of the weights, a step
    coco_share: float = 0.25  # of the batch of captions
    others: Mapping[str, float] = field(default_factory=lambda: OTHERS)
    views: Mapping[str, int] = field(  # how often each picture is looked at
        default_factory=lambda: (
            {
                "flickr8k-train": 5,
                "coco-train": 4,
                "products": 3,
                "imagenet-sample": 2,
                "openmoji": 3,
                "tabler": 2,
            }
            | dict.fromkeys(MORE_ICONS, 1)
        )
    )
    same_text: float = 0.9  # texts closer than this are not pushed apart
    seed: int = 0


@dataclass(frozen=True, kw_only=True)
class Finish:
    """How the heads are trained in the end, with both networks fixed."""

    steps: int = 500
    batch: int = 1024  # captioned photographs a step
    batch_other: int = 2048  # and of something else
    lr: float = 1e-3
    weight_decay: float = 0.05
    dropout: float = 0.3
    looks: Mapping[str, int] = field(  # at each picture, the first as it is; drawings: one
        default_factory=lambda: {
            "flickr8k-train": 2,
            "coco-train": 2,
            "products": 2,
            "imagenet-sample": 2,
        }
    )
    crop_min: float = 0.4  # smallest share of the area that a random crop keeps
    photographs: Mapping[str, float] = field(  # shares of the batch of captions
        default_factory=lambda: {"flickr8k-train": 0.75, "coco-train": 0.25}
    )
    others: Mapping[str, float] = field(default_factory=lambda: OTHERS_OF_FINISH)
    same_text: float = 0.97  # texts closer than this are not pushed apart
    label_smoothing: float = 0.1
    keep: float = 3.0  # weight of what the old heads said of photographs
    kept_scale: float = 40.0  # what their cosines are multiplied by, as logits
    share: float = 0.8  # of the new heads in the mixture with the old
    seed: int = 0


_BASE = Recipe()

# Runs from the same start, of which the first made the better model. The weights of several can be
# averaged: better than each (Wortsman et al., Model soups, 2022). They share the views, so they may
# not differ in how these are made.
RUNS = (
    replace(_BASE, dropout=0.5),
    replace(_BASE, dropout=0.5, text_lr=2e-4, image_lr=5e-4, other_weight=1.5, seed=1),
)

"""Trains the shipped model: aligns a picture network and a text network on captioned pictures.

    python -m training.train --data FOLDER --out model.pt

Readable top to bottom. Every step draws one batch of captioned photographs and one batch of
something else (products, class names, icons), and pulls each picture to its own words and away
from the other words of its batch, both ways (Radford et al., CLIP, 2021).
"""

from __future__ import annotations

import argparse
import copy
import json
import math
import random
import time
from dataclasses import asdict, dataclass, fields
from pathlib import Path

import numpy as np
import torch
from tokenizers import Tokenizer
from torch import Tensor
from torch.nn import functional

from training.data import CaptionedSet
from training.networks import TOP_WIDTH, ImageTower, TextTower


@dataclass(frozen=True)
class Recipe:
    """Everything that decides what comes out."""

    side_px: int = 224
    dim: int = 512
    concepts: int = 192
    hidden: int = 1024
    dropout: float = 0.3
    steps: int = 3000
    batch: int = 256
    batch_other: int = 128
    head_lr: float = 1e-3
    image_lr: float = 2e-4
    text_lr: float = 3e-5
    weight_decay: float = 0.05
    label_smoothing: float = 0.1
    warmup: float = 0.1  # share of the steps
    frozen_blocks: int = 7  # of 21, from the bottom
    crop_min: float = 0.5  # smallest share of the area that a random crop keeps
    average: float = 0.998  # of the weights, per step
    coco_share: float = 0.25  # of the batch of captions
    products: float = 0.3  # how often each kind is the other batch
    names: float = 0.2
    openmoji: float = 0.2
    tabler: float = 0.3
    other_weight: float = 0.5  # of the other batch's loss
    same_text: float = 0.9  # texts closer than this (frozen MiniLM) are not used as negatives
    clip_captions: float = 0.0  # how often a caption is cut to a few of its words
    seed: int = 0


class Words:
    """Tokenises texts as MiniLM wants them."""

    def __init__(self, tokenizer: Path, longest: int = 48) -> None:
        self.tokenizer = Tokenizer.from_file(str(tokenizer))
        self.tokenizer.enable_truncation(longest)
        self.tokenizer.enable_padding()

    def __call__(self, texts: list[str], device: torch.device) -> tuple[Tensor, Tensor]:
        rows = self.tokenizer.encode_batch(texts)
        ids = torch.tensor([r.ids for r in rows], device=device)
        mask = torch.tensor([r.attention_mask for r in rows], device=device)
        return ids, mask


@dataclass
class Pool:
    """A set whose pictures wait on the device, and the frozen MiniLM vectors of its captions."""

    pictures: Tensor  # uint8 [n, 3, side, side]
    captions: list[list[str]]

    def draw(self, count: int, chance: random.Random) -> tuple[Tensor, list[str]]:
        rows = chance.sample(range(len(self.captions)), min(count, len(self.captions)))
        index = torch.tensor(rows, device=self.pictures.device)
        return self.pictures[index], [chance.choice(self.captions[r]) for r in rows]


def pool_of(sets: list[CaptionedSet], device: torch.device) -> Pool:
    pictures = np.concatenate([s.images for s in sets]).transpose(0, 3, 1, 2)
    captions = [c for s in sets for c in s.captions]
    return Pool(torch.from_numpy(np.ascontiguousarray(pictures)).to(device), captions)


def augment(pictures: Tensor, side_px: int, crop_min: float) -> Tensor:
    """Random crops and flips, as float pictures [n, 3, side, side] with values 0 to 255."""
    n, device = len(pictures), pictures.device
    area = torch.empty(n, device=device).uniform_(crop_min, 1.0)
    aspect = torch.empty(n, device=device).uniform_(-0.15, 0.15).exp()
    w, h = (area.sqrt() * aspect).clamp(max=1.0), (area.sqrt() / aspect).clamp(max=1.0)
    x = (torch.rand(n, device=device) * 2 - 1) * (1 - w)
    y = (torch.rand(n, device=device) * 2 - 1) * (1 - h)
    flip = (torch.rand(n, device=device) < 0.5).float() * 2 - 1
    zero = torch.zeros(n, device=device)
    theta = torch.stack([torch.stack([w * flip, zero, x], 1), torch.stack([zero, h, y], 1)], 1)
    grid = functional.affine_grid(theta, [n, 3, side_px, side_px], align_corners=False)
    cut = functional.grid_sample(
        pictures.float(), grid, padding_mode="reflection", align_corners=False
    )
    light = torch.empty(n, 1, 1, 1, device=device).uniform_(0.85, 1.15)
    return (cut * light).clamp(0, 255)


def contrast(
    pictures: Tensor, words: Tensor, scale: Tensor, same: Tensor, smoothing: float
) -> Tensor:
    """Symmetric cross-entropy of matching rows. `same` [n, n]: pairs that are no negatives."""
    scores = scale * pictures @ words.T
    scores = scores.masked_fill(same, -30.0)
    target = torch.arange(len(scores), device=scores.device)
    smooth = 0.0 if smoothing == 0 else smoothing
    return 0.5 * (_soft(scores, same, smooth, target) + _soft(scores.T, same.T, smooth, target))


def _soft(scores: Tensor, same: Tensor, smoothing: float, target: Tensor) -> Tensor:
    """Cross-entropy whose smoothing leaves out the masked pairs."""
    log = scores.log_softmax(1)
    hit = log.gather(1, target[:, None])[:, 0]
    rest = log.masked_fill(same, 0.0).sum(1) / (~same).sum(1)
    return -((1 - smoothing) * hit + smoothing * rest).mean()


def start_concepts(
    image: ImageTower, text: TextTower, names: list[str], words: Words, samples: Tensor
) -> None:
    """Sets the class parts: standardised class scores, turned to their main directions."""
    device = samples.device
    weight = image.backbone._fc.weight.detach()
    with torch.no_grad():
        image.eval()
        feats = torch.cat([image.features(s.float()) for s in samples.split(128)])
        image.scale.running_mean.copy_(feats.mean(0))
        image.scale.running_var.copy_(feats.var(0) + 1e-6)
        scores = feats[:, -TOP_WIDTH:] @ weight.T
        mean, spread = scores.mean(0), scores.std(0)
        standard = (scores - mean) / spread
        _, _, v = torch.linalg.svd(standard, full_matrices=False)
        v = v[: image.concepts.out_features]  # [k, classes]
        image.concepts.weight.copy_(v @ (weight / spread[:, None]))
        image.concepts.bias.copy_(-(v @ (mean / spread)))
        text.concepts.weight.copy_(v)
        sense = text.encoder(*words(names, device))
        text.class_names.copy_(functional.normalize(sense, dim=1))


def train(
    recipe: Recipe,
    sets: dict[str, CaptionedSet],
    parts: dict[str, Path],
    device: torch.device,
    report=print,
    check=None,
) -> tuple[ImageTower, TextTower]:
    """`sets` by name; `parts`: files `efficientnet`, `minilm`, `tokenizer`. Returns both towers."""
    torch.manual_seed(recipe.seed)
    chance = random.Random(recipe.seed)
    words = Words(parts["tokenizer"])
    image = ImageTower(
        parts["efficientnet"], recipe.side_px, recipe.dim, recipe.concepts, recipe.hidden, recipe.dropout
    ).to(device)
    text = TextTower(
        parts["minilm"], recipe.dim, 1000, recipe.concepts, recipe.hidden, recipe.dropout
    ).to(device)
    frozen_text = copy.deepcopy(text.encoder).eval().requires_grad_(False)
    pools = {
        "flickr": pool_of([sets["flickr8k-train"]], device),
        "coco": pool_of([sets["coco-train"]], device),
    }
    for name, source in (
        ("products", "products"), ("names", "imagenet-sample"), ("openmoji", "openmoji"), ("tabler", "tabler"),
    ):
        if getattr(recipe, name) > 0:
            pools[name] = pool_of([sets[source]], device)
    start_concepts(
        image, text, [c[0] for c in sets["imagenet-sample"].captions], words,
        torch.cat([pools["flickr"].pictures[::3], pools["coco"].pictures[::2]]),
    )

    image.frozen_blocks = recipe.frozen_blocks
    image.backbone._fc.requires_grad_(False)
    for module in [image.backbone._conv_stem, image.backbone._bn0, *image.backbone._blocks[: recipe.frozen_blocks]]:
        module.requires_grad_(False)
    text.encoder.words.requires_grad_(False)
    text.encoder.places.requires_grad_(False)
    text.class_names.requires_grad_(False)
    scale = torch.nn.Parameter(torch.tensor(math.log(20.0), device=device))
    groups = [
        {"params": [p for p in image.backbone.parameters() if p.requires_grad], "lr": recipe.image_lr},
        {"params": [p for p in text.encoder.parameters() if p.requires_grad], "lr": recipe.text_lr},
        {
            "params": [*image.head.parameters(), *text.head.parameters(), *image.concepts.parameters(),
                       *text.concepts.parameters()],
            "lr": recipe.head_lr,
        },
        {
            "params": [image.concept_weight, text.concept_weight, text.sharpness, scale],
            "lr": recipe.head_lr, "weight_decay": 0.0,
        },
    ]
    groups = [g for g in groups if g["lr"] > 0]
    optimiser = torch.optim.AdamW(groups, weight_decay=recipe.weight_decay)
    schedule = torch.optim.lr_scheduler.OneCycleLR(
        optimiser, [g["lr"] for g in groups], total_steps=recipe.steps, pct_start=recipe.warmup
    )
    averaged = copy.deepcopy(torch.nn.ModuleList([image, text])).eval()
    others = [n for n in ("products", "names", "openmoji", "tabler") if n in pools]
    shares = [getattr(recipe, n) for n in others]
    fast = device.type == "cuda"
    layout = torch.channels_last if fast else torch.contiguous_format
    image.to(memory_format=layout)
    started = time.perf_counter()
    for step in range(recipe.steps):
        image.train()
        text.train()
        from_coco = round(recipe.batch * recipe.coco_share)
        drawn = [pools["flickr"].draw(recipe.batch - from_coco, chance), pools["coco"].draw(from_coco, chance)]
        batches = [(torch.cat([d[0] for d in drawn]), drawn[0][1] + drawn[1][1], 1.0)]
        if others:
            other = chance.choices(others, shares)[0]
            batches.append((*pools[other].draw(recipe.batch_other, chance), recipe.other_weight))
        losses = []
        for pictures, captions, weight in batches:
            captions = [cut_caption(c, recipe.clip_captions, chance) for c in captions]
            with torch.autocast(device.type, dtype=torch.bfloat16, enabled=fast):
                ids, mask = words(captions, device)
                with torch.no_grad():
                    sense = functional.normalize(frozen_text(ids, mask), dim=1)
                    same = sense @ sense.T > recipe.same_text
                    same.fill_diagonal_(False)
                cut = augment(pictures, recipe.side_px, recipe.crop_min)
                seen = image(cut.contiguous(memory_format=layout))
                said = text(ids, mask)
            loss = contrast(
                seen.float(), said.float(), scale.exp().clamp(max=100.0), same, recipe.label_smoothing
            )
            losses.append(weight * loss)
        optimiser.zero_grad(set_to_none=True)
        sum(losses).backward()
        torch.nn.utils.clip_grad_norm_([p for g in groups for p in g["params"]], 1.0)
        optimiser.step()
        schedule.step()
        keep = min(recipe.average, (step + 1) / (step + 10))
        with torch.no_grad():
            for kept, now in zip(averaged.parameters(), [*image.parameters(), *text.parameters()], strict=True):
                kept.lerp_(now, 1 - keep)
            for kept, now in zip(averaged.buffers(), [*image.buffers(), *text.buffers()], strict=True):
                kept.copy_(now)
        if (step + 1) % 20 == 0 or step + 1 == recipe.steps:
            rate = (step + 1) / (time.perf_counter() - started)
            line = f"step {step + 1}/{recipe.steps} loss {losses[0].item():.3f} scale {scale.exp().item():.1f} {rate:.2f} steps/s, {(recipe.steps - step - 1) / rate:.0f} s left"
            if check and (step + 1 == recipe.steps):
                line += " " + check(averaged[0], averaged[1], words)
            report(line)
    return averaged[0], averaged[1]


def cut_caption(caption: str, how_often: float, chance: random.Random) -> str:
    """Sometimes only a run of two to five of its words, since people search with few."""
    parts = caption.split()
    if len(parts) < 5 or chance.random() >= how_often:
        return caption
    length = chance.randint(2, 5)
    start = chance.randint(0, len(parts) - length)
    return " ".join(parts[start : start + length])


def main() -> None:
    raise SystemExit("not wired yet")


if __name__ == "__main__":
    main()

"""Trains the heads once more on features that no longer change, in large batches.

With both networks fixed, each picture and each caption is computed once and a step costs little,
so that hundreds of look-alike products or icons can be told apart in one batch. The heads that
come out are mixed with those that went in, which keeps most of what both are good at (Wortsman et
al., Robust fine-tuning of zero-shot models, 2022).
"""

from __future__ import annotations

import copy
import math
import random
from dataclasses import dataclass
from itertools import pairwise
from typing import TypeVar

import torch
from torch import Tensor, nn
from torch.nn import functional

from training.losses import alike, contrast
from training.networks import Bottom, ImageTower, TextTower
from training.progress import Progress
from training.recipe import Finish
from training.views import Pool
from training.words import Words

Tower = TypeVar("Tower", bound=nn.Module)
_PART = 256  # pictures at a time


@dataclass(frozen=True)
class Computed:
    """What the networks make of one set."""

    features: Tensor  # float16 [n, looks, FEATURES]
    senses: Tensor  # float32 [m, 384], one of each caption
    captions_of: list[range]  # [n] rows of `senses`

    def draw(self, count: int, chance: random.Random) -> tuple[Tensor, Tensor]:
        """Features of some pictures, one look each, and the sense of one caption of each."""
        rows = chance.sample(range(len(self.captions_of)), min(count, len(self.captions_of)))
        looks = [chance.randrange(self.features.shape[1]) for _ in rows]
        captions = [chance.choice(self.captions_of[row]) for row in rows]
        return self.features[rows, looks].float(), self.senses[captions]


def finish(
    recipe: Finish,
    image: ImageTower,
    text: TextTower,
    words: Words,
    pools: dict[str, Pool],
    device: torch.device,
) -> tuple[ImageTower, TextTower]:
    """Both towers with heads between the ones given and those trained here."""
    torch.manual_seed(recipe.seed)
    chance = random.Random(recipe.seed)
    sets = {name: compute(image, text, pool, words, device) for name, pool in pools.items()}
    new_image, new_text = copy.deepcopy(image), copy.deepcopy(text)
    heads = nn.ModuleList([new_image.head, new_text.head]).train()
    for module in heads.modules():
        if isinstance(module, nn.Dropout):
            module.p = recipe.dropout
    scale = nn.Parameter(torch.tensor(math.log(30.0), device=device))
    learning = [*heads.parameters(), scale]
    optimiser = torch.optim.AdamW(learning, lr=recipe.lr, weight_decay=recipe.weight_decay)
    schedule = torch.optim.lr_scheduler.OneCycleLR(
        optimiser, recipe.lr, total_steps=recipe.steps, pct_start=0.1
    )
    progress = Progress("finishing step", recipe.steps)
    for _ in range(recipe.steps):
        losses = []
        for features, sense in draw_batches(recipe, sets, chance):
            same = alike(functional.normalize(sense, dim=1), recipe.same_text)
            seen, said = new_image.join(features), new_text.join(sense)
            sharpness = scale.exp().clamp(max=100.0)
            losses.append(contrast(seen, said, sharpness, same, recipe.label_smoothing))
        optimiser.zero_grad(set_to_none=True)
        torch.stack(losses).sum().backward()
        nn.utils.clip_grad_norm_(learning, 1.0)
        optimiser.step()
        schedule.step()
        progress.add(note=f"loss {losses[0].item():.3f}")
    return mix(image, new_image, recipe.share), mix(text, new_text, recipe.share)


def draw_batches(
    recipe: Finish, sets: dict[str, Computed], chance: random.Random
) -> list[tuple[Tensor, Tensor]]:
    """Captioned photographs, and something else."""
    from_coco = round(recipe.batch * recipe.coco_share)
    flickr = sets["flickr8k-train"].draw(recipe.batch - from_coco, chance)
    coco = sets["coco-train"].draw(from_coco, chance)
    (other,) = chance.choices(list(recipe.others), list(recipe.others.values()))
    photographs = [torch.cat(kind) for kind in zip(flickr, coco, strict=True)]
    return [(photographs[0], photographs[1]), sets[other].draw(recipe.batch_other, chance)]


def mix(old: Tower, new: Tower, share: float) -> Tower:
    """A tower with weights `share` of the way from the old to the new ones."""
    mixed = copy.deepcopy(old)
    before, after = old.state_dict(), new.state_dict()
    mixed.load_state_dict(
        {
            name: value.float().lerp(after[name].float(), share).to(value.dtype)
            for name, value in before.items()
        }
    )
    return mixed


@torch.no_grad()
def compute(
    image: ImageTower, text: TextTower, pool: Pool, words: Words, device: torch.device
) -> Computed:
    """Everything of a set through both networks."""
    image.eval()
    text.eval()
    captions = [caption for captions in pool.captions for caption in captions]
    with torch.autocast(device.type, dtype=torch.bfloat16):
        senses = words.read(captions, text.senses, device)
    ends = [0]
    for own in pool.captions:
        ends.append(ends[-1] + len(own))
    return Computed(
        features=_features(image, pool.views.maps, pool.views.pooled, device),
        senses=senses,
        captions_of=[range(a, b) for a, b in pairwise(ends)],
    )


def _features(image: ImageTower, maps: Tensor, pooled: Tensor, device: torch.device) -> Tensor:
    looks = []
    for look in range(maps.shape[1]):
        parts = []
        for start in range(0, len(maps), _PART):
            part = slice(start, start + _PART)
            with torch.autocast(device.type, dtype=torch.bfloat16):
                top = image.top(Bottom(maps[part, look].float(), pooled[part, look].float()))
            parts.append(top.half())
        looks.append(torch.cat(parts))
    return torch.stack(looks, dim=1)

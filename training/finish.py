"""Trains the heads once more on features that no longer change, in large batches.

With both networks fixed, each picture and each caption is computed once and a step costs little,
so that thousands of look-alike products or icons can be told apart in one batch. Photographs are
not learned again: of them the new heads are to say what the old ones said.
"""

from __future__ import annotations

import copy
import math
import random
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise

import torch
from torch import Tensor, nn
from torch.nn import functional

from training.fast_top import fast_top
from training.losses import agree, alike, contrast
from training.networks import Bottom, Head, ImageTower, Inside, TextTower, join
from training.precision import autocast
from training.progress import Progress
from training.recipe import Finish
from training.views import Pool
from training.words import Words

_PART = 256  # pictures at a time
_CAPTIONS = 4096  # at a time


@dataclass(frozen=True)
class Computed:
    """What the networks make of one set."""

    seen: list[Inside]  # one for each look, float16, a row for each picture
    said: Inside  # float32, a row for each caption
    captions_of: list[range]  # [n] rows of `said`

    def draw(self, count: int, chance: random.Random) -> tuple[Inside, Inside]:
        """Some pictures, one look each, and one caption of each."""
        rows = chance.sample(range(len(self.captions_of)), min(count, len(self.captions_of)))
        looks = [chance.randrange(len(self.seen)) for _ in rows]
        captions = [chance.choice(self.captions_of[row]) for row in rows]
        seen = [
            torch.stack([kind[row] for kind, row in zip(kinds, rows, strict=True)]).float()
            for kinds in zip(*(self.seen[look] for look in looks), strict=True)
        ]
        return Inside(*seen), Inside(*(kind[captions] for kind in self.said))


def finish(
    recipe: Finish, image: Head, text: Head, sets: Mapping[str, Computed]
) -> tuple[Head, Head]:
    """The given heads, and what they learn of products and icons besides."""
    torch.manual_seed(recipe.seed)
    chance = random.Random(recipe.seed)
    image, text = image.eval(), text.eval()
    new_image, new_text = copy.deepcopy(image), copy.deepcopy(text)
    heads = nn.ModuleList([new_image, new_text]).train()
    for module in heads.modules():
        if isinstance(module, nn.Dropout):
            module.p = recipe.dropout
    scale = nn.Parameter(torch.tensor(math.log(30.0), device=image.straight.weight.device))
    learning = [*heads.parameters(), scale]
    optimiser = torch.optim.AdamW(learning, lr=recipe.lr, weight_decay=recipe.weight_decay)
    schedule = torch.optim.lr_scheduler.OneCycleLR(
        optimiser, recipe.lr, total_steps=recipe.steps, pct_start=0.1
    )
    progress = Progress("finishing step", recipe.steps)
    for _ in range(recipe.steps):
        photographs, (seen, said) = draw_batches(recipe, sets, chance)
        with torch.no_grad():
            before = recipe.kept_scale * scores(image, text, *photographs)
        after = recipe.kept_scale * scores(new_image, new_text, *photographs)
        same = alike(functional.normalize(said.inner, dim=1), recipe.same_text)
        pictures, words = join(new_image, seen), join(new_text, said)
        sharpness = scale.exp().clamp(max=100.0)
        losses = [
            recipe.keep * agree(after, before),
            contrast(pictures, words, sharpness, same, recipe.label_smoothing),
        ]
        optimiser.zero_grad(set_to_none=True)
        torch.stack(losses).sum().backward()
        nn.utils.clip_grad_norm_(learning, 1.0)
        optimiser.step()
        schedule.step()
        progress.add(note=f"loss {losses[1].item():.3f}")
    return mix(image, new_image, recipe.share), mix(text, new_text, recipe.share)


def scores(image: Head, text: Head, seen: Inside, said: Inside) -> Tensor:
    """Cosines of pictures and texts [n, n]."""
    return join(image, seen) @ join(text, said).T


def draw_batches(
    recipe: Finish, sets: Mapping[str, Computed], chance: random.Random
) -> list[tuple[Inside, Inside]]:
    """Captioned photographs, and something else: what is seen, and what is said."""
    parts = [
        sets[name].draw(round(recipe.batch * share), chance)
        for name, share in recipe.photographs.items()
    ]
    seen, said = (
        Inside(*(torch.cat(kind) for kind in zip(*side, strict=True)))
        for side in zip(*parts, strict=True)
    )
    (other,) = chance.choices(list(recipe.others), list(recipe.others.values()))
    return [(seen, said), sets[other].draw(recipe.batch_other, chance)]


def mix(old: Head, new: Head, share: float) -> Head:
    """A head with weights `share` of the way from the old to the new ones."""
    mixed = copy.deepcopy(old)
    after = new.state_dict()
    mixed.load_state_dict(
        {name: value.lerp(after[name], share) for name, value in old.state_dict().items()}
    )
    return mixed.eval()


@torch.no_grad()
def compute_all(
    image: ImageTower,
    text: TextTower,
    pools: Mapping[str, Pool],
    looks: Mapping[str, int],
    words: Words,
    device: torch.device,
) -> dict[str, Computed]:
    """The first looks at each picture of each set, and its captions, through both networks."""
    image.eval()
    text.eval()
    total = sum(
        len(pool.captions) * looks.get(name, 1) + sum(map(len, pool.captions))
        for name, pool in pools.items()
    )
    progress = Progress("pictures and captions computed", total)
    return {
        name: Computed(
            seen=[_look(image, pool, look, device, progress) for look in range(looks.get(name, 1))],
            said=text.inside(_read(text, pool, words, device, progress)),
            captions_of=rows_of(pool.captions),
        )
        for name, pool in pools.items()
    }


def rows_of(captions: Sequence[Sequence[str]]) -> list[range]:
    """Where the captions of each picture are when all are in one list."""
    ends = [0]
    for own in captions:
        ends.append(ends[-1] + len(own))
    return [range(a, b) for a, b in pairwise(ends)]


def _read(
    text: TextTower, pool: Pool, words: Words, device: torch.device, progress: Progress
) -> Tensor:
    captions = [caption for captions in pool.captions for caption in captions]
    parts = []
    for start in range(0, len(captions), _CAPTIONS):
        part = captions[start : start + _CAPTIONS]
        with autocast(device):
            parts.append(words.read(part, text.senses, device))
        progress.add(len(part))
    return torch.cat(parts)


def _look(
    image: ImageTower, pool: Pool, look: int, device: torch.device, progress: Progress
) -> Inside:
    parts = []
    for start in range(0, len(pool.captions), _PART):
        part = slice(start, start + _PART)
        maps, pooled = (kind[part, look].float() for kind in (pool.views.maps, pool.views.pooled))
        with autocast(device):
            features = fast_top(image, Bottom(maps, pooled))
        parts.append([kind.half() for kind in image.inside(features.float())])
        progress.add(len(maps))
    return Inside(*(torch.cat(kind) for kind in zip(*parts, strict=True)))

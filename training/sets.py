"""The sets that the shipped model learns from, and what is held out to measure it."""

from __future__ import annotations

import argparse
import random
from dataclasses import replace
from pathlib import Path

from training.captions import shorten_title
from training.data import CaptionedSet, load
from training.icons import (
    COLOURED_SETS,
    EMOJI_SETS,
    LINE_SETS,
    load_iconify,
    load_openmoji,
    load_tabler,
    plain_name,
)
from training.progress import Progress
from training.swatches import load_swatches

Sets = dict[str, CaptionedSet]

PHOTOGRAPHS = ("flickr8k-train", "coco-train", "imagenet-sample", "products")
MORE_SETS = (*LINE_SETS, *EMOJI_SETS, *COLOURED_SETS)  # of icons, as Iconify packs them
HELD_OUT = {"products": 1000, "openmoji": 250, "tabler": 350}  # pictures, or names of icons
_SPLIT_SEED = 7


def load_sets(data: Path, icons: Path, side_px: int) -> tuple[Sets, Sets]:
    """(what is learned from, what is held out). `icons` is a node_modules folder."""
    progress = Progress("sets read", len(PHOTOGRAPHS) + 2 + len(MORE_SETS))
    sets = {}
    for name in PHOTOGRAPHS:
        sets[name] = load(data, name, side_px)
        progress.add(note=name)
    sets["openmoji"] = load_openmoji(icons / "openmoji", side_px)
    sets["tabler"] = load_tabler(icons / "@tabler" / "icons", side_px)
    progress.add(2, "openmoji, tabler")
    learned, held = split(sets)
    learned["products"] = _with_short_titles(learned["products"])
    held_names = _names_of(held)
    for name in MORE_SETS:
        learned[name] = load_iconify(icons / "@iconify-json" / name, side_px, without=held_names)
        progress.add(note=name)
    learned["swatches"] = load_swatches(side_px)
    return learned, held


def require_sources(parser: argparse.ArgumentParser, data: Path, icons: Path) -> None:
    """Ends with one line when something to learn from is not there: reading takes minutes."""
    missing = find_missing(data, icons)
    if missing:
        more = f" (and {len(missing) - 1} more)" if missing[1:] else ""
        parser.error(f"{missing[0]} is not there{more}; training/README.md says what is needed")


def find_missing(data: Path, icons: Path) -> list[Path]:
    """What `load_sets` would look for in vain."""
    pictures = [data / name for name in PHOTOGRAPHS]
    sets = [icons / "@iconify-json" / name for name in MORE_SETS]
    needed = [icons / "openmoji", icons / "@tabler" / "icons", *sets]
    captions = [place.with_suffix(".tsv") for place in pictures]
    archives = [place.with_suffix(".zip") for place in pictures if not place.is_dir()]
    return [place for place in (*captions, *archives, *needed) if not place.exists()]


def _with_short_titles(products: CaptionedSet) -> CaptionedSet:
    chance = random.Random(_SPLIT_SEED)
    captions = [
        [said for title in titles for said in (title, *shorten_title(title, chance))]
        for titles in products.captions
    ]
    return replace(products, captions=captions)


def _names_of(held: Sets) -> set[str]:
    """What no icon that is learned may be called, in whichever set."""
    emoji = {plain_name(captions[0]) for captions in held["openmoji"].captions}
    return emoji | {plain_name(captions[-1]) for captions in held["tabler"].captions}


def split(sets: Sets) -> tuple[Sets, Sets]:
    """The same pictures are held out each time; an icon with all its colours."""
    chance = random.Random(_SPLIT_SEED)
    learned, held = dict(sets), {}
    for name, count in HELD_OUT.items():
        rows = _chosen(sets[name], count, chance)
        held[name] = sets[name].pick(sorted(rows))
        learned[name] = sets[name].pick([i for i in range(len(sets[name])) if i not in rows])
    return learned, held


def _chosen(captioned: CaptionedSet, count: int, chance: random.Random) -> set[int]:
    if captioned.name == "tabler":
        names = [captions[-1] for captions in captioned.captions]
        out = set(chance.sample(sorted(set(names)), count))
        return {row for row, name in enumerate(names) if name in out}
    order = sorted(range(len(captioned)), key=str) if captioned.name == "openmoji" else None
    rows = chance.sample(range(len(captioned)), count)
    return {order[row] for row in rows} if order else set(rows)

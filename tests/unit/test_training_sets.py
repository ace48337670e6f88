"""What the model learns from: nothing that is held out, by whichever spelling."""

from __future__ import annotations

import argparse
import json
import random
from pathlib import Path

import numpy as np
import pytest

from training.captions import shorten_title
from training.icons import (
    COLOURED_SETS,
    COLOURS,
    EMOJI_SETS,
    LINE_SETS,
    load_iconify,
    plain_name,
)
from training.recipe import Finish, Recipe
from training.sets import PHOTOGRAPHS, find_missing, require_sources
from training.swatches import load_swatches

SQUARE = '<path fill="currentColor" d="M2 2h20v20H2z"/>'


def write_set(folder: Path, *names: str) -> Path:
    folder.mkdir()
    icons = {"width": 24, "height": 24, "icons": {name: {"body": SQUARE} for name in names}}
    (folder / "icons.json").write_text(json.dumps(icons))
    return folder


@pytest.mark.parametrize(
    ("name", "plain"),
    [
        ("heart-outline", "heart"),
        ("Woman’s hat", "womans hat"),
        ("flag: Réunion", "flag reunion"),
        ("Heard & McDonald", "heard and mcdonald"),
        ("infill", "infill"),
    ],
)
def test_plain_name_is_that_of_the_thing(name: str, plain: str) -> None:
    assert plain_name(name) == plain


def test_icon_that_is_held_out_is_not_learned_in_another_style(tmp_path: Path) -> None:
    package = write_set(tmp_path / "mdi", "heart", "heart-outline", "heart-plus", "star")
    learned = load_iconify(package, 32, without={"heart"})
    assert learned.files == ["heart-plus.svg", "star.svg"]
    assert [captions[-1] for captions in learned.captions] == ["heart plus", "star"]


@pytest.mark.parametrize(
    ("package", "held", "other"),
    [
        ("icon-park-outline", "sailboat-one", "sailboat-two-sails"),
        ("hugeicons", "mail-lock-01", "mail-lock-open"),
        ("mingcute", "pen-2-line", "pen-line-chart"),
        ("streamline-kameleon-color", "robot-duo", "robot-duo-arm"),
    ],
)
def test_further_drawing_of_a_thing_has_its_name(
    tmp_path: Path, package: str, held: str, other: str
) -> None:
    folder = write_set(tmp_path / package, held, other, "tree")
    names = [captions[-1] for captions in load_iconify(folder, 32, without=()).captions]
    thing = " ".join(held.split("-")[: -1 if package != "mingcute" else -2])
    assert names[0].removesuffix(" icon") == thing
    assert names[1].removesuffix(" icon") == other.replace("-", " ")
    learned = load_iconify(folder, 32, without={thing})
    assert learned.files == [f"{other}.svg", "tree.svg"]


def test_icon_of_many_colours_is_not_said_to_have_one(tmp_path: Path) -> None:
    folder = write_set(tmp_path / "streamline-freehand-color", "tree")
    assert load_iconify(folder, 32, without=()).captions == [["tree", "tree icon"]]


def test_each_set_of_the_recipe_is_loaded_and_installed() -> None:
    packages = {*LINE_SETS, *EMOJI_SETS, *COLOURED_SETS}
    named = {*Recipe().views, *Recipe().others, *Finish().others, *Finish().photographs}
    assert named == {*PHOTOGRAPHS, *packages, "openmoji", "tabler", "swatches"}
    makefile = (Path(__file__).parents[2] / "Makefile").read_text(encoding="utf-8")
    assert [name for name in packages if f"@iconify-json/{name}@" not in makefile] == []


def test_line_icon_has_the_colour_that_its_caption_names(tmp_path: Path) -> None:
    learned = load_iconify(write_set(tmp_path / "ph", "star", "moon", "star-bold"), 32, without=())
    assert learned.files == ["star.svg", "moon.svg"]
    for picture, captions in zip(learned.images, learned.captions, strict=True):
        wanted = COLOURS[captions[0].split()[0]]
        shown = [int(wanted[at : at + 2], 16) for at in (1, 3, 5)]
        assert np.abs(picture[16, 16].astype(int) - shown).max() <= 2


def test_emoji_come_without_skin_tones(tmp_path: Path) -> None:
    package = write_set(tmp_path / "noto", "waving-hand", "waving-hand-dark-skin-tone")
    assert load_iconify(package, 32, without=()).files == ["waving-hand.svg"]


def test_short_titles_keep_the_order_of_the_words() -> None:
    title = "Puma Men Turbo Black Watch"
    brandless, fewer = shorten_title(title, random.Random(1))
    assert brandless == "Men Turbo Black Watch"
    words = iter(title.split())
    assert all(word in words for word in fewer.split())
    assert fewer != title


def test_swatches_show_the_colours_that_they_name() -> None:
    swatches = load_swatches(32)
    for picture, (caption,) in zip(swatches.images, swatches.captions, strict=True):
        left, _, right = caption.partition(" and ")
        for name, half in ((left, picture[:, :16]), (right or left, picture[:, 16:])):
            wanted = [int(COLOURS[name][at : at + 2], 16) for at in (1, 3, 5)]
            assert np.abs(half.mean((0, 1)) - wanted).max() < 32


def test_says_what_is_missing_before_anything_is_read(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    icons = tmp_path / "icons"
    names = (
        "openmoji",
        "@tabler/icons",
        *(f"@iconify-json/{name}" for name in (*LINE_SETS, *EMOJI_SETS, *COLOURED_SETS)),
    )
    for name in names:
        (icons / name).mkdir(parents=True)
    for name in PHOTOGRAPHS:
        (tmp_path / f"{name}.tsv").touch()
        (tmp_path / f"{name}.zip").touch()
    assert find_missing(tmp_path, icons) == []
    require_sources(argparse.ArgumentParser(), tmp_path, icons)

    (tmp_path / "products.zip").unlink()
    (icons / "openmoji").rmdir()
    with pytest.raises(SystemExit):
        require_sources(argparse.ArgumentParser(), tmp_path, icons)
    said = capsys.readouterr().err
    assert f"{tmp_path / 'products.zip'} is not there (and 1 more); training/README.md" in said

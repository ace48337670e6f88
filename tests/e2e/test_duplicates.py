"""Duplicates and groups, through the library and the command line, on real files."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import threading
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from PIL import Image, ImageOps

from lookalike import Library
from lookalike.decisions import Keeping, Rule
from lookalike.testing import FakeEmbedder
from lookalike.types import Duplicates, Relation, State

RUNNER = [sys.executable, str(Path(__file__).with_name("cli_runner.py"))]


def photo(seed: int, size: tuple[int, int] = (480, 320)) -> Image.Image:
    """Texture everywhere, as in a photograph, in colours of its own."""
    random = np.random.default_rng(seed)
    total = np.zeros((size[1], size[0], 3))
    for cells, weight in ((4, 120), (12, 60), (40, 40)):
        coarse = random.integers(0, 256, (cells, cells * 3 // 2, 3), dtype=np.uint8)
        grown = Image.fromarray(coarse).resize(size, Image.Resampling.BICUBIC)
        total += weight * (np.asarray(grown) / 255 - 0.5)
    return Image.fromarray(np.clip(total + 128, 0, 255).astype(np.uint8))


def make_pictures(folder: Path) -> Path:
    folder.mkdir()
    for seed, name in enumerate(("lake", "hill", "town")):
        photo(seed).save(folder / f"{name}.jpg", quality=92)
    lake = Image.open(folder / "lake.jpg")
    (folder / "lake copy.jpg").write_bytes((folder / "lake.jpg").read_bytes())
    lake.resize((240, 160)).save(folder / "lake small.jpg", quality=85)
    ImageOps.mirror(lake).save(folder / "lake mirrored.jpg", quality=92)
    lake.crop((40, 30, 470, 310)).save(folder / "lake part.jpg", quality=92)
    os.utime(folder / "lake.jpg", (1_000, 1_000))  # the oldest
    return folder


RIGHT = {
    "lake.jpg": "original",
    "lake copy.jpg": "identical",
    "lake small.jpg": "resized",
    "lake mirrored.jpg": "mirrored",
    "lake part.jpg": "cropped",
}


@pytest.fixture
def pictures(tmp_path: Path) -> Path:
    return make_pictures(tmp_path / "pictures")


@pytest.fixture
def open_library(tmp_path: Path) -> Callable[..., Library]:
    def open_one(embedder: FakeEmbedder | None = None) -> Library:
        return Library.open(tmp_path / "lib", embedder=embedder or FakeEmbedder())

    return open_one


def relations(found: Duplicates) -> list[dict[str, str]]:
    return [
        {d.asset.name: d.relation.value if d.relation else "original" for d in group.duplicates}
        for group in found.groups
    ]


def index_anew(library: Library) -> None:
    """Every picture is decoded and given a vector again."""
    keys = library._store.contents().keys.tolist()
    library._store.set_state(keys, State.PENDING)
    assert library.index().indexed == len(keys)


def test_duplicates_are_grouped_with_their_relations(
    pictures: Path, open_library: Callable[..., Library]
) -> None:
    with open_library() as library:
        library.index([pictures])
        found = library.duplicates()
        assert relations(found) == [RIGHT]
        assert found.coverage.indexed == 7
        assert found.groups[0].reason
        only = library.duplicates(relations=["resized"])
        assert relations(only) == [{"lake.jpg": "original", "lake small.jpg": "resized"}] or (
            relations(only) == [{"lake copy.jpg": "original", "lake small.jpg": "resized"}]
        )


def test_pictures_are_compared_once(pictures: Path, open_library: Callable[..., Library]) -> None:
    with open_library() as library:
        library.index([pictures])
        assert library.compare().compared == 7
        again = library.compare()
        assert (again.compared, again.looked_at) == (0, 0)
        ImageOps.flip(photo(1)).save(pictures / "hill flipped.jpg", quality=92)
        library.index()
        assert library.compare().compared == 1
        assert {"hill.jpg": "original", "hill flipped.jpg": "mirrored"} in relations(
            library.duplicates()
        ) or {"hill flipped.jpg": "original", "hill.jpg": "mirrored"} in relations(
            library.duplicates()
        )


def test_comparison_that_was_stopped_goes_on(
    pictures: Path, open_library: Callable[..., Library]
) -> None:
    stop = threading.Event()
    stop.set()
    with open_library() as library:
        library.index([pictures])
        report = library.compare(stop=stop)
        assert (report.interrupted, report.compared) == (True, 0)
        assert relations(library.duplicates()) == [RIGHT]


def test_changed_file_is_compared_anew(
    pictures: Path, open_library: Callable[..., Library]
) -> None:
    with open_library() as library:
        library.index([pictures])
        library.duplicates()
        photo(9).save(pictures / "lake small.jpg", quality=85)
        library.index()
        expected = {name: what for name, what in RIGHT.items() if name != "lake small.jpg"}
        assert relations(library.duplicates()) == [expected]


def test_decision_survives_renaming_indexing_anew_restart_and_another_model(
    pictures: Path, open_library: Callable[..., Library], tmp_path: Path
) -> None:
    expected = {name: what for name, what in RIGHT.items() if name != "lake part.jpg"}
    others = [pictures / name for name in expected]
    with open_library() as library:
        library.index([pictures])
        assert relations(library.duplicates()) == [RIGHT]
        for other in others:
            library.decide_not_duplicates([pictures / "lake part.jpg", other])
        assert relations(library.duplicates()) == [expected]
        assert len(library.decisions()) == 4 - 1  # two of the others have the same content
    (pictures / "lake part.jpg").rename(pictures / "lake other.jpg")
    with open_library() as library:  # a restart, and a renamed file
        library.index()
        assert relations(library.duplicates()) == [expected]
        library.compare(again=True)
        assert relations(library.duplicates()) == [expected]
        index_anew(library)
        assert library.compare().compared == 7
        assert relations(library.duplicates()) == [expected]
        library._store.put_setting("model_id", "fake-colours-2")
    with open_library(FakeEmbedder(model_id="fake-colours-2")) as library:
        index_anew(library)
        assert library.compare().compared == 7
        assert relations(library.duplicates()) == [expected]
        library.undo_not_duplicates([pictures / "lake other.jpg", *others])
        names = {d.asset.name for d in library.duplicates().groups[0].duplicates}
        assert names == {*expected, "lake other.jpg"}


def test_search_labels_crops_among_the_nearest(
    pictures: Path, open_library: Callable[..., Library]
) -> None:
    with open_library() as library:
        library.index([pictures])
        found = {m.asset.name: m.relation for m in library.similar(pictures / "lake.jpg").matches}
        assert found["lake copy.jpg"] is Relation.IDENTICAL
        assert found["lake mirrored.jpg"] is Relation.MIRRORED
        assert found["hill.jpg"] is None


# --- command line -------------------------------------------------------------------------


def run_at(library: Path, *arguments: object) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [*RUNNER, *map(str, arguments)],
        env={**os.environ, "LOOKALIKE_LIBRARY": str(library)},
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        check=False,
    )


def test_duplicates_command(pictures: Path, tmp_path: Path) -> None:
    library = tmp_path / "lib"
    assert run_at(library, "index", pictures).returncode == 0
    done = run_at(library, "duplicates", "--json")
    assert done.returncode == 0, done.stderr
    answer = json.loads(done.stdout)
    assert set(answer) == {"groups", "coverage"}
    (group,) = answer["groups"]
    assert {"confidence", "original", "assets", "reason"} <= set(group)
    assert group["assets"][0]["asset_id"] == group["original"]
    assert {Path(a["path"]).name: a["relation"] for a in group["assets"]} == RIGHT
    assert set(group["assets"][0]) == {"asset_id", "path", "relation", "confidence"}

    shown = run_at(library, "duplicates", "--relation", "mirrored")
    assert "mirrored\t" in shown.stdout
    assert "1 group" in shown.stderr
    sure = json.loads(run_at(library, "duplicates", "--min-confidence", "1", "--json").stdout)
    assert [len(g["assets"]) for g in sure["groups"]] == [2]

    pair = (pictures / "lake.jpg", pictures / "lake mirrored.jpg")
    decided = run_at(library, "duplicates", "--not-duplicates", *pair)
    assert "1 remembered as not duplicates" in decided.stdout
    left = json.loads(run_at(library, "duplicates", "--json").stdout)["groups"]
    together = [{Path(a["path"]).name for a in group["assets"]} for group in left]
    assert not any({"lake.jpg", "lake mirrored.jpg"} <= names for names in together)
    undone = json.loads(
        run_at(library, "duplicates", "--undo-not-duplicates", *pair, "--json").stdout
    )
    assert undone == {"decided": 0, "undone": 1}


def test_duplicates_command_takes_back_the_last_decision(
    pictures: Path, open_library: Callable[..., Library], tmp_path: Path
) -> None:
    with open_library() as library:
        library.index([pictures])
        library.compare()
        library.keep(pictures / "lake.jpg", [pictures / "lake small.jpg"])
    undone = run_at(tmp_path / "lib", "duplicates", "--undo")
    assert (undone.returncode, undone.stderr) == (0, "")
    assert undone.stdout == "Taken back: Kept lake.jpg; to the trash: lake small.jpg\n"
    with open_library() as library:
        assert library.status().coverage.trashed == 0
    again = run_at(tmp_path / "lib", "duplicates", "--undo")
    assert again.returncode != 0
    assert "Nothing was decided" in again.stderr
    apart = ("--not-duplicates", pictures / "lake.jpg", pictures / "hill.jpg")
    assert run_at(tmp_path / "lib", "duplicates", "--undo", *apart).returncode == 2


def test_duplicates_command_takes_back_a_whole_rule(
    pictures: Path, open_library: Callable[..., Library], tmp_path: Path
) -> None:
    with open_library() as library:
        library.index([pictures])
        library.compare()
        hills = library.upload((pictures / "hill.jpg").read_bytes(), name="hill copy.jpg")
        library.work()
        plan = library.plan_duplicates(Rule(keep=Keeping.LARGEST), by="ann")
        library.apply_plan(plan.id)
        library.work()
        trashed = library.coverage().trashed
        decisions = len(library.journal())
    assert decisions >= 2
    assert trashed == plan.trashed
    command = (tmp_path / "lib", "duplicates")
    shown = json.loads(run_at(*command, "--undo-rule", "--json").stdout)
    assert (shown["plan"], shown["decisions"], shown["pictures"]) == (plan.id, decisions, trashed)
    assert (shown["lost"], shown["undone"]) == (0, False)
    asked = run_at(*command, "--undo-rule")  # nobody there to answer
    assert (asked.returncode, asked.stdout.count("Decisions to undo")) == (2, 1)
    one = run_at(*command, "--undo")
    assert f"A rule decided {decisions - 1:,} more with it; --undo-rule" in one.stderr
    done = run_at(*command, "--undo-rule", "--yes", "--json")
    assert json.loads(done.stdout)["undone"] is True
    with open_library() as library:
        assert library.coverage().trashed == 0
        assert library.asset(hills.id).state is State.INDEXED
    assert run_at(*command, "--undo-rule", "--yes").returncode != 0  # nothing is left
    assert run_at(*command, "--yes").returncode == 2
    assert run_at(*command, "--undo", "--undo-rule").returncode == 2


def test_duplicates_command_with_an_unknown_relation_is_wrong_usage(tmp_path: Path) -> None:
    done = run_at(tmp_path / "lib", "duplicates", "--relation", "cousin")
    assert done.returncode == 2
    assert "cousin" in done.stderr


def test_groups_command(tmp_path: Path) -> None:
    pytest.importorskip("sknetwork")
    folder, random = tmp_path / "pictures", np.random.default_rng(1)
    folder.mkdir()
    colours = {"red": (220, 30, 30), "green": (40, 160, 50), "blue": (35, 60, 210)}
    for name, colour in colours.items():
        for number in range(12):
            noise = random.integers(-20, 21, (60, 80, 3))
            pixels = np.clip(np.array(colour) + noise, 0, 255).astype(np.uint8)
            Image.fromarray(pixels).save(folder / f"{name}{number}.png")
    library = tmp_path / "lib"
    assert run_at(library, "index", folder).returncode == 0
    answer = json.loads(run_at(library, "groups", "--json").stdout)
    assert set(answer) >= {"groups", "coverage"}
    assert set(answer["groups"][0]) == {"label", "cover", "size", "assets"}
    with Library.open(library, embedder=FakeEmbedder()) as opened:
        groups = opened.groups().groups
        kinds = [{a.name.rstrip("0123456789.png") for a in group.assets} for group in groups]
    assert all(len(kind) == 1 for kind in kinds)
    assert sum(group["size"] for group in answer["groups"]) <= 36

"""Decisions about duplicates, through everything that may happen to a library, each step in a
process of its own: indexed anew, another model, files renamed and moved, compared again."""

from __future__ import annotations

import json
import shutil
from pathlib import Path
from typing import Any

from lookalike import Library
from lookalike.settings import Settings
from lookalike.testing import FakeEmbedder
from lookalike.types import OTHER_PICTURES, State
from tests.unit.models import tiny

from .test_cli_models import run
from .test_deciding import LAKES
from .test_duplicates import index_anew, make_pictures, photo


def shown(folder: Path) -> list[set[str]]:
    """Names in the groups that `lookalike duplicates` lists."""
    answer = run(folder, "duplicates", "--json")
    assert answer.returncode == 0, answer.stderr
    found: dict[str, Any] = json.loads(answer.stdout)
    return [{Path(asset["path"]).name for asset in group["assets"]} for group in found["groups"]]


def done(folder: Path, *arguments: object) -> str:
    answer = run(folder, *arguments)
    assert answer.returncode == 0, answer.stderr
    return answer.stdout


def test_no_decision_comes_back_after_all_that_may_happen(tmp_path: Path) -> None:
    pictures = make_pictures(tmp_path / "pictures")
    photo(1).resize((240, 160)).save(pictures / "hill small.jpg", quality=90)
    done(tmp_path, "index", pictures)
    hills = {"hill.jpg", "hill small.jpg"}
    assert sorted(map(sorted, shown(tmp_path))) == sorted(map(sorted, [LAKES, hills]))
    with Library.open(tmp_path / "library") as library:
        rest = [pictures / name for name in LAKES - {"lake part.jpg"}]
        apart = library.set_apart([pictures / "lake part.jpg"], rest)
        library.keep_all([pictures / name for name in hills])
        library.keep(pictures / "lake.jpg", [pictures / "lake small.jpg"])
    left = LAKES - {"lake part.jpg", "lake small.jpg"}
    assert shown(tmp_path) == [left]

    done(tmp_path, "models", "add", tiny.write_model(tmp_path / "mine"))
    done(tmp_path, "models", "use", "mine")
    assert "in use    mine@" in done(tmp_path, "models", "switch")
    assert shown(tmp_path) == [left]

    (pictures / "moved").mkdir()
    for old, new in {"lake part.jpg": "part.jpg", "hill.jpg": "mountain.jpg"}.items():
        shutil.move(pictures / old, pictures / "moved" / new)
    done(tmp_path, "index", pictures)
    assert shown(tmp_path) == [left]

    with Library.open(tmp_path / "library", settings=settings_of(tmp_path)) as library:
        keys = library._store.contents().keys.tolist()
        library._store.set_state(keys, State.PENDING)
    done(tmp_path, "index", pictures)
    done(tmp_path, "rebuild")
    assert shown(tmp_path) == [left]

    done(tmp_path, "models", "use", "lookalike-small", "--switch")
    with Library.open(tmp_path / "library") as library:
        library.compare(again=True)
        assert len(library.journal()) == len(library.journal(open_only=True)) == 3
    assert shown(tmp_path) == [left]
    with Library.open(tmp_path / "library") as library:
        library.undo(apart.id)
    assert shown(tmp_path) == [left | {"part.jpg"}]


def settings_of(folder: Path) -> Settings:
    return Settings(models_folder=str(folder / "models"), decode_processes=1)


def test_pairs_that_pixels_confirmed_are_kept_when_the_model_changes(tmp_path: Path) -> None:
    """They are not laid over each other again; what only the model saw is looked at anew."""
    pictures = make_pictures(tmp_path / "pictures")
    settings = Settings(decode_processes=1)
    with Library.open(tmp_path / "lib", settings=settings, embedder=FakeEmbedder()) as library:
        library.index([pictures])
        first = library.compare()
        before = library._store.list_pairs()
        confirmed = [pair for pair in before if pair.relation not in OTHER_PICTURES]
        assert confirmed
        library._store.put_setting("model_id", "fake-colours-2")
    other = FakeEmbedder(model_id="fake-colours-2")
    with Library.open(tmp_path / "lib", settings=settings, embedder=other) as library:
        index_anew(library)
        assert set(confirmed) <= set(library._store.list_pairs(doubted=False))
        report = library.compare()
        assert report.looked_at <= first.looked_at - len(confirmed)
        assert report.copies == 0
        assert library._store.list_pairs() == before
        assert library.compare(again=True).looked_at == first.looked_at
        assert library._store.list_pairs() == before

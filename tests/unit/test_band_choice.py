"""Thresholds of bands are chosen for a model, kept with it, and used."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from evaluation.calibration import Judged, check, choose, judge_pictures
from lookalike.errors import ModelCorrupt
from lookalike.models.adding import add
from lookalike.models.manifest import FILE, keep_calibration, read
from lookalike.models.registry import load
from lookalike.models.shelf import Shelf
from lookalike.search.calibration import USUAL
from lookalike.search.engine import search
from lookalike.testing import FakeEmbedder
from lookalike.types import Band, Calibration, Thresholds
from tests.unit.models import tiny
from tests.unit.search.conftest import shelf as search_shelf  # noqa: F401

CHOSEN = Calibration(
    words=Thresholds(best=80, strong=90, likely=70),
    pictures=Thresholds(best=4, strong=4, likely=3),
    measured_on="my pictures",
)


class Calibrated(FakeEmbedder):
    """With thresholds of its own."""

    calibration = CHOSEN  # type: ignore[assignment]


def test_thresholds_part_what_is_right_from_what_is_not() -> None:
    """A result is right with the odds of its level: 9 of 10 above 6, half of them above 4."""
    random = np.random.default_rng(0)
    standing = -np.sort(-random.uniform(1, 8, (2000, 20)), axis=1)
    odds = np.select([standing >= 6, standing >= 4], [0.9, 0.5], 0.05)
    judged = Judged(standing, random.random(standing.shape) < odds)
    absent = random.uniform(1, 5, 200)
    chosen = choose(judged, absent, 0.7, USUAL.words)
    assert chosen.likely < chosen.strong
    assert chosen.best >= 4.8  # else more than one absent thing in twenty would look found
    held = check(judged, absent, chosen)
    assert held["strong_right"] >= 0.68
    assert held["likely_right"] >= 0.38
    assert held["absent_with_strong"] <= 0.05


def test_what_cannot_be_reached_stays_as_usual() -> None:
    standing = np.tile(np.linspace(9, 1, 20), (100, 1))
    judged = Judged(standing, np.zeros(standing.shape, bool))
    assert choose(judged, np.zeros(1), 0.7, USUAL.words) == USUAL.words


def test_pictures_with_the_same_words_are_right_for_each_other() -> None:
    captions = [["a dog runs", "the dog"], ["a dog runs fast", "dog"], ["a red car", "car"]]
    pictures = np.eye(3, dtype=np.float32)
    judged = judge_pictures(captions, pictures, np.eye(3, dtype=np.float32)[[0, 1, 2] * 4])
    assert judged.right[0][:2].tolist() in ([True, False], [False, True])
    assert not judged.right[2].any()


def test_thresholds_are_kept_with_the_model(tmp_path: Path) -> None:
    shelf = Shelf(tmp_path / "models")
    before = add(tiny.write_model(tmp_path / "mine"), shelf)
    assert load("mine", shelf=shelf).calibration is None
    keep_calibration(shelf.folder_of("mine"), CHOSEN)
    model = load("mine", shelf=shelf)
    assert model.calibration == CHOSEN
    assert model.model_id == before.model_id  # its vectors are what they were
    shelf.verify("mine")


def test_thresholds_that_make_no_sense_are_refused(tmp_path: Path) -> None:
    folder = tiny.write_generation(tmp_path / "own", "1")
    told = json.loads((folder / FILE).read_text())
    told["bands"] = {"words": {"best": -1, "strong": 2, "likely": 1}}
    (folder / FILE).write_text(json.dumps(told))
    with pytest.raises(ModelCorrupt, match="no thresholds"):
        read(folder)


def test_bands_are_those_of_the_model(search_shelf) -> None:  # noqa: F811
    search_shelf.put(FakeEmbedder().embed_texts(["red", "red blue", "blue"]))
    usual = search("red", search_shelf.sources, search_shelf.corpus())
    measured = replace(search_shelf.sources, embedder=Calibrated())
    found = search("red", measured, search_shelf.corpus())
    assert (usual.is_calibrated, found.is_calibrated) == (False, True)
    assert found.matches[0].score == usual.matches[0].score
    assert usual.matches[0].band is Band.STRONG
    assert {match.band for match in found.matches} == {Band.WEAK}

"""The measurements themselves: what they count is what they say."""

from __future__ import annotations

import io
import random
import zipfile
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from evaluation.colours import judge
from evaluation.image_to_image import mean_average_precision
from evaluation.query_kinds import Judged, measure, spoil
from evaluation.relevance import Captioned, embed, finder_of, read_captions, recall, with_haystack
from evaluation.sheets import SIDE_PX, save, worst
from lookalike.testing import FakeEmbedder

EMBEDDER = FakeEmbedder()
COLOURS = {"red": (220, 30, 30), "blue": (35, 60, 210), "green": (40, 160, 50)}


def write(file: Path, names: list[str]) -> None:
    with zipfile.ZipFile(file, "w") as archive:
        for name in names:
            buffer = io.BytesIO()
            Image.new("RGB", (64, 64), COLOURS[name.split(".")[0].split("-")[0]]).save(
                buffer, "WEBP"
            )
            archive.writestr(f"pictures/{name}", buffer.getvalue())


@pytest.fixture
def captioned(tmp_path: Path) -> Captioned:
    """Three pictures; the last caption is wrong."""
    write(tmp_path / "set.zip", [f"{name}.webp" for name in COLOURS])
    lines = ["red.webp\tall red", "blue.webp\tso blue", "green.webp\tred as well"]
    (tmp_path / "set.tsv").write_text("\n".join(lines))
    return embed(read_captions(tmp_path / "set.tsv"), tmp_path / "set.zip", EMBEDDER)


def test_recall_ranks_each_captions_own_picture(captioned: Captioned, tmp_path: Path) -> None:
    measured = recall(captioned)
    assert (measured.pictures, measured.captions) == (3, 3)
    assert measured.r_at_1 == pytest.approx(2 / 3)
    write(tmp_path / "more.zip", ["blue-2.webp"])
    among = with_haystack(captioned, [tmp_path / "more.zip"], EMBEDDER)
    assert recall(among).pictures == 4
    assert among.files[-1] == "blue-2.webp"


def test_worst_queries_are_drawn_with_what_came_first(captioned: Captioned, tmp_path: Path) -> None:
    (query, rank), *_ = worst(captioned, 2)
    assert captioned.captions[query] == "red as well"
    assert rank > 1
    save(captioned, 2, finder_of([tmp_path / "set.zip"]), tmp_path / "sheet.png")
    with Image.open(tmp_path / "sheet.png") as sheet:
        assert sheet.height > 2 * SIDE_PX


def test_colours_are_judged_by_the_first_results() -> None:
    pairs = [("red", "cup"), ("blue", "cup")]
    pictures = EMBEDDER.embed_texts(["red", "blue", "green"])
    names = ["red", "blue", "green"]
    judged = judge(
        pairs,
        pictures,
        EMBEDDER,
        lambda row, colour, _thing: names[row] == colour,
        lambda row, colour: names[row] == colour,
    )
    assert judged["right_first"] == judged["right_in_top_5"] == judged["colour_of_first"] == 1


def test_mean_average_precision_is_one_for_perfect_classes() -> None:
    vectors = np.repeat(np.eye(2, dtype=np.float32), 3, axis=0)
    assert mean_average_precision(vectors, ["a"] * 3 + ["b"] * 3) == 1
    mixed = mean_average_precision(vectors, ["a", "b", "a", "b", "a", "b"])
    assert mixed < 0.8


def test_spoil_changes_one_longer_word() -> None:
    chance = random.Random(1)
    text = "a dog on the mountain"
    changed = {spoil(text, chance) for _ in range(20)}
    assert all(words.startswith("a dog on the ") for words in changed)
    assert len(changed) > 5
    assert spoil("a dog", chance) == "a dog"


def test_query_kinds_are_measured_by_captions() -> None:
    captions = [text for _ in range(6) for text in ("a dog here", "one dog there")]
    captions += ["green snow", "snow in green"]
    own = np.array([*np.repeat(np.arange(6), 2), 6, 6])
    vectors = EMBEDDER.embed_texts([*["dog"] * 6, "green"])
    captioned = Captioned(
        [f"{n}.jpg" for n in range(7)], vectors, captions, EMBEDDER.embed_texts(captions), own
    )
    judged = Judged(captioned, EMBEDDER)
    assert judged.having("dog").sum() == 6
    assert judged.precision(["dog", "snow"]) == {
        "queries": 1,
        "p_at_10": pytest.approx(6 / 7),
        "chance": pytest.approx(6 / 7),
    }
    assert {"one word", "one typo, corrected", "without, literally"} <= set(
        measure(captioned, EMBEDDER)
    )

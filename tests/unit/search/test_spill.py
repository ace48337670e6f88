"""Decoded pictures on disk while many are compared."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from lookalike.search.spill import Spill


def picture(seed: int) -> Image.Image:
    random = np.random.default_rng(seed)
    high, wide = random.integers(1, 40, 2)
    return Image.fromarray(random.integers(0, 256, (high, wide, 3), dtype=np.uint8))


def same(one: Image.Image | None, other: Image.Image) -> bool:
    return one is not None and one.size == other.size and one.tobytes() == other.tobytes()


def test_pictures_come_back_as_they_were(tmp_path: Path) -> None:
    spill = Spill(tmp_path)
    pictures = {str(seed): picture(seed) for seed in range(40)}

    def keep(name: str) -> bool:
        spill.put(name, pictures[name])
        return same(spill.get(name), pictures[name])

    with ThreadPoolExecutor(4) as threads:
        assert all(threads.map(keep, pictures))
    assert all(same(spill.get(name), kept) for name, kept in pictures.items())
    assert spill.get("another") is None
    assert [*tmp_path.iterdir()] == []  # the file has no name that could outlast the process
    spill.close()


def test_without_a_folder_nothing_is_kept() -> None:
    spill = Spill(None)
    spill.put("a", picture(1))
    assert spill.get("a") is None
    spill.close()


def test_no_more_is_kept_than_there_is_room_for(tmp_path: Path) -> None:
    side = Image.new("RGB", (10, 10))
    spill = Spill(tmp_path, most_bytes=700)
    for name in "abc":
        spill.put(name, side)
    assert [spill.get(name) is not None for name in "abc"] == [True, True, False]
    spill.close()


def test_disk_that_cannot_be_written_is_done_without(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    spill = Spill(tmp_path / "gone")
    for name in "ab":
        spill.put(name, picture(2))
        assert spill.get(name) is None
    assert len(caplog.records) == 1
    spill.close()

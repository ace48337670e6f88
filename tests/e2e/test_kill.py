"""kill -9 at random moments: the next run finds every picture once, and none is lost."""

from __future__ import annotations

import hashlib
import random
import subprocess
import time
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest

from lookalike.blobs.local import LocalBlobs
from lookalike.images.decode import Limits
from lookalike.images.picture import prepare
from lookalike.images.sandbox import DecodePool
from lookalike.ingest.lock import hold_lock
from lookalike.ingest.run import index
from lookalike.stores.sqlite import SqliteStore
from lookalike.testing import FakeEmbedder
from lookalike.types import State

from .conftest import Start, make_pictures, read_answer

PICTURES = 150
KILLS = 12
LIMITS = Limits(max_bytes=1024 * 1024, max_pixels=10**6, max_avif_pixels=10**6)
EMBEDDER = FakeEmbedder()


@pytest.fixture(scope="module")
def pool() -> Iterator[DecodePool]:
    side_px = EMBEDDER.image_size_px
    with DecodePool(processes=2, limits=LIMITS, side_px=side_px, timeout_s=20) as pool:
        yield pool


def kill_after(process: subprocess.Popen[str], seconds: float) -> bool:
    """Kills the run so long after its first word; False when it had ended by then."""
    read_answer(process)
    try:
        process.wait(seconds)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()
        return True
    return False


def check_library(library: Path, pictures: Path) -> None:
    """Every picture is there once, with the vector, hash and thumbnail of its present content."""
    store = SqliteStore.open(library / "library.db")
    thumbnails = LocalBlobs(library / "thumbnails", durable=False)
    known = store.known_files(str(pictures))
    files = sorted(pictures.iterdir())
    assert sorted(known) == [str(file) for file in files]
    coverage = store.coverage()
    assert (coverage.total, coverage.indexed) == (PICTURES, PICTURES)
    assert {file.state for file in known.values()} == {State.INDEXED}
    keys, vectors = store.vectors(
        EMBEDDER.model_id, np.array(sorted(file.key for file in known.values()), np.int64)
    )
    assert len(keys) == PICTURES
    vector_of = dict(zip(keys.tolist(), vectors, strict=True))
    for file in files:
        data = file.read_bytes()
        sha256 = hashlib.sha256(data).hexdigest()
        assert [asset.path for asset in store.find_by_sha256(sha256)] == [str(file)]
        assert thumbnails.get(sha256)
        picture = prepare(data, LIMITS, side_px=EMBEDDER.image_size_px)
        (expected,) = EMBEDDER.embed_images(picture.pixels[None])
        np.testing.assert_allclose(vector_of[known[str(file)].key], expected, atol=2e-3)
    store.close()


def finish(library: Path, pictures: Path, pool: DecodePool) -> None:
    """The next run, which gets the lock at once: the dead do not hold it."""
    with hold_lock(library / "index.lock"):
        store = SqliteStore.open(library / "library.db")
        thumbnails = LocalBlobs(library / "thumbnails", durable=False)
        report = index(store, EMBEDDER, pool, thumbnails, [pictures], max_bytes=LIMITS.max_bytes)
        store.close()
    assert report.skipped == {}


def test_killed_runs_lose_nothing(tmp_path: Path, start: Start, pool: DecodePool) -> None:
    pictures = tmp_path / "pictures"
    make_pictures(pictures, range(PICTURES))
    calibration = start(tmp_path / "library", pictures)
    read_answer(calibration)
    started_s = time.monotonic()
    assert calibration.wait() == 0
    longest_s = time.monotonic() - started_s
    chance = random.Random(20)
    rounds = kills = 0
    while kills < KILLS:
        # A new library in every other round; in the rounds between, half of it changes.
        library = tmp_path / f"library{rounds // 2}"
        if rounds % 2:
            make_pictures(pictures, range(0, PICTURES, 2), version=rounds)
        process = start(library, pictures)
        if kill_after(process, chance.uniform(0, longest_s)):
            kills += 1
        else:  # it was faster than expected
            longest_s *= 0.9
        finish(library, pictures, pool)
        check_library(library, pictures)
        rounds += 1

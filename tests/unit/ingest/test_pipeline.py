"""When a stage fails, is slow or is told to stop, nothing hangs and nothing is lost."""

from __future__ import annotations

import threading
from collections.abc import Callable
from concurrent.futures import Future
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from lookalike.arrays import Float32s, UInt8s
from lookalike.errors import BlobUnavailable, FolderNotFound, InferenceFailed, StoreUnavailable
from lookalike.images.picture import Picture
from lookalike.images.sandbox import DecodePool
from lookalike.testing import FakeEmbedder
from lookalike.types import State

from .conftest import Home, MemoryThumbnails, make_picture


class TroubledEmbedder(FakeEmbedder):
    """Calls `trouble` with the images before it does its work."""

    def __init__(self, trouble: Callable[[UInt8s], None]) -> None:
        super().__init__()
        self._trouble = trouble

    def embed_images(self, images: UInt8s) -> Float32s:
        self._trouble(images)
        return super().embed_images(images)


class WatchedDecoder:
    """Lets a test act on each submission; counts those that are not yet embedded."""

    def __init__(self, pool: DecodePool, on_submit: Callable[[Path], None]) -> None:
        self._pool = pool
        self._on_submit = on_submit

    def submit(self, source: Path | bytes) -> Future[Picture]:
        assert isinstance(source, Path)
        self._on_submit(source)
        return self._pool.submit(source)


def make_pictures(home: Home, count: int) -> list[Path]:
    return [make_picture(home.pictures / f"{n:03}.png", seed=n) for n in range(count)]


def is_black(image: UInt8s) -> bool:
    return bool(image.mean() < 20)


def test_picture_that_the_model_refuses_costs_only_itself(home: Home) -> None:
    def refuse_black(images: UInt8s) -> None:
        if any(is_black(image) for image in images):
            raise InferenceFailed("No black, please.")

    make_pictures(home, 10)
    bad = make_picture(home.pictures / "black.png", (0, 0, 0))
    home.embedder = TroubledEmbedder(refuse_black)
    report = home.index(batch_size=4)
    assert (report.indexed, report.skipped) == (10, {"inference_failed": 1})
    assert home.asset(bad).skip_reason == "inference_failed"


def test_vector_that_is_not_finite_costs_only_its_picture(home: Home) -> None:
    class Overflowing(FakeEmbedder):
        def embed_images(self, images: UInt8s) -> Float32s:
            vectors = super().embed_images(images)
            vectors[[is_black(image) for image in images], 0] = np.nan
            return vectors

    make_pictures(home, 5)
    make_picture(home.pictures / "black.png", (0, 0, 0))
    home.embedder = Overflowing()
    report = home.index()
    assert (report.indexed, report.skipped) == (5, {"inference_failed": 1})


def test_model_that_always_fails_ends_the_run_and_skips_nothing(home: Home) -> None:
    def fail(_images: UInt8s) -> None:
        raise InferenceFailed("The model is broken.")

    make_pictures(home, 10)
    home.embedder = TroubledEmbedder(fail)
    with pytest.raises(InferenceFailed, match="any picture"):
        home.index(batch_size=4)
    assert set(home.states().values()) == {State.PENDING}
    home.embedder = FakeEmbedder()
    assert home.index().indexed == 10


def test_failure_inside_the_model_code_reaches_the_caller(home: Home) -> None:
    def fail(_images: UInt8s) -> None:
        raise ZeroDivisionError

    make_pictures(home, 100)
    home.embedder = TroubledEmbedder(fail)
    with pytest.raises(ZeroDivisionError):
        home.index(batch_size=2, in_flight=4)
    names = {thread.name for thread in threading.enumerate()}
    assert names.isdisjoint({"lookalike-embed", "lookalike-write"})


def test_store_that_fails_while_saving_ends_the_run(
    home: Home, monkeypatch: pytest.MonkeyPatch
) -> None:
    saves = []

    def fail(*results: Any) -> None:
        saves.append(results)
        raise StoreUnavailable("The disk is full.")

    make_pictures(home, 100)
    with monkeypatch.context() as patch:
        patch.setattr(home.store, "save_results", fail)
        with pytest.raises(StoreUnavailable):
            home.index(batch_size=2, in_flight=4)
    assert len(saves) == 1
    assert home.index().indexed == 100


def test_thumbnails_that_cannot_be_kept_leave_pictures_pending(home: Home) -> None:
    class Full(MemoryThumbnails):
        def put(self, key: str, data: bytes) -> None:
            raise BlobUnavailable("The disk is full.")

    make_pictures(home, 20)
    home.thumbnails = Full()
    with pytest.raises(BlobUnavailable):
        home.index()
    assert set(home.states().values()) == {State.PENDING}


def test_progress_callback_that_fails_ends_the_run(home: Home) -> None:
    def fail(progress: object) -> None:
        raise RuntimeError("The terminal is gone.")

    make_pictures(home, 20)
    with pytest.raises(RuntimeError, match="terminal"):
        home.index(progress=fail)


def test_stop_saves_what_was_decoded_and_leaves_the_rest_pending(home: Home) -> None:
    stop = threading.Event()
    submitted: list[Path] = []

    def stop_at_20(path: Path) -> None:
        submitted.append(path)
        if len(submitted) == 20:
            stop.set()

    make_pictures(home, 60)
    home.decoder = WatchedDecoder(home.pool, stop_at_20)
    report = home.index(batch_size=4, in_flight=8, stop=stop)
    assert report.interrupted
    assert len(submitted) == 20
    assert report.indexed <= 20
    coverage = home.store.coverage()
    assert (coverage.indexed, coverage.pending) == (report.indexed, 60 - report.indexed)
    assert coverage.indexed >= 20 - 8 - 4
    home.decoder = home.pool
    report = home.index()
    assert not report.interrupted
    assert home.store.coverage().indexed == 60
    assert report.indexed == 60 - coverage.indexed


def test_stop_before_the_run_changes_no_state(home: Home) -> None:
    file = make_picture(home.pictures / "a.png")
    home.index()
    file.rename(home.folder / "away.png")
    stop = threading.Event()
    stop.set()
    report = home.index(stop=stop)
    assert report.interrupted
    assert (report.missing, home.states()) == (0, {"a.png": State.INDEXED})


def test_decoder_never_runs_far_ahead_of_the_model(home: Home) -> None:
    submitted = embedded = 0
    most_ahead = 0

    def count_submitted(_path: Path) -> None:
        nonlocal submitted, most_ahead
        submitted += 1
        most_ahead = max(most_ahead, submitted - embedded)

    def count_embedded(images: UInt8s) -> None:
        nonlocal embedded
        embedded += len(images)

    make_pictures(home, 80)
    home.decoder = WatchedDecoder(home.pool, count_submitted)
    home.embedder = TroubledEmbedder(count_embedded)
    assert home.index(batch_size=4, in_flight=8).indexed == 80
    assert most_ahead <= 8 + 4


def test_file_that_vanishes_before_it_is_read_is_missing(home: Home) -> None:
    files = make_pictures(home, 10)
    home.decoder = WatchedDecoder(
        home.pool, lambda path: path.unlink() if path == files[3] else None
    )
    report = home.index()
    assert (report.indexed, report.missing) == (9, 1)
    assert home.asset(files[3]).state is State.MISSING


def test_disk_that_vanishes_during_a_run_marks_nothing_missing(home: Home) -> None:
    files = make_pictures(home, 30)

    def unmount(path: Path) -> None:
        if path == files[10]:
            home.pictures.rename(home.folder / "unmounted")

    home.decoder = WatchedDecoder(home.pool, unmount)
    with pytest.raises(FolderNotFound, match="vanished"):
        home.index(in_flight=4, batch_size=2)
    assert State.MISSING not in home.states().values()
    (home.folder / "unmounted").rename(home.pictures)
    home.decoder = home.pool
    home.index()
    assert set(home.states().values()) == {State.INDEXED}


def test_file_replaced_while_it_is_read_is_noticed_by_the_next_run(home: Home) -> None:
    files = make_pictures(home, 10)

    def replace(path: Path) -> None:
        if path == files[5]:
            make_picture(path, (20, 20, 200), seed=99)

    home.decoder = WatchedDecoder(home.pool, replace)
    home.index()
    home.decoder = home.pool
    home.index()
    asset = home.asset(files[5])
    assert asset.mtime_ns == files[5].stat().st_mtime_ns
    assert asset.size_bytes == files[5].stat().st_size
    _, vectors = home.store.vectors(home.embedder.model_id, np.array([asset.key], np.int64))
    assert vectors[0] @ home.embedder.embed_texts(["blue"])[0] > 0.5


def test_asset_that_is_removed_during_a_run_stays_removed(home: Home) -> None:
    files = make_pictures(home, 10)

    def remove(path: Path) -> None:
        if path == files[2]:
            home.store.remove_assets([home.asset(path).key])

    home.decoder = WatchedDecoder(home.pool, remove)
    home.index()
    assert home.store.coverage().total == 9


def test_many_corrupt_files_do_not_hold_up_good_ones(home: Home) -> None:
    for n in range(50):
        (home.pictures / f"bad{n}.png").write_bytes(b"\x89PNG\r\n\x1a\n" + bytes([n]))
    make_pictures(home, 5)
    report = home.index(batch_size=4, in_flight=8)
    assert (report.indexed, report.skipped) == (5, {"corrupt_image": 50})

"""What one run after another makes of a folder that changes."""

from __future__ import annotations

import os
import shutil
from concurrent.futures import Future
from pathlib import Path

import numpy as np
import pytest

from lookalike.errors import FolderNotFound
from lookalike.images.picture import Picture
from lookalike.images.sandbox import DecodePool
from lookalike.stores.sqlite import SqliteStore
from lookalike.types import Progress, State

from .conftest import MAX_BYTES, Home, make_picture, unprivileged


def vector_of(home: Home, path: Path) -> np.ndarray:
    keys = np.array([home.asset(path).key], np.int64)
    _, vectors = home.store.vectors(home.embedder.model_id, keys)
    return vectors[0].astype(np.float32)


def forbid_embedding(home: Home, monkeypatch: pytest.MonkeyPatch) -> None:
    """Fails the test when a picture is embedded from here on."""

    def fail(_images: np.ndarray) -> np.ndarray:
        raise AssertionError("A picture was embedded again.")

    monkeypatch.setattr(home.embedder, "embed_images", fail)


def test_new_pictures_are_indexed_with_all_that_is_known(home: Home) -> None:
    file = make_picture(home.pictures / "trips" / "a.png", (20, 40, 200))
    report = home.index()
    assert (report.seen, report.added, report.indexed) == (1, 1, 1)
    assert not report.interrupted
    assert report.skipped == {}
    asset = home.asset(file)
    assert asset.state is State.INDEXED
    assert (asset.name, asset.folder) == ("a.png", "Pictures/trips")
    assert (asset.mime, asset.width_px, asset.height_px) == ("image/png", 64, 48)
    assert asset.size_bytes == file.stat().st_size
    assert asset.mtime_ns == file.stat().st_mtime_ns
    assert list(home.thumbnails.held) == [asset.sha256]
    blue, red = home.embedder.embed_texts(["blue", "red"])
    assert vector_of(home, file) @ blue > vector_of(home, file) @ red


def test_unchanged_pictures_are_left_alone(home: Home, monkeypatch: pytest.MonkeyPatch) -> None:
    for seed in range(5):
        make_picture(home.pictures / f"{seed}.png", seed=seed)
    home.index()
    forbid_embedding(home, monkeypatch)
    generation = home.store.generation()
    report = home.index()
    assert (report.seen, report.unchanged) == (5, 5)
    assert report.added == report.updated == report.missing == report.indexed == 0
    assert home.store.generation() == generation


def test_touched_picture_is_not_embedded_again(home: Home, monkeypatch: pytest.MonkeyPatch) -> None:
    file = make_picture(home.pictures / "a.png")
    home.index()
    os.utime(file, ns=(1, 2_000_000_000))
    forbid_embedding(home, monkeypatch)
    assert home.index().unchanged == 1
    assert home.asset(file).mtime_ns == 2_000_000_000
    assert home.asset(file).state is State.INDEXED


def test_changed_picture_gets_a_new_vector(home: Home) -> None:
    file = make_picture(home.pictures / "a.png", (200, 20, 20))
    home.index()
    before = home.asset(file)
    make_picture(file, (20, 20, 200), seed=1)
    report = home.index()
    assert (report.updated, report.indexed, report.added) == (1, 1, 0)
    after = home.asset(file)
    assert after.id == before.id
    assert after.sha256 != before.sha256
    assert vector_of(home, file) @ home.embedder.embed_texts(["blue"])[0] > 0.5


def test_change_that_keeps_the_size_is_noticed(home: Home) -> None:
    file = make_picture(home.pictures / "a.svg")
    drawing = '<svg xmlns="http://www.w3.org/2000/svg" width="9" height="9"><path fill="{}"/></svg>'
    file.write_text(drawing.format("#f00"))
    home.index()
    file.write_text(drawing.format("#00f"))
    os.utime(file, ns=(1, 1))
    assert home.index().updated == 1


def test_moved_and_renamed_pictures_keep_their_assets(
    home: Home, monkeypatch: pytest.MonkeyPatch
) -> None:
    moved = make_picture(home.pictures / "a.png", seed=1)
    renamed = make_picture(home.pictures / "b.png", seed=2)
    home.index()
    ids = home.asset(moved).id, home.asset(renamed).id
    forbid_embedding(home, monkeypatch)
    (home.pictures / "trips").mkdir()
    moved.rename(home.pictures / "trips" / "a.png")
    renamed.rename(home.pictures / "c.png")
    report = home.index()
    assert (report.moved, report.added, report.missing) == (2, 0, 0)
    assert home.asset(home.pictures / "trips" / "a.png").id == ids[0]
    assert home.asset(home.pictures / "trips" / "a.png").folder == "Pictures/trips"
    assert home.asset(home.pictures / "c.png").id == ids[1]
    assert home.asset(home.pictures / "c.png").name == "c.png"
    assert home.store.coverage().indexed == 2


def test_picture_moved_to_another_linked_folder_keeps_its_asset(home: Home) -> None:
    file = make_picture(home.pictures / "a.png")
    other = home.folder / "Other"
    other.mkdir()
    home.index(home.pictures, other)
    before = home.asset(file).id
    file.rename(other / "a.png")
    assert home.index(other).moved == 1
    assert home.asset(other / "a.png").id == before
    assert home.index().missing == 0
    assert home.asset(other / "a.png").state is State.INDEXED


def test_picture_that_moves_before_it_is_indexed_keeps_its_asset(home: Home) -> None:
    file = make_picture(home.pictures / "a.png", (200, 20, 20))
    home.index()
    make_picture(file, (20, 20, 200), seed=1)
    asset, status = home.asset(file), file.stat()
    home.store.change_files([(asset.key, status.st_size, status.st_mtime_ns)])
    moved = file.rename(home.pictures / "b.png")
    report = home.index()
    assert (report.moved, report.indexed, report.missing) == (1, 1, 0)
    assert home.asset(moved).id == asset.id
    assert vector_of(home, moved) @ home.embedder.embed_texts(["blue"])[0] > 0.5


def test_copy_of_a_picture_is_an_asset_of_its_own(home: Home) -> None:
    file = make_picture(home.pictures / "a.png")
    home.index()
    shutil.copy(file, home.pictures / "b.png")
    report = home.index()
    assert (report.added, report.moved, report.indexed) == (1, 0, 1)
    assert home.asset(file).sha256 == home.asset(home.pictures / "b.png").sha256
    assert home.asset(file).id != home.asset(home.pictures / "b.png").id


def test_two_files_that_swap_names_both_change(home: Home) -> None:
    a = make_picture(home.pictures / "a.png", (200, 20, 20), seed=1)
    b = make_picture(home.pictures / "b.png", (20, 20, 200), seed=2)
    home.index()
    a.rename(home.pictures / "c.png")
    b.rename(a)
    (home.pictures / "c.png").rename(b)
    home.index()
    blue = home.embedder.embed_texts(["blue"])[0]
    assert vector_of(home, a) @ blue > vector_of(home, b) @ blue


def test_vanished_picture_is_missing_and_comes_back(
    home: Home, monkeypatch: pytest.MonkeyPatch
) -> None:
    file = make_picture(home.pictures / "a.png")
    make_picture(home.pictures / "b.png", seed=1)
    home.index()
    before = home.asset(file)
    file.rename(home.folder / "away.png")
    assert home.index().missing == 1
    assert home.asset(file).state is State.MISSING
    assert home.index().missing == 0
    (home.folder / "away.png").rename(file)
    forbid_embedding(home, monkeypatch)
    report = home.index()
    assert (report.restored, report.added, report.indexed) == (1, 0, 0)
    assert home.asset(file).id == before.id
    assert home.asset(file).state is State.INDEXED


def test_missing_picture_that_comes_back_elsewhere_is_the_same(home: Home) -> None:
    file = make_picture(home.pictures / "a.png")
    home.index()
    before = home.asset(file).id
    file.rename(home.folder / "away.png")
    home.index()
    (home.folder / "away.png").rename(home.pictures / "again.png")
    assert home.index().moved == 1
    assert home.asset(home.pictures / "again.png").id == before
    assert home.asset(home.pictures / "again.png").state is State.INDEXED


def test_missing_picture_that_comes_back_changed_is_embedded(home: Home) -> None:
    file = make_picture(home.pictures / "a.png", (200, 20, 20))
    home.index()
    file.unlink()
    home.index()
    make_picture(file, (20, 20, 200), seed=1)
    report = home.index()
    assert (report.restored, report.indexed) == (1, 1)
    assert vector_of(home, file) @ home.embedder.embed_texts(["blue"])[0] > 0.5


def test_change_that_was_never_indexed_is_not_lost_by_vanishing(home: Home) -> None:
    file = make_picture(home.pictures / "a.png", (200, 20, 20))
    home.index()
    make_picture(file, (20, 20, 200), seed=1)
    asset = home.asset(file)
    status = file.stat()
    home.store.change_files([(asset.key, status.st_size, status.st_mtime_ns)])
    home.store.set_state([asset.key], State.MISSING)
    home.index()
    assert vector_of(home, file) @ home.embedder.embed_texts(["blue"])[0] > 0.5


def test_trashed_picture_stays_in_the_trash(home: Home) -> None:
    file = make_picture(home.pictures / "a.png")
    home.index()
    home.store.set_state([home.asset(file).key], State.TRASHED)
    make_picture(file, seed=1)
    home.index()
    assert home.asset(file).state is State.TRASHED
    file.unlink()
    home.index()
    assert home.asset(file).state is State.TRASHED


def test_folder_that_is_gone_marks_nothing_missing(home: Home) -> None:
    make_picture(home.pictures / "a.png")
    home.index()
    home.pictures.rename(home.folder / "unmounted")
    with pytest.raises(FolderNotFound, match="Pictures"):
        home.index()
    assert home.states() == {"a.png": State.INDEXED}


def test_file_as_folder_is_refused(home: Home) -> None:
    file = make_picture(home.pictures / "a.png")
    with pytest.raises(FolderNotFound):
        home.index(file)
    assert home.store.list_roots() == []


def test_folder_inside_a_linked_one_is_a_part_of_it(home: Home) -> None:
    make_picture(home.pictures / "a.png", seed=1)
    inner = make_picture(home.pictures / "trips" / "b.png", seed=2)
    home.index()
    inner.unlink()
    make_picture(inner.parent / "c.png", seed=3)
    report = home.index(inner.parent)
    assert (report.seen, report.added, report.missing) == (1, 1, 1)
    assert home.store.list_roots() == [str(home.pictures)]
    assert home.asset(inner.parent / "c.png").folder == "Pictures/trips"
    assert home.asset(home.pictures / "a.png").state is State.INDEXED


def test_folder_around_a_linked_one_takes_nothing_twice(home: Home) -> None:
    make_picture(home.pictures / "trips" / "a.png", seed=1)
    make_picture(home.pictures / "b.png", seed=2)
    home.index(home.pictures / "trips")
    report = home.index()
    assert (report.seen, report.added, report.unchanged) == (2, 1, 1)
    assert home.asset(home.pictures / "trips" / "a.png").folder == "trips"
    assert home.index().unchanged == 2


def test_refused_files_are_listed_with_their_reason(home: Home) -> None:
    make_picture(home.pictures / "good.png")
    (home.pictures / "film.mp4").write_bytes(b"\0\0\0\x18ftypmp42" + bytes(100))
    (home.pictures / "empty.jpg").touch()
    (home.pictures / "broken.jpg").write_bytes(b"\xff\xd8\xff\xe0 no more")
    (home.pictures / "large.png").write_bytes(bytes(MAX_BYTES + 1))
    (home.pictures / "notes").write_text("not a picture")
    report = home.index()
    reasons = {name: home.asset(home.pictures / name).skip_reason for name in home.states()}
    assert reasons == {
        "good.png": None,
        "film.mp4": "unsupported_type",
        "empty.jpg": "corrupt_image",
        "broken.jpg": "corrupt_image",
        "large.png": "too_many_bytes",
    }
    assert report.skipped == {"unsupported_type": 1, "corrupt_image": 2, "too_many_bytes": 1}
    assert home.store.coverage().skipped == report.skipped
    again = home.index()
    assert (again.unchanged, again.skipped) == (5, {})


def test_type_is_told_by_content_not_by_name(home: Home) -> None:
    make_picture(home.pictures / "really_png.jpg", seed=1)
    make_picture(home.pictures / "really_png.heic", seed=2)
    make_picture(home.pictures / "really_png", seed=3)
    assert home.index().indexed == 3
    assert home.asset(home.pictures / "really_png.jpg").mime == "image/png"


def test_skipped_file_is_tried_again_when_it_changes(home: Home) -> None:
    file = home.pictures / "a.png"
    file.write_bytes(b"\x89PNG\r\n\x1a\n")
    assert home.index().skipped == {"corrupt_image": 1}
    make_picture(file)
    report = home.index()
    assert (report.updated, report.indexed) == (1, 1)
    assert home.asset(file).state is State.INDEXED


def test_file_over_the_limit_is_tried_again_when_the_limit_is_raised(home: Home) -> None:
    file = make_picture(home.pictures / "a.png")
    assert home.index(max_bytes=10).skipped == {"too_many_bytes": 1}
    assert home.index().indexed == 1
    assert home.asset(file).state is State.INDEXED


def test_skipped_files_are_tried_again_on_request(home: Home) -> None:
    (home.pictures / "a.png").write_bytes(b"\x89PNG\r\n\x1a\n")
    home.index()
    assert home.index().skipped == {}
    assert home.index(retry_skipped=True).skipped == {"corrupt_image": 1}


def test_unusual_names_are_indexed_and_bad_ones_counted(home: Home) -> None:
    names = ["with space.png", "line\nbreak.png", "\u00e9.png", "e\u0301.png", "n" * 250 + ".png"]
    for seed, name in enumerate(names):
        make_picture(home.pictures / name, seed=seed)
    make_picture(home.folder / "bad.png", seed=99)
    (home.folder / "bad.png").rename(home.pictures / os.fsdecode(b"bad\xff.png"))
    report = home.index()
    assert (report.indexed, report.skipped) == (5, {"bad_name": 1})
    assert home.states() == dict.fromkeys(names, State.INDEXED)
    assert home.index().unchanged == 5


def test_library_inside_the_folder_is_not_indexed(home: Home) -> None:
    make_picture(home.folder / "library" / "thumbnails" / "t.png")
    make_picture(home.pictures / "a.png")
    home.index(home.folder, own_folder=home.folder / "library")
    assert home.states() == {"a.png": State.INDEXED}


def test_progress_tells_both_stages_to_the_end(home: Home) -> None:
    for seed in range(3):
        make_picture(home.pictures / f"{seed}.png", seed=seed)
    told: list[Progress] = []
    home.index(progress=told.append)
    last = {progress.stage: progress for progress in told}
    assert (last["scan"].done, last["scan"].total) == (3, None)
    assert (last["index"].done, last["index"].total) == (3, 3)


def test_pending_pictures_of_other_folders_wait_for_their_run(home: Home) -> None:
    make_picture(home.pictures / "a.png", seed=1)
    other = make_picture(home.folder / "Other" / "b.png", seed=2)
    home.index(home.pictures, other.parent)
    make_picture(other, seed=3)
    status = other.stat()
    home.store.change_files([(home.asset(other).key, status.st_size, status.st_mtime_ns)])
    assert home.index().indexed == 0
    assert home.index(other.parent).indexed == 1


def test_folder_that_cannot_be_read_keeps_its_pictures(open_folder: Path, pool: DecodePool) -> None:
    with unprivileged():
        (open_folder / "library").mkdir()
        store = SqliteStore.open(open_folder / "library" / "library.db")
        home = Home(open_folder, store, pool)
        make_picture(home.pictures / "locked" / "a.png", seed=1)
        gone = make_picture(home.pictures / "b.png", seed=2)
        home.index()
        (home.pictures / "locked").chmod(0)
        gone.unlink()
        report = home.index()
        assert (report.missing, report.skipped) == (1, {"unreadable_folder": 1})
        assert home.states() == {"a.png": State.INDEXED, "b.png": State.MISSING}
        store.close()


def test_file_that_cannot_be_read_is_tried_again_each_time(home: Home) -> None:
    class Denied:
        def submit(self, source: Path | bytes) -> Future[Picture]:
            future: Future[Picture] = Future()
            future.set_exception(PermissionError(13, "Permission denied"))
            return future

    file = make_picture(home.pictures / "a.png")
    home.decoder = Denied()
    assert home.index().skipped == {"unreadable": 1}
    assert home.asset(file).skip_detail == "The file cannot be read: Permission denied."
    home.decoder = home.pool
    assert home.index().indexed == 1

from __future__ import annotations

import os
from pathlib import Path

import pytest

from lookalike.blobs.local import LocalBlobs
from lookalike.errors import BlobUnavailable

KEY = "abcdef0123456789"


def test_files_stay_in_the_folder_and_no_temporary_one_is_left(tmp_path: Path) -> None:
    blobs = LocalBlobs(tmp_path / "blobs")
    blobs.put(KEY, b"one")
    blobs.put(KEY, b"two")
    (file,) = [path for path in tmp_path.rglob("*") if path.is_file()]
    assert file.name == KEY
    assert file.read_bytes() == b"two"
    assert file.parent.parent == tmp_path / "blobs"


def test_failed_put_leaves_the_old_blob_and_nothing_else(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    blobs = LocalBlobs(tmp_path)
    blobs.put(KEY, b"old")

    def fail(handle: int) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "fsync", fail)
    with pytest.raises(BlobUnavailable, match="No space left"):
        blobs.put(KEY, b"new")
    assert blobs.get(KEY) == b"old"
    assert len([path for path in tmp_path.rglob("*") if path.is_file()]) == 1


def test_folder_that_is_a_file_is_our_error(tmp_path: Path) -> None:
    folder = tmp_path / "blobs"
    folder.write_text("not a folder")
    blobs = LocalBlobs(folder)
    for use in (blobs.get, blobs.exists, blobs.delete, lambda key: blobs.put(key, b"x")):
        with pytest.raises(BlobUnavailable) as caught:
            use(KEY)
        assert caught.value.retryable
        assert "\n" not in str(caught.value)


def test_only_durable_blobs_are_synced(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    synced: list[int] = []
    sync = os.fsync
    monkeypatch.setattr(os, "fsync", lambda handle: (synced.append(handle), sync(handle)))
    LocalBlobs(tmp_path, durable=False).put(KEY, b"x")
    assert synced == []
    LocalBlobs(tmp_path, durable=True).put(KEY, b"x")
    assert synced

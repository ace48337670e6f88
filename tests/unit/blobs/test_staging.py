"""Receiving files: whole, hashed, limited, and without leftovers."""

from __future__ import annotations

import hashlib
import io
import os
from collections.abc import Iterator
from pathlib import Path

import pytest

from lookalike.blobs.staging import stage, sweep
from lookalike.errors import BlobUnavailable, TooManyBytes

DATA = bytes(range(256)) * 10


@pytest.mark.parametrize("make", [bytes, io.BytesIO, lambda data: iter([data[:5], b"", data[5:]])])
def test_stage_keeps_every_byte(tmp_path: Path, make) -> None:  # type: ignore[no-untyped-def]
    with stage(make(DATA), tmp_path / "in", max_bytes=len(DATA)) as staged:
        assert staged.path.read_bytes() == DATA
        assert staged.size_bytes == len(DATA)
        assert staged.sha256 == hashlib.sha256(DATA).hexdigest()
    assert list((tmp_path / "in").iterdir()) == []


def test_stage_lets_go_of_a_file_that_was_moved(tmp_path: Path) -> None:
    with stage(DATA, tmp_path / "in", max_bytes=10_000) as staged:
        staged.path.rename(tmp_path / "kept")
    assert (tmp_path / "kept").read_bytes() == DATA


def test_stage_stops_at_the_limit(tmp_path: Path) -> None:
    def endless() -> Iterator[bytes]:
        while True:
            yield DATA

    with pytest.raises(TooManyBytes), stage(endless(), tmp_path, max_bytes=10_000):
        pass
    assert list(tmp_path.iterdir()) == []


def test_stage_leaves_nothing_when_the_source_breaks_off(tmp_path: Path) -> None:
    def broken() -> Iterator[bytes]:
        yield DATA
        raise ConnectionAbortedError

    with pytest.raises(BlobUnavailable), stage(broken(), tmp_path, max_bytes=10_000):
        pass
    assert list(tmp_path.iterdir()) == []


def test_stage_in_a_place_that_is_no_folder(tmp_path: Path) -> None:
    (tmp_path / "file").write_bytes(b"")
    with pytest.raises(BlobUnavailable), stage(DATA, tmp_path / "file", max_bytes=10_000):
        pass


def test_sweep_removes_what_is_old_only(tmp_path: Path) -> None:
    for name in ("old", "new"):
        (tmp_path / name).write_bytes(DATA)
    os.utime(tmp_path / "old", (1, 1))
    sweep(tmp_path)
    assert [path.name for path in tmp_path.iterdir()] == ["new"]
    sweep(tmp_path / "nothing")

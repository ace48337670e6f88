"""What any blob store must do."""

from __future__ import annotations

from pathlib import Path

import pytest

from lookalike.blobs.base import Blobs

KEY = "0123456789abcdef" * 4


def test_blob_comes_back_until_it_is_deleted(blobs: Blobs) -> None:
    assert (blobs.get(KEY), blobs.exists(KEY)) == (None, False)
    blobs.put(KEY, b"one")
    assert (blobs.get(KEY), blobs.exists(KEY)) == (b"one", True)
    blobs.put(KEY, b"")
    assert (blobs.get(KEY), blobs.exists(KEY)) == (b"", True)
    blobs.delete(KEY)
    blobs.delete(KEY)
    assert (blobs.get(KEY), blobs.exists(KEY)) == (None, False)


def test_blobs_do_not_mix(blobs: Blobs) -> None:
    keys = [f"{KEY[:-1]}{digit}" for digit in "0123"] + [f"{KEY}.webp", KEY.replace("a", "A")]
    for key in keys:
        blobs.put(key, key.encode())
    assert [blobs.get(key) for key in keys] == [key.encode() for key in keys]


def test_staged_file_becomes_a_blob(blobs: Blobs, tmp_path: Path) -> None:
    assert blobs.path_of(KEY) is None
    for data in (b"one", b"two"):
        file = tmp_path / "staged"
        file.write_bytes(data)
        blobs.put_file(KEY, file)
        assert not file.exists()
        assert blobs.get(KEY) == data
        path = blobs.path_of(KEY)
        assert path is not None
        assert path.read_bytes() == data
    blobs.delete(KEY)
    assert blobs.path_of(KEY) is None


@pytest.mark.parametrize(
    "key",
    ["", "short", "../../../../etc/passwd", "a/b/c/d/e/f", "a\\b\\c\\d\\e", "/etc/passwd",
     "........", ".hidden-file", "abcdefgh\x00", "abcdefgh\n", "x" * 129, "abcdefg.", "ключключ",
     "C:autoexec"],
)  # fmt: skip
def test_key_that_is_not_one_is_refused(blobs: Blobs, key: str) -> None:
    for use in (
        blobs.get,
        blobs.exists,
        blobs.delete,
        blobs.path_of,
        lambda key: blobs.put(key, b"x"),
    ):
        with pytest.raises(ValueError, match="not a blob key"):
            use(key)

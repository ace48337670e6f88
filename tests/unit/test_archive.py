from __future__ import annotations

import io
import os
import tracemalloc
import zipfile
from collections.abc import Iterable, Iterator
from pathlib import Path

import pytest

from lookalike.errors import BlobUnavailable
from lookalike.library.archive import Archive, Entry, Names, safe_name


def entry(path: Path, name: str = "", folder: str = "", mime: str | None = None) -> Entry:
    return Entry(folder=folder, name=name or path.name, mime=mime, path=path)


def unpack(chunks: Iterable[bytes]) -> zipfile.ZipFile:
    archive = zipfile.ZipFile(io.BytesIO(b"".join(chunks)))
    assert archive.testzip() is None
    return archive


@pytest.mark.parametrize(
    ("name", "safe"),
    [
        ("a.png", "a.png"),
        ("..", "_"),
        ("../../etc/passwd", ".._.._etc_passwd"),
        ("C:\\x.png", "C__x.png"),
        ("CON.png", "_CON.png"),
        ("name. ", "name"),
        ("line\nbreak", "line_break"),
        ("e\u0301.png", "\u00e9.png"),
        ("bad\udcff.png", "bad\ufffd.png"),
        ("", "_"),
    ],
)
def test_name_is_safe_on_every_system(name: str, safe: str) -> None:
    assert safe_name(name) == safe


def test_names_are_given_once_whatever_their_case() -> None:
    names = Names()
    places = [
        names.place(*given)
        for given in (
            ("", "a.png"),
            ("", "A.png"),
            ("", "a.png"),
            ("Trip", "a.png"),
            ("trip", "a.png"),
            ("Trip", "b.png"),
            ("", "trip"),
            ("a?b", "x"),
            ("a:b", "x"),
        )
    ]
    assert places == [
        "a.png",
        "A (2).png",
        "a (3).png",
        "Trip/a.png",
        "trip (2)/a.png",
        "Trip/b.png",
        "trip (3)",
        "a_b/x",
        "a_b (2)/x",
    ]


def test_archive_stores_files_as_they_are_and_names_what_is_not_there(tmp_path: Path) -> None:
    (tmp_path / "photo.jpg").write_bytes(b"j" * 5000)
    (tmp_path / "drawing.svg").write_bytes(b"<svg/>" * 1000)
    os.utime(tmp_path / "photo.jpg", (1_500_000_000, 1_500_000_000))
    archive = Archive(
        [
            entry(tmp_path / "photo.jpg", folder="trip", mime="image/jpeg"),
            entry(tmp_path / "gone.png", folder="trip", mime="image/png"),
            entry(tmp_path / "drawing.svg", mime="image/svg+xml"),
        ]
    )
    data = b"".join(archive)
    assert len(data) == archive.size_bytes
    unpacked = unpack([data])
    stored, drawing, note = unpacked.infolist()
    assert (stored.filename, stored.compress_size) == ("trip/photo.jpg", 5000)
    assert stored.date_time[:2] == (2017, 7)
    assert unpacked.read(drawing) == b"<svg/>" * 1000
    assert note.filename == "left out.txt"
    assert b"trip/gone.png: No such file" in unpacked.read(note)


@pytest.mark.parametrize("kind", ["gone", "grown", "shrunk", "rewritten"])
@pytest.mark.parametrize("place", [0, 1])
def test_archive_fails_when_a_file_changes_meanwhile(tmp_path: Path, kind: str, place: int) -> None:
    """What was received is shorter than what was announced, so it cannot pass for whole."""
    files = [tmp_path / "a.jpg", tmp_path / "b.jpg"]
    for file in files:
        file.write_bytes(b"j" * 1_000_000)
    archive = Archive([entry(file) for file in files])
    chunks = iter(archive)
    received = len(next(chunks)) if place == 0 else 0
    file = files[place]
    if kind == "gone":
        file.unlink()
    elif kind == "rewritten":
        file.write_bytes(b"k" * 1_000_000)
        if place == 1:  # before it was begun: what is sent is whole
            assert unpack(chunks).read("b.jpg") == b"k" * 1_000_000
            return
    else:
        file.write_bytes(b"k" * (100 if kind == "shrunk" else 3_000_000))
    rest: list[bytes] = []
    with pytest.raises(BlobUnavailable, match="while it was downloaded"):
        rest.extend(chunks)
    assert received + sum(map(len, rest)) < archive.size_bytes


def test_archive_of_a_file_over_four_gigabytes_has_the_length_it_said(tmp_path: Path) -> None:
    large = tmp_path / "large.mp4"
    with large.open("wb") as file:
        file.truncate(2**32 + 5)  # takes no room on the disk
    (tmp_path / "behind.jpg").write_bytes(b"j" * 10)
    archive = Archive([entry(large), entry(tmp_path / "behind.jpg")])
    size_bytes, end = 0, b""
    for chunk in archive:
        size_bytes += len(chunk)
        end = (end + chunk[-400:])[-400:]
    assert size_bytes == archive.size_bytes
    # Only the list at the end is looked at: sizes and places there take eight bytes.
    listed = zipfile.ZipFile(_Behind(end, size_bytes))
    assert [(one.file_size, one.header_offset > 2**32) for one in listed.infolist()] == [
        (2**32 + 5, False),
        (10, True),
    ]
    assert listed.read("behind.jpg") == b"j" * 10


class _Behind(io.BytesIO):
    """A file of which only the end is there; the rest is zeros."""

    def __init__(self, end: bytes, size_bytes: int) -> None:
        super().__init__(end)
        self._start = size_bytes - len(end)

    def seek(self, offset: int, whence: int = 0) -> int:
        if whence == 0:
            return super().seek(max(0, offset - self._start)) + self._start
        return super().seek(offset, whence) + self._start

    def tell(self) -> int:
        return super().tell() + self._start


def test_archive_of_thousands_of_files_needs_little_memory(tmp_path: Path) -> None:
    """3,000 files of 100 KB: 300 MB go through, and what stays is the list of names."""
    file = tmp_path / "photo.jpg"
    file.write_bytes(bytes(100_000))

    def entries() -> Iterator[Entry]:
        for number in range(3000):
            yield entry(file, f"{number:04}.jpg", mime="image/jpeg")

    size_bytes = 0
    tracemalloc.start()
    for chunk in Archive(entries()):
        size_bytes += len(chunk)
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert size_bytes > 300_000_000
    assert peak < 12_000_000

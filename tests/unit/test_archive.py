from __future__ import annotations

import io
import tracemalloc
import zipfile
from collections.abc import Iterable, Iterator
from pathlib import Path

import pytest

from lookalike.library.archive import Entry, Names, safe_name, write_archive


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


def test_archive_packs_what_is_not_packed_and_names_what_is_gone(tmp_path: Path) -> None:
    (tmp_path / "photo.jpg").write_bytes(b"j" * 5000)
    (tmp_path / "drawing.svg").write_bytes(b"<svg/>" * 1000)
    archive = unpack(
        write_archive(
            [
                entry(tmp_path / "photo.jpg", folder="trip", mime="image/jpeg"),
                entry(tmp_path / "gone.png", folder="trip", mime="image/png"),
                entry(tmp_path / "drawing.svg", mime="image/svg+xml"),
            ]
        )
    )
    stored, packed, note = archive.infolist()
    assert (stored.filename, stored.compress_size) == ("trip/photo.jpg", 5000)
    assert (packed.filename, packed.compress_size < 500) == ("drawing.svg", True)
    assert note.filename == "left out.txt"
    assert b"trip/gone.png: No such file" in archive.read(note)


def test_archive_of_thousands_of_files_needs_little_memory(tmp_path: Path) -> None:
    """3,000 files of 100 KB: 300 MB go through, and what stays is the list of names."""
    file = tmp_path / "photo.jpg"
    file.write_bytes(bytes(100_000))

    def entries() -> Iterator[Entry]:
        for number in range(3000):
            yield entry(file, f"{number:04}.jpg", mime="image/jpeg")

    size_bytes = 0
    tracemalloc.start()
    for chunk in write_archive(entries()):
        size_bytes += len(chunk)
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert size_bytes > 300_000_000
    assert peak < 12_000_000

"""A zip of many files, written while it is sent: memory stays flat however large it gets."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path, PurePosixPath

# These are compressed already; trying again costs time and saves nothing.
_PACKED = frozenset({"image/jpeg", "image/png", "image/webp", "image/gif", "image/avif"})
_CHUNK_BYTES = 256 * 1024  # sent at once
_LEFT_OUT = "left out.txt"
# What some file system refuses in a name, or takes for something else than a letter.
_UNSAFE = re.compile(r'[<>:"|?*\\/\x00-\x1f\x7f]')
_RESERVED = re.compile(r"(con|prn|aux|nul|com\d|lpt\d)(\.|$)", re.IGNORECASE)


@dataclass(frozen=True, kw_only=True, slots=True)
class Entry:
    """A file to put into an archive."""

    folder: str  # '/'-separated, '' for the top
    name: str
    mime: str | None
    path: Path


def write_archive(entries: Iterable[Entry]) -> Iterator[bytes]:
    """The bytes of a zip. A file that is gone by then is left out, and named in a text file at
    the end."""
    from zipstream import ZIP_DEFLATED, ZIP_STORED, ZipStream

    archive, names, left_out = ZipStream(), Names(), []

    def write() -> Iterator[bytes]:
        for entry in entries:
            try:
                entry.path.open("rb").close()
            except OSError as error:
                left_out.append(f"{entry.folder}/{entry.name}: {error.strerror}".lstrip("/"))
                continue
            packing = ZIP_STORED if entry.mime in _PACKED else ZIP_DEFLATED
            name = names.place(entry.folder, entry.name)
            archive.add_path(entry.path, name, recurse=False, compress_type=packing)
            yield from archive.all_files()
        if left_out:
            text = "\n".join(left_out).encode("utf-8", "replace")
            archive.add(text, names.place("", _LEFT_OUT))
        yield from archive.finalize()

    return _gathered(write())


class Names:
    """Paths inside an archive that every system can unpack, each given once.

    Case does not tell two names apart, since it does not on most disks.
    """

    def __init__(self) -> None:
        self._taken: set[str] = set()
        self._folders: dict[str, str] = {"": ""}  # as they are called -> as they are unpacked

    def place(self, folder: str, name: str) -> str:
        """Where a file goes; a name that is taken gets a number."""
        return self._claim(self._folder(folder), name)

    def _folder(self, folder: str) -> str:
        if folder not in self._folders:
            around, _, name = folder.rpartition("/")
            self._folders[folder] = self._claim(self._folder(around), name)
        return self._folders[folder]

    def _claim(self, folder: str, name: str) -> str:
        path = PurePosixPath(safe_name(name))
        number, found = 1, path.name
        while (place := f"{folder}/{found}".lstrip("/")).casefold() in self._taken:
            number += 1
            found = f"{path.stem} ({number}){path.suffix}"
        self._taken.add(place.casefold())
        return place


def safe_name(name: str) -> str:
    """`name` as a file of any system may be called, with nothing in it that leads elsewhere."""
    text = name.encode("utf-8", "surrogateescape").decode("utf-8", "replace")
    text = _UNSAFE.sub("_", unicodedata.normalize("NFC", text)).rstrip(". ")
    return f"_{text}" if not text or _RESERVED.match(text) else text


def _gathered(chunks: Iterator[bytes]) -> Iterator[bytes]:
    """Small pieces joined, since each one that is sent costs a turn of the server."""
    waiting: list[bytes] = []
    size_bytes = 0
    for chunk in chunks:
        waiting.append(chunk)
        size_bytes += len(chunk)
        if size_bytes >= _CHUNK_BYTES:
            yield b"".join(waiting)
            waiting, size_bytes = [], 0
    yield b"".join(waiting)

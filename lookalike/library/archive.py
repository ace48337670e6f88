"""A zip of many files, written while it is sent: memory stays flat however large it gets.

Its length is known before its first byte, so whoever receives it sees how far it is, and notices
when it ends too soon. That is why nothing is compressed; pictures are already.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path, PurePosixPath

from lookalike.errors import BlobUnavailable

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


class Archive:
    """A zip that is made while it is read, once. `size_bytes` is its length."""

    def __init__(self, entries: Iterable[Entry]) -> None:
        """A file that is not there is left out, and named in a text file at the end."""
        from zipstream import ZipStream

        self._stream = ZipStream(sized=True)
        self._paths: list[Path] = []
        names = Names()
        left_out: list[str] = []
        for entry in entries:
            try:
                entry.path.open("rb").close()
                self._stream.add_path(
                    entry.path, names.place(entry.folder, entry.name), recurse=False
                )
            except OSError as error:
                left_out.append(f"{entry.folder}/{entry.name}: {error.strerror}".lstrip("/"))
                continue
            self._paths.append(entry.path)
        if left_out:
            text = "\n".join(left_out).encode("utf-8", "replace")
            self._stream.add(text, names.place("", _LEFT_OUT))
        self.size_bytes = len(self._stream)

    def __iter__(self) -> Iterator[bytes]:
        """Raises BlobUnavailable, and leaves out the end, when a file vanishes or changes
        meanwhile: what arrived is then too short, and no zip."""
        return _of_length(_gathered(self._write()), self.size_bytes)

    def _write(self) -> Iterator[bytes]:
        for path in self._paths:
            try:
                before = path.stat()
                yield from self._stream.file()
                after = path.stat()
            except (OSError, RuntimeError) as error:  # gone, or of another size
                raise _interrupted(path) from error
            if (before.st_mtime_ns, before.st_size) != (after.st_mtime_ns, after.st_size):
                raise _interrupted(path)
        yield from self._stream.finalize()


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


def _of_length(chunks: Iterator[bytes], size_bytes: int) -> Iterator[bytes]:
    """The last chunk is held back until it is certain that it is the last, so that what is
    wrong never has the right length."""
    made_bytes, held = 0, b""
    for chunk in chunks:
        made_bytes += len(chunk)
        if made_bytes > size_bytes:
            break
        if held:
            yield held
        held = chunk
    if made_bytes != size_bytes:
        raise BlobUnavailable("A file changed while it was downloaded; download again.")
    yield held


def _interrupted(path: Path) -> BlobUnavailable:
    return BlobUnavailable(f"{path} changed or vanished while it was downloaded; download again.")

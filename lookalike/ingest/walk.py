"""Walking linked folders: which files are there that may be pictures."""

from __future__ import annotations

import os
import stat
from collections import deque
from collections.abc import Collection, Iterator, Sequence
from contextlib import suppress
from pathlib import Path
from typing import NamedTuple

from pathspec import GitIgnoreSpec

from lookalike.ingest.kinds import Kind, kind_of

_MOST_NS = 2**63 - 1  # the year 2262; what stands for a time beyond is kept as that


def mtime_of(status: os.stat_result) -> int:
    """When a file was changed, in nanoseconds since 1970, within the 64 bits that a store has."""
    return max(-_MOST_NS, min(status.st_mtime_ns, _MOST_NS))


class Found(NamedTuple):
    """A regular file that may be a picture."""

    path: str  # absolute
    root: str  # the linked folder that it belongs to
    folder: str  # of the asset; its first part is the name of the linked folder
    name: str
    size_bytes: int
    mtime_ns: int
    kind: Kind


class _Place(NamedTuple):
    """A folder, or a link whose target is not known yet."""

    path: str
    root: str
    folder: str
    below_root: str  # '' or 'a/b/': what patterns are matched against


class Walk:
    """Iterating finds the files of some folders; afterwards it knows what could not be seen.

    Links are followed after everything that is really there, so a file that is reached both
    ways keeps its own path, and each folder is entered once, whatever loops links make.
    """

    def __init__(
        self,
        folders: Sequence[str],
        *,
        linked: Collection[str] = (),
        ignore: Sequence[str] = (),
        hidden: bool = False,
        own_folder: Path | None = None,
    ) -> None:
        """`folders`: absolute, none inside another. `linked`: all linked folders of the library,
        each of `folders` or one around it among them; a file belongs to the innermost one around
        it. `ignore`: patterns as in .gitignore, relative to the linked folder. `own_folder`: the
        library's, which is never entered."""
        self._linked = frozenset(linked or folders)
        self._ignored = GitIgnoreSpec.from_lines(ignore) if ignore else None
        self._hidden = hidden
        self._start = [self._place(folder) for folder in folders]
        self._folders_seen: set[tuple[int, int]] = set()
        self._files_seen: set[tuple[int, int]] = set()
        self.unreadable: list[str] = []  # folders and files that could not be looked at
        self.bad_names: list[str] = []  # names that are not text; a library cannot hold them
        if own_folder is not None:
            with suppress(FileNotFoundError):
                self._mark_folder(os.fspath(own_folder))

    def __iter__(self) -> Iterator[Found]:
        """Yields each file once; iterate only once. What cannot be read is noted and passed by."""
        folders = self._start[::-1]
        links: deque[_Place] = deque()
        while folders or links:
            if folders:
                yield from self._list(folders.pop(), folders, links)
                continue
            found = self._follow(links.popleft(), folders)
            if found is not None:
                yield found

    def could_not_see(self, path: str) -> bool:
        """Whether `path` lies where the walk could not look, so that its absence says nothing."""
        return any(path == hidden or path.startswith(hidden + os.sep) for hidden in self.unreadable)

    def _place(self, folder: str) -> _Place:
        """Where `folder` stands below the innermost linked folder around it."""
        root = folder
        while root not in self._linked:
            root = os.path.dirname(root)  # noqa: PTH120 - one of them holds `folder`
        below = os.path.relpath(folder, root).replace(os.sep, "/")
        name = os.path.basename(root)  # noqa: PTH119
        if below == ".":
            return _Place(folder, root, name, "")
        return _Place(folder, root, f"{name}/{below}" if name else below, f"{below}/")

    def _list(self, place: _Place, folders: list[_Place], links: deque[_Place]) -> Iterator[Found]:
        """Yields the files of one folder and hands on its sub-folders and links."""
        try:
            if not self._mark_folder(place.path):
                return
            with os.scandir(place.path) as entries:
                listed = sorted(entries, key=lambda entry: entry.name)
        except FileNotFoundError:
            return
        except OSError:
            self.unreadable.append(place.path)
            return
        inner: list[_Place] = []
        for entry in listed:
            if not self._is_welcome(entry.name, entry.path):
                continue
            if entry.is_symlink():
                links.append(place._replace(path=entry.path))
            elif entry.is_dir(follow_symlinks=False):
                if not self._is_ignored(f"{place.below_root}{entry.name}/"):
                    inner.append(self._below(place, entry.name, entry.path))
            else:
                found = self._look_at(place, entry.name, entry.path, entry)
                if found is not None:
                    yield found
        folders.extend(reversed(inner))

    def _follow(self, link: _Place, folders: list[_Place]) -> Found | None:
        """The file that a link leads to, unless it was seen; a folder is handed on."""
        name = os.path.basename(link.path)  # noqa: PTH119
        try:
            is_folder = stat.S_ISDIR(os.stat(link.path).st_mode)  # noqa: PTH116
        except OSError:  # leads nowhere, or round in a circle
            return None
        if not is_folder:
            return self._look_at(link, name, link.path, None)
        if not self._is_ignored(f"{link.below_root}{name}/"):
            folders.append(self._below(link, name, link.path))
        return None

    def _look_at(
        self, place: _Place, name: str, path: str, entry: os.DirEntry[str] | None
    ) -> Found | None:
        """The file at `path`, when it is a regular one of interest; `entry` is None for links."""
        kind = kind_of(name)
        if kind is None or self._is_ignored(place.below_root + name):
            return None
        try:
            status = os.stat(path) if entry is None else entry.stat()  # noqa: PTH116
        except FileNotFoundError:
            return None
        except OSError:
            self.unreadable.append(path)
            return None
        if not stat.S_ISREG(status.st_mode):
            return None
        identity = (status.st_dev, status.st_ino)
        if entry is None and identity in self._files_seen:
            return None
        self._files_seen.add(identity)
        mtime_ns = mtime_of(status)
        return Found(path, place.root, place.folder, name, status.st_size, mtime_ns, kind)

    def _below(self, place: _Place, name: str, path: str) -> _Place:
        """The place of a sub-folder; one that is linked itself starts names of its own."""
        if path in self._linked:
            return _Place(path, path, name, "")
        folder = f"{place.folder}/{name}" if place.folder else name
        return _Place(path, place.root, folder, f"{place.below_root}{name}/")

    def _is_welcome(self, name: str, path: str) -> bool:
        """Whether a name may be taken on at all."""
        if name.startswith(".") and not self._hidden:
            return False
        if name.isascii():
            return True
        try:
            name.encode()
        except UnicodeEncodeError:
            self.bad_names.append(path)
            return False
        return True

    def _is_ignored(self, below_root: str) -> bool:
        return self._ignored is not None and self._ignored.match_file(below_root)

    def _mark_folder(self, path: str) -> bool:
        """Remembers a folder by what it is on disk; False when it was seen before."""
        status = os.stat(path)  # noqa: PTH116
        identity = (status.st_dev, status.st_ino)
        if identity in self._folders_seen:
            return False
        self._folders_seen.add(identity)
        return True

"""Notices changes in folders on disk, as the operating system reports them."""

from __future__ import annotations

import os
import threading
import time
from collections.abc import Callable, Collection
from pathlib import Path

# Files are written in pieces and copied by the thousand: changes are told of once it has been
# calm for so long, or at the latest after so long.
CALM_MS = 1_000
AT_MOST_MS = 20_000
_LOOK_UP_MS = 500  # how soon a watcher notices that it is to end

# Changes that other machines make on these are not reported to this one.
_NETWORK_TYPES = ("nfs", "cifs", "smb", "fuse.sshfs", "9p", "afs", "ceph", "davfs", "fuse.rclone")


class Watcher:
    """Calls `changed(folder)` from a thread of its own once it has begun to watch, for what
    changed before, and whenever something in the folder has changed.

    `passed_over`: a folder whose files do not count, such as the library itself.
    """

    def __init__(self, folder: str, changed: Callable[[str], None], passed_over: str) -> None:
        self.problem = ""  # why the folder cannot be watched; '' while it is
        self.begun_s = time.monotonic()
        self.identity = _identity(folder)
        self._folder = folder
        self._changed = changed
        self._passed_over = passed_over
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self._run, name="lookalike-watcher", daemon=True)

    def start(self) -> None:
        """Begins; once."""
        self._thread.start()

    def stop(self) -> None:
        """Ends soon."""
        self._stop.set()

    def join(self) -> None:
        """Waits for the end."""
        if self._thread.is_alive():
            self._thread.join()

    def _run(self) -> None:
        from watchfiles import watch

        self.problem = describe_network(self._folder) or self._missing()
        if self.problem:
            return
        has_begun = False
        try:
            for changes in watch(
                self._folder,
                watch_filter=lambda _change, path: self._counts(path),
                step=CALM_MS,
                debounce=AT_MOST_MS,
                rust_timeout=_LOOK_UP_MS,
                stop_event=self._stop,
                yield_on_timeout=True,
                raise_interrupt=False,
                ignore_permission_denied=True,
            ):
                if changes or not has_begun:
                    self._changed(self._folder)
                has_begun = True
        except Exception as error:  # too many folders for the system, or the folder is gone
            self.problem = f"The system does not report its changes: {error}"

    def _missing(self) -> str:
        return "" if self.identity else "The folder is not there."

    def _counts(self, path: str) -> bool:
        return not Path(path).name.startswith(".") and not path.startswith(
            self._passed_over + os.sep
        )


class Watchers:
    """One watcher a folder; `changed` is also called, every `rescan_s`, for those that cannot be
    watched."""

    def __init__(self, changed: Callable[[str], None], passed_over: str, rescan_s: float) -> None:
        self._changed = changed
        self._passed_over = passed_over
        self._rescan_s = rescan_s
        self._by_folder: dict[str, Watcher] = {}

    def sync(self, folders: Collection[str]) -> None:
        """Watches these from now on, and no others."""
        for folder in self._by_folder.keys() - set(folders):
            self._by_folder.pop(folder).stop()
        for folder in folders:
            watcher = self._by_folder.get(folder)
            if watcher is not None and watcher.identity == _identity(folder):
                if not watcher.problem or time.monotonic() - watcher.begun_s < self._rescan_s:
                    continue
                self._changed(folder)
            elif watcher is not None:  # it vanished, came back, or was replaced
                watcher.stop()
            self._by_folder[folder] = Watcher(folder, self._changed, self._passed_over)
            self._by_folder[folder].start()

    def problem(self, folder: str) -> str:
        """Why a folder is only looked through now and then, '' when that is not so."""
        watcher = self._by_folder.get(folder)
        return watcher.problem if watcher is not None else ""

    def close(self) -> None:
        """Ends all, and waits for that."""
        watchers = list(self._by_folder.values())
        for watcher in watchers:
            watcher.stop()
        for watcher in watchers:
            watcher.join()


def _identity(folder: str) -> tuple[int, int] | None:
    """What tells a folder from another at its place; None when there is none, or when asking
    might take long."""
    if describe_network(folder):
        return None
    try:
        status = Path(folder).stat()
    except OSError:
        return None
    return status.st_dev, status.st_ino


def describe_network(path: str) -> str:
    """That a folder is on a network drive, '' when it is not."""
    kind = network_type(path)
    return f"It is on a network drive ({kind})." if kind else ""


def network_type(path: str, mounts: Path = Path("/proc/mounts")) -> str:
    """The type of the network file system that `path` is on, '' for a local one or where the
    system does not tell."""
    try:
        lines = mounts.read_text(encoding="utf-8", errors="replace").splitlines()
    except OSError:
        return ""
    place = os.path.realpath(path)
    best, kind = "", ""
    for _, point, name, *_ in (line.split(" ") for line in lines):
        point = point.replace("\\040", " ")
        inside = place == point or place.startswith(point.rstrip("/") + "/")
        if inside and len(point) >= len(best):  # of two at one place the later one counts
            best, kind = point, name
    return kind if kind.startswith(_NETWORK_TYPES) else ""

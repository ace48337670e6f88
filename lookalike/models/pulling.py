"""Fetching a model of the catalog."""

from __future__ import annotations

import shutil
import time
from collections.abc import Callable
from pathlib import Path
from urllib.parse import urlsplit

from lookalike.errors import BadSetting, ModelUnavailable
from lookalike.models.catalog import Entry, RemoteFile
from lookalike.models.manifest import Manifest
from lookalike.models.shelf import Shelf
from lookalike.models.transfer import Transfer, Wanted
from lookalike.types import Progress

_SPARE_BYTES = 64 * 1024 * 1024  # that must stay free on the disk
_REPORT_EVERY_S = 0.1
MEGABYTE = 1000 * 1000


def pull(
    entry: Entry,
    shelf: Shelf,
    *,
    mirror: str,
    offline: bool,
    progress: Callable[[Progress], None] | None = None,
    wait_s: float = 1.0,
) -> Manifest:
    """Fetches what is missing of the model and puts it on the shelf.

    `offline`: the network is never touched. `progress` is told bytes, and may raise
    `transfer.Interrupted`: the next call goes on from there. Raises ModelUnavailable with what to
    do instead, ModelCorrupt, LibraryBusy.
    """
    if not entry.files:
        raise ModelUnavailable(
            f"{entry.title} cannot be fetched: nobody is known to offer its ONNX files. Export "
            f"{entry.source} on a machine with PyTorch (docs/models.md says how) to "
            f"{_files_of(entry)}. {_by_hand(entry)}"
        )
    if urlsplit(mirror).scheme not in {"http", "https"}:
        raise BadSetting(f"model_mirror begins with http:// or https://, not as {mirror!r} does.")
    if offline:
        raise ModelUnavailable(
            f"offline is set, so nothing is fetched. {list_files(entry, mirror)}"
        )
    with shelf.locked(entry.name):
        if shelf.has(entry.name):
            return shelf.verify(entry.name)
        folder = shelf.partial(entry.name)
        folder.mkdir(parents=True, exist_ok=True)
        _check_room(entry, folder)
        meter = _Meter(entry, progress)
        try:
            for file in entry.files:
                _fetch(file, folder, mirror, meter, wait_s)
        except ModelUnavailable as error:
            raise ModelUnavailable(
                f"{error} Name another server as model_mirror in the settings, or bring the "
                f"files by hand. {list_files(entry, mirror)}"
            ) from error
        return shelf.put(
            folder,
            entry.name,
            entry.profile,
            licence=entry.licence,
            source=_source(entry),
            calibration=entry.calibration,
        )


def list_files(entry: Entry, mirror: str) -> str:
    """What to bring by hand, and how, in one line."""
    files = "; ".join(
        f"{file.name} ({_size(file.size_bytes)}) from {file.url(mirror)}" for file in entry.files
    )
    return (
        f"{entry.title} is {len(entry.files)} files, {_size(entry.size_bytes)}: {files}. "
        f"{_by_hand(entry)}"
    )


def _files_of(entry: Entry) -> str:
    wire = entry.profile.wire
    return f"{wire.text_file}, {wire.image_file} and {wire.tokenizer_file}"


def _by_hand(entry: Entry) -> str:
    return (
        "Put the files into one folder on this machine and run: "
        f"lookalike models add FOLDER --as {entry.name}"
    )


def _size(size_bytes: int | None) -> str:
    return "size not known" if size_bytes is None else f"{size_bytes / MEGABYTE:,.0f} MB"


def _source(entry: Entry) -> str:
    return ", ".join(dict.fromkeys(f"{file.repository}@{file.revision}" for file in entry.files))


def _fetch(file: RemoteFile, folder: Path, mirror: str, meter: _Meter, wait_s: float) -> None:
    target = folder / file.name
    if not target.exists():  # it is there only when it is whole
        wanted = Wanted(url=file.url(mirror), size_bytes=file.size_bytes, sha256=file.sha256)
        Transfer(lambda have, _total: meter.at(file.name, have), wait_s=wait_s).fetch(
            wanted, target
        )
    meter.finish(target.stat().st_size)


def _check_room(entry: Entry, folder: Path) -> None:
    here = sum(file.stat().st_size for file in folder.rglob("*") if file.is_file())
    needed = entry.size_bytes - here + _SPARE_BYTES
    free = shutil.disk_usage(folder).free
    if needed > free:
        raise ModelUnavailable(
            f"{entry.title} needs {needed / MEGABYTE:,.0f} MB more on the disk of {folder.parent}; "
            f"{free / MEGABYTE:,.0f} MB are free."
        )


class _Meter:
    """Bytes of all files together."""

    def __init__(self, entry: Entry, progress: Callable[[Progress], None] | None) -> None:
        self._progress = progress
        is_known = all(file.size_bytes is not None for file in entry.files)
        self._total = entry.size_bytes if is_known else None
        self._finished = 0
        self._first: tuple[float, int] | None = None  # when bytes began to come, and how many then
        self._told_s = float("-inf")

    def at(self, name: str, have: int) -> None:
        """A file has so many bytes now."""
        now_s, done = time.monotonic(), self._finished + have
        if self._first is None:
            self._first = (now_s, done)
        if self._progress is None or now_s - self._told_s < _REPORT_EVERY_S:
            return
        self._told_s = now_s
        rate = (done - self._first[1]) / max(1e-3, now_s - self._first[0])
        left = None if self._total is None or not rate else (self._total - done) / rate
        self._progress(
            Progress(
                stage="download",
                done=done,
                total=self._total,
                rate_per_s=rate,
                remaining_s=left,
                current=name,
            )
        )

    def finish(self, size_bytes: int) -> None:
        """A file is whole."""
        self._finished += size_bytes

"""The larger models on this machine: one folder each, shared by all libraries."""

from __future__ import annotations

import contextlib
import hashlib
import os
import re
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from filelock import FileLock, Timeout

from lookalike.errors import BadName, LibraryBusy, ModelError, ModelUnavailable
from lookalike.models import manifest as manifests
from lookalike.models.manifest import FileFacts, Manifest
from lookalike.models.profile import Profile
from lookalike.types import Calibration

_NAME = re.compile(r"[a-z0-9][a-z0-9._-]{0,63}")
_REMEDY = "remove it and fetch or add it again"
_PARTIAL = ".partial-"
_LOCK = ".lock"


class Shelf:
    """Nothing is created by asking for one."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def folder_of(self, name: str) -> Path:
        """Where the model of this name is, or would be. Raises BadName."""
        if not _NAME.fullmatch(name):
            raise BadName(
                f"{name!r} cannot name a model; use up to 64 small letters, digits, '.', '_', '-'."
            )
        return self.folder / name

    def list(self) -> list[Manifest]:
        """What is there and whole in size, by name; what is not is passed over."""
        found = []
        with contextlib.suppress(FileNotFoundError, NotADirectoryError):
            for entry in sorted(self.folder.iterdir()):
                if _NAME.fullmatch(entry.name) and entry.is_dir():
                    with contextlib.suppress(ModelError):
                        found.append(self.get(entry.name))
        return found

    def has(self, name: str) -> bool:
        """Whether a model of this name is there, whole or not."""
        return (self.folder_of(name) / manifests.FILE).exists()

    def get(self, name: str) -> Manifest:
        """Raises ModelUnavailable, ModelCorrupt, BadName."""
        return manifests.read(self.folder_of(name), remedy=_REMEDY)

    def verify(self, name: str) -> Manifest:
        """The same, after comparing the hash of every file."""
        return manifests.verify(self.folder_of(name), remedy=_REMEDY)

    def remove(self, name: str) -> int:
        """Deletes a model with what is left of broken downloads; returns how many bytes."""
        with self.locked(name):
            freed = 0
            for folder in (self.folder_of(name), self.partial(name)):
                freed += sum(f.stat().st_size for f in folder.rglob("*") if f.is_file())
                with contextlib.suppress(FileNotFoundError):
                    # The manifest first: without it what is left is no model.
                    (folder / manifests.FILE).unlink(missing_ok=True)
                    shutil.rmtree(folder)
        if not freed:
            raise ModelUnavailable(f"There is no model named {name!r} in {self.folder}.")
        return freed

    def partial(self, name: str) -> Path:
        """Where files of this model arrive."""
        return self.folder / f"{_PARTIAL}{self.folder_of(name).name}"

    @contextmanager
    def locked(self, name: str) -> Iterator[None]:
        """While no other process fetches or removes this model. Raises LibraryBusy."""
        self.folder_of(name)
        self.folder.mkdir(parents=True, exist_ok=True)
        try:
            with FileLock(self.folder / f".{name}{_LOCK}", blocking=False):
                yield
        except Timeout as error:
            raise LibraryBusy(f"Another process is at the model {name}; wait for it.") from error

    @contextmanager
    def staging(self, name: str) -> Iterator[Path]:
        """An empty folder for `put`, gone afterwards."""
        self.folder_of(name)
        self.folder.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory(dir=self.folder, prefix=f".adding-{name}-") as folder:
            yield Path(folder)

    def put(
        self,
        arrived: Path,
        name: str,
        profile: Profile,
        *,
        licence: str,
        source: str,
        calibration: Calibration | None = None,
    ) -> Manifest:
        """Makes the files in `arrived` the model `name`, in one step; takes the folder over.

        What the files are is written down: a later change is noticed. Callers hold `locked`.
        """
        files = {
            file.relative_to(arrived).as_posix(): FileFacts(
                size_bytes=file.stat().st_size, sha256=manifests.hash_file(file)
            )
            for file in sorted(arrived.rglob("*"))
            if file.is_file() and file.name != manifests.FILE
        }
        manifest = Manifest(
            name=name,
            version=_version(files, profile),
            dim=profile.dim,
            image_size_px=profile.image.size_px,
            max_tokens=profile.text.length,
            licence=licence,
            files=files,
            profile=profile,
            source=source,
            calibration=calibration,
        )
        manifests.write(arrived, manifest)
        _sync(arrived)
        target = self.folder_of(name)
        shutil.rmtree(target, ignore_errors=True)
        arrived.rename(target)
        return manifest


def _version(files: dict[str, FileFacts], profile: Profile) -> str:
    """Other files, or the same used in another way, make other vectors."""
    told = repr([(name, facts.sha256) for name, facts in sorted(files.items())])
    return hashlib.sha256(f"{told} {profile!r}".encode()).hexdigest()[:12]


def _sync(folder: Path) -> None:
    """So that after a loss of power the folder is there whole or not at all."""
    for file in (file for file in folder.rglob("*") if file.is_file()):
        with file.open("rb") as opened:
            os.fsync(opened.fileno())

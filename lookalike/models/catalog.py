"""The larger models that are known by name; catalog.toml has the data and says what it means."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from lookalike.errors import ModelUnavailable
from lookalike.models.manifest import read_calibration
from lookalike.models.profile import Profile
from lookalike.types import Calibration

FILE = Path(__file__).with_name("catalog.toml")


@dataclass(frozen=True, kw_only=True, slots=True)
class RemoteFile:
    """One file on the hub."""

    name: str  # below the model's folder
    repository: str
    revision: str
    path: str  # in the repository
    size_bytes: int | None  # None: not known here
    sha256: str | None  # None: not known here, the first download is trusted

    def url(self, mirror: str) -> str:
        """Where it is fetched from."""
        return f"{mirror.rstrip('/')}/{self.repository}/resolve/{self.revision}/{self.path}"


@dataclass(frozen=True, kw_only=True, slots=True)
class Entry:
    """One model of the catalog."""

    name: str
    title: str
    about: str
    licence: str
    source: str  # the weights it is exported from, where no export can be fetched; else ''
    profile: Profile
    files: tuple[RemoteFile, ...]  # none: they must be brought by hand
    calibration: Calibration | None = None  # of its bands, if somebody has measured them

    @property
    def size_bytes(self) -> int:
        """Of all files whose size is known."""
        return sum(file.size_bytes or 0 for file in self.files)


@cache
def read_catalog() -> Mapping[str, Entry]:
    """Name -> entry, in the order in which they are shown."""
    return {
        name: Entry(
            name=name,
            title=data["title"],
            about=data["about"],
            licence=data["licence"],
            source=data.get("source", ""),
            profile=Profile.from_data(data),
            calibration=read_calibration(data["bands"]) if "bands" in data else None,
            files=tuple(
                RemoteFile(
                    name=file["name"],
                    repository=file["repository"],
                    revision=file["revision"],
                    path=file["path"],
                    size_bytes=file.get("bytes"),
                    sha256=file.get("sha256"),
                )
                for file in data.get("files", ())
            ),
        )
        for name, data in tomllib.loads(FILE.read_text(encoding="utf-8")).items()
    }


def find_entry(name: str) -> Entry:
    """Raises ModelUnavailable with the names that there are."""
    entry = read_catalog().get(name)
    if entry is None:
        known = ", ".join(read_catalog())
        raise ModelUnavailable(f"There is no model named {name!r} to fetch; there are: {known}.")
    return entry

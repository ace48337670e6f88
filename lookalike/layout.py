"""Where a library's files are: one folder, and what lies in it."""

from __future__ import annotations

import os
import re
from collections.abc import Mapping
from pathlib import Path
from typing import Self

from lookalike.errors import StoreUnavailable

_OURS = frozenset(
    {"settings.toml", "thumbnails", "originals", "incoming"}
    | {"index.lock", "originals.lock", "compare.lock", "model.lock", "arrange.lock"}
)


class Layout:
    """The paths of a library. Nothing is created by asking for one."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.database = folder / "library.db"
        self.thumbnails = folder / "thumbnails"
        self.originals = folder / "originals"  # uploaded files, each under its sha256
        self.incoming = folder / "incoming"  # uploads that have not arrived whole
        self.originals_lock = folder / "originals.lock"
        self.lock = folder / "index.lock"
        self.compare_lock = folder / "compare.lock"
        self.arrange_lock = folder / "arrange.lock"
        self.model_lock = folder / "model.lock"

    def index_of(self, model_id: str) -> Path:
        """The index of a model's vectors: a cache, may be deleted at any time."""
        return self.folder / f"index-{re.sub('[^A-Za-z0-9._-]', '-', model_id)}.cache"

    def indexes(self) -> list[Path]:
        """The index files that are there."""
        return sorted(self.folder.glob("index*.cache"))

    @classmethod
    def find(
        cls, folder: str | Path | None, *, create: bool, environ: Mapping[str, str] = os.environ
    ) -> Self:
        """The library in `folder`, else the one that LOOKALIKE_LIBRARY names, else one in the
        user's data folder. With `create` a folder that is not there or empty becomes one.

        Raises StoreUnavailable when there is no library and none may be made here.
        """
        layout = cls.place(folder, environ=environ)
        layout._check(create)
        return layout

    @classmethod
    def place(cls, folder: str | Path | None, *, environ: Mapping[str, str] = os.environ) -> Self:
        """The same, whether or not there is a library."""
        chosen = folder or environ.get("LOOKALIKE_LIBRARY") or _default_folder()
        return cls(Path(os.path.abspath(Path(chosen).expanduser())))  # noqa: PTH100

    def _check(self, create: bool) -> None:
        try:
            inside = {entry.name for entry in os.scandir(self.folder)}
            if self.database.name in inside:
                return
        except FileNotFoundError:
            inside = set()
        except OSError as error:
            raise StoreUnavailable(
                f"{self.folder} cannot be a library: {error.strerror}."
            ) from error
        if not create:
            raise StoreUnavailable(
                f"There is no library in {self.folder} yet; make one with: lookalike index FOLDER"
            )
        if any(not _is_ours(name) for name in inside):
            raise StoreUnavailable(
                f"{self.folder} holds other files; choose an empty or a new folder for the library."
            )
        try:
            self.folder.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            raise StoreUnavailable(
                f"{self.folder} cannot be made: {error.strerror}; choose another folder."
            ) from error


def _is_ours(name: str) -> bool:
    return (
        name in _OURS or name.startswith(".") or re.fullmatch(r"index.*\.cache", name) is not None
    )


def _default_folder() -> str:
    import platformdirs

    return platformdirs.user_data_dir("lookalike", appauthor=False)


def count_bytes(path: Path) -> int:
    """Size of a file, or of all files below a folder; 0 for what is not there."""
    try:
        if not path.is_dir():
            return path.stat().st_size
        with os.scandir(path) as entries:
            return sum(
                count_bytes(Path(entry.path)) if entry.is_dir() else entry.stat().st_size
                for entry in entries
            )
    except OSError:
        return 0

"""What is known about a model's files: read from the manifest.json beside them."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from lookalike.errors import ModelCorrupt, ModelUnavailable

FILE = "manifest.json"


@dataclass(frozen=True, kw_only=True, slots=True)
class FileFacts:
    """Size and hash of one file."""

    size_bytes: int
    sha256: str  # hex


@dataclass(frozen=True, kw_only=True, slots=True)
class Manifest:
    """One model: its name, shape and files."""

    name: str
    version: str
    dim: int
    image_size_px: int
    max_tokens: int
    licence: str
    files: Mapping[str, FileFacts]

    @property
    def model_id(self) -> str:
        """Name and version; vectors of different ids are never compared."""
        return f"{self.name}@{self.version}"


def read(folder: Path) -> Manifest:
    """Reads `folder`/manifest.json and checks that each file is there with its size.

    Raises ModelUnavailable when a file is missing, ModelCorrupt when one is not as described.
    """
    try:
        written = json.loads((folder / FILE).read_text(encoding="utf-8"))
        manifest = Manifest(
            name=str(written["name"]),
            version=str(written["version"]),
            dim=int(written["dim"]),
            image_size_px=int(written["image_size_px"]),
            max_tokens=int(written["max_tokens"]),
            licence=str(written["licence"]),
            files={
                name: FileFacts(size_bytes=int(facts["bytes"]), sha256=str(facts["sha256"]))
                for name, facts in written["files"].items()
            },
        )
    except OSError as error:
        raise ModelUnavailable(f"No model in {folder}: {FILE} cannot be read.") from error
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        raise ModelCorrupt(f"{folder / FILE} is not a model manifest: {error}") from error
    for name, facts in manifest.files.items():
        try:
            size = (folder / name).stat().st_size
        except OSError as error:
            raise ModelUnavailable(
                f"The model {manifest.model_id} lacks {name}; reinstall Lookalike."
            ) from error
        if size != facts.size_bytes:
            raise ModelCorrupt(
                f"{name} of {manifest.model_id} has {size} bytes, not {facts.size_bytes}; "
                "reinstall Lookalike."
            )
    return manifest


def verify(folder: Path) -> Manifest:
    """Like `read`, and compares the hash of every file too (a tenth of a second)."""
    manifest = read(folder)
    for name, facts in manifest.files.items():
        if hashlib.sha256((folder / name).read_bytes()).hexdigest() != facts.sha256:
            raise ModelCorrupt(f"{name} of {manifest.model_id} was changed; reinstall Lookalike.")
    return manifest

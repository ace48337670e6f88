"""What is known about a model's files: read from the manifest.json beside them."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from lookalike.errors import ModelCorrupt, ModelUnavailable
from lookalike.models.profile import Profile
from lookalike.types import Calibration, Thresholds

FILE = "manifest.json"
_MOST_BYTES = 1024 * 1024  # of a manifest
_CHUNK_BYTES = 1024 * 1024


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
    profile: Profile | None = None  # None: the shape of the model that ships
    source: str = ""  # where the files came from, for a person
    calibration: Calibration | None = None  # of its bands; None: nobody has measured them

    @property
    def model_id(self) -> str:
        """Name and version; vectors of different ids are never compared."""
        return f"{self.name}@{self.version}"


def read(folder: Path, *, remedy: str = "reinstall Lookalike") -> Manifest:
    """Reads `folder`/manifest.json and checks that each file is there with its size.

    `remedy`: what to do when one is not. Raises ModelUnavailable when a file is missing,
    ModelCorrupt when one is not as described.
    """
    manifest = _read_manifest(folder)
    for name, facts in manifest.files.items():
        try:
            size = (folder / name).stat().st_size
        except OSError as error:
            raise ModelUnavailable(
                f"The model {manifest.model_id} lacks {name}; {remedy}."
            ) from error
        if size != facts.size_bytes:
            raise ModelCorrupt(
                f"{name} of {manifest.model_id} has {size} bytes, not {facts.size_bytes}; {remedy}."
            )
    return manifest


def verify(folder: Path, *, remedy: str = "reinstall Lookalike") -> Manifest:
    """Like `read`, and compares the hash of every file too (a second for a gigabyte)."""
    manifest = read(folder, remedy=remedy)
    for name, facts in manifest.files.items():
        if hash_file(folder / name) != facts.sha256:
            raise ModelCorrupt(f"{name} of {manifest.model_id} was changed; {remedy}.")
    return manifest


def write(folder: Path, manifest: Manifest) -> None:
    """Writes `folder`/manifest.json of a model whose files are there."""
    written = {
        "name": manifest.name,
        "version": manifest.version,
        "dim": manifest.dim,
        "image_size_px": manifest.image_size_px,
        "max_tokens": manifest.max_tokens,
        "licence": manifest.licence,
        "source": manifest.source,
        "files": {
            name: {"bytes": facts.size_bytes, "sha256": facts.sha256}
            for name, facts in manifest.files.items()
        },
    }
    if manifest.profile is not None:
        written["profile"] = manifest.profile.to_data()
    if manifest.calibration is not None:
        written["bands"] = asdict(manifest.calibration)
    (folder / FILE).write_text(json.dumps(written, indent=2) + "\n", encoding="utf-8")


def keep_calibration(folder: Path, calibration: Calibration) -> None:
    """Writes down what was measured, beside all else that `folder`/manifest.json says."""
    file = folder / FILE
    told = json.loads(file.read_text(encoding="utf-8")) | {"bands": asdict(calibration)}
    written = folder / f".{FILE}.new"
    written.write_text(json.dumps(told, indent=2) + "\n", encoding="utf-8")
    written.replace(file)


def read_calibration(data: Mapping[str, Any]) -> Calibration:
    """Raises ValueError, KeyError, TypeError: such data may come from anywhere."""
    return Calibration(
        words=_read_thresholds(data["words"]),
        pictures=_read_thresholds(data["pictures"]),
        measured_on=str(data["measured_on"]),
    )


def _read_thresholds(data: Mapping[str, Any]) -> Thresholds:
    best, strong, likely = (float(data[name]) for name in ("best", "strong", "likely"))
    if not all(0 < value < 100 for value in (best, strong, likely)):
        raise ValueError(f"{data!r} are no thresholds")
    return Thresholds(best, strong, likely)


def hash_file(path: Path) -> str:
    """sha256 of a file, in hex; of any size, in little memory."""
    with path.open("rb") as file:
        digest = hashlib.sha256()
        while chunk := file.read(_CHUNK_BYTES):
            digest.update(chunk)
        return digest.hexdigest()


def is_inside(name: str) -> bool:
    """Whether a file of this name lies in the folder that it is named in."""
    parts = name.replace("\\", "/").split("/")
    return bool(name) and ":" not in name and not {"", ".", ".."} & set(parts)


def _read_manifest(folder: Path) -> Manifest:
    try:
        with (folder / FILE).open("rb") as file:
            written = json.loads(file.read(_MOST_BYTES))
        files = {
            str(name): FileFacts(size_bytes=int(facts["bytes"]), sha256=str(facts["sha256"]))
            for name, facts in written["files"].items()
        }
        if not all(is_inside(name) for name in files):
            raise ValueError("it names files outside its folder")
        profile, bands = written.get("profile"), written.get("bands")
        return Manifest(
            name=str(written["name"]),
            version=str(written["version"]),
            dim=int(written["dim"]),
            image_size_px=int(written["image_size_px"]),
            max_tokens=int(written["max_tokens"]),
            licence=str(written["licence"]),
            source=str(written.get("source", "")),
            files=files,
            profile=None if profile is None else Profile.from_data(profile),
            calibration=None if bands is None else read_calibration(bands),
        )
    except OSError as error:
        raise ModelUnavailable(f"No model in {folder}: {FILE} cannot be read.") from error
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        raise ModelCorrupt(f"{folder / FILE} is not a model manifest: {error}") from error

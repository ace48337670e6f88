"""Every setting, with its default, unit and one line of help.

A value comes from, in rising order of strength: the default here, `settings.toml` in the
library folder, an environment variable `LOOKALIKE_<NAME>`.
"""

from __future__ import annotations

import math
import os
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field, fields
from pathlib import Path
from typing import Any

from lookalike.errors import BadSetting

MEBIBYTE = 1024 * 1024


def _setting(default: Any, help: str, *, minimum: float | None = None) -> Any:
    return field(default=default, metadata={"help": help, "minimum": minimum})


@dataclass(frozen=True, kw_only=True, slots=True)
class Settings:
    """The limits and habits of one library."""

    max_file_bytes: int = _setting(
        25 * MEBIBYTE, "Larger files are listed but not searchable.", minimum=1
    )
    max_upload_bytes: int = _setting(
        256 * MEBIBYTE, "Largest file that may be uploaded into the library.", minimum=1
    )
    max_query_upload_bytes: int = _setting(
        10 * MEBIBYTE, "Largest image file that may be used as a query.", minimum=1
    )
    max_fetch_bytes: int = _setting(
        25 * MEBIBYTE, "Largest image that is fetched from a URL.", minimum=1
    )
    fetch_timeout_s: float = _setting(
        30.0, "Total time for fetching a URL, redirects included.", minimum=0.1
    )
    fetch_max_redirects: int = _setting(
        3, "Redirects followed, each checked like the first URL.", minimum=0
    )
    fetch_any_port: bool = _setting(False, "Fetch from ports other than 80 and 443 too.")
    max_pixels: int = _setting(50_000_000, "Pictures with more pixels are not decoded.", minimum=1)
    max_avif_pixels: int = _setting(25_000_000, "The same for AVIF, which costs more.", minimum=1)
    decode_processes: int = _setting(
        0, "Processes that decode pictures; 0 means one per core.", minimum=0
    )
    decode_timeout_s: float = _setting(
        20.0, "A picture that takes longer to decode is skipped.", minimum=0.1
    )
    model_threads: int = _setting(
        0, "Threads that compute vectors; 0 means as measured, else all cores.", minimum=0
    )
    batch_size: int = _setting(
        0, "Pictures per batch of the model; 0 means as measured, else 16.", minimum=0
    )
    model_provider: str = _setting(
        "cpu", "What computes vectors: cpu, cuda, coreml, directml or openvino."
    )
    models_folder: str = _setting(
        "", "Where larger models are kept; empty means a folder of your user's data."
    )
    model_mirror: str = _setting("https://huggingface.co", "Where larger models are fetched from.")
    offline: bool = _setting(False, "Never fetch a model from the network.")
    exact_below: int = _setting(
        500, "Searches limited to at most so many pictures compare with each one.", minimum=0
    )
    shortlist: int = _setting(
        400, "Candidates taken from the index and scored again exactly.", minimum=1
    )
    keep_positions: bool = _setting(
        True, "Keep and show where pictures were taken, when their files say so."
    )
    ignore: tuple[str, ...] = _setting(
        (), "File patterns that indexing passes over, written as in .gitignore."
    )
    hidden_files: bool = _setting(False, "Index files and folders whose names start with a dot.")
    rescan_every_s: float = _setting(
        0.0, "A server looks through linked folders again so often; 0 means never.", minimum=0
    )
    watch_folders: bool = _setting(
        True, "A server notices changes in linked folders by itself; each has a switch, too."
    )
    visual_search: bool = _setting(True, "Whether this library may be searched by looks.")

    @classmethod
    def load(cls, folder: Path | None, environ: Mapping[str, str] = os.environ) -> Settings:
        """Reads `folder`/settings.toml, if it is there, and the environment. Raises BadSetting."""
        values: dict[str, Any] = {}
        known = {f.name: f for f in fields(cls)}
        file = folder / "settings.toml" if folder is not None else None
        if file is not None:
            try:
                written = tomllib.loads(file.read_text(encoding="utf-8"))
            except FileNotFoundError:
                written = {}
            except OSError as error:
                raise BadSetting(f"{file} cannot be read: {error.strerror}.") from error
            except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
                raise BadSetting(f"{file} is not valid TOML: {error}") from error
            for name, value in written.items():
                if name not in known:
                    raise BadSetting(f"{file} names an unknown setting: {name}")
                values[name] = _checked(name, value, known[name].default, known[name].metadata)
        for name, f in known.items():
            text = environ.get(f"LOOKALIKE_{name.upper()}")
            if text is not None:
                values[name] = _checked(name, _parsed(name, text, f.default), f.default, f.metadata)
        return cls(**values)


def _parsed(name: str, text: str, default: Any) -> Any:
    """Turns an environment variable into the type of its setting."""
    if isinstance(default, bool):
        lowered = text.strip().lower()
        if lowered in {"1", "true", "yes", "on"}:
            return True
        if lowered in {"0", "false", "no", "off"}:
            return False
        raise BadSetting(f"LOOKALIKE_{name.upper()} must be true or false, not {text!r}.")
    if isinstance(default, tuple):
        return tuple(part for part in text.split(os.pathsep) if part)
    try:
        return type(default)(text)
    except ValueError as error:
        raise BadSetting(f"LOOKALIKE_{name.upper()} must be a number, not {text!r}.") from error


def _checked(name: str, value: Any, default: Any, metadata: Mapping[str, Any]) -> Any:
    """Returns `value` as the setting's type, or says what it should have been."""
    if isinstance(default, tuple):
        if not isinstance(value, list | tuple) or not all(isinstance(v, str) for v in value):
            raise BadSetting(f"{name} must be a list of texts.")
        return tuple(value)
    if isinstance(default, float) and isinstance(value, int) and not isinstance(value, bool):
        value = float(value)
    if type(value) is not type(default):
        raise BadSetting(f"{name} must be a {type(default).__name__}, not {value!r}.")
    if isinstance(value, float) and not math.isfinite(value):
        raise BadSetting(f"{name} must be a finite number, not {value}.")
    minimum = metadata["minimum"]
    if minimum is not None and value < minimum:
        raise BadSetting(f"{name} must be at least {minimum}, not {value}.")
    return value

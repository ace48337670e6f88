"""The models that can be used, as data."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from lookalike.errors import ModelUnavailable
from lookalike.models.base import Embedder

SHIPPED = "lookalike-small"

# name -> folder with the model's files
FOLDERS: Mapping[str, Path] = {SHIPPED: Path(__file__).parent / "shipped"}


def load(name: str | None = None, *, threads: int = 0) -> Embedder:
    """The model of this name; None means the one that ships. Raises ModelError.

    `threads`: per inference; 0 means one for each core.
    """
    from lookalike.models.onnx import OnnxEmbedder

    folder = FOLDERS.get(name or SHIPPED)
    if folder is None:
        known = ", ".join(FOLDERS)
        raise ModelUnavailable(f"There is no model named {name!r}; there is: {known}.")
    return OnnxEmbedder(folder, threads=threads)

"""The models that can be used: the one that ships, and those on the shelf."""

from __future__ import annotations

from pathlib import Path

from lookalike.errors import ModelUnavailable
from lookalike.models.base import Embedder
from lookalike.models.sessions import CPU
from lookalike.models.shelf import Shelf

SHIPPED = "lookalike-small"

# name -> folder with the model's files, of those inside the package
FOLDERS: dict[str, Path] = {SHIPPED: Path(__file__).parent / "shipped"}


def load(
    name: str | None = None, *, threads: int = 0, provider: str = CPU, shelf: Shelf | None = None
) -> Embedder:
    """The model of this name; None means the one that ships. Raises ModelError, MissingExtra.

    `threads`: per inference; 0 means one for each core. `shelf`: where larger models are.
    """
    from lookalike.models.onnx import OnnxEmbedder
    from lookalike.models.towers import TwoTowers

    folder = FOLDERS.get(name or SHIPPED)
    if folder is not None:
        return OnnxEmbedder(folder, threads=threads, provider=provider)
    assert name is not None
    if shelf is None or not shelf.has(name):
        known = ", ".join([*FOLDERS, *(m.name for m in shelf.list())] if shelf else FOLDERS)
        raise ModelUnavailable(
            f"There is no model named {name!r} on this machine; there is: {known}. "
            f"Fetch it, or see what to bring, with: lookalike models pull {name}"
        )
    return TwoTowers(shelf.folder_of(name), threads=threads, provider=provider)


def load_by_id(
    model_id: str, *, threads: int = 0, provider: str = CPU, shelf: Shelf | None = None
) -> Embedder:
    """The model that made vectors of this id, and no other. Raises ModelError, MissingExtra."""
    name = model_id.partition("@")[0]
    model = load(name, threads=threads, provider=provider, shelf=shelf)
    if model.model_id != model_id and name in FOLDERS:
        raise ModelUnavailable(
            f"This library is searched with {model_id}, which a newer version of Lookalike brings; "
            f"this one has {model.model_id}. Update it, and restart it if it is a server; or "
            f"compute everything anew: lookalike models use {name}"
        )
    if model.model_id != model_id:
        raise ModelUnavailable(
            f"{model_id} is not on this machine; the {name} that is here is {model.model_id}, and "
            f"vectors of the two cannot be compared. Change over: lookalike models use {name}"
        )
    return model

"""What ingest needs of the things that are handed to it."""

from __future__ import annotations

from collections.abc import Sequence
from concurrent.futures import Future
from pathlib import Path
from typing import Protocol

from lookalike.images.picture import Picture
from lookalike.stores.base import Indexed, Skipped
from lookalike.types import State


class Decoder(Protocol):
    """Decodes untrusted files somewhere else, several at a time."""

    def submit(self, source: Path | bytes) -> Future[Picture]:
        """The future raises ImageError when the picture is refused and OSError when the file
        cannot be read. It always ends: a decoder has time limits."""


class ResultStore(Protocol):
    """Keeps what comes out of a pipeline; a `Store` does."""

    def save_results(
        self, model_id: str, indexed: Sequence[Indexed], skipped: Sequence[Skipped]
    ) -> None:
        """As `Store.save_results`."""

    def set_state(self, keys: Sequence[int], state: State) -> None:
        """As `Store.set_state`."""


class Thumbnails(Protocol):
    """Keeps the small version of each picture."""

    def put(self, key: str, data: bytes) -> None:
        """Keeps `data`; `key` is the sha256 of the original file, in hex."""

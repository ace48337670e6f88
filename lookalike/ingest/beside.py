"""Vectors of another model for pictures that are indexed already, computed beside their own."""

from __future__ import annotations

import os
import threading
from collections.abc import Iterator, Sequence
from dataclasses import replace
from typing import Protocol

from lookalike.ingest.base import Decoder
from lookalike.ingest.meter import Meter, ProgressCallback
from lookalike.ingest.opening import Locate
from lookalike.ingest.pipeline import Pipeline
from lookalike.models.base import Embedder
from lookalike.stores.base import Indexed, Skipped
from lookalike.types import Asset, Progress, State

STAGE = "vectors"
_PAGE = 1000  # assets read at a time


class Beside(Protocol):
    """Where the work comes from, and where its results go."""

    def without_vector(self, model_id: str, limit: int, after_key: int = 0) -> list[Asset]:
        """Indexed assets that have no vector of this model, by key."""

    def count_without_vector(self, model_id: str) -> tuple[int, int]:
        """How many those are, and how many indexed assets there are."""

    def save(self, model_id: str, indexed: Sequence[Indexed]) -> None:
        """Keeps the vectors of what the assets still hold."""


def embed_beside(
    store: Beside,
    embedder: Embedder,
    decoder: Decoder,
    locate: Locate,
    *,
    folders: Sequence[str],
    max_bytes: int,
    batch_size: int,
    progress: ProgressCallback | None = None,
    stop: threading.Event | None = None,
) -> int:
    """Reads the pictures that lack a vector of `embedder` again and saves it; returns how many
    could not be read or computed. What is known of an asset stays as it is.

    `stop` ends it early; what is saved stays, and the next call goes on from there.
    """
    lacking, total = store.count_without_vector(embedder.model_id)
    have = total - lacking

    def tell(told: Progress) -> None:
        assert progress is not None
        progress(replace(told, done=have + told.done, total=total))

    results = _VectorsOnly(store)
    pipeline = Pipeline(
        results,
        embedder,
        decoder,
        results,
        folders=folders,
        max_bytes=max_bytes,
        locate=locate,
        batch_size=batch_size,
        in_flight=2 * batch_size + 2 * (os.cpu_count() or 1),
    )
    meter = Meter(STAGE, tell if progress else None, total=lacking)
    pipeline.run(_lacking(store, embedder.model_id), meter, stop or threading.Event())
    return results.failed


def _lacking(store: Beside, model_id: str) -> Iterator[Asset]:
    """Each once, so that one that cannot be read does not come again."""
    after_key = 0
    while page := store.without_vector(model_id, _PAGE, after_key):
        after_key = page[-1].key
        yield from page


class _VectorsOnly:
    """Takes the results of a pipeline and keeps nothing but vectors."""

    def __init__(self, store: Beside) -> None:
        self._store = store
        self.failed = 0

    def save_results(
        self, model_id: str, indexed: Sequence[Indexed], skipped: Sequence[Skipped]
    ) -> None:
        self.failed += len(skipped)
        self._store.save(model_id, indexed)

    def set_state(self, keys: Sequence[int], _state: State) -> None:
        self.failed += len(keys)

    def put(self, key: str, data: bytes) -> None:
        """The thumbnail is there already."""

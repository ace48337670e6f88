"""Vectors of a model for the pictures that lack one."""

from __future__ import annotations

import threading
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING

from lookalike.library.indexing import Indexing
from lookalike.types import Progress

if TYPE_CHECKING:
    from lookalike.models.base import Embedder
    from lookalike.stores.base import Indexed


class Embedding(Indexing):
    """What the changes of models in `Library` stand on."""

    def _find_model(self, name: str, *, model_id: str | None = None) -> Embedder:
        """By name; with `model_id` only this version of it."""
        from lookalike.library.models import open_shelf
        from lookalike.models.registry import load

        if model_id is None:
            given = self._given_embedder
            if given is not None and name in {given.model_id, given.model_id.partition("@")[0]}:
                return given
            provider, shelf = self.settings.model_provider, open_shelf(self.settings)
            model_id = load(name, provider=provider, shelf=shelf).model_id
        return self._load_embedder(model_id)

    def _embed_lacking(
        self, embedder: Embedder, progress: Callable[[Progress], None], stop: threading.Event
    ) -> int:
        """Returns how many pictures could not be read or computed."""
        from lookalike.ingest.beside import embed_beside

        pool = self._make_pool(embedder, self.settings.max_file_bytes)
        try:
            return embed_beside(
                _Beside(self),
                embedder,
                pool,
                self._locate,
                folders=self._store.list_roots(),
                max_bytes=self.settings.max_file_bytes,
                batch_size=self._batch_size(embedder.model_id),
                progress=progress,
                stop=stop,
            )
        finally:
            pool.close()

    def _refresh_bank(self, embedder: Embedder) -> None:
        from lookalike.library.backing import refresh_bank

        refresh_bank(self._store, embedder)

    def _write_index(self, embedder: Embedder) -> None:
        """Anew: an index of before may lack vectors that were computed without a change of what
        could be found."""
        self._layout.index_of(embedder.model_id).unlink(missing_ok=True)
        index = self._make_index(embedder)
        index.current()
        index.save()


class _Beside:
    """The library's store, as the computing of vectors wants it."""

    def __init__(self, library: Embedding) -> None:
        self._store = library._store
        self.without_vector = self._store.without_vector
        self.count_without_vector = self._store.count_without_vector

    def save(self, model_id: str, indexed: Sequence[Indexed]) -> None:
        from lookalike.stores.embeddings import OwnVector

        self._store.save_vectors(
            model_id,
            [OwnVector(key=one.key, sha256=one.sha256, vector=one.vector) for one in indexed],
        )


def failures(failed: int) -> str:
    """How many pictures a run could not do, as the end of a message."""
    return f" {failed:,} pictures could not be read or computed." if failed else ""

"""A real store with made-up pictures: what a search sees, without decoding any file."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from hashlib import sha256
from pathlib import Path

import numpy as np
import pytest

from lookalike.arrays import Float32s
from lookalike.search.query import Sources
from lookalike.search.ranking import Corpus
from lookalike.stores.base import Indexed, NewAsset
from lookalike.stores.cache import catch_up, open_index
from lookalike.stores.sqlite import SqliteStore
from lookalike.testing import FakeEmbedder
from lookalike.types import Source

EMBEDDER = FakeEmbedder()


def refuse(_: object) -> None:
    raise AssertionError("this search needs no decoding and no network")


class Shelf:
    """A store, and what it takes to search it."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.store = SqliteStore.open(folder / "library.db")
        self.index_uses = 0
        self.index = None

    def put(
        self,
        vectors: Float32s,
        folder: str = "a",
        mime: str = "image/jpeg",
        looks: Sequence[bytes] = (),
    ) -> list[int]:
        """Assets with these vectors; returns their keys. `looks`: 32 bytes each, of which their
        perceptual hashes are made; by default no two look alike."""
        start = self.store.coverage().total
        names = [f"{start + i:06}.jpg" for i in range(len(vectors))]
        new = [
            NewAsset(
                name=name,
                folder=folder,
                path=f"/{folder}/{name}",
                source=Source.LINKED,
                size_bytes=100,
                mtime_ns=0,
            )
            for name in names
        ]
        keys = [asset.key for asset in self.store.add_assets(new)]
        looks = looks or [sha256(f"{key}".encode()).digest() for key in keys]
        results = [
            Indexed(
                key=key,
                size_bytes=100,
                mtime_ns=0,
                mime=mime,
                width_px=640,
                height_px=480,
                sha256=f"{key:064x}",
                phash64=look[:8],
                phash256=look,
                taken_at=None,
                vector=vector.astype(np.float16),
            )
            for key, vector, look in zip(keys, vectors, looks, strict=True)
        ]
        self.store.save_results(EMBEDDER.model_id, results, [])
        return keys

    @property
    def sources(self) -> Sources:
        return Sources(
            store=self.store,
            embedder=EMBEDDER,
            decode=refuse,
            fetch=refuse,
            read_thumbnail=lambda _: None,
            max_upload_bytes=1000,
        )

    def corpus(self, exact_below: int = 20_000) -> Corpus:
        def index():
            self.index_uses += 1
            if self.index is None:
                path = self.folder / "index.cache"
                self.index = open_index(path, self.store, EMBEDDER.model_id, EMBEDDER.dim)
            catch_up(self.index, self.store, EMBEDDER.model_id)
            return self.index

        return Corpus(
            store=self.store, model_id=EMBEDDER.model_id, index=index, exact_below=exact_below
        )


@pytest.fixture
def shelf(tmp_path: Path) -> Iterator[Shelf]:
    shelf = Shelf(tmp_path)
    yield shelf
    shelf.store.close()


@pytest.fixture
def random_vectors() -> Callable[[int], Float32s]:
    random = np.random.default_rng(5)

    def make(count: int) -> Float32s:
        vectors = random.standard_normal((count, EMBEDDER.dim)).astype(np.float32)
        return vectors / np.linalg.norm(vectors, axis=1, keepdims=True)

    return make

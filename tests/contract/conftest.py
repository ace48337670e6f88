"""Who must pass the contracts. A new store, index or blob store joins by adding a line here."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from lookalike.blobs.base import Blobs
from lookalike.blobs.local import LocalBlobs
from lookalike.stores.base import VectorIndex
from lookalike.stores.exact import ExactIndex
from lookalike.stores.service import ServiceStore
from lookalike.stores.sqlite import SqliteStore
from lookalike.stores.turbo import TurboIndex

# Each takes an empty folder, and opens the same store when it gets the same folder again.
STORES: dict[str, Callable[[Path], ServiceStore]] = {
    "sqlite": lambda folder: SqliteStore.open(folder / "library.db"),
}
# Each takes the dimension.
INDEXES: dict[str, Callable[[int], VectorIndex]] = {"exact": ExactIndex, "turbo": TurboIndex}
BLOBS: dict[str, Callable[[Path], Blobs]] = {
    "local": LocalBlobs,
    "local, not durable": lambda folder: LocalBlobs(folder, durable=False),
}


@pytest.fixture(params=STORES)
def open_store(
    request: pytest.FixtureRequest, tmp_path: Path
) -> Iterator[Callable[[], ServiceStore]]:
    """Opens the test's store, each time anew; all are closed at the end."""
    opened: list[ServiceStore] = []

    def open_one() -> ServiceStore:
        opened.append(STORES[request.param](tmp_path))
        return opened[-1]

    yield open_one
    for store in opened:
        store.close()


@pytest.fixture
def store(open_store: Callable[[], ServiceStore]) -> ServiceStore:
    return open_store()


@pytest.fixture(params=INDEXES)
def make_index(request: pytest.FixtureRequest) -> Callable[[int], VectorIndex]:
    return INDEXES[request.param]


@pytest.fixture(params=BLOBS)
def blobs(request: pytest.FixtureRequest, tmp_path: Path) -> Blobs:
    return BLOBS[request.param](tmp_path)

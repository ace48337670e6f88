"""What any store must know about contents that it has."""

from __future__ import annotations

from lookalike.stores.base import Store
from lookalike.types import State
from tests.contract.test_store import MODEL, add, indexed


def test_contents_that_are_here_are_named_by_their_oldest_asset(store: Store) -> None:
    first, second, trashed, missing = (asset.key for asset in add(store, 4))
    contents = {first: "a" * 64, second: "a" * 64, trashed: "b" * 64, missing: "c" * 64}
    store.save_results(MODEL, [indexed(key, sha256=one) for key, one in contents.items()], [])
    store.set_state([trashed], State.TRASHED)
    store.set_state([missing], State.MISSING)
    asked = ["c" * 64, "a" * 64, "b" * 64, "d" * 64, "a" * 64]
    assert {one: asset.key for one, asset in store.here_by_sha256(asked).items()} == {
        "a" * 64: first
    }
    store.set_state([first], State.TRASHED)
    assert store.here_by_sha256(["a" * 64])["a" * 64].key == second
    assert store.here_by_sha256([]) == {}


def test_sizes_that_are_here(store: Store) -> None:
    add(store, size_bytes=10)
    (gone,) = add(store, size_bytes=20)
    store.set_state([gone.key], State.TRASHED)
    assert store.sizes_here([10, 20, 30, 10, 2**63 - 1]) == {10}
    assert store.sizes_here([]) == set()

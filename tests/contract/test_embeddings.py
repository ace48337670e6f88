"""Vectors of several models beside each other, and the searches that are remembered."""

from __future__ import annotations

import numpy as np
import pytest

from lookalike.errors import Conflict
from lookalike.stores.embeddings import FORMER, Background, OwnVector
from lookalike.stores.history import KEPT
from lookalike.stores.service import ServiceStore
from lookalike.types import Filters, State

from .test_store import MODEL, add, indexed, vector

NEXT = "model-2"


@pytest.fixture
def keys(store: ServiceStore) -> list[int]:
    """Three searchable assets; the library has chosen their model."""
    keys = [asset.key for asset in add(store, 3)]
    store.use_model(MODEL)
    store.save_results(MODEL, [indexed(key, key) for key in keys], [])
    return keys


def own(store: ServiceStore, key: int, number: int) -> OwnVector:
    (asset,) = store.get_assets([key])
    assert asset.sha256 is not None
    return OwnVector(key=key, sha256=asset.sha256, vector=vector(number))


def searchable(store: ServiceStore) -> list[int]:
    return store.filter_keys(Filters()).tolist()


def test_vectors_beside_change_nothing_that_is_found(store: ServiceStore, keys: list[int]) -> None:
    generation = store.generation()
    assert store.count_without_vector(NEXT) == (3, 3)
    store.save_vectors(NEXT, [own(store, key, 50 + key) for key in keys[:2]])
    assert store.generation() == generation
    assert store.count_without_vector(NEXT) == (1, 3)
    assert [asset.key for asset in store.without_vector(NEXT, 10)] == keys[2:]
    assert store.without_vector(NEXT, 10, keys[2]) == []
    assert store.list_models() == [(MODEL, 3), (NEXT, 2)]
    np.testing.assert_array_equal(store.vectors(MODEL, np.array(keys[:1]))[1][0], vector(keys[0]))


def test_vector_of_other_content_is_dropped(store: ServiceStore, keys: list[int]) -> None:
    stale = OwnVector(key=keys[0], sha256="0" * 64, vector=vector(9))
    unknown = OwnVector(key=10**6, sha256="0" * 64, vector=vector(9))
    store.save_vectors(NEXT, [stale, unknown])
    assert store.list_models() == [(MODEL, 3)]


def test_renewed_model_is_searched_at_once_and_everything_stays_searchable(
    store: ServiceStore, keys: list[int]
) -> None:
    store.save_vectors(NEXT, [own(store, keys[0], 50)])
    generation = store.generation()
    store.renew_model(NEXT)
    assert (store.get_setting("model_id"), store.get_setting(FORMER)) == (NEXT, MODEL)
    assert store.generation() > generation
    assert searchable(store) == keys
    assert store.changes(NEXT, 0, 10).keys.tolist() == keys[:1]
    generation = store.generation()
    store.save_vectors(NEXT, [own(store, keys[1], 51)])
    assert store.changes(NEXT, generation, 10).keys.tolist() == keys[1:2]  # noticed at once
    store.renew_model("model-3")
    assert store.get_setting(FORMER) == MODEL  # the last one that was whole
    store.renew_model(NEXT)
    store.settle_model()
    assert store.get_setting(FORMER) is None
    assert searchable(store) == keys[:2]
    assert store.get_assets(keys[2:])[0].state is State.PENDING


def test_settling_without_a_renewal_changes_nothing(store: ServiceStore, keys: list[int]) -> None:
    generation = store.generation()
    store.settle_model()
    store.renew_model(MODEL)
    assert store.generation() == generation
    assert store.get_setting(FORMER) is None
    store.renew_model(NEXT)
    store.use_model("model-3")
    assert store.get_setting(FORMER) is None


def test_used_model_is_searched_at_once_and_what_lacks_a_vector_waits(
    store: ServiceStore, keys: list[int]
) -> None:
    store.save_vectors(NEXT, [own(store, key, 50 + key) for key in keys[:2]])
    generation = store.generation()
    store.use_model(NEXT)
    assert store.get_setting("model_id") == NEXT
    assert store.generation() > generation
    assert searchable(store) == keys[:2]
    assert [asset.state for asset in store.get_assets(keys)] == [
        State.INDEXED,
        State.INDEXED,
        State.PENDING,
    ]
    assert (store.coverage().indexed, store.coverage().pending) == (2, 1)
    assert sorted(store.changes(NEXT, generation, 10).removed.tolist()) == keys[2:]
    store.save_results(NEXT, [indexed(keys[2], 52)], [])
    assert searchable(store) == keys


def test_way_back_finds_everything_again(store: ServiceStore, keys: list[int]) -> None:
    store.save_vectors(NEXT, [own(store, key, 50 + key) for key in keys])
    store.use_model(NEXT)
    store.use_model(MODEL)
    assert searchable(store) == keys
    assert store.coverage().indexed == 3


def test_trashed_asset_without_a_vector_of_the_used_model_comes_back_pending(
    store: ServiceStore, keys: list[int]
) -> None:
    store.set_state(keys[:1], State.TRASHED)
    store.save_vectors(NEXT, [own(store, key, 50 + key) for key in keys[1:]])
    store.use_model(NEXT)
    store.set_state(keys[:1], State.INDEXED)
    assert store.get_assets(keys[:1])[0].state is State.PENDING
    assert searchable(store) == keys[1:]


def test_using_the_same_model_again_changes_nothing(store: ServiceStore, keys: list[int]) -> None:
    generation = store.generation()
    store.use_model(MODEL)
    assert store.generation() == generation


def test_dropped_vectors_go_in_parts_and_those_in_use_stay(
    store: ServiceStore, keys: list[int]
) -> None:
    store.save_vectors(NEXT, [own(store, key, 50 + key) for key in keys])
    store.save_background(NEXT, Background(np.ones((2, 4), np.float16), 3))
    generation = store.generation()
    with pytest.raises(Conflict, match="in use"):
        store.drop_vectors(MODEL, 10)
    assert [store.drop_vectors(NEXT, 2) for _ in range(3)] == [2, 1, 0]
    assert store.list_models() == [(MODEL, 3)]
    assert store.get_background(NEXT) is None
    assert store.generation() == generation
    assert searchable(store) == keys


def test_background_is_kept_for_each_model(store: ServiceStore) -> None:
    assert store.get_background(MODEL) is None
    bank = np.arange(12, dtype=np.float16).reshape(3, 4)
    store.save_background(MODEL, Background(bank, 7))
    store.save_background(NEXT, Background(bank + 1, 8))
    found = store.get_background(MODEL)
    assert found is not None
    np.testing.assert_array_equal(found.vectors, bank)
    assert found.made_from == 7


def test_searches_are_remembered_once_the_latest_first(store: ServiceStore) -> None:
    for address in ("q=a", "q=b", "q=a"):
        store.add_search(address)
    assert store.list_searches(10) == ["q=a", "q=b"]
    assert store.list_searches(1) == ["q=a"]
    for number in range(KEPT + 5):
        store.add_search(f"q={number}")
    assert len(store.list_searches(1000)) == KEPT
    store.clear_searches()
    assert store.list_searches(10) == []

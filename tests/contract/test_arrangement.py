"""What any store must do with groups, the map and saved searches."""

from __future__ import annotations

import numpy as np
import pytest

from lookalike.errors import AlreadyExists, GroupNotFound, SavedSearchNotFound
from lookalike.stores.base import ArrangedGroup, Places, VectorIndex
from lookalike.stores.service import ServiceStore
from lookalike.types import State
from tests.contract.test_store import MODEL, add, indexed


def group(label: str, cover_key: int, id: int | None = None) -> ArrangedGroup:
    return ArrangedGroup(id, label, np.full(4, 0.5, np.float16), cover_key)


def places(keys: list[int], groups: list[int]) -> Places:
    count = len(keys)
    return Places(
        keys=np.array(keys, np.int64),
        groups=np.array(groups, np.int64),
        nearness=np.linspace(1, 0, count, dtype=np.float32),
        points=np.arange(2 * count, dtype=np.float32).reshape(count, 2) / 8,
    )


def fill(store: ServiceStore, count: int) -> list[int]:
    keys = [asset.key for asset in add(store, count)]
    store.save_results(MODEL, [indexed(key) for key in keys], [])
    return keys


def test_arrangement_is_read_as_it_was_saved(store: ServiceStore) -> None:
    assert store.arrangement() is None
    assert store.arrangement_stamp() == (0, 0)
    keys = fill(store, 4)
    generation = store.generation()
    store.save_arrangement(
        MODEL, generation, [group("sea", keys[0]), group("wood", keys[2])],
        places([*keys, 999], [0, 0, 1, -1, 1]),
    )  # fmt: skip
    found = store.arrangement()
    assert found is not None
    assert (found.model_id, found.generation, found.counted) == (MODEL, generation, 5)
    assert [(g.label, g.cover_key) for g in found.groups] == [("sea", keys[0]), ("wood", keys[2])]
    assert found.groups[0].middle.tolist() == [0.5] * 4
    sea, wood = (g.id for g in found.groups)
    assert found.places.keys.tolist() == keys  # 999 does not exist
    assert found.places.groups.tolist() == [sea, sea, wood, -1]
    assert found.places.points.tolist() == places(keys, [0] * 4).points.tolist()
    assert store.arrangement_stamp() == (found.stamp, generation)


def test_arrangement_keeps_the_numbers_of_groups_that_stay(store: ServiceStore) -> None:
    keys = fill(store, 3)
    store.save_arrangement(MODEL, 1, [group("a", 1), group("b", 2)], places(keys, [0, 1, 1]))
    before = store.arrangement()
    assert before is not None
    a, b = (g.id for g in before.groups)
    store.save_arrangement(MODEL, 2, [group("new", 1), group("b", 2, b)], places(keys, [0, 1, 1]))
    after = store.arrangement()
    assert after is not None
    ids = {g.label: g.id for g in after.groups}
    assert ids["b"] == b
    assert ids["new"] not in {a, b}
    assert after.stamp > before.stamp


def test_places_are_added_without_touching_others(store: ServiceStore) -> None:
    keys = fill(store, 2)
    store.save_arrangement(MODEL, 1, [group("a", keys[0])], places(keys[:1], [0]))
    before = store.arrangement()
    assert before is not None
    store.add_places(7, places(keys[1:], [before.groups[0].id or 0]))
    after = store.arrangement()
    assert after is not None
    assert after.generation == 7
    assert after.places.keys.tolist() == keys
    assert after.places.groups.tolist() == [before.groups[0].id] * 2
    assert after.places.points[0].tolist() == before.places.points[0].tolist()
    assert after.counted == before.counted


def test_places_are_those_of_what_is_searchable(store: ServiceStore) -> None:
    keys = fill(store, 3)
    store.save_arrangement(MODEL, 1, [group("a", keys[0])], places(keys, [0, 0, 0]))
    store.set_state([keys[0]], State.TRASHED)
    store.remove_assets([keys[1]])
    found = store.arrangement()
    assert found is not None
    assert found.places.keys.tolist() == [keys[2]]
    store.set_state([keys[0]], State.INDEXED)
    found = store.arrangement()
    assert found is not None
    assert found.places.keys.tolist() == [keys[0], keys[2]]


def test_groups_are_named(store: ServiceStore) -> None:
    keys = fill(store, 1)
    store.save_arrangement(MODEL, 1, [group("a", keys[0])], places(keys, [0]))
    found = store.arrangement()
    assert found is not None
    store.name_group(found.groups[0].id or 0, "Ferien 🏖")
    renamed = store.arrangement()
    assert renamed is not None
    assert renamed.groups[0].label == "Ferien 🏖"
    assert renamed.stamp > found.stamp
    with pytest.raises(GroupNotFound):
        store.name_group(999, "b")


def test_saved_searches_are_listed_by_name_and_removed(store: ServiceStore) -> None:
    sea = store.add_saved_search("sea", "q=sea&type=png", "ada")
    store.add_saved_search("beach", "q=beach", "")
    assert [(s.name, s.query, s.saved_by) for s in store.list_saved_searches()] == [
        ("beach", "q=beach", ""),
        ("sea", "q=sea&type=png", "ada"),
    ]
    with pytest.raises(AlreadyExists):
        store.add_saved_search("sea", "q=other", "")
    store.remove_saved_search(sea.id)
    assert [s.name for s in store.list_saved_searches()] == ["beach"]
    with pytest.raises(SavedSearchNotFound):
        store.remove_saved_search(sea.id)


def test_many_searches_at_once_find_what_single_ones_do(make_index) -> None:
    from tests.contract.test_vector_index import DIM, changes, clustered

    index: VectorIndex = make_index(DIM)
    rows = clustered(5000)
    index.apply(changes(1, range(1, 4501), rows[:4500]))
    index.apply(changes(2, range(4501, 5001), rows[4500:]))
    index.apply(changes(3, removed=[3, 4700]))
    queries = rows[::100].astype(np.float32)
    found = index.search_many(queries, 8)
    for query, keys in zip(queries, found, strict=True):
        assert keys.tolist() == index.search(query, 8)[0].tolist()
    assert index.search_many(queries[:2], 6000)[:, 4998:].max() == -1
    assert index.search_many(queries[:2], 6000)[:, :4998].min() > 0

from __future__ import annotations

import threading

import numpy as np
import pytest
from sklearn.metrics import adjusted_rand_score

from lookalike.arrays import Float32s, Int64s
from lookalike.search import arranging, layout, naming
from lookalike.search.arranging import Workshop
from lookalike.search.neighbours import nearest_in_index, nearest_within
from lookalike.testing import FakeEmbedder
from lookalike.types import Filters, State

EMBEDDER = FakeEmbedder()
KINDS = 12


def kinds_of(count: int, *, seed: int) -> tuple[Float32s, Int64s]:
    """Unit vectors around a dozen centres, some of which lie close, and the centre of each."""
    random = np.random.default_rng(seed)
    around = np.random.default_rng(3).standard_normal((KINDS // 2, EMBEDDER.dim))
    centres = np.concatenate(
        [around, around + 0.7 * np.random.default_rng(4).standard_normal(around.shape)]
    )
    kinds = random.integers(0, KINDS, count)
    vectors = centres[kinds] + 0.35 * random.standard_normal((count, EMBEDDER.dim))
    return (vectors / np.linalg.norm(vectors, axis=1, keepdims=True)).astype(np.float32), kinds


def workshop(shelf) -> Workshop:
    return Workshop(
        store=shelf.store,
        index=shelf.corpus().index(),
        embedder=EMBEDDER,
        threads=1,
        tell=lambda *_: None,
        stop=threading.Event(),
    )


def state(shelf) -> tuple[dict[int, int], dict[int, tuple[str, int]], dict[int, tuple]]:
    """Group of each picture, label and cover of each group, point of each picture."""
    found = shelf.store.arrangement()
    places = found.places
    return (
        dict(zip(places.keys.tolist(), places.groups.tolist(), strict=True)),
        {group.id: (group.label, group.cover_key) for group in found.groups},
        dict(zip(places.keys.tolist(), map(tuple, places.points.tolist()), strict=True)),
    )


@pytest.fixture
def arranged(shelf):
    vectors, kinds = kinds_of(600, seed=1)
    keys = shelf.put(vectors)
    arranging.arrange_anew(workshop(shelf), shelf.store.filter_keys(Filters()), None)
    return shelf, dict(zip(keys, kinds.tolist(), strict=True))


def test_groups_are_the_kinds_and_the_map_keeps_them_together(arranged) -> None:
    shelf, kinds = arranged
    groups, labels, points = state(shelf)
    assert adjusted_rand_score(list(kinds.values()), [groups[key] for key in kinds]) > 0.9
    assert all(label for label, _ in labels.values())
    where = np.array([points[key] for key in kinds])
    assert np.isfinite(where).all()
    near = nearest_within(np.ascontiguousarray(-_distances(where)), 1)[:, 0]
    of_kind = np.array(list(kinds.values()))
    assert (of_kind[near] == of_kind).mean() > 0.9


def _distances(points: np.ndarray) -> np.ndarray:
    """Rows whose products order others by distance."""
    squares = np.square(points[:, None] - points[None]).sum(axis=2)
    return np.linalg.cholesky(np.eye(len(points)) * 1e-3 + np.exp(-squares)) * -1


def test_new_pictures_join_and_nothing_else_moves(arranged) -> None:
    shelf, kinds = arranged
    groups, labels, points = state(shelf)
    vectors, new_kinds = kinds_of(12, seed=2)  # 2 %
    new = shelf.put(vectors)
    shelf.store.set_state([next(iter(kinds))], State.TRASHED)
    arranging.join(workshop(shelf), np.array(new, np.int64), shelf.store.arrangement())
    groups_after, labels_after, points_after = state(shelf)
    assert labels_after == labels
    stayed = [key for key in kinds if key in groups_after]
    assert len(stayed) == 599
    assert {key: groups_after[key] for key in stayed} == {key: groups[key] for key in stayed}
    assert {key: points_after[key] for key in stayed} == {key: points[key] for key in stayed}
    everything = kinds | dict(zip(new, new_kinds.tolist(), strict=True))
    found = [groups_after[key] for key in groups_after]
    assert adjusted_rand_score([everything[key] for key in groups_after], found) > 0.9
    usual = {kind: groups[key] for key, kind in kinds.items()}
    joined = [groups_after[key] == usual[everything[key]] for key in new]
    assert np.mean(joined) > 0.8


def test_arranging_anew_after_a_few_more_is_nearly_the_same(arranged) -> None:
    shelf, kinds = arranged
    before, labels, _ = state(shelf)
    vectors, _ = kinds_of(12, seed=2)
    shelf.put(vectors)
    arranging.arrange_anew(
        workshop(shelf), shelf.store.filter_keys(Filters()), shelf.store.arrangement()
    )
    after, labels_after, _ = state(shelf)
    keys = list(kinds)
    assert adjusted_rand_score([before[k] for k in keys], [after[k] for k in keys]) > 0.9
    kept = labels.keys() & labels_after.keys()
    assert len(kept) >= 0.8 * len(labels)
    assert all(labels[id] == labels_after[id] for id in kept)


def test_arranging_that_is_stopped_changes_nothing(arranged) -> None:
    shelf, _ = arranged
    before = shelf.store.arrangement_stamp()
    shop = workshop(shelf)
    shop.stop.set()
    keys = shelf.store.filter_keys(Filters())
    assert arranging.arrange_anew(shop, keys, None) is None
    assert arranging.join(shop, keys, shelf.store.arrangement()) is None
    assert shelf.store.arrangement_stamp() == before


def test_neighbours_of_the_index_are_those_of_comparing(shelf) -> None:
    vectors, _ = kinds_of(700, seed=1)
    keys = np.array(shelf.put(vectors), np.int64)
    shop = workshop(shelf)
    near = nearest_in_index(
        keys,
        lambda some: vectors[np.searchsorted(keys, some)],
        shop.index,
        10,
        tell=lambda _: None,
        stop=shop.stop,
    )
    exact = nearest_within(vectors.astype(np.float16).astype(np.float32), 10)
    same = [len(set(a) & set(b)) / 10 for a, b in zip(near.tolist(), exact.tolist(), strict=True)]
    assert np.mean(same) > 0.97
    assert not (near == np.arange(700)[:, None]).any()


@pytest.mark.parametrize("count", [0, 1, 2, 5])
def test_a_handful_is_laid_out_too(count: int) -> None:
    vectors, _ = kinds_of(count, seed=0) if count else (np.empty((0, 39), np.float32), None)
    near = nearest_within(vectors, 15)
    points = layout.lay_out(near, np.zeros((count, 2), np.float32), threads=1, tell=lambda *_: None)
    assert points.shape == (count, 2)
    assert len({tuple(point) for point in points.tolist()}) == count
    assert arranging.find_among(vectors) == [] or count == 5


def test_names_are_words_that_set_a_group_apart() -> None:
    words = ["red", "blue", "green", "white", "pink", "brown", "cyan", "black", "grey", "orange"]
    word_vectors = EMBEDDER.embed_texts(words)
    vectors = EMBEDDER.embed_texts(["red white"] * 20 + ["blue white"] * 20 + ["white"] * 40)
    groups = np.repeat([0, 1, -1], [20, 20, 40])
    names = naming.name_groups(vectors, groups, 2, words, word_vectors, EMBEDDER.background)
    assert [name.split(", ")[0] for name in names] == ["red", "blue"]
    assert all("white" not in name for name in names)

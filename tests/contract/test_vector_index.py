"""What any vector index must do; the exact answer is computed here, with numpy alone."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterable
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from lookalike.stores.base import VectorChanges, VectorIndex
from lookalike.stores.exact import ExactIndex
from lookalike.stores.turbo import TurboIndex

MakeIndex = Callable[[int], VectorIndex]
DIM = 64


def clustered(count: int, *, dim: int = DIM, seed: int = 0) -> np.ndarray:
    """Unit float16 rows around a few dozen centres that share a direction."""
    random = np.random.default_rng(seed)
    centres = np.random.default_rng(99).standard_normal((40, dim)) + 0.7
    rows = centres[random.integers(0, 40, count)] + 0.8 * random.standard_normal((count, dim))
    return (rows / np.linalg.norm(rows, axis=1, keepdims=True)).astype(np.float16)


def changes(
    generation: int,
    keys: Iterable[int] = (),
    vectors: np.ndarray | None = None,
    removed: Iterable[int] = (),
) -> VectorChanges:
    return VectorChanges(
        generation=generation,
        keys=np.array(list(keys), np.int64),
        vectors=np.empty((0, 0), np.float16) if vectors is None else vectors,
        removed=np.array(list(removed), np.int64),
        more=False,
    )


def exact_best(held: dict[int, np.ndarray], query: np.ndarray, k: int) -> set[int]:
    keys = np.array(list(held))
    scores = np.stack(list(held.values())).astype(np.float32) @ query
    return set(keys[np.argsort(-scores)[:k]].tolist())


def recall(
    index: VectorIndex,
    held: dict[int, np.ndarray],
    queries: np.ndarray,
    allow: np.ndarray | None = None,
) -> float:
    """Of the best 20, by a shortlist of 100 that is scored again."""
    if allow is not None:
        held = {key: held[key] for key in allow.tolist() if key in held}
    shares = []
    for query in queries.astype(np.float32):
        shortlist = index.search(query, 100, allow)[0].tolist()
        assert set(shortlist) <= set(held)
        assert len(set(shortlist)) == len(shortlist) == min(100, len(held))
        best = exact_best({key: held[key] for key in shortlist}, query, 20)
        shares.append(len(best & exact_best(held, query, 20)) / min(20, len(held)))
    return float(np.mean(shares))


def test_empty_index_finds_nothing(make_index: MakeIndex) -> None:
    index = make_index(DIM)
    keys, scores = index.search(np.ones(DIM, np.float32), 5)
    assert (len(index), index.generation, len(keys), len(scores)) == (0, 0, 0, 0)
    index.apply(changes(4, removed=[1, 2]))
    assert (len(index), index.generation) == (0, 4)


def test_search_finds_what_is_nearest_best_first(make_index: MakeIndex) -> None:
    vectors = clustered(9000)
    held = dict(enumerate(vectors, start=1))
    index = make_index(DIM)
    index.apply(changes(1, held, vectors))
    assert len(index) == 9000
    assert recall(index, held, clustered(20, seed=1)) > 0.99
    keys, scores = index.search(vectors[7].astype(np.float32), 5)
    assert keys[0] == 8
    assert scores[0] == pytest.approx(1, abs=0.05)
    assert (np.diff(scores) <= 0).all()
    assert (keys.dtype, scores.dtype) == (np.int64, np.float32)


@pytest.mark.parametrize("share", [0.002, 0.01, 0.1, 0.6])
def test_allowed_keys_are_searched_without_loss(make_index: MakeIndex, share: float) -> None:
    vectors = clustered(9000)
    held = dict(enumerate(vectors, start=1))
    index = make_index(DIM)
    index.apply(changes(1, list(held)[:8000], vectors[:8000]))
    index.apply(changes(2, list(held)[8000:], vectors[8000:]))
    allow = np.flatnonzero(np.random.default_rng(2).random(9000) < share) + 1
    unknown = np.array([0, 10**6, 10**9, -5])
    assert recall(index, held, clustered(10, seed=1), np.concatenate([unknown, allow])) > 0.99


def test_allowing_nothing_or_asking_for_nothing_finds_nothing(make_index: MakeIndex) -> None:
    index = make_index(DIM)
    index.apply(changes(1, range(1, 6001), clustered(6000)))
    query = np.ones(DIM, np.float32)
    assert len(index.search(query, 5, np.array([], np.int64))[0]) == 0
    assert len(index.search(query, 5, np.array([9999]))[0]) == 0
    assert len(index.search(query, 0)[0]) == 0
    assert len(index.search(query, 5, np.array([7, 7, 7]))[0]) == 1
    assert len(index.search(query, 10_000)[0]) == 6000


@pytest.mark.parametrize("chunk", [1, 300, 5000])
def test_removals_and_replacements_take_effect_at_once(make_index: MakeIndex, chunk: int) -> None:
    first, second = clustered(6000), clustered(6000, seed=5)
    index = make_index(DIM)
    index.apply(changes(1, range(1, 6001), first))
    held = dict(enumerate(first, start=1))
    new = range(10, 10 + chunk)
    index.apply(changes(2, new, second[:chunk], removed=[1, 2, 3, 77777]))
    held |= dict(zip(new, second, strict=False))
    for key in (1, 2, 3):
        del held[key]
    assert (len(index), index.generation) == (len(held), 2)
    assert recall(index, held, clustered(10, seed=1)) > 0.99
    assert index.search(second[0].astype(np.float32), 1)[0].tolist() == [10]
    found = index.search(first[0].astype(np.float32), 6000)[0]
    assert not {1, 2, 3} & set(found.tolist())
    index.apply(changes(3, [1], first[:1]))
    assert index.search(first[0].astype(np.float32), 1)[0].tolist() == [1]


@pytest.mark.parametrize("dim", [1, 7, 13, 512, 768])
def test_any_dimension_works(make_index: MakeIndex, dim: int) -> None:
    vectors = clustered(4500, dim=dim)
    index = make_index(dim)
    index.apply(changes(1, range(1, 4501), vectors))
    keys, scores = index.search(vectors[5].astype(np.float32), 10)
    assert len(keys) == 10
    assert scores[0] == pytest.approx(1, abs=0.1)


def test_search_goes_on_beside_changes(make_index: MakeIndex) -> None:
    vectors = clustered(5000)
    index = make_index(DIM)
    index.apply(changes(1, range(1, 5001), vectors))
    failures: list[BaseException] = []
    done = threading.Event()

    def search() -> None:
        try:
            while not done.is_set():
                assert len(index.search(vectors[0].astype(np.float32), 10)[0]) == 10
        except BaseException as error:
            failures.append(error)

    threads = [threading.Thread(target=search) for _ in range(2)]
    for thread in threads:
        thread.start()
    for turn in range(30):
        index.apply(changes(2 + turn, [turn + 1], vectors[turn : turn + 1], removed=[turn + 100]))
    done.set()
    for thread in threads:
        thread.join()
    assert failures == []
    assert len(index) == 4970


def test_saving_to_a_place_that_is_a_folder_is_our_error(
    make_index: MakeIndex, tmp_path: Path
) -> None:
    from lookalike.errors import StoreUnavailable

    with pytest.raises(StoreUnavailable):
        make_index(DIM).save(tmp_path)
    assert list(tmp_path.iterdir()) == []


KEYS = st.lists(st.integers(1, 300), max_size=60, unique=True)


@given(st.lists(st.tuples(KEYS, KEYS, st.booleans()), max_size=8), st.data())
@settings(max_examples=30, deadline=None)
def test_indexes_hold_the_same_whatever_happened(
    steps: list[tuple[list[int], list[int], bool]], data: st.DataObject
) -> None:
    """The approximate index agrees with the exact one on what is there, and nearly on scores."""
    exact, turbo = ExactIndex(DIM), TurboIndex(DIM)
    bulk = clustered(4200)
    generation = 0
    for added, removed, is_bulk in steps:
        generation += 1
        keys = list(range(1000, 5200)) if is_bulk else added
        vectors = bulk if is_bulk else clustered(len(added), seed=generation)
        change = changes(generation, keys, vectors, set(removed) - set(keys))
        exact.apply(change)
        turbo.apply(change)
    query = clustered(1, seed=1000)[0].astype(np.float32)
    allow = data.draw(st.one_of(st.none(), KEYS.map(lambda keys: np.array(keys, np.int64))))
    exact_scores, turbo_scores = (
        dict(zip(*(part.tolist() for part in index.search(query, 10_000, allow)), strict=True))
        for index in (exact, turbo)
    )
    assert exact_scores.keys() == turbo_scores.keys()
    assert len(exact) == len(turbo)
    assert exact.generation == turbo.generation == generation
    assert all(abs(exact_scores[key] - turbo_scores[key]) < 0.1 for key in exact_scores)

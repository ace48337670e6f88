"""What any store must do with pairs and decisions."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import numpy as np

from lookalike.stores.base import Indexed, NewAsset, Store
from lookalike.types import Pair, Relation, Source, State

MODEL = "model-1"
A, B, C = ("a" * 64, "b" * 64, "c" * 64)


def put(store: Store, *contents: str) -> list[int]:
    start = store.coverage().total
    assets = store.add_assets(
        [
            NewAsset(
                name=f"{i}.jpg",
                folder="",
                path=f"/p/{i}.jpg",
                source=Source.LINKED,
                size_bytes=1,
                mtime_ns=1,
            )
            for i in range(start, start + len(contents))
        ]
    )
    results = [
        Indexed(
            key=asset.key,
            size_bytes=1,
            mtime_ns=1,
            mime="image/jpeg",
            width_px=4,
            height_px=3,
            sha256=content,
            phash64=content[:8].encode(),
            phash256=content[:32].encode(),
            taken_at=None,
            vector=np.ones(4, np.float16) / 2,
        )
        for asset, content in zip(assets, contents, strict=True)
    ]
    store.save_results(MODEL, results, [])
    return [asset.key for asset in assets]


def pair(one: str, other: str, confidence: float = 0.9) -> Pair:
    return Pair(one=one, other=other, relation=Relation.CROPPED, confidence=confidence, copy=other)


def test_contents_are_those_of_searchable_assets(store: Store) -> None:
    keys = put(store, A, B)
    store.set_state([keys[0]], State.TRASHED)
    contents = store.contents()
    assert contents.keys.tolist() == keys[1:]
    assert contents.sha256 == [B]
    assert contents.phash64.tobytes() == b"b" * 8
    assert contents.phash256.tobytes() == b"b" * 32


def test_contents_of_an_empty_store(store: Store) -> None:
    contents = store.contents()
    assert (len(contents.keys), contents.sha256) == (0, [])
    assert contents.phash64.shape == (0, 8)
    assert contents.phash256.shape == (0, 32)


def test_pairs_come_back_as_saved_and_are_replaced(store: Store) -> None:
    put(store, A, B, C)
    store.save_pairs("s", [pair(B, C), pair(A, B)], 2)
    assert store.list_pairs() == [pair(A, B), pair(B, C)]
    store.save_pairs("s", [pair(A, B, 0.5)], 3)
    assert store.list_pairs() == [pair(A, B, 0.5), pair(B, C)]


def test_pairs_of_contents_that_are_not_here_are_not_listed(store: Store) -> None:
    keys = put(store, A, B)
    store.save_pairs("s", [pair(A, B), pair(A, C)], 2)
    assert store.list_pairs() == [pair(A, B)]
    store.set_state([keys[1]], State.TRASHED)
    assert store.list_pairs() == []
    store.set_state([keys[1]], State.INDEXED)
    assert store.list_pairs() == [pair(A, B)]
    store.remove_assets(keys)
    assert store.list_pairs() == []


def test_scans_remember_how_far_they_came(open_store: Callable[[], Store]) -> None:
    store = open_store()
    assert store.compared_generation("s") == 0
    store.save_pairs("s", [], 7)
    store.save_pairs("other", [], 3)
    store.close()
    again = open_store()
    assert (again.compared_generation("s"), again.compared_generation("other")) == (7, 3)


def test_pairs_in_doubt_stay_until_the_next_scan_ends_without_them(store: Store) -> None:
    put(store, A, B, C)
    store.save_pairs("s", [pair(A, B), pair(A, C), pair(B, C)], 7)
    store.add_decisions([(A, B)])
    store.doubt_pairs()
    assert store.list_pairs() == [pair(A, C), pair(B, C)]
    assert (store.list_pairs(doubted=False), store.compared_generation("s")) == ([], 0)
    store.save_pairs("s", [pair(A, B), pair(B, C, 0.7)], 3)
    assert store.list_pairs() == [pair(A, C), pair(B, C, 0.7)]
    assert store.list_pairs(doubted=False) == [pair(B, C, 0.7)]
    store.save_pairs("s", [], 7, is_last=True)
    assert store.list_pairs() == [pair(B, C, 0.7)]  # A and B are still decided about


def test_pairs_of_some_relations_only_are_put_in_doubt(store: Store) -> None:
    put(store, A, B, C)
    likeness = replace(pair(A, C), relation=Relation.SIMILAR)
    store.save_pairs("s", [pair(A, B), likeness], 7)
    assert store.list_scans() == ["s"]
    store.doubt_pairs({Relation.SIMILAR, Relation.SAME_SCENE})
    assert store.list_scans() == []
    assert store.list_pairs(doubted=False) == [pair(A, B)]
    assert store.list_pairs() == [pair(A, B), likeness]
    store.save_pairs("other", [], 7, is_last=True)
    assert store.list_pairs() == [pair(A, B)]


def test_decided_pairs_are_not_listed_until_that_is_undone(
    open_store: Callable[[], Store],
) -> None:
    store = open_store()
    put(store, A, B)
    store.save_pairs("s", [pair(A, B)], 2)
    store.add_decisions([(B, A)])
    assert store.list_pairs() == []
    store.close()
    again = open_store()
    assert again.list_pairs() == []
    assert again.remove_decisions([(B, A), (A, C)]) == 1
    assert again.list_pairs() == [pair(A, B)]


def test_decisions_are_listed_once_and_oldest_first(store: Store) -> None:
    store.add_decisions([(C, B)])
    store.add_decisions([(A, B), (B, C), (A, A)])
    found = [(decision.one, decision.other) for decision in store.list_decisions()]
    assert found[0] == (B, C)
    assert sorted(found) == [(A, A), (A, B), (B, C)]
    times = [decision.decided_at for decision in store.list_decisions()]
    assert times == sorted(times)


def test_relations_among_some_contents_know_what_was_decided(store: Store) -> None:
    put(store, A, B, C)
    store.save_pairs("scan", [pair(A, B), pair(B, C), pair(A, C)], 3)
    store.add_decisions([(C, B), (A, A)])
    assert store.relations_among([C, A, B]) == {
        (A, B): Relation.CROPPED,
        (A, C): Relation.CROPPED,
        (B, C): None,
    }
    assert store.relations_among([A, B]) == {(A, B): Relation.CROPPED}
    assert store.relations_among([]) == {}

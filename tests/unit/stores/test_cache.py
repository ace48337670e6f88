from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import numpy as np
import pytest

from lookalike.stores import turbo
from lookalike.stores.base import Indexed, NewAsset
from lookalike.stores.cache import build_index, catch_up, open_index, rebuild
from lookalike.stores.exact import ExactIndex
from lookalike.stores.sqlite import SqliteStore
from lookalike.stores.turbo import TurboIndex
from lookalike.types import Filters, Source, State

MODEL, DIM = "m", 16


@pytest.fixture
def open_store(tmp_path: Path) -> Iterator[Callable[[str], SqliteStore]]:
    opened: list[SqliteStore] = []

    def open_one(name: str) -> SqliteStore:
        opened.append(SqliteStore.open(tmp_path / f"{name}.db"))
        return opened[-1]

    yield open_one
    for store in opened:
        store.close()


@pytest.fixture
def store(open_store: Callable[[str], SqliteStore]) -> SqliteStore:
    return open_store("library")


def vectors(keys: list[int]) -> np.ndarray:
    if not keys:
        return np.empty((0, DIM), np.float16)
    rows = np.stack([np.random.default_rng(key).standard_normal(DIM) for key in keys])
    return (rows / np.linalg.norm(rows, axis=1, keepdims=True)).astype(np.float16)


def fill(store: SqliteStore, count: int) -> list[int]:
    added = store.add_assets(
        [
            NewAsset(
                name="a", folder="", path=None, source=Source.UPLOAD, size_bytes=1, mtime_ns=None
            )
            for _ in range(count)
        ]
    )
    keys = [asset.key for asset in added]
    results = [
        Indexed(
            key=key, size_bytes=1, mtime_ns=None, mime="image/png", width_px=1, height_px=1,
            sha256="0", phash64=b"", phash256=b"", taken_at=None, vector=vector,
        )
        for key, vector in zip(keys, vectors(keys), strict=True)
    ]  # fmt: skip
    store.save_results(MODEL, results, [])
    return keys


def check(index: ExactIndex | TurboIndex, store: SqliteStore) -> None:
    """The index holds what the store does."""
    keys = store.filter_keys(Filters())
    found, _ = index.search(np.ones(DIM, np.float32), 10**6)
    assert sorted(found.tolist()) == keys.tolist()
    assert len(index) == len(keys)
    assert index.generation == store.generation()
    for key in keys[:3].tolist():
        assert key in index.search(vectors([key])[0].astype(np.float32), 5)[0]


@pytest.mark.parametrize("count", [0, 300, 9000])
@pytest.mark.parametrize("kind", [ExactIndex, TurboIndex])
def test_index_survives_saving_and_catches_up(
    store: SqliteStore, tmp_path: Path, count: int, kind: type[ExactIndex] | type[TurboIndex]
) -> None:
    keys = fill(store, count)
    path = tmp_path / "caches" / "index"
    built = build_index(kind, store, MODEL, DIM)
    check(built, store)
    built.save(path)
    assert [file.name for file in path.parent.iterdir()] == ["index"]
    store.set_state(keys[5:10], State.TRASHED)
    keys += fill(store, 20)
    if kind is TurboIndex:
        loaded = open_index(path, store, MODEL, DIM)
        assert isinstance(loaded, TurboIndex)
        check(loaded, store)
        loaded.save(path)
        check(open_index(path, store, MODEL, DIM), store)
    store.remove_assets(keys[:4])
    assert catch_up(built, store, MODEL)
    check(built, store)
    assert not catch_up(built, store, MODEL)


def test_saved_index_is_not_built_again(
    store: SqliteStore, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    fill(store, 300)
    open_index(tmp_path / "index", store, MODEL, DIM).save(tmp_path / "index")
    monkeypatch.setattr(store, "changes", None)
    monkeypatch.setattr(store, "vectors", None)
    assert len(open_index(tmp_path / "index", store, MODEL, DIM)) == 300


@pytest.mark.parametrize("damage", ["cut", "flip", "empty", "text", "header", "folder"])
def test_damaged_cache_is_built_again(store: SqliteStore, tmp_path: Path, damage: str) -> None:
    fill(store, 5000)
    path = tmp_path / "index"
    open_index(path, store, MODEL, DIM).save(path)
    data = bytearray(path.read_bytes())
    match damage:
        case "cut":
            data = data[: len(data) // 2]
        case "flip":
            data[len(data) // 2] ^= 4
        case "empty":
            data.clear()
        case "text":
            data[:] = b"dear diary" * 1000
        case "header":
            data[30] ^= 1
    path.unlink()
    if damage == "folder":
        path.mkdir()
    else:
        path.write_bytes(data)
    check(open_index(path, store, MODEL, DIM), store)


def test_cache_of_something_else_is_built_again(
    store: SqliteStore, open_store: Callable[[str], SqliteStore], tmp_path: Path
) -> None:
    fill(store, 50)
    path = tmp_path / "index"
    open_index(path, store, MODEL, DIM).save(path)
    other = open_store("other")
    fill(other, 60)
    check(open_index(path, other, MODEL, DIM), other)
    assert len(open_index(path, store, "another model", DIM)) == 0
    assert len(open_index(path, store, "another model", 8)) == 0


def test_index_that_is_ahead_of_the_store_is_built_again(
    store: SqliteStore, tmp_path: Path
) -> None:
    backup = tmp_path / "backup"
    fill(store, 20)
    with store._connections.writing() as connection:
        pass
    connection.execute("VACUUM INTO ?", (str(backup),))
    fill(store, 20)
    index = open_index(tmp_path / "index", store, MODEL, DIM)
    index.save(tmp_path / "index")
    older = SqliteStore.open(backup)
    check(open_index(tmp_path / "index", older, MODEL, DIM), older)
    assert catch_up(index, older, MODEL)
    check(index, older)
    older.close()


def test_exact_index_serves_where_turbovec_is_missing(
    store: SqliteStore, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    fill(store, 50)
    path = tmp_path / "index"
    open_index(path, store, MODEL, DIM).save(path)
    monkeypatch.setitem(sys.modules, "turbovec", None)
    index = open_index(path, store, MODEL, DIM)
    assert isinstance(index, ExactIndex)
    check(index, store)
    index.save(path)
    check(open_index(path, store, MODEL, DIM), store)


def test_index_that_outgrew_its_sample_is_fitted_anew(
    store: SqliteStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(turbo, "_RECENT_LIMIT", 64)
    index = build_index(TurboIndex, store, MODEL, DIM)
    fitted = set()
    for _ in range(12):
        fill(store, 70)
        catch_up(index, store, MODEL)
        fitted.add(index.stamp.calibrated_rows)
        check(index, store)
    assert len(fitted) == 2
    assert index.stamp.calibrated_rows * 8 > len(index)


def test_rebuilt_index_holds_the_same(store: SqliteStore) -> None:
    fill(store, 100)
    for kind in (ExactIndex, TurboIndex):
        index = build_index(kind, store, MODEL, DIM)
        rebuild(index, store, MODEL)
        check(index, store)

"""What changing the model costs in a large library, without the computing of vectors.

python -m evaluation.model_change --pictures 100000
"""

from __future__ import annotations

import argparse
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

import numpy as np

from lookalike.arrays import Float16s
from lookalike.live_index import LiveIndex
from lookalike.stores.base import Indexed, NewAsset
from lookalike.stores.embeddings import OwnVector
from lookalike.stores.sqlite import SqliteStore
from lookalike.types import Source

OLD, NEXT, DIM, PAGE = "old@1", "next@1", 512, 5000


def fill(store: SqliteStore, count: int) -> None:
    """Made-up pictures with random vectors of both models."""
    random = np.random.default_rng(0)
    store.use_model(OLD)
    for start in range(0, count, PAGE):
        new = [_new(number) for number in range(start, min(start + PAGE, count))]
        keys = [asset.key for asset in store.add_assets(new)]
        one, other = (_vectors(random, len(keys)) for _ in range(2))
        store.save_results(OLD, [_indexed(k, v) for k, v in zip(keys, one, strict=True)], [])
        store.save_vectors(
            NEXT,
            [
                OwnVector(key=key, sha256=f"{key:064x}", vector=vector)
                for key, vector in zip(keys, other, strict=True)
            ],
        )


def _new(number: int) -> NewAsset:
    return NewAsset(
        name=f"{number}.jpg",
        folder="",
        path=f"/p/{number}.jpg",
        source=Source.LINKED,
        size_bytes=1,
        mtime_ns=1,
        root="/p",
    )


def _indexed(key: int, vector: Float16s) -> Indexed:
    return Indexed(
        key=key,
        size_bytes=1,
        mtime_ns=1,
        mime="image/jpeg",
        width_px=1,
        height_px=1,
        sha256=f"{key:064x}",
        phash64=bytes(8),
        phash256=bytes(32),
        taken_at=None,
        vector=vector,
    )


def _vectors(random: np.random.Generator, count: int) -> Float16s:
    vectors = random.standard_normal((count, DIM), np.float32)
    return (vectors / np.linalg.norm(vectors, axis=1, keepdims=True)).astype(np.float16)


def timed(what: str, work: Callable[[], object]) -> None:
    wall_s, cpu_s = time.perf_counter(), time.process_time()
    work()
    wall_s, cpu_s = time.perf_counter() - wall_s, time.process_time() - cpu_s
    print(
        f"{what:40} {1000 * wall_s:8.0f} ms, of processor time {1000 * cpu_s:8.0f} ms", flush=True
    )


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--pictures", type=int, default=100_000)
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        store = SqliteStore.open(Path(folder) / "library.db")
        fill(store, options.pictures)
        path = Path(folder) / "index.cache"

        def build() -> None:
            index = LiveIndex(path, store, NEXT, DIM)
            index.current()
            index.save()

        timed("what the next model lacks", lambda: store.count_without_vector(NEXT))
        timed("the next model's index, beforehand", build)
        timed("the switch", lambda: store.use_model(NEXT))
        timed(
            "the first search reads the index", lambda: LiveIndex(path, store, NEXT, DIM).current()
        )
        timed("the way back", lambda: store.use_model(OLD))
        store.close()


if __name__ == "__main__":
    main()

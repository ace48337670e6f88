"""Measures groups and map: processor seconds and memory, on generated vectors with structure.

python -m evaluation.groups [--count 100000]

The vectors lie around 400 centres of very different sizes, which lie around 30; the agreement of
the groups with the centres is the adjusted mutual information.
"""

from __future__ import annotations

import argparse
import resource
import threading
from collections.abc import Iterator
from contextlib import contextmanager

import numpy as np

from lookalike.arrays import Float32s, Int64s
from lookalike.search import groups, layout
from lookalike.search.neighbours import nearest_in_index
from lookalike.stores.base import VectorChanges
from lookalike.stores.turbo import TurboIndex

DIM, KINDS = 704, 400
_CHUNK = 10_000


def make_vectors(count: int) -> tuple[Float32s, Int64s]:
    """Unit rows and the kind of each."""
    random = np.random.default_rng(0)
    around = random.standard_normal((30, DIM)).astype(np.float32)
    centres = around[random.integers(0, 30, KINDS)]
    centres = centres + 0.9 * random.standard_normal((KINDS, DIM)).astype(np.float32)
    weights = random.pareto(1.2, KINDS) + 0.2
    kinds = random.choice(KINDS, count, p=weights / weights.sum())
    vectors = np.empty((count, DIM), np.float32)
    for start in range(0, count, _CHUNK):
        part = kinds[start : start + _CHUNK]
        noise = random.standard_normal((len(part), DIM)).astype(np.float32)
        vectors[start : start + _CHUNK] = centres[part] + 0.8 * noise
    vectors /= np.linalg.norm(vectors, axis=1, keepdims=True)
    return vectors, kinds


@contextmanager
def measured(what: str) -> Iterator[None]:
    before = resource.getrusage(resource.RUSAGE_SELF)
    yield
    after = resource.getrusage(resource.RUSAGE_SELF)
    seconds = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
    print(f"{what:12} {seconds:6.1f} s of processor, peak {after.ru_maxrss / 1024:,.0f} MB")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--count", type=int, default=100_000)
    count = parser.parse_args().count
    vectors, kinds = make_vectors(count)
    keys = np.arange(1, count + 1)
    index = TurboIndex(DIM)
    index.apply(
        VectorChanges(
            generation=1,
            keys=keys,
            vectors=vectors.astype(np.float16),
            removed=np.empty(0, np.int64),
            more=False,
        )
    )
    stop = threading.Event()
    with measured("neighbours"):
        near = nearest_in_index(
            keys, lambda some: vectors[some - 1], index, 15, tell=lambda _: None, stop=stop
        )
    with measured("groups"):
        clusters = groups.find_clusters(vectors, near)
    with measured("map"):
        layout.lay_out(
            near, layout.first_places(vectors), threads=2, tell=lambda *_: None, stop=stop
        )
    from sklearn.metrics import adjusted_mutual_info_score

    found = np.arange(count) + len(clusters)
    for number, cluster in enumerate(clusters):
        found[cluster.rows] = number
    agreement = adjusted_mutual_info_score(kinds, found)
    print(f"{len(clusters)} groups of {KINDS} kinds, adjusted mutual information {agreement:.3f}")


if __name__ == "__main__":
    main()

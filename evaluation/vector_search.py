"""Measures vector search: latency, recall and filters, through the real store and index.

    python -m evaluation.vector_search [--million] [--dim N] [--json FILE]

The vectors are made up, but shaped like those of a text-image model: they share a mean direction,
their spectrum falls off, and they form clusters of uneven size (numbers below). The exact answer
is computed from the very float16 vectors that the store holds. A search here is what
`lookalike.search` does after the model: filters to keys in SQL, a shortlist of 400 from the
index, scored again from the store's vectors; recall is of the exact best 50.
"""

from __future__ import annotations

import argparse
import json
import tempfile
import time
from collections.abc import Callable, Iterator
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import numpy as np

from lookalike.arrays import Float16s, Float32s, Int64s
from lookalike.models.base import Embedder
from lookalike.models.registry import load
from lookalike.search.ranking import Corpus, rank
from lookalike.settings import Settings
from lookalike.stores.base import Indexed, NewAsset
from lookalike.stores.cache import catch_up, open_index
from lookalike.stores.sqlite import SqliteStore
from lookalike.types import Filters, Source

MODEL = "vector-search-1"
BEST = 50
SHORTLIST = 400
QUERIES = 100
CHUNK = 10_000
CLUSTER_SIZE = 200  # vectors in a cluster, on average; sizes are geometric
SAME_MEAN, OF_CLUSTER, OWN = 0.5, 0.7, 0.5  # lengths of what a vector is the sum of
MIDDLE = datetime(2020, 1, 1, tzinfo=UTC)
FILTERS = {
    "none": None,
    "1 % (folder)": Filters(folder="holiday"),
    "1 % (width)": Filters(min_width=4000),
    "10 % (type)": Filters(types=("png",)),
    "50 % (time)": Filters(after=MIDDLE),
    "5 % (type, time)": Filters(types=("png",), after=MIDDLE),
}
EXACT_SIZES = (250, 500, 1000, 2000, 5000, 10_000, 20_000)


@dataclass(frozen=True, slots=True)
class Facts:
    """What the filters look at, [n] each."""

    in_folder: np.ndarray
    is_wide: np.ndarray
    is_png: np.ndarray
    is_late: np.ndarray

    def passing(self, name: str) -> np.ndarray:
        return {
            "none": np.ones(len(self.is_png), bool),
            "1 % (folder)": self.in_folder,
            "1 % (width)": self.is_wide,
            "10 % (type)": self.is_png,
            "50 % (time)": self.is_late,
            "5 % (type, time)": self.is_png & self.is_late,
        }[name]


@dataclass(frozen=True, kw_only=True, slots=True)
class Line:
    """One row of the table."""

    filter: str
    passing: int
    text_p50_ms: float  # words to a vector
    filter_p50_ms: float
    search_p50_ms: float  # index and rescoring
    total_p50_ms: float
    total_p95_ms: float
    recall: float


def make_facts(count: int) -> Facts:
    random = np.random.default_rng(1)
    return Facts(*(random.random(count) < share for share in (0.01, 0.01, 0.1, 0.5)))


class Shape:
    """Makes vectors of one distribution."""

    def __init__(self, count: int, dim: int) -> None:
        random = np.random.default_rng(0)
        self._spectrum = np.arange(1, dim + 1, dtype=np.float32) ** -0.5
        self._mean = SAME_MEAN * self._scatter(random, 1)
        clusters = max(1, count // CLUSTER_SIZE)
        self._centres = self._mean + OF_CLUSTER * self._scatter(random, clusters)
        sizes = random.geometric(1 / 8, clusters).astype(np.float64)
        self._bounds = np.cumsum(sizes / sizes.sum())

    def draw(self, seed: int, count: int) -> Float16s:
        """[count, dim], unit rows."""
        random = np.random.default_rng([2, seed])
        cluster = np.searchsorted(self._bounds, random.random(count)).clip(
            0, len(self._centres) - 1
        )
        vectors = self._centres[cluster] + OWN * self._scatter(random, count)
        vectors /= np.linalg.norm(vectors, axis=1, keepdims=True)
        return vectors.astype(np.float16)

    def _scatter(self, random: np.random.Generator, count: int) -> Float32s:
        rows = random.standard_normal((count, len(self._spectrum)), np.float32) * self._spectrum
        return rows / np.linalg.norm(rows, axis=1, keepdims=True)


def fill(store: SqliteStore, shape: Shape, facts: Facts) -> float:
    """Adds all assets with their vectors, as indexing does. Returns seconds, drawing excluded."""
    took_s = 0.0
    count = len(facts.is_png)
    for start in range(0, count, CHUNK):
        vectors = shape.draw(start, min(CHUNK, count - start))
        began = time.perf_counter()
        numbers = range(start, start + len(vectors))
        added = store.add_assets([_new(number, facts) for number in numbers])
        indexed = [
            _indexed(asset.key, number, facts, vectors[number - start])
            for asset, number in zip(added, numbers, strict=True)
        ]
        store.save_results(MODEL, indexed, [])
        took_s += time.perf_counter() - began
    return took_s


def _new(number: int, facts: Facts) -> NewAsset:
    folder = f"{number % 900}/" + ("holiday" if facts.in_folder[number] else "other")
    name = f"IMG_{number:07}.jpg"
    path = f"/pictures/{folder}/{name}"
    return NewAsset(
        name=name,
        folder=folder,
        path=path,
        source=Source.LINKED,
        size_bytes=number,
        mtime_ns=number,
        root="/pictures",
    )


def _indexed(key: int, number: int, facts: Facts, vector: Float16s) -> Indexed:
    return Indexed(
        key=key,
        size_bytes=1_000_000 + number,
        mtime_ns=number,
        mime="image/png" if facts.is_png[number] else "image/jpeg",
        width_px=4000 + number % 100 if facts.is_wide[number] else 1000 + number % 2000,
        height_px=1000,
        sha256=f"{number:064x}",
        phash64=number.to_bytes(8, "big"),
        phash256=number.to_bytes(32, "big"),
        taken_at=MIDDLE.replace(year=2022 if facts.is_late[number] else 2010, day=number % 28 + 1),
        vector=vector,
    )


def find_exact(shape: Shape, facts: Facts, queries: Float32s) -> dict[str, list[set[int]]]:
    """Filter -> the exact best keys of each query. Keys count from 1."""
    count = len(facts.is_png)
    top = {
        name: (np.full((len(queries), BEST), -9, np.float32), np.zeros((len(queries), BEST), int))
        for name in FILTERS
    }
    for start in range(0, count, CHUNK):
        vectors = shape.draw(start, min(CHUNK, count - start)).astype(np.float32)
        scores = queries @ vectors.T
        for name, (best, keys) in top.items():
            rows = np.flatnonzero(facts.passing(name)[start : start + len(vectors)])
            all_scores = np.hstack([best, scores[:, rows]])
            all_keys = np.hstack(
                [keys, np.broadcast_to(rows + start + 1, (len(queries), len(rows)))]
            )
            chosen = np.argpartition(-all_scores, BEST - 1, axis=1)[:, :BEST]
            top[name] = (
                np.take_along_axis(all_scores, chosen, 1),
                np.take_along_axis(all_keys, chosen, 1),
            )
    return {name: [set(row.tolist()) - {0} for row in keys] for name, (_, keys) in top.items()}


def measure(
    corpus: Corpus, queries: Float32s, exact: dict[str, list[set[int]]], embedder: Embedder
) -> Iterator[Line]:
    """Each query is also embedded from words, for the time it takes: the vector searched with
    is drawn like the corpus, since words know nothing of made-up pictures."""
    for name, filters in FILTERS.items():
        text_s, filter_s, search_s, recalls, passing = [], [], [], [], 0
        for number in range(-3, len(queries)):  # the first three only warm up
            query = queries[number]
            started = time.perf_counter()
            embedder.embed_texts([f"{number} people in red coats walk along a beach"])
            began = time.perf_counter()
            allow = None if filters is None else corpus.store.filter_keys(filters)
            filtered = time.perf_counter()
            ranked = rank(query, corpus, SHORTLIST, allow)
            ended = time.perf_counter()
            if number < 0:
                continue
            passing = len(corpus.index()) if allow is None else len(allow)
            text_s.append(began - started)
            filter_s.append(filtered - began)
            search_s.append(ended - filtered)
            best = exact[name][number]
            recalls.append(len(best & set(ranked.keys[: len(best)].tolist())) / max(1, len(best)))
        total_s = np.array(text_s) + np.array(filter_s) + np.array(search_s)
        yield Line(
            filter=name,
            passing=passing,
            text_p50_ms=_ms(np.median(text_s)),
            filter_p50_ms=_ms(np.median(filter_s)),
            search_p50_ms=_ms(np.median(search_s)),
            total_p50_ms=_ms(np.median(total_s)),
            total_p95_ms=_ms(np.quantile(total_s, 0.95)),
            recall=round(float(np.mean(recalls)), 5),
        )


def compare_exact(
    corpus: Callable[[int], Corpus], queries: Float32s, count: int
) -> list[dict[str, float]]:
    """For allowed sets of several sizes: every vector scored, against index and shortlist."""
    random = np.random.default_rng(3)
    found = []
    for size in (size for size in EXACT_SIZES if size <= count):
        spent: dict[int, list[float]] = {0: [], size: []}
        for query in queries[:20]:
            allow: Int64s = np.sort(random.choice(count, size, replace=False) + 1)
            for exact_below in spent:
                began = time.perf_counter()
                rank(query, corpus(exact_below), SHORTLIST, allow)
                spent[exact_below].append(time.perf_counter() - began)
        found.append(
            {
                "passing": size,
                "exact_p50_ms": _ms(np.median(spent[size])),
                "index_p50_ms": _ms(np.median(spent[0])),
            }
        )
    return found


def run(count: int, dim: int, folder: Path) -> dict[str, Any]:
    shape, facts = Shape(count, dim), make_facts(count)
    # Drawn like the rest, and not among them.
    queries = shape.draw(-1 % 2**32, QUERIES).astype(np.float32)
    store = SqliteStore.open(folder / "library.db")
    fill_s = fill(store, shape, facts)
    exact = find_exact(shape, facts, queries)
    before = _resident_bytes()
    began = time.perf_counter()
    index = open_index(folder / "index", store, MODEL, dim)
    build_s = time.perf_counter() - began
    resident = _resident_bytes() - before
    index.save(folder / "index")
    began = time.perf_counter()
    open_index(folder / "index", store, MODEL, dim)
    load_s = time.perf_counter() - began
    began = time.perf_counter()
    for _ in range(100):
        catch_up(index, store, MODEL)
    catch_up_ms = _ms((time.perf_counter() - began) / 100)

    def corpus(exact_below: int) -> Corpus:
        return Corpus(store=store, model_id=MODEL, index=lambda: index, exact_below=exact_below)

    shipped = corpus(Settings().exact_below)
    report: dict[str, Any] = {
        "vectors": count,
        "dim": dim,
        "index": type(index).__name__,
        "fill_s": round(fill_s, 1),
        "build_s": round(build_s, 2),
        "load_s": round(load_s, 3),
        "index_resident_mb": round(resident / 1e6),
        "index_file_mb": round((folder / "index").stat().st_size / 1e6, 1),
        "database_mb": round((folder / "library.db").stat().st_size / 1e6),
        "catch_up_unchanged_ms": catch_up_ms,
        "searches": [asdict(line) for line in measure(shipped, queries, exact, load())],
        "exact_or_index": compare_exact(corpus, queries, count),
    }
    worth = [
        row["passing"]
        for row in report["exact_or_index"]
        if row["exact_p50_ms"] <= row["index_p50_ms"]
    ]
    report["suggested_exact_below"] = max(worth, default=0)
    store.close()
    return report


def show(report: dict[str, Any]) -> None:
    for name, value in report.items():
        if not isinstance(value, list):
            print(f"{name:24} {value}")
            continue
        print(f"\n{name}")
        print("  ".join(f"{column:>16}" for column in value[0]))
        for row in value:
            print("  ".join(f"{cell!s:>16}" for cell in row.values()))
        print()


def _ms(seconds: float | np.floating[Any]) -> float:
    return round(float(seconds) * 1000, 3)


def _resident_bytes() -> int:
    """Memory of this process; 0 where /proc is not there."""
    try:
        return int(Path("/proc/self/statm").read_text().split()[1]) * 4096
    except OSError:
        return 0


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawTextHelpFormatter
    )
    parser.add_argument("--million", action="store_true", help="1,000,000 vectors, not 100,000")
    parser.add_argument("--count", type=int, help="so many vectors instead")
    parser.add_argument("--dim", type=int, default=load().dim)
    parser.add_argument("--json", type=Path, help="also write the numbers to this file")
    arguments = parser.parse_args()
    count = arguments.count or (1_000_000 if arguments.million else 100_000)
    with tempfile.TemporaryDirectory(prefix="vector-search-") as folder:
        report = run(count, arguments.dim, Path(folder))
    show(report)
    if arguments.json:
        arguments.json.write_text(json.dumps(report, indent=2) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()

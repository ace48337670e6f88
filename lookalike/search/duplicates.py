"""Finds related pictures: each new or changed asset is compared once with what is near it.

Near are the same content, near hashes in eight orientations, and the model's nearest neighbours,
which catch crops and borders. The work goes along the store's generations; pairs and the
generation reached are saved together, so a scan that was killed goes on where it was.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import ExitStack
from dataclasses import dataclass, field

import numpy as np

from lookalike.arrays import Float16s, Float32s, Int64s
from lookalike.search.ahead import ahead
from lookalike.search.crew import gather
from lookalike.search.hash_index import HashIndex
from lookalike.search.inspection import Names, look_at
from lookalike.search.relations import MAX_PHASH64_BITS, MAX_PHASH256_BITS
from lookalike.search.samples import Samples
from lookalike.search.scans import is_of_this_version, scan_name
from lookalike.stores.base import Contents, Store, VectorChanges, VectorIndex
from lookalike.types import OTHER_PICTURES, CompareReport, Pair, Progress

MIN_SCORE = 0.78  # of crops by a fifth and of borders, 98 in 100 score higher with the original
NEIGHBOURS = 4  # of the model's, for each picture
HASH_NEIGHBOURS = 24
CHUNK = 256  # assets between two saves
_MAX_CLOSED = 16  # relatives of a picture that are compared with each other

Chunk = tuple[VectorChanges, dict[Names, float]]  # with the pairs to look at, as `_candidates` says


@dataclass(frozen=True, kw_only=True, slots=True)
class Surroundings:
    """What a scan works on."""

    store: Store
    index: VectorIndex  # caught up with the store
    model_id: str
    read_thumbnail: Callable[[str], bytes | None]  # by sha256
    threads: int = 2


def scan(
    around: Surroundings,
    *,
    progress: Callable[[Progress], None] | None = None,
    stop: threading.Event | None = None,
) -> CompareReport:
    """Compares all that was added or changed since the last scan. `stop` ends it early, and the
    next one goes on from there."""
    return _Scan(around).run(progress, stop or threading.Event())


@dataclass
class _Scan:
    around: Surroundings
    compared: int = 0
    looked_at: int = 0
    found: int = 0
    copies: int = 0
    seen: set[Names] = field(default_factory=set)
    closed: set[Names] = field(default_factory=set)
    relatives: dict[str, set[str]] = field(default_factory=dict)

    def run(
        self, progress: Callable[[Progress], None] | None, stop: threading.Event
    ) -> CompareReport:
        started_s = time.perf_counter()
        store, name = self.around.store, scan_name(self.around.model_id)
        generation = store.compared_generation(name)
        if generation < store.generation():
            if not generation:
                self._doubt()
            with ExitStack() as stack:
                self._prepare()
                total = self._count(generation)
                self._crew = stack.enter_context(gather(self.around.threads, total))
                # Three things are done at once, on three chunks that follow each other.
                chunks = stack.enter_context(ahead(self._chunks(generation)))
                looked_at = stack.enter_context(ahead(map(self._look_first, chunks)))
                for changes, count, some in looked_at:
                    if stop.is_set():
                        break
                    self.looked_at += count
                    pairs = self._complete(some)
                    store.save_pairs(name, pairs, changes.generation, is_last=not changes.more)
                    self.compared += len(changes.keys)
                    self.found += len(pairs)
                    self.copies += sum(pair.relation not in OTHER_PICTURES for pair in pairs)
                    if progress is not None:
                        progress(_progress(self.compared, total, time.perf_counter() - started_s))
        return CompareReport(
            compared=self.compared,
            looked_at=self.looked_at,
            found=self.found,
            copies=self.copies,
            interrupted=stop.is_set(),
            took_s=time.perf_counter() - started_s,
        )

    def _doubt(self) -> None:
        """What is known from before, if anything is. What pixels have confirmed holds for every
        model."""
        store = self.around.store
        is_known = any(map(is_of_this_version, store.list_scans()))
        store.doubt_pairs(OTHER_PICTURES if is_known else None)

    def _prepare(self) -> None:
        contents = self.around.store.contents()
        self._contents: Contents = contents
        self._row_of_key = {int(key): row for row, key in enumerate(contents.keys)}
        self._hashes = HashIndex(contents.phash64, contents.phash256)
        self._samples = Samples(self.around.store, contents, self.around.read_thumbnail)
        for pair in self.around.store.list_pairs(doubted=False):
            if pair.relation not in OTHER_PICTURES:
                self._relate(pair)
                self.seen.add((pair.one, pair.other))

    def _count(self, generation: int) -> int:
        """How many assets there are to compare, about: those that left the library count too."""
        return min(len(self._contents.keys), self.around.store.generation() - generation)

    def _chunks(self, generation: int) -> Iterator[Chunk]:
        more = True
        while more:
            changes = self.around.store.changes(self.around.model_id, generation, CHUNK)
            yield changes, self._candidates(changes)
            generation, more = changes.generation, changes.more

    # --- one chunk ------------------------------------------------------------------------

    def _look_first(self, chunk: Chunk) -> tuple[VectorChanges, int, list[Pair]]:
        """With how many pairs were looked at, and those of them that are related."""
        changes, candidates = chunk
        new = {names: score for names, score in candidates.items() if names not in self.seen}
        return changes, len(new), self._look_at(new)

    def _complete(self, looked_at: Sequence[Pair]) -> list[Pair]:
        """With what the groups need that these pairs make. Pairs of a group that the chunk before
        completed may have been looked at twice at once."""
        pairs = [pair for pair in looked_at if (pair.one, pair.other) not in self.closed]
        related = [pair for pair in pairs if pair.relation not in OTHER_PICTURES]
        for pair in related:
            self._relate(pair)
        missing = dict.fromkeys(self._open(related), 0.0)
        self.looked_at += len(missing)
        return pairs + self._look_at(missing, closely=True)

    def _look_at(self, scores: Mapping[Names, float], *, closely: bool = False) -> list[Pair]:
        self.seen.update(scores)
        return look_at(scores, self._samples, self._crew, closely=closely)

    def _candidates(self, changes: VectorChanges) -> dict[Names, float]:
        """Pairs to look at, each with the model's score, 0 where that is not known."""
        known = [
            (self._row_of_key[int(key)], vector)
            for key, vector in zip(changes.keys, changes.vectors, strict=True)
            if int(key) in self._row_of_key
        ]
        found: dict[Names, float] = {}
        rows = [row for row, _ in known]
        near = self._hashes.near(
            self._contents.phash64[rows],
            self._contents.phash256[rows],
            max_coarse=MAX_PHASH64_BITS,
            max_fine=MAX_PHASH256_BITS,
            most=HASH_NEIGHBOURS,
        )
        for row, others in zip(rows, near, strict=True):
            for other in others.tolist():
                self._note(found, row, other, 0.0)
        vectors = [vector for _, vector in known]
        for row, (keys, scores) in zip(rows, self._neighbours(vectors), strict=True):
            for key, score in zip(keys.tolist(), scores.tolist(), strict=True):
                other_row = self._row_of_key.get(key)
                if other_row is not None and score >= MIN_SCORE:
                    self._note(found, row, other_row, score)
        return found

    def _neighbours(self, vectors: Sequence[Float16s]) -> Iterator[tuple[Int64s, Float32s]]:
        """Keys and scores of the nearest of each; asked for at once, which takes a tenth of the
        time."""
        if not vectors:
            return
        queries = np.stack(vectors).astype(np.float32)
        near = self.around.index.search_many(queries, NEIGHBOURS + 1)
        keys, others = self.around.store.vectors(self.around.model_id, np.unique(near))
        if not len(keys):
            yield from [(keys, np.empty(0, np.float32))] * len(vectors)
            return
        rows = np.minimum(np.searchsorted(keys, near), len(keys) - 1)
        scores = np.einsum("qkd,qd->qk", others[rows].astype(np.float32), queries)
        for found, held, likeness in zip(near, keys[rows] == near, scores, strict=True):
            yield found[held], likeness[held]

    def _note(self, found: dict[Names, float], row: int, other: int, score: float) -> None:
        one, two = self._contents.sha256[row], self._contents.sha256[other]
        names = (min(one, two), max(one, two))
        if one != two:
            found[names] = max(score, found.get(names, 0.0))

    def _open(self, pairs: Sequence[Pair]) -> Iterator[Names]:
        """Pairs that a group needs to be complete: relatives of one picture that were not
        compared with each other."""
        for pair in pairs:
            for middle, end in ((pair.one, pair.other), (pair.other, pair.one)):
                for third in sorted(self.relatives[middle])[:_MAX_CLOSED]:
                    names = (min(end, third), max(end, third))
                    if third not in {end, *self.relatives[end]} and names not in self.closed:
                        self.closed.add(names)
                        yield names

    def _relate(self, pair: Pair) -> None:
        self.relatives.setdefault(pair.one, set()).add(pair.other)
        self.relatives.setdefault(pair.other, set()).add(pair.one)


def _progress(done: int, total: int, took_s: float) -> Progress:
    rate = done / max(took_s, 1e-6)
    left_s = max(0, total - done) / rate if rate > 0 else None
    return Progress(
        stage="compare", done=done, total=max(total, done), rate_per_s=rate, remaining_s=left_s
    )

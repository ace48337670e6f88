"""Who does the work of a scan: threads here, and for a large one interpreters beside this one.

Laying pictures over each other is many small steps of NumPy under Python's lock, so that threads
alone leave a third of two cores idle.
"""

from __future__ import annotations

import signal
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import BrokenExecutor, Executor, Future, ThreadPoolExecutor
from contextlib import contextmanager
from typing import TypeVar

MIN_ASSETS = 2000  # with fewer to compare, interpreters are not worth their start of half a second
_MOST = 8  # interpreters of some 75 MB each; more than that wait for whoever reads and hands out
_IDLE_S = 30  # after which one ends by itself, as when this process was killed
_ENVIRONMENT = {
    "OPENBLAS_NUM_THREADS": "1",  # one core for each
    "OMP_NUM_THREADS": "1",
    # What is allocated for every pair is not given back to the system in between.
    "MALLOC_TRIM_THRESHOLD_": str(64 * 1024**2),
    "MALLOC_MMAP_THRESHOLD_": str(64 * 1024**2),
}

Item = TypeVar("Item")
Result = TypeVar("Result")


class Crew:
    """`readers` read and decode thumbnails; they are threads. Safe to use from any thread."""

    def __init__(self, readers: Executor, comparers: Executor) -> None:
        self.readers = readers
        self._comparers = comparers

    def map(self, function: Callable[[Item], Result], items: Iterable[Item]) -> list[Result]:
        """`function` of each, by the comparers, from the first item on as they come. All that they
        are given and return can be pickled. When one of them is killed, as it is where memory runs
        out, the rest is done by the readers."""
        handed = [(item, self._hand(function, item)) for item in items]
        return [self._take(function, item, future) for item, future in handed]

    def _hand(self, function: Callable[[Item], Result], item: Item) -> Future[Result]:
        try:
            return self._comparers.submit(function, item)
        except BrokenExecutor:
            return self.readers.submit(function, item)

    def _take(
        self, function: Callable[[Item], Result], item: Item, future: Future[Result]
    ) -> Result:
        try:
            return future.result()
        except BrokenExecutor:
            return self.readers.submit(function, item).result()


@contextmanager
def gather(threads: int, assets: int) -> Iterator[Crew]:
    """For a scan of so many assets, on so many cores."""
    with ThreadPoolExecutor(threads) as readers:
        if threads < 2 or assets < MIN_ASSETS:
            yield Crew(readers, readers)
            return
        from loky import ProcessPoolExecutor

        comparers = ProcessPoolExecutor(
            min(threads, _MOST), timeout=_IDLE_S, initializer=_begin, env=_ENVIRONMENT
        )
        try:
            yield Crew(readers, comparers)
        finally:
            comparers.shutdown(kill_workers=True)


def _begin() -> None:
    """Ctrl-C is the business of the process that asked."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)

"""Takes the next of a row of things in a thread, while the one before is in use."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from typing import TypeVar

Item = TypeVar("Item")


@contextmanager
def ahead(items: Iterable[Item]) -> Iterator[Iterator[Item]]:
    """Yields what iterates over `items`, one step ahead of whoever asks. What is raised in between
    is raised when its turn has come; at the end of the block at most one more is taken."""
    iterator = iter(items)

    def take() -> tuple[Item] | None:
        for item in iterator:
            return (item,)
        return None

    def iterate(thread: ThreadPoolExecutor) -> Iterator[Item]:
        coming = thread.submit(take)
        while (taken := coming.result()) is not None:
            coming = thread.submit(take)
            yield taken[0]

    with ThreadPoolExecutor(1) as thread:
        yield iterate(thread)

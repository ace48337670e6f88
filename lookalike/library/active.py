"""The model that a library searches with at this moment, and what is made for it.

Another process may switch the library to another model at any time, so whoever needs several of
these parts together asks for `ActiveModel` once and keeps it: its parts stay usable until the
library is closed.
"""

from __future__ import annotations

import threading
from collections.abc import Callable
from typing import TYPE_CHECKING, Generic, TypeVar

from lookalike.parts import Part

if TYPE_CHECKING:
    from lookalike.images.sandbox import DecodePool
    from lookalike.live_index import LiveIndex
    from lookalike.models.base import Embedder

T = TypeVar("T")


class ActiveModel:
    """One model with the decoding processes and the index that fit it."""

    def __init__(
        self,
        embedder: Embedder,
        *,
        make_pool: Callable[[Embedder], DecodePool],
        make_ingest_pool: Callable[[Embedder], DecodePool],
        make_index: Callable[[Embedder], LiveIndex],
    ) -> None:
        self.embedder: Part[Embedder] = Part(lambda: embedder)
        self.pool: Part[DecodePool] = Part(lambda: make_pool(embedder), lambda pool: pool.close())
        self.ingest_pool: Part[DecodePool] = Part(
            lambda: make_ingest_pool(embedder), lambda pool: pool.close()
        )
        self.index: Part[LiveIndex] = Part(
            lambda: make_index(embedder), lambda index: index.close()
        )


class ModelSource:
    """Gives out the active model, and notices when it is another one."""

    def __init__(
        self, read_id: Callable[[], str | None], make: Callable[[str | None], ActiveModel]
    ) -> None:
        """`read_id`: which model the library uses, if it has chosen one. `make`: makes ready that
        model, or the usual one."""
        self._read_id = read_id
        self._make = make
        self._lock = threading.Lock()
        self._made: list[tuple[str, ActiveModel]] = []  # the last one is active

    def get(self) -> ActiveModel:
        """The active model. Raises what making it ready raises; the next call tries again."""
        with self._lock:
            wanted = self._read_id()
            if not self._made or wanted not in {None, self._made[-1][0]}:
                made = self._make(wanted)
                self._made.append((made.embedder.get().model_id, made))
            return self._made[-1][1]

    def all(self) -> list[ActiveModel]:
        """Those that were ever made: searches that began before a switch still use the old one."""
        with self._lock:
            return [made for _, made in self._made]


class ActivePart(Generic[T]):
    """One part of whichever model is active; used as a `Part` is."""

    def __init__(self, source: ModelSource, choose: Callable[[ActiveModel], Part[T]]) -> None:
        self._source = source
        self._choose = choose

    def get(self) -> T:
        """The part, made when it is first needed."""
        return self._choose(self._source.get()).get()

    def drop(self) -> None:
        """Forgets it without closing; the next `get` makes a new one."""
        self._choose(self._source.get()).drop()

    def close_when_unused(self, idle_s: float) -> None:
        """Closes it when nobody asked for it for so long; those of earlier models, too."""
        for made in self._source.all():
            self._choose(made).close_when_unused(idle_s)

    def close_earlier(self, idle_s: float) -> None:
        """The same of earlier models only."""
        for made in self._source.all()[:-1]:
            self._choose(made).close_when_unused(idle_s)

    def drop_earlier(self) -> None:
        """Forgets those of earlier models without closing them."""
        for made in self._source.all()[:-1]:
            self._choose(made).drop()

    def close(self) -> None:
        """Closes it, and those of earlier models."""
        for made in self._source.all():
            self._choose(made).close()

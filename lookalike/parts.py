"""A part of a library that is made when it is first needed."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from typing import Generic, TypeVar

T = TypeVar("T")


class Part(Generic[T]):
    """Made once, by whichever thread asks first; closed if it was ever made."""

    def __init__(self, make: Callable[[], T], close: Callable[[T], None] | None = None) -> None:
        self._make = make
        self._close = close
        self._lock = threading.Lock()
        self._made: list[T] = []
        self._used_s = 0.0

    def get(self) -> T:
        """The part; an error while it is made is raised, and the next call tries again."""
        with self._lock:
            self._used_s = time.monotonic()
            if not self._made:
                self._made.append(self._make())
            return self._made[0]

    def drop(self) -> None:
        """Forgets it without closing; the next `get` makes a new one."""
        with self._lock:
            self._made.clear()

    def close_when_unused(self, idle_s: float) -> None:
        """Closes it when nobody asked for it for so long; for whoever knows that it is not in
        use right now."""
        if time.monotonic() - self._used_s > idle_s:
            self.close()

    def close(self) -> None:
        """Closes it, if it was ever made; the next `get` makes a new one."""
        with self._lock:
            while self._made:
                part = self._made.pop()
                if self._close is not None:
                    self._close(part)

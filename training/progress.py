"""How far a long computation is, for a person who waits for it."""

from __future__ import annotations

import time

_EVERY_S = 15.0


class Progress:
    """Prints a line now and then, with the rate and the remaining time."""

    def __init__(self, what: str, total: int) -> None:
        self._what, self._total, self._done = what, total, 0
        self._started_s = self._said_s = time.perf_counter()

    def add(self, count: int = 1, note: str = "") -> None:
        """`count` more are done."""
        self._done += count
        now_s = time.perf_counter()
        if now_s - self._said_s < _EVERY_S and self._done < self._total:
            return
        self._said_s = now_s
        rate = self._done / (now_s - self._started_s)
        left_s = (self._total - self._done) / rate
        print(
            f"{self._what} {self._done}/{self._total} ({rate:.2f}/s, {left_s:.0f} s left) {note}",
            flush=True,
        )

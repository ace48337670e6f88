"""Turning counts into progress: rate, remaining time, and not too often."""

from __future__ import annotations

import time
from collections import deque
from collections.abc import Callable

from lookalike.types import Progress

ProgressCallback = Callable[[Progress], None]


class Meter:
    """Tells a callback how far one stage has come. Used from one thread."""

    def __init__(
        self,
        stage: str,
        callback: ProgressCallback | None,
        *,
        total: int | None = None,
        interval_s: float = 0.1,
        window_s: float = 20.0,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        """The rate is that of the last `window_s`; at most one call every `interval_s`."""
        self.total = total
        self._stage = stage
        self._callback = callback
        self._interval_s = interval_s
        self._window_s = window_s
        self._clock = clock
        self._points: deque[tuple[float, int]] = deque([(clock(), 0)])

    def update(self, done: int, current: str = "", *, last: bool = False) -> None:
        """Says that `done` are done; `last` says it even when the last word was just now."""
        if self._callback is None:
            return
        now = self._clock()
        if not last and now - self._points[-1][0] < self._interval_s:
            return
        self._points.append((now, done))
        while len(self._points) > 2 and now - self._points[0][0] > self._window_s:
            self._points.popleft()
        rate_per_s = self._rate_per_s()
        self._callback(
            Progress(
                stage=self._stage,
                done=done,
                total=self.total,
                rate_per_s=rate_per_s,
                remaining_s=self._remaining_s(done, rate_per_s),
                current=current,
            )
        )

    def _rate_per_s(self) -> float:
        (since, before), (now, done) = self._points[0], self._points[-1]
        return (done - before) / (now - since) if now > since else 0.0

    def _remaining_s(self, done: int, rate_per_s: float) -> float | None:
        if self.total is None or rate_per_s <= 0:
            return None
        return max(0, self.total - done) / rate_per_s

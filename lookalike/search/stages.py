"""Where the time of a search goes."""

from __future__ import annotations

import time


class Stopwatch:
    """Laps of one search, each under the name of its stage."""

    def __init__(self) -> None:
        self._started_s = self._last_s = time.perf_counter()
        self._laps: dict[str, float] = {}

    def lap(self, stage: str) -> None:
        """What was done since the last lap belongs to `stage`."""
        now_s = time.perf_counter()
        self._laps[stage] = self._laps.get(stage, 0.0) + (now_s - self._last_s) * 1000
        self._last_s = now_s

    @property
    def laps_ms(self) -> dict[str, float]:
        """Stage -> ms, in the order in which they came."""
        return dict(self._laps)

    @property
    def total_ms(self) -> float:
        """Since the start."""
        return (time.perf_counter() - self._started_s) * 1000

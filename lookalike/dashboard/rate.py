"""How often something may be done."""

from __future__ import annotations

import threading
import time
from collections import OrderedDict
from collections.abc import Callable

_MAX_CALLERS = 10_000


class RateLimit:
    """Lets each caller through `count` times per `per_s` seconds; short bursts are fine."""

    def __init__(
        self, count: int, *, per_s: float, clock: Callable[[], float] = time.monotonic
    ) -> None:
        self._count = count
        self._rate = count / per_s
        self._clock = clock
        self._lock = threading.Lock()
        self._callers: OrderedDict[str, tuple[float, float]] = OrderedDict()  # tokens, at

    def take(self, caller: str) -> bool:
        """Whether the caller may go on; counts this time if so."""
        with self._lock:
            now = self._clock()
            tokens, at = self._callers.pop(caller, (float(self._count), now))
            tokens = min(self._count, tokens + (now - at) * self._rate)
            may = tokens >= 1
            self._callers[caller] = (tokens - 1 if may else tokens, now)
            while len(self._callers) > _MAX_CALLERS:
                self._callers.popitem(last=False)
            return may

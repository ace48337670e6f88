"""The thread that does what waits: uploads that are not searchable yet, and jobs.

Nothing is kept in the thread itself: what waits is in the database, so that a restart, or another
process of the same server, goes on with it.
"""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable

from lookalike.errors import LibraryBusy

_POLL_S = 1.0  # how soon work that another process queued is noticed
_AFTER_FAILURE_S = 30.0

_log = logging.getLogger(__name__)


class Background:
    """Calls `work` when it is woken, and now and then."""

    def __init__(self, work: Callable[[threading.Event], None]) -> None:
        self._work = work
        self._stop = threading.Event()
        self._woken = threading.Event()
        self._thread = threading.Thread(target=self._run, name="lookalike-background", daemon=True)

    def start(self) -> None:
        """Begins; once."""
        self._thread.start()

    def wake(self) -> None:
        """There is something to do."""
        self._woken.set()

    def close(self) -> None:
        """Ends the work soon, and waits for that. What is not done waits for the next start."""
        self._stop.set()
        self._woken.set()
        if self._thread.is_alive():
            self._thread.join()

    def _run(self) -> None:
        while not self._stop.is_set():
            wait_s = _POLL_S
            try:
                self._work(self._stop)
            except LibraryBusy:
                pass  # another process does it
            except Exception:
                _log.exception("The background work failed; it will be tried again.")
                wait_s = _AFTER_FAILURE_S
            self._woken.wait(wait_s)
            self._woken.clear()

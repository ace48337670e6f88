"""Telling open streams of events that the server is about to end: it waits for their last word."""

from __future__ import annotations

import asyncio
import signal
import threading
from collections.abc import Callable
from contextlib import suppress
from functools import partial
from types import FrameType

from uvicorn.server import HANDLED_SIGNALS

Handler = Callable[[int, FrameType | None], object]


class Ending:
    """Whether the end of this server is near. To be made in its event loop."""

    def __init__(self) -> None:
        self._loop = asyncio.get_running_loop()
        self._near = asyncio.Event()

    async def comes_within(self, seconds: float) -> bool:
        """Waits so long, or until the end is near; whether it is."""
        with suppress(TimeoutError):
            await asyncio.wait_for(self._near.wait(), seconds)
        return self._near.is_set()

    def announce(self) -> None:
        """Says that the end is near; from any thread."""
        self._loop.call_soon_threadsafe(self._near.set)

    def follow_signals(self) -> None:
        """Announces the end at the signals that end the server, which get their handlers as before.
        The server itself tells the application only after the last stream has ended."""
        if threading.current_thread() is not threading.main_thread():
            return  # no signal comes there
        for number in HANDLED_SIGNALS:
            handler = signal.getsignal(number)
            if callable(handler):
                signal.signal(number, partial(self._announce_and_go_on, handler))

    def _announce_and_go_on(self, handler: Handler, number: int, frame: FrameType | None) -> None:
        self.announce()
        handler(number, frame)

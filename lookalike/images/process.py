"""The outside of a decoding process: starting it, asking it, and what its death means."""

from __future__ import annotations

import math
import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from multiprocessing import Pipe
from pathlib import Path

from lookalike.errors import ConfigurationError, CorruptImage, DecodeTimeout
from lookalike.images import messages
from lookalike.images.picture import Picture, Region
from lookalike.images.worker import CPU_LIMIT_S, Orders
from lookalike.photo_facts import PhotoFacts

_START_TIMEOUT_S = 60.0
# The process ends itself at its limit; this is for one that cannot, being stopped by a signal.
_GRACE_S = 1.0
# Its modules come from where ours do, and from the current folder only if ours do.
_BOOT = (
    "import sys; count = int(sys.argv[1]); sys.path[:] = sys.argv[2:2 + count]; "
    "from lookalike.images.worker import main; main(sys.argv[2 + count:])"
)
# One core and little reserved memory for each process: the pool uses the other cores.
_ENVIRONMENT = {
    "OMP_NUM_THREADS": "1",
    "OPENBLAS_NUM_THREADS": "1",
    "RAYON_NUM_THREADS": "1",  # librsvg
    "VIPS_CONCURRENCY": "1",
    "MALLOC_ARENA_MAX": "2",
}


class DecodeProcess:
    """One decoding process; asked by one thread at a time, killed by any.

    It is a fresh interpreter rather than a fork or a `multiprocessing` child: safe beside threads,
    no second run of the caller's main module, and no queue or lock shared with other processes
    that its death could leave in disorder.
    """

    def __init__(self, orders: Orders) -> None:
        self._orders = orders
        self._deadline = math.inf
        self._connection, theirs = Pipe()
        try:
            self._process = subprocess.Popen(  # noqa: S603
                [
                    sys.executable,
                    "-c",
                    _BOOT,
                    str(len(sys.path)),
                    *sys.path,
                    *orders.to_arguments(),
                ],
                stdin=theirs.fileno(),
                stdout=subprocess.DEVNULL,
                stderr=subprocess.DEVNULL,
                env={**os.environ, **_ENVIRONMENT},
                process_group=0,  # so that Ctrl-C in a terminal does not reach it
            )
        except OSError as error:
            self._connection.close()
            raise ConfigurationError(
                f"A process for decoding pictures cannot be started: {error}"
            ) from error
        finally:
            theirs.close()

    @property
    def pid(self) -> int:
        """Its number in the system."""
        return self._process.pid

    def wait_until_ready(self) -> None:
        """Returns when it waits for pictures. Raises ConfigurationError."""
        try:
            with self._due_in(_START_TIMEOUT_S):
                self._connection.recv_bytes()
        except (EOFError, OSError) as error:
            self.close()
            raise ConfigurationError(
                f"A process for decoding pictures did not start ({self._end()}). Try: "
                f"{sys.executable} -c 'import lookalike.images.worker'"
            ) from error

    def is_alive(self) -> bool:
        """Whether it can be asked."""
        return self._process.poll() is None

    def ask(self, source: Path | bytes, region: Region | None = None) -> Picture:
        """The picture in `source`, or this part of it. Raises ImageError, OSError.

        When the process dies over it, that is DecodeTimeout or CorruptImage.
        """
        with self._asking():
            messages.send_source(self._connection, source, region)
            return messages.receive_picture(self._connection, side_px=self._orders.side_px)

    def ask_facts(self, source: Path | bytes) -> PhotoFacts:
        """What the file says about its picture. Raises as `ask`."""
        with self._asking():
            messages.send_source(self._connection, source, only_facts=True)
            return messages.receive_facts(self._connection)

    @contextmanager
    def _asking(self) -> Iterator[None]:
        try:
            with self._due_in(self._orders.timeout_s + _GRACE_S):
                yield
        except messages.FileProblem as problem:
            raise problem.error from None
        except (EOFError, OSError, ValueError) as error:
            self.close()
            raise self._verdict() from error

    def stop(self) -> None:
        """Ends it at once, from any thread; the thread that asks it then calls `close`."""
        self._process.kill()

    def stop_if_late(self) -> None:
        """Ends it when it has not answered in time."""
        if time.monotonic() > self._deadline:
            self.stop()

    def close(self) -> None:
        """Ends it and lets go of it; a second time does nothing."""
        self._process.kill()
        self._process.wait()
        self._connection.close()

    @contextmanager
    def _due_in(self, seconds: float) -> Iterator[None]:
        self._deadline = time.monotonic() + seconds
        try:
            yield
        finally:
            self._deadline = math.inf

    def _verdict(self) -> CorruptImage | DecodeTimeout:
        """What the end of the process says about the picture it had in hand."""
        number = -self._process.returncode
        if number == signal.SIGALRM:
            return DecodeTimeout("Decoding took longer than a picture may.")
        if number == signal.SIGXCPU:
            return DecodeTimeout(f"Decoding used more than {CPU_LIMIT_S} s of processor time.")
        if number == signal.SIGKILL:
            return DecodeTimeout("The decoder was killed: it hung, or memory ran out.")
        return CorruptImage(f"The decoder crashed on this picture ({self._end()}).")

    def _end(self) -> str:
        code = self._process.returncode
        try:
            return signal.Signals(-code).name
        except ValueError:
            return f"exit code {code}"

"""Decoding of untrusted pictures in processes that may die.

A picture that crashes its decoder, hangs it or fills its memory costs that picture and the start
of a new process, about a quarter of a second; the others go on.
"""

from __future__ import annotations

import os
import queue
import threading
from collections.abc import Callable
from concurrent.futures import CancelledError, Future
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType
from typing import Any, Self

from lookalike.images.decode import Limits, check_size
from lookalike.images.picture import Picture, Region
from lookalike.images.process import DecodeProcess
from lookalike.images.worker import Orders
from lookalike.photo_facts import PhotoFacts
from lookalike.types import Fitting

_WATCH_EVERY_S = 0.5
_SQUASH = Fitting()


class DecodePool:
    """Decodes pictures in `processes` processes (0: one per core). Safe to use from any thread.

    `timeout_s`: wall-clock time that one picture may take. `max_memory_bytes`: address space of
    one process (Linux only). `positions`: whether pictures say where they were taken. Processes
    start with the first pictures. They end with `close`, and by themselves when their owner dies.
    """

    def __init__(
        self,
        *,
        processes: int,
        limits: Limits,
        side_px: int,
        fitting: Fitting = _SQUASH,
        timeout_s: float,
        max_memory_bytes: int = 2 * 1024**3,
        positions: bool = True,
    ) -> None:
        self._limits = limits
        self._orders = Orders(
            max_bytes=limits.max_bytes,
            max_pixels=limits.max_pixels,
            max_avif_pixels=limits.max_avif_pixels,
            side_px=side_px,
            fitting=fitting,
            timeout_s=timeout_s,
            max_memory_bytes=max_memory_bytes,
            positions=positions,
        )
        self._most = processes or _cores()
        self._jobs: queue.SimpleQueue[_Job | None] = queue.SimpleQueue()
        self._lock = threading.Lock()
        self._threads: list[threading.Thread] = []
        self._processes: set[DecodeProcess] = set()
        self._unfinished = 0
        self._closed = threading.Event()

    def submit(self, source: Path | bytes, region: Region | None = None) -> Future[Picture]:
        """Queues a file or the bytes of one; with `region` this part of the picture.

        The future raises ImageError for a picture that cannot be used, OSError for a file that
        cannot be read, ConfigurationError when no process can be started and CancelledError when
        the pool was closed meanwhile.
        """
        future: Future[Picture] = Future()
        self._queue(_Job(lambda process: process.ask(source, region), source, future))
        return future

    def submit_facts(self, source: Path | bytes) -> Future[PhotoFacts]:
        """The same, but only what the file says about its picture, which takes far less time."""
        future: Future[PhotoFacts] = Future()
        self._queue(_Job(lambda process: process.ask_facts(source), source, future))
        return future

    def _queue(self, job: _Job) -> None:
        with self._lock:
            if self._closed.is_set():
                raise RuntimeError("The pool is closed.")
            self._unfinished += 1
            if not self._threads:
                self._start_thread(self._watch)
            if len(self._threads) <= min(self._most, self._unfinished):
                self._start_thread(self._serve)
            self._jobs.put(job)

    def prepare(self, source: Path | bytes, region: Region | None = None) -> Picture:
        """The picture, when it is done. Raises what the future of `submit` raises."""
        return self.submit(source, region).result()

    def close(self) -> None:
        """Ends the processes at once; pictures that are not done are cancelled."""
        with self._lock:
            self._closed.set()
            threads = list(self._threads)
            for process in self._processes:
                process.stop()
        for _ in threads:
            self._jobs.put(None)
        for thread in threads:
            if thread is not threading.current_thread():  # called when a future was done
                thread.join()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self.close()

    def _start_thread(self, target: Callable[[], None]) -> None:
        name = f"lookalike-decode-{len(self._threads)}"
        thread = threading.Thread(target=target, name=name, daemon=True)
        self._threads.append(thread)
        thread.start()

    def _watch(self) -> None:
        """One thread's life: stops processes that do not stop themselves."""
        while not self._closed.wait(_WATCH_EVERY_S):
            with self._lock:
                for process in self._processes:
                    process.stop_if_late()

    def _serve(self) -> None:
        """One thread's life: hands pictures to a process of its own, and replaces it."""
        process: DecodeProcess | None = None
        while (job := self._jobs.get()) is not None:
            if self._closed.is_set():
                job.future.cancel()
            if job.future.set_running_or_notify_cancel():
                process = self._do(job, process)
            del job  # a picture is not kept in memory while the next one is awaited
            with self._lock:
                self._unfinished -= 1
        self._release(process)

    def _do(self, job: _Job, process: DecodeProcess | None) -> DecodeProcess | None:
        """Fulfils the job and returns the process that is left."""
        try:
            if isinstance(job.source, bytes):
                check_size(len(job.source), self._limits)
            if process is None or not process.is_alive():
                self._release(process)
                process = None
                process = self._start_process()
            answer = job.ask(process)
        except BaseException as error:
            job.future.set_exception(CancelledError() if self._closed.is_set() else error)
        else:
            job.future.set_result(answer)
        return process

    def _start_process(self) -> DecodeProcess:
        with self._lock:  # so that `close` misses none
            if self._closed.is_set():
                raise CancelledError
            process = DecodeProcess(self._orders)
            self._processes.add(process)
        try:
            process.wait_until_ready()
        except BaseException:
            self._release(process)
            raise
        return process

    def _release(self, process: DecodeProcess | None) -> None:
        if process is not None:
            process.close()
            with self._lock:
                self._processes.discard(process)


def _cores() -> int:
    try:
        return len(os.sched_getaffinity(0))
    except AttributeError:  # macOS
        return os.cpu_count() or 1


@dataclass(frozen=True, slots=True)
class _Job:
    """A picture that is waited for."""

    ask: Callable[[DecodeProcess], Any]
    source: Path | bytes
    future: Future[Any]

"""How much processor time and memory something takes, with the processes that it starts."""

from __future__ import annotations

import os
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

_EVERY_S = 0.2
_PAGE_BYTES = os.sysconf("SC_PAGE_SIZE")


@dataclass
class Usage:
    cpu_s: float = 0.0
    peak_mb: float = 0.0  # resident at once, of this process and all below it, every 0.2 s


@contextmanager
def watched() -> Iterator[Usage]:
    """Counts from here to the end of the block. Linux only. The time of processes counts when they
    have ended."""
    used, is_over = Usage(), threading.Event()

    def watch() -> None:
        while True:
            used.peak_mb = max(used.peak_mb, sum(map(_resident_mb, _family())))
            if is_over.wait(_EVERY_S):
                return

    watcher = threading.Thread(target=watch)
    watcher.start()
    before = os.times()
    try:
        yield used
    finally:
        is_over.set()
        watcher.join()
        used.cpu_s = sum(os.times()[:4]) - sum(before[:4])


def _family() -> list[int]:
    """This process and all below it."""
    family = [os.getpid()]
    for pid in family:
        try:
            children = Path(f"/proc/{pid}/task").glob("*/children")
            family += [int(child) for each in children for child in each.read_text().split()]
        except OSError:  # it has ended
            continue
    return family


def _resident_mb(pid: int) -> float:
    try:
        return int(Path(f"/proc/{pid}/statm").read_text().split()[1]) * _PAGE_BYTES / 2**20
    except OSError:
        return 0.0

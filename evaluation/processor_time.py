"""How much of the processor other programs used while something was measured (Linux)."""

from __future__ import annotations

import os
import time
from pathlib import Path
from types import TracebackType
from typing import Self

_TICKS_PER_S = os.sysconf("SC_CLK_TCK")


class ProcessorWatch:
    """Between entering and leaving, tells our own use from that of others."""

    others_cores: float = 0.0  # average number of cores that other programs kept busy
    own_cores: float = 0.0

    def __enter__(self) -> Self:
        self._wall_s, self._busy_s, self._own_s = time.monotonic(), busy_s(), own_s()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        wall_s = time.monotonic() - self._wall_s
        own = own_s() - self._own_s
        self.own_cores = own / wall_s
        self.others_cores = max(0.0, (busy_s() - self._busy_s - own) / wall_s)


def busy_s() -> float:
    """CPU seconds of everything since the start, idling and waiting for disks left out."""
    fields = Path("/proc/stat").read_text().splitlines()[0].split()[1:9]
    user, nice, system, _idle, _iowait, irq, softirq, steal = (int(field) for field in fields)
    return (user + nice + system + irq + softirq + steal) / _TICKS_PER_S


def own_s() -> float:
    """CPU seconds of this process and its direct children, the dead ones included."""
    total_s = sum(os.times()[:4])
    for folder in Path("/proc").glob("[0-9]*"):
        try:
            fields = (folder / "stat").read_text().rpartition(")")[2].split()
        except OSError:  # it ended meanwhile
            continue
        if int(fields[1]) == os.getpid():
            total_s += (int(fields[11]) + int(fields[12])) / _TICKS_PER_S
    return total_s

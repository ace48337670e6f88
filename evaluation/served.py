"""A running `lookalike serve`, as a measurement needs it."""

from __future__ import annotations

import itertools
import os
import re
import subprocess
import sys
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import quote_plus
from urllib.request import urlopen

from evaluation.made_library import queries

_TICK_S = 1 / os.sysconf("SC_CLK_TCK")
_FIRST_ANSWER_S = 120
_QUIET_S = 10  # without any job, before anything is measured


class Served:
    """A running `lookalike serve`."""

    def __init__(self, process: subprocess.Popen[str], url: str) -> None:
        self.url = url
        self._process = process

    def memory_mb(self) -> float:
        """Of all its processes; what they share counts once."""
        return sum(_proportional_kb(pid) for pid in self._pids()) / 1000

    def cpu_s(self) -> float:
        total = 0.0
        for pid in self._pids():
            fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
            total += (int(fields[11]) + int(fields[12])) * _TICK_S
        return total

    def _pids(self) -> list[int]:
        found, waiting = [], [self._process.pid]
        while waiting:
            pid = waiting.pop()
            found.append(pid)
            for task in Path(f"/proc/{pid}/task").glob("*/children"):
                waiting += [int(child) for child in task.read_text().split()]
        return found


@contextmanager
def served(folder: Path, *options: str) -> Iterator[Served]:
    """Serves a library on loopback, and waits for its first answer."""
    command = [str(Path(sys.executable).with_name("lookalike")), "serve", "--library", str(folder)]
    process = subprocess.Popen(
        [*command, "--port", "0", *options], stdout=subprocess.PIPE, text=True
    )
    try:
        assert process.stdout is not None
        found = re.search(r"http://\S+", process.stdout.readline())
        if found is None:
            raise SystemExit("The server did not start.")
        server = Served(process, found[0].rstrip("/"))
        for words in itertools.islice(queries(), 4 * _workers(options)):
            address = f"{server.url}/search?q={quote_plus(words)}"
            urlopen(address, timeout=_FIRST_ANSWER_S).read()
        _wait_until_idle(server)
        yield server
    finally:
        process.terminate()
        process.wait(60)


def _wait_until_idle(server: Served) -> None:
    """Work in the background, such as the map of a new library, is not what is measured."""
    quiet_since_s = time.monotonic()
    while time.monotonic() - quiet_since_s < _QUIET_S:
        numbers = urlopen(f"{server.url}/metrics", timeout=_FIRST_ANSWER_S).read().decode()
        if re.search(r"^lookalike_jobs\{.*\} [^0]", numbers, re.MULTILINE):
            quiet_since_s = time.monotonic()
        time.sleep(1)


def _workers(options: Sequence[str]) -> int:
    return int(options[options.index("--workers") + 1]) if "--workers" in options else 1


def _proportional_kb(pid: int) -> int:
    rollup = Path(f"/proc/{pid}/smaps_rollup").read_text()
    found = re.search(r"^Pss:\s+(\d+)", rollup, re.MULTILINE)
    return int(found[1]) if found else 0

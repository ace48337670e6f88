"""One indexing run per library."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from threading import Event

import pytest

from lookalike.errors import LibraryBusy
from lookalike.ingest.lock import hold_lock
from lookalike.types import Progress

HOLDER = """
import sys
from pathlib import Path
from lookalike.ingest.lock import hold_lock
with hold_lock(Path(sys.argv[1])):
    print("held", flush=True)
    sys.stdin.read()
"""


@contextmanager
def another_process_holding(path: Path) -> Iterator[subprocess.Popen[str]]:
    command = [sys.executable, "-c", HOLDER, str(path)]
    with subprocess.Popen(
        command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    ) as process:
        assert process.stdout is not None
        assert process.stdout.readline() == "held\n"
        yield process
        process.kill()


def test_lock_held_by_another_process_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "index.lock"
    with (
        another_process_holding(path),
        pytest.raises(LibraryBusy, match="Another process"),
        hold_lock(path),
    ):
        pass


def test_lock_waits_and_says_so_until_it_is_free(tmp_path: Path) -> None:
    path = tmp_path / "index.lock"
    told: list[Progress] = []
    with another_process_holding(path) as process:

        def let_go(progress: Progress) -> None:
            told.append(progress)
            process.kill()

        with hold_lock(path, wait=True, progress=let_go):
            pass
    assert [progress.stage for progress in told] == ["wait"]


def test_lock_stops_waiting_when_told(tmp_path: Path) -> None:
    path = tmp_path / "index.lock"
    stop = Event()
    with (
        another_process_holding(path),
        pytest.raises(LibraryBusy),
        hold_lock(path, wait=True, progress=lambda _: stop.set(), stop=stop),
    ):
        pass


def test_lock_is_free_again_afterwards(tmp_path: Path) -> None:
    for _ in range(2):
        with hold_lock(tmp_path / "index.lock"):
            pass

"""Work that is handed out: to threads, or to interpreters that may die."""

from __future__ import annotations

import os
import signal
import threading
from collections.abc import Iterator
from concurrent.futures import BrokenExecutor

import pytest

from lookalike.search.crew import MIN_ASSETS, gather


def test_a_small_scan_stays_in_this_process() -> None:
    with gather(2, MIN_ASSETS - 1) as crew:
        assert set(crew.map(lambda _: os.getpid(), range(8))) == {os.getpid()}


def test_one_core_is_left_to_this_process() -> None:
    with gather(1, 10**6) as crew:
        assert crew.map(lambda _: os.getpid(), range(4)) == [os.getpid()] * 4


def test_a_large_scan_is_shared_by_interpreters_that_end_with_it() -> None:
    with gather(2, MIN_ASSETS) as crew:
        found = crew.map(lambda number: (number, os.getpid()), range(40))
        assert [number for number, _ in found] == [*range(40)]
        pids = {pid for _, pid in found}
        assert os.getpid() not in pids
    for pid in pids:
        with pytest.raises(ProcessLookupError):
            os.kill(pid, 0)


def test_ctrl_c_is_left_to_this_process() -> None:
    with gather(2, MIN_ASSETS) as crew:
        assert crew.map(lambda _: signal.getsignal(signal.SIGINT), [0]) == [signal.SIG_IGN]


def test_what_a_killed_one_had_in_hand_is_done_here() -> None:
    here = os.getpid()

    def work(number: int) -> int:
        if os.getpid() != here and number == 5:
            os.kill(os.getpid(), signal.SIGKILL)
        return number * number

    with gather(2, MIN_ASSETS) as crew:
        assert crew.map(work, range(30)) == [number**2 for number in range(30)]
        assert crew.map(lambda number: (number, os.getpid()), range(3)) == [
            (number, here) for number in range(3)
        ]


def test_what_work_raises_is_raised() -> None:
    with gather(2, MIN_ASSETS) as crew, pytest.raises(ZeroDivisionError):
        crew.map(lambda number: 1 // number, [1, 0])


def test_items_are_handed_out_as_they_come() -> None:
    """The first is at work before the last is there."""
    begun = threading.Event()

    def items() -> Iterator[int]:
        yield 0
        assert begun.wait(timeout=60)
        yield 1

    def work(number: int) -> int:
        begun.set()
        return number

    with gather(2, 0) as crew:
        assert crew.map(work, items()) == [0, 1]


def test_a_dead_crew_says_so_in_terms_of_the_standard_library() -> None:
    from loky.process_executor import TerminatedWorkerError

    assert issubclass(TerminatedWorkerError, BrokenExecutor)

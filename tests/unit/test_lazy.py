"""Attributes that are computed once, without a lock for all."""

from __future__ import annotations

import threading

from lookalike.lazy import lazy


class Slow:
    def __init__(self, barrier: threading.Barrier | None = None) -> None:
        self.barrier = barrier
        self.computed = 0

    @lazy
    def value(self) -> int:
        """How it is said."""
        self.computed += 1
        if self.barrier is not None:
            self.barrier.wait(timeout=20)
        return 7


def test_it_is_computed_once_for_each_instance() -> None:
    one, other = Slow(), Slow()
    assert [one.value, one.value, other.value] == [7, 7, 7]
    assert (one.computed, other.computed) == (1, 1)
    assert Slow.value.__doc__ == "How it is said."


def test_two_instances_are_computed_at_the_same_time() -> None:
    barrier = threading.Barrier(2)  # each waits for the other while it computes
    slow = [Slow(barrier), Slow(barrier)]
    threads = [threading.Thread(target=lambda one=one: one.value) for one in slow]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert not barrier.broken
    assert [one.value for one in slow] == [7, 7]

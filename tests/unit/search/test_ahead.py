"""Taking the next thing while the one before is in use."""

from __future__ import annotations

import threading
from collections.abc import Iterator

import pytest

from lookalike.search.ahead import ahead


def test_all_come_in_their_order() -> None:
    with ahead(range(5)) as numbers:
        assert [*numbers] == [0, 1, 2, 3, 4]
    with ahead([]) as numbers:
        assert [*numbers] == []


def test_the_next_one_is_made_while_this_one_is_in_use() -> None:
    is_used = threading.Event()
    made = []

    def numbers() -> Iterator[int]:
        for number in range(4):
            if number == 1:
                assert is_used.wait(timeout=20)
            made.append(number)
            yield number

    with ahead(numbers()) as coming:
        assert next(coming) == 0
        is_used.set()  # had the next one been waited for, this would not be reached
        assert next(coming) == 1
    assert made in ([0, 1], [0, 1, 2])  # one step, no more


def test_what_is_raised_comes_in_its_turn() -> None:
    def numbers() -> Iterator[int]:
        yield 1
        raise ValueError("no more")

    with ahead(numbers()) as coming:
        assert next(coming) == 1
        with pytest.raises(ValueError, match="no more"):
            next(coming)

"""The confidence that fits what people decided."""

from __future__ import annotations

import pytest

from lookalike.decisions import Judgement
from lookalike.search.threshold import suggest, wilson


def judged(*runs: tuple[float, int, int]) -> list[Judgement]:
    """(confidence, copies, others)."""
    return [
        Judgement(confidence, is_copy)
        for confidence, copies, others in runs
        for is_copy in [True] * copies + [False] * others
    ]


def test_nothing_is_suggested_before_thirty_decisions() -> None:
    assert suggest(judged((0.9, 29, 0))) is None
    assert suggest(judged((0.9, 30, 0))) is not None


def test_cut_stands_where_copies_end() -> None:
    found = suggest(judged((0.95, 20, 0), (0.9, 10, 0), (0.85, 3, 3), (0.8, 0, 4)))
    assert found is not None
    assert (found.min_confidence, found.judged) == (0.9, 40)
    assert (found.above, found.right, found.precision) == (30, 30, 1.0)
    assert found.low == pytest.approx(0.886, abs=0.001)
    assert found.high == 1.0


def test_a_single_mistake_is_worth_ten_copies() -> None:
    worth_it = suggest(judged((0.95, 10, 0), (0.8, 30, 1)))
    assert worth_it is not None
    assert (worth_it.min_confidence, worth_it.above, worth_it.right) == (0.8, 41, 40)
    not_worth_it = suggest(judged((0.95, 30, 0), (0.8, 9, 1)))
    assert not_worth_it is not None
    assert not_worth_it.min_confidence == 0.95


def test_where_nothing_is_a_copy_nothing_is_suggested() -> None:
    assert suggest(judged((0.9, 0, 40))) is None
    assert suggest(judged((0.9, 20, 20))) is None


def test_filter_takes_all_that_the_cut_took() -> None:
    found = suggest(judged((0.87654, 30, 0)))
    assert found is not None
    assert found.min_confidence <= 0.87654


def test_interval_is_that_of_wilson() -> None:
    assert wilson(8, 10) == pytest.approx((0.490, 0.943), abs=0.001)
    assert wilson(0, 10)[0] == 0.0

from __future__ import annotations

import threading

import pytest

from lookalike.parts import Part


def test_part_is_made_once_by_many_threads() -> None:
    made: list[object] = []
    barrier = threading.Barrier(8)

    def make() -> object:
        made.append(object())
        return made[-1]

    part = Part(make)
    got: list[object] = []

    def ask() -> None:
        barrier.wait()
        got.append(part.get())

    threads = [threading.Thread(target=ask) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(made) == 1
    assert set(map(id, got)) == {id(made[0])}


def test_part_that_was_never_needed_is_not_made_to_be_closed() -> None:
    closed: list[str] = []
    Part(lambda: "part", closed.append).close()
    assert closed == []


def test_part_is_closed_once_and_made_anew_when_needed_again() -> None:
    closed: list[str] = []
    part = Part(lambda: "part", closed.append)
    assert part.get() == "part"
    part.close()
    part.close()
    assert closed == ["part"]
    assert part.get() == "part"


def test_part_that_was_dropped_is_not_closed() -> None:
    closed: list[str] = []
    part = Part(lambda: "part", closed.append)
    part.get()
    part.drop()
    part.close()
    assert closed == []


def test_part_that_failed_is_tried_again() -> None:
    answers = iter([ValueError("not yet"), "part"])

    def make() -> object:
        answer = next(answers)
        if isinstance(answer, ValueError):
            raise answer
        return answer

    part = Part(make)
    with pytest.raises(ValueError, match="not yet"):
        part.get()
    assert part.get() == "part"

from __future__ import annotations

import io

import pytest

from lookalike.terminal import describe_coverage, printable, progress_shown
from lookalike.types import Coverage, Progress


@pytest.mark.parametrize(
    ("name", "shown"),
    [
        ("été 2024.jpg", "été 2024.jpg"),
        ("a\nb", r"a\nb"),
        ("\x1b[31mred", r"\x1b[31mred"),
        ("a\u202eb", r"a\u202eb"),  # turns the rest of the line around
        ("\udcff", r"\udcff"),  # a byte of a name that is not UTF-8
    ],
)
def test_printable_shows_what_a_terminal_would_act_on(name: str, shown: str) -> None:
    assert printable(name) == shown
    assert printable(name).encode("utf-8")


def test_coverage_names_what_is_not_searchable() -> None:
    whole = Coverage(total=2000, indexed=2000, pending=0, skipped={})
    assert describe_coverage(whole) == "2,000 of 2,000 pictures searchable"
    part = Coverage(total=10, indexed=5, pending=2, skipped={"corrupt_image": 2, "unsafe_svg": 1})
    assert describe_coverage(part) == "5 of 10 pictures searchable (2 pending, 3 skipped)"


def test_progress_outside_a_terminal_is_a_line_now_and_then() -> None:
    stream = io.StringIO()
    with progress_shown(stream) as show:
        for done in range(1000):
            show(
                Progress(
                    stage="index",
                    done=done,
                    total=1000,
                    rate_per_s=10,
                    remaining_s=100,
                    current="\x1b[31m.jpg",
                )
            )
        show(Progress(stage="other", done=1, total=None, rate_per_s=1, remaining_s=None))
    lines = stream.getvalue().splitlines()
    assert 2 <= len(lines) < 100
    assert lines[0].startswith("index: 0/1000 (10/s, 100 s left)")
    assert "\x1b" not in stream.getvalue()
    assert lines[-1] == "other: 1 (1/s)"

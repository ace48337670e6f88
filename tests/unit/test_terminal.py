from __future__ import annotations

import io
from datetime import UTC, datetime

import pytest

from lookalike.terminal import describe_coverage, printable, progress_shown, show_model_use
from lookalike.types import Coverage, Job, JobKind, JobState, ModelChange, ModelUse, Progress


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


def test_change_of_models_says_how_far_it_is_and_what_comes_next(
    capsys: pytest.CaptureFixture[str],
) -> None:
    job = Job(
        id=1,
        kind=JobKind.PREPARE_MODEL,
        argument="b@2",
        state=JobState.RUNNING,
        stage="vectors",
        done=40,
        total=100,
        rate_per_s=0.5,
        created_at=datetime(2024, 1, 1, tzinfo=UTC),
    )
    change = ModelChange(
        model_id="b@2", name="b", is_ready=False, done=40, total=100, failed=1, job=job
    )
    show_model_use(ModelUse(model_id="a@1", change=change, others=(("c@3", 7),)))
    shown = capsys.readouterr().out
    assert "in use    a@1" in shown
    assert "40 of 100 pictures, 0.5/s, 2:00 left" in shown
    assert "1 could not be read" in shown
    assert "go on with: lookalike models use b" in shown
    assert "lookalike models drop c" in shown

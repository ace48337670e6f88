"""Ctrl-C, and two processes that want the same library."""

from __future__ import annotations

import os
import signal
from pathlib import Path

from .conftest import Start, make_pictures, read_until


def test_ctrl_c_stops_cleanly_and_the_next_run_goes_on(tmp_path: Path, start: Start) -> None:
    pictures, library = tmp_path / "pictures", tmp_path / "library"
    make_pictures(pictures, range(400))
    process = start(library, pictures)
    read_until(process, lambda answer: answer.get("stage") == "index" and answer["done"] > 0)
    os.killpg(process.pid, signal.SIGINT)
    report = read_until(process, lambda answer: "interrupted" in answer)
    assert process.wait() == 0
    assert report["interrupted"]
    assert 0 < report["indexed"] < 400
    second = read_until(start(library, pictures), lambda answer: "interrupted" in answer)
    assert not second["interrupted"]
    assert (second["unchanged"], second["added"]) == (400, 0)
    assert report["indexed"] + second["indexed"] == 400


def test_second_process_is_refused_or_waits(tmp_path: Path, start: Start) -> None:
    pictures, library = tmp_path / "pictures", tmp_path / "library"
    make_pictures(pictures, range(20))
    first = start(library, pictures, "--hold")
    read_until(first, lambda answer: answer.get("stage") == "index")
    refused = read_until(start(library, pictures), lambda answer: "stage" not in answer)
    assert refused == {"error": "library_busy"}
    waiting = start(library, pictures, "--wait")
    read_until(waiting, lambda answer: answer.get("stage") == "wait")
    assert first.stdin is not None
    first.stdin.write("go on\n")
    first.stdin.flush()
    assert read_until(first, lambda answer: "interrupted" in answer)["indexed"] == 20
    report = read_until(waiting, lambda answer: "interrupted" in answer)
    assert (report["unchanged"], report["indexed"]) == (20, 0)

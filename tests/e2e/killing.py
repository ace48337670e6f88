"""kill -9 at a chosen moment of what a library does."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from pathlib import Path
from typing import Any

RUNNER = Path(__file__).with_name("killed_runner.py")


def kill_at(
    library: Path,
    moment: str = "",
    calls: int = 1,
    *,
    is_before: bool = False,
    call: str = "work",
    given: tuple[Any, ...] = (),
    models: str = "",
    first: str = "",
) -> None:
    """A process calls a method of the library and is killed at the moment, as `killed_runner`
    says it; '' kills it when the method has just returned. `first`: code that runs there first."""
    task = {
        "library": str(library),
        "models": models,
        "first": first,
        "call": call,
        "given": given,
        "moment": moment,
        "calls": calls,
        "is_before": is_before,
    }
    process = subprocess.Popen(
        [sys.executable, str(RUNNER), json.dumps(task)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )
    assert process.stdin is not None
    assert process.stdout is not None
    try:
        assert process.stdout.readline() == "now\n"
        os.kill(process.pid, signal.SIGKILL)
    finally:
        process.wait()
        process.stdout.close()
        process.stdin.close()

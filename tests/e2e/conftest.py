"""Pictures, and runs over them in processes of their own."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PIL import Image

RUNNER = Path(__file__).with_name("index_runner.py")
Start = Callable[..., "subprocess.Popen[str]"]


def make_pictures(folder: Path, numbers: range, *, version: int = 0) -> None:
    """Small pictures with different bytes, the same for the same number and version."""
    folder.mkdir(parents=True, exist_ok=True)
    for number in numbers:
        random = np.random.default_rng([number, version])
        patches = random.integers(0, 256, (4, 4, 3), dtype=np.uint8)
        picture = Image.fromarray(patches).resize((64, 48))
        picture.save(folder / f"{number:04}.jpg", quality=90)


def read_answer(process: subprocess.Popen[str]) -> dict[str, Any]:
    """The next line that the runner prints."""
    assert process.stdout is not None
    line = process.stdout.readline()
    assert line, f"The runner ended with {process.wait()}."
    answer: dict[str, Any] = json.loads(line)
    return answer


def read_until(
    process: subprocess.Popen[str], is_it: Callable[[dict[str, Any]], bool]
) -> dict[str, Any]:
    """The first line that the runner prints of which `is_it` is true."""
    while not is_it(answer := read_answer(process)):
        pass
    return answer


@pytest.fixture
def start(tmp_path: Path) -> Iterator[Start]:
    """Starts the runner in a session of its own; what is left at the end is killed."""
    processes: list[subprocess.Popen[str]] = []

    def start_one(library: Path, pictures: Path, *options: str) -> subprocess.Popen[str]:
        library.mkdir(exist_ok=True)
        process = subprocess.Popen(
            [sys.executable, str(RUNNER), str(library), str(pictures), *options],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
            start_new_session=True,
        )
        processes.append(process)
        return process

    yield start_one
    for process in processes:
        process.kill()
        process.communicate()

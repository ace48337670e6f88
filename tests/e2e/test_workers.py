"""Several processes that serve one library."""

from __future__ import annotations

import json
import re
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from urllib.request import Request, urlopen

import pytest

from lookalike import Library
from lookalike.types import Role

PASSWORD = "correct horse battery"
RUN = "from lookalike.cli import main; main()"


@pytest.fixture(params=["2"])
def served(
    request: pytest.FixtureRequest, tmp_path: Path
) -> Iterator[tuple[subprocess.Popen[str], str, Path]]:
    folder = tmp_path / "library"
    command = [sys.executable, "-c", RUN, "serve", "--library", str(folder)]
    process = subprocess.Popen(
        [*command, "--port", "0", "--workers", request.param, "--log-format", "json"],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    try:
        assert process.stdout is not None
        found = re.search(r"http://\S+", process.stdout.readline())
        assert found is not None
        yield process, found[0], folder
    finally:
        process.kill()
        process.communicate()


def get(url: str, key: str = "") -> str:
    headers = {"authorization": f"Bearer {key}"} if key else {}
    with urlopen(Request(url, headers=headers), timeout=60) as answer:
        return str(answer.read().decode())


def test_workers_share_keys_and_numbers_and_end_together(
    served: tuple[subprocess.Popen[str], str, Path],
) -> None:
    process, url, folder = served
    assert json.loads(get(f"{url}healthz")) == {"status": "ok"}
    # Whichever worker answers, it knows what another process has changed.
    with Library.open(folder, create=False) as library:
        _, key = library.accounts.add_key("robot", Role.VIEWER)
    for _ in range(20):
        assert json.loads(get(f"{url}api/v1/folders", key)) == {"folders": []}
    counted = 'lookalike_requests_total{method="GET",route="/api/v1/folders",status="200"} 20.0'
    assert counted in get(f"{url}metrics")

    process.send_signal(signal.SIGTERM)
    _, written = process.communicate(timeout=60)
    assert process.returncode == 0
    lines = [json.loads(line) for line in written.splitlines() if line.startswith("{")]
    assert sum(line["user"] == "robot" for line in lines) == 20
    with Library.open(folder, create=False) as library:
        assert library.jobs() == []


@pytest.mark.parametrize("served", ["1", "2"], indirect=True)
def test_open_page_does_not_hold_up_the_end(
    served: tuple[subprocess.Popen[str], str, Path],
) -> None:
    process, url, _ = served
    with urlopen(f"{url}events", timeout=60) as events:
        assert events.readline() == b"event: work\n"
        process.send_signal(signal.SIGTERM)
        assert events.read().endswith(b"\n\n")  # the stream was ended, not cut off
    _, written = process.communicate(timeout=60)
    assert "Traceback" not in written
    assert "graceful" not in written

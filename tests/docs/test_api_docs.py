"""The examples of docs/api.md, run against a server, and its table of codes."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest
import uvicorn
from PIL import Image

from lookalike import Library, errors
from lookalike.api.app import create_app
from lookalike.api.errors import status_of
from lookalike.settings import Settings
from lookalike.testing import FakeEmbedder

PAGE = (Path(__file__).parents[2] / "docs" / "api.md").read_text(encoding="utf-8")


@pytest.fixture
def place(tmp_path: Path) -> Iterator[dict[str, str]]:
    """The environment of the examples: a server on a free port, a key and a picture."""
    Image.new("RGB", (64, 48), (220, 30, 30)).save(tmp_path / "photo.jpg")
    with Library.open(
        tmp_path / "lib", settings=Settings(decode_processes=1), embedder=FakeEmbedder()
    ) as library:
        library.accounts.add_user("root", "a long password", "administrator")
        _, key = library.accounts.add_key("docs", "editor")
        server = uvicorn.Server(
            uvicorn.Config(create_app(library), host="127.0.0.1", port=0, log_level="error")
        )
        thread = threading.Thread(target=server.run)
        thread.start()
        waiting = threading.Event()
        while not server.started and thread.is_alive():
            waiting.wait(0.01)
        port = server.servers[0].sockets[0].getsockname()[1]
        yield {"URL": f"http://127.0.0.1:{port}", "KEY": key}
        server.should_exit = True
        thread.join()


@pytest.mark.skipif(shutil.which("curl") is None, reason="curl is not installed")
def test_examples_of_the_api_run(place: dict[str, str], tmp_path: Path) -> None:
    blocks = re.findall(r"```sh\n(.*?)```", PAGE, re.DOTALL)
    assert len(blocks) == 7
    # The files are there, and searchable, before they are searched for.
    indexed = """for _ in $(seq 1000); do
        curl -fsS -H "$AUTH" "$URL/api/v1/status" | grep -Eq '"pending": ?0' && break
    done"""
    parts = [blocks[0], blocks[3], indexed, *blocks[1:3], *blocks[4:]]
    script = "set -eu\n" + "\necho\n".join(parts)
    done = subprocess.run(
        ["bash", "-c", script],
        cwd=tmp_path,
        env=os.environ | place | {"no_proxy": "*"},
        capture_output=True,
        text=True,
        timeout=60,
    )
    assert done.returncode == 0, done.stderr
    assert '"name":"beach.jpg"' in done.stdout
    assert '"sku":7' in done.stdout


def test_table_of_codes_is_that_of_the_api() -> None:
    rows = re.findall(r"^\| (\d{3})(?:, (\d{3}))? \| (.*) \|$", PAGE, re.MULTILINE)
    listed = {
        code: {int(status) for status in (first, second) if status}
        for first, second, codes in rows
        for code in re.findall(r"`(\w+)`", codes)
    }
    classes = [errors.LookalikeError]
    for kind in classes:
        classes += kind.__subclasses__()
    by_code = {kind.code: kind for kind in classes if kind.__module__ == errors.__name__}
    for code, statuses in listed.items():
        if code in by_code:
            assert status_of(by_code[code]("x")) in statuses, code
    assert {"visual_search_disabled", "too_many_bytes", "bad_cursor"} <= set(listed)

"""kill -9 while files are uploaded and indexed: nothing that was acknowledged is lost."""

from __future__ import annotations

import hashlib
import random
import subprocess
import sys
from pathlib import Path

from lookalike import Library
from lookalike.settings import Settings
from lookalike.testing import FakeEmbedder
from lookalike.types import State

RUNNER = Path(__file__).with_name("upload_runner.py")
KILLS = 5


def test_acknowledged_uploads_survive_kills(tmp_path: Path) -> None:
    chance = random.Random(3)
    acknowledged: list[str] = []
    for turn in range(KILLS):
        process = subprocess.Popen(
            [sys.executable, str(RUNNER), str(tmp_path / "lib"), str(turn * 1000)],
            stdout=subprocess.PIPE,
            text=True,
        )
        assert process.stdout is not None
        lines = chance.randint(1, 25)
        acknowledged += [process.stdout.readline().strip() for _ in range(lines)]
        process.kill()
        rest, _ = process.communicate()
        acknowledged += rest.split("\n")[:-1]
    assert "" not in acknowledged
    with Library.open(
        tmp_path / "lib", settings=Settings(decode_processes=1), embedder=FakeEmbedder()
    ) as library:
        library.work()
        for id in acknowledged:
            asset = library.asset(id)
            data = library.original(asset).read_bytes()
            assert (asset.state, asset.sha256) == (State.INDEXED, hashlib.sha256(data).hexdigest())
        shown = library.list_assets(limit=1000)
        assert len({asset.name for asset in shown.assets}) == len(shown.assets)
        assert library.status().coverage.pending == 0

"""ONNX Runtime works for us alone."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[3]
# These make it silent by themselves, so the test must not have them.
WITHOUT = {"CI", "GITHUB_ACTIONS", "TF_BUILD", "ORT_DISABLE_TELEMETRY", "ORT_RUNNING_UNIT_TESTS"}


@pytest.mark.parametrize(
    "code",
    [
        "from lookalike.models.registry import load; load().embed_texts(['a bird'])",
        "import training, onnxruntime as o; o.SessionOptions(); o.get_all_providers()",
    ],
)
def test_it_reports_nothing_and_keeps_no_device_id(tmp_path: Path, code: str) -> None:
    home = {"HOME": str(tmp_path), "XDG_CACHE_HOME": str(tmp_path / "cache")}
    rest = {name: value for name, value in os.environ.items() if name not in WITHOUT}
    subprocess.run([sys.executable, "-c", code], cwd=ROOT, env={**rest, **home}, check=True)
    assert [str(file) for file in tmp_path.rglob("*")] == []

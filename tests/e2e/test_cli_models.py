"""The commands about models, in processes of their own."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

from tests.e2e.test_model_change import write_pictures
from tests.unit.models import tiny

ROOT = Path(__file__).parents[2]


def run(folder: Path, *arguments: object, **environment: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "lookalike.cli", *map(str, arguments)],
        env={
            **os.environ,
            "LOOKALIKE_LIBRARY": str(folder / "library"),
            "LOOKALIKE_MODELS_FOLDER": str(folder / "models"),
            "LOOKALIKE_DECODE_PROCESSES": "1",
            **environment,
        },
        capture_output=True,
        text=True,
        check=False,
        cwd=ROOT,
    )


def test_model_is_added_used_switched_to_and_dropped(tmp_path: Path) -> None:
    tiny.write_model(tmp_path / "mine")
    added = run(tmp_path, "models", "add", tmp_path / "mine", "--json")
    assert json.loads(added.stdout)["state"] == "here", added.stderr
    assert run(tmp_path, "index", write_pictures(tmp_path / "pictures", 5)).returncode == 0

    prepared = run(tmp_path, "models", "use", "mine")
    assert "5 of 5 pictures" in prepared.stdout, prepared.stderr
    assert "models switch" in prepared.stdout
    assert "in use    lookalike-small@" in prepared.stdout
    switched = run(tmp_path, "models", "switch")
    assert "in use    mine@" in switched.stdout, switched.stderr
    listed = run(tmp_path, "models", "list").stdout
    assert "* mine" in listed
    found = json.loads(run(tmp_path, "search", "red", "--json").stdout)
    assert len(found["results"]) == 5

    refused = run(tmp_path, "models", "remove", "mine")
    assert refused.returncode != 0
    assert "uses mine" in refused.stderr
    back = json.loads(
        run(tmp_path, "models", "use", "lookalike-small", "--switch", "--json").stdout
    )
    assert back["model_id"].startswith("lookalike-small@")
    assert json.loads(run(tmp_path, "models", "drop", "mine", "--json").stdout)["kept"] == []
    assert run(tmp_path, "models", "remove", "mine").returncode == 0


def test_model_that_cannot_be_fetched_is_one_line_with_what_to_do(tmp_path: Path) -> None:
    offline = run(tmp_path, "models", "pull", "clip-vit-b32", LOOKALIKE_OFFLINE="true")
    assert offline.returncode == 1
    assert offline.stderr.count("\n") == 1
    assert "608 MB" in offline.stderr
    assert "models add FOLDER --as clip-vit-b32" in offline.stderr
    unknown = run(tmp_path, "models", "pull", "nothing", "--json")
    assert json.loads(unknown.stderr)["error"]["code"] == "model_unavailable"


def test_damaged_model_fails_verification(tmp_path: Path) -> None:
    run(tmp_path, "models", "add", tiny.write_model(tmp_path / "mine"))
    assert run(tmp_path, "models", "verify").returncode == 0
    with (tmp_path / "models" / "mine" / "vision_model.onnx").open("r+b") as file:
        file.write(b"x")
    failed = run(tmp_path, "models", "verify", "mine")
    assert failed.returncode == 1
    assert "was changed" in failed.stdout

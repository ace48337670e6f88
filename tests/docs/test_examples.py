"""The examples run; the fake model stands in, so that they need no time."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

from PIL import Image

ROOT = Path(__file__).parents[2]


def run_example(name: str, *arguments: str, folder: Path) -> str:
    code = (
        "import runpy, sys\n"
        f"sys.path.insert(0, {str(ROOT / 'tests' / 'e2e')!r})\n"
        "import cli_runner  # puts the fake model in place\n"
        f"sys.argv = {[name, *arguments]!r}\n"
        f"runpy.run_path({str(ROOT / 'examples' / name)!r}, run_name='__main__')"
    )
    done = subprocess.run(
        [sys.executable, "-W", "error", "-c", code],
        cwd=folder,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    return done.stdout


def test_search_a_folder(tmp_path: Path) -> None:
    pictures = tmp_path / "pictures"
    pictures.mkdir()
    for name, colour in {"red": (220, 30, 30), "blue": (35, 60, 210)}.items():
        Image.new("RGB", (64, 48), colour).save(pictures / f"{name}.png")
    shown = run_example("search_a_folder.py", str(pictures), "blue", folder=tmp_path)
    assert "2 pictures indexed, 0 skipped" in shown
    results = [line for line in shown.splitlines() if line.endswith(".png")]
    assert results[0].endswith("blue.png")
    assert len(results) == 4

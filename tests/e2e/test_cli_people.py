"""The commands for people, keys and removed files, in processes of their own."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest
from PIL import Image

RUNNER = [sys.executable, str(Path(__file__).with_name("cli_runner.py"))]
PASSWORD = "correct horse battery"


def run(library: Path, *arguments: object) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [*RUNNER, *map(str, arguments)],
        env={**os.environ, "LOOKALIKE_LIBRARY": str(library)},
        input=f"{PASSWORD}\n{PASSWORD}\n",
        capture_output=True,
        text=True,
        check=False,
    )


def test_users_are_added_listed_and_removed(tmp_path: Path) -> None:
    library = tmp_path / "lib"
    first = run(library, "users", "add", "bob")
    assert (first.returncode, "role administrator" in first.stderr) == (1, True)
    added = run(library, "users", "add", "ann", "--role", "administrator")
    assert added.returncode == 0, added.stderr
    assert PASSWORD not in added.stdout + added.stderr
    run(library, "users", "add", "bob", "--password", PASSWORD)
    listed = json.loads(run(library, "users", "list", "--json").stdout)
    assert listed == {
        "users": [{"name": "ann", "role": "administrator"}, {"name": "bob", "role": "viewer"}]
    }
    assert run(library, "users", "remove", "bob").stdout == "bob\n"
    last = run(library, "users", "remove", "ann")
    assert (last.returncode, "administrator" in last.stderr) == (1, True)
    short = run(library, "users", "add", "eve", "--password", "short")
    assert (short.returncode, "letters" in short.stderr) == (1, True)


def test_key_is_printed_once(tmp_path: Path) -> None:
    library = tmp_path / "lib"
    (made,) = json.loads(run(library, "keys", "add", "shop", "--json").stdout)["added"]
    (listed,) = json.loads(run(library, "keys", "list", "--json").stdout)["keys"]
    assert made["key"].startswith(listed["key"].rstrip("."))
    assert made["key"] not in str(listed)
    assert run(library, "keys", "revoke", made["id"]).returncode == 0
    assert run(library, "keys", "list").stdout == ""
    assert run(library, "keys", "revoke", "unknown").returncode == 1


@pytest.mark.parametrize("command", ["users", "keys"])
def test_group_alone_shows_its_help(tmp_path: Path, command: str) -> None:
    assert run(tmp_path / "lib", command).returncode == 2


def test_removed_file_is_passed_by_until_it_is_welcome(tmp_path: Path) -> None:
    library, folder = tmp_path / "lib", tmp_path / "pictures"
    folder.mkdir()
    Image.new("RGB", (64, 48), (220, 30, 30)).save(folder / "red.png")
    (folder / "broken.jpg").write_bytes(b"\xff\xd8\xff\xe0 nothing more")
    assert run(library, "index", folder).returncode == 0
    assert run(library, "remove", folder / "red.png").returncode == 0
    again = json.loads(run(library, "index", "--json", "--retry-skipped").stdout)
    assert (again["added"], again["skipped"]) == (0, {"corrupt_image": 1})
    assert run(library, "welcome").stdout == f"{folder / 'red.png'}\n"
    assert json.loads(run(library, "welcome", folder / "red.png", "--json").stdout) == {
        "ignored": []
    }
    assert json.loads(run(library, "index", "--json").stdout)["added"] == 1

"""The page about the command line says what `--help` says."""

from __future__ import annotations

import runpy
from pathlib import Path

DOCS = Path(__file__).parents[2] / "docs"


def test_cli_page_is_fresh() -> None:
    page = (DOCS / "cli.md").read_text(encoding="utf-8")
    made = runpy.run_path(str(DOCS / "make_cli.py"))["make_page"]()
    assert page == made, "run: python docs/make_cli.py"


def test_cli_page_names_every_command() -> None:
    page = (DOCS / "cli.md").read_text(encoding="utf-8")
    for command in ("index", "search", "status", "remove", "rebuild"):
        assert f"## lookalike {command}" in page

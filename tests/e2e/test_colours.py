"""Colours of a real library: at ingest, and later for what was indexed before."""

from __future__ import annotations

import json
import sqlite3
from pathlib import Path

from PIL import Image

from lookalike import Filters, Library, Term
from lookalike.settings import Settings
from lookalike.testing import FakeEmbedder
from lookalike.types import JobKind, JobState
from tests.e2e.test_cli import run_at

SETTINGS = Settings(decode_processes=1)
SHADES = {
    "black": "#101010",
    "grey": "#909090",
    "white": "#fbfbfb",
    "red": "#c41e2a",
    "orange": "#f28a1e",
    "yellow": "#f3d51c",
    "green": "#2f8f46",
    "blue": "#2b5fc4",
    "purple": "#73359e",
    "pink": "#ee88ae",
    "brown": "#744722",
}


def make_pictures(folder: Path) -> None:
    """For each basic colour a plain picture, and one with a quarter of it on grey or white."""
    folder.mkdir()
    for name, colour in SHADES.items():
        Image.new("RGB", (96, 64), colour).save(folder / f"{name}-plain.png")
        quarter = Image.new("RGB", (96, 64), "#ffffff" if name == "grey" else "#9a9a9a")
        quarter.paste(colour, (0, 0, 24, 64))
        quarter.save(folder / f"{name}-quarter.png")


def open_library(folder: Path) -> Library:
    return Library.open(folder / "lib", settings=SETTINGS, embedder=FakeEmbedder())


def test_each_basic_colour_finds_its_pictures_first(tmp_path: Path) -> None:
    make_pictures(tmp_path / "pictures")
    with open_library(tmp_path) as library:
        library.index([tmp_path / "pictures"])
        for name, shade in SHADES.items():
            wanted = {f"{name}-plain.png", f"{name}-quarter.png"}
            for colour in (name, shade):
                found = library.search(Term.colour(colour)).matches
                assert found[0].asset.name == f"{name}-plain.png", colour
                passed = library.list_assets(filters=Filters(colour=colour)).assets
                assert {asset.name for asset in passed} >= wanted, colour
                if name not in {"grey", "white"}:  # which are behind the others
                    assert {match.asset.name for match in found[:2]} == wanted, colour
                    assert {asset.name for asset in passed} == wanted, colour
        asset = library.search(Term.colour("red")).matches[1].asset
        assert [round(swatch.share, 2) for swatch in library.palette(asset)] == [0.75, 0.25]


def test_pictures_indexed_before_get_their_colours_from_a_job(tmp_path: Path) -> None:
    make_pictures(tmp_path / "pictures")
    with open_library(tmp_path) as library:
        library.index([tmp_path / "pictures"])
        assert not library.has_unseen_colours()
        database = library.folder / "library.db"
    with sqlite3.connect(database) as connection:
        connection.execute("DELETE FROM palettes")
    connection.close()
    for path in (tmp_path / "pictures").iterdir():
        path.unlink()  # thumbnails are all that is needed
    with open_library(tmp_path) as library:
        assert library.search(Term.colour("red")).matches == ()
        library.start_background()
        (job,) = library.jobs(1)
        library.close()
    with open_library(tmp_path) as library:
        library.work()
        done = library.job(job.id)
        assert (done.kind, done.state) == (JobKind.COLOURS, JobState.DONE)
        assert library.search(Term.colour("red")).matches[0].asset.name == "red-plain.png"
        assert not library.has_unseen_colours()


def test_command_line_searches_by_colour(tmp_path: Path) -> None:
    make_pictures(tmp_path / "pictures")
    library = tmp_path / "lib"
    assert run_at(library, "index", tmp_path / "pictures").returncode == 0
    found = run_at(library, "search", "--by-colour", "#c41e2a", "--json")
    assert json.loads(found.stdout)["results"][0]["name"] == "red-plain.png"
    found = run_at(library, "search", "square", "--colour", "red", "--json")
    names = {result["name"] for result in json.loads(found.stdout)["results"]}
    assert names == {"red-plain.png", "red-quarter.png"}
    wrong = run_at(library, "search", "square", "--colour", "reddish")
    assert wrong.returncode == 2
    assert "is not a colour" in wrong.stderr

"""What files say of their pictures, in a real library: kept, shown, and read later."""

from __future__ import annotations

import json
import sqlite3
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest

from lookalike import Filters, Library
from lookalike.photo_facts import NO_FACTS
from lookalike.settings import Settings
from lookalike.testing import FakeEmbedder
from lookalike.types import JobKind, JobState
from tests.e2e.test_cli import run_at
from tests.photographs import XMP, camera_exif, photograph

SETTINGS = Settings(decode_processes=1)


@pytest.fixture
def pictures(tmp_path: Path) -> Path:
    folder = tmp_path / "pictures"
    folder.mkdir()
    (folder / "sea.jpg").write_bytes(photograph(xmp=XMP.encode()))
    older = camera_exif(DateTimeOriginal="1999:12:31 23:59:59")
    (folder / "old.png").write_bytes(photograph("PNG", exif=older, colour="#2040c0"))
    (folder / "plain.webp").write_bytes(photograph("WEBP", exif=b"", colour="#208040"))
    return folder


def open_library(folder: Path, settings: Settings = SETTINGS) -> Library:
    return Library.open(folder / "lib", settings=settings, embedder=FakeEmbedder())


def test_facts_are_kept_at_ingest_and_sort_by_time(pictures: Path, tmp_path: Path) -> None:
    with open_library(tmp_path) as library:
        library.index([pictures])
        assert not library.has_unread_facts()
        facts = library.photo_facts(library.asset(pictures / "sea.jpg"))
        assert (facts.title, facts.model, facts.latitude) == (
            "Ebbe & Flut",
            "Canon EOS R6",
            54.70425,
        )
        assert library.photo_facts(library.asset(pictures / "plain.webp")) == NO_FACTS
        listed = library.list_assets(sort="taken", descending=False).assets
        assert [asset.name for asset in listed] == ["old.png", "sea.jpg", "plain.webp"]
        before = Filters(before=datetime(2000, 1, 1, tzinfo=UTC))
        assert [asset.name for asset in library.list_assets(filters=before).assets] == ["old.png"]


def forget_facts(library: Path) -> None:
    """As in a library from before files were asked."""
    with sqlite3.connect(library / "library.db") as connection:
        connection.execute("DELETE FROM photo_facts")
    connection.close()


def test_pictures_indexed_before_get_their_facts_from_a_job(pictures: Path, tmp_path: Path) -> None:
    with open_library(tmp_path) as library:
        library.index([pictures])
        generation = library.generation()
    forget_facts(tmp_path / "lib")
    (pictures / "old.png").unlink()
    with open_library(tmp_path) as library:
        library.start_background()
        (job,) = library.jobs(1)
        library.close()
    with open_library(tmp_path) as library:
        later = library.upload(photograph("WEBP", colour="#777777"), name="later.webp")
        assert library._gives_way(job)  # to the upload
        library.work()
        assert library.photo_facts(later).model == "Canon EOS R6"
        done = library.job(job.id)
        assert (done.kind, done.state) == (JobKind.FACTS, JobState.DONE)
        assert library.photo_facts(library.asset(pictures / "sea.jpg")).title == "Ebbe & Flut"
        assert library.generation() == generation + 1  # of the upload: nothing else was embedded
        assert library.has_unread_facts()  # a file that is not there now is tried again


def test_pictures_indexed_before_get_their_facts_from_the_next_run(
    pictures: Path, tmp_path: Path
) -> None:
    with open_library(tmp_path) as library:
        library.index([pictures])
    forget_facts(tmp_path / "lib")
    with open_library(tmp_path) as library:
        assert library.index([pictures]).indexed == 0
        assert library.photo_facts(library.asset(pictures / "old.png")).f_number == 2.8
        assert not library.has_unread_facts()


def test_positions_are_not_kept_when_they_are_not_wanted(pictures: Path, tmp_path: Path) -> None:
    with open_library(tmp_path) as library:
        library.index([pictures])
    private = replace(SETTINGS, keep_positions=False)
    with open_library(tmp_path, private) as library:
        facts = library.photo_facts(library.asset(pictures / "sea.jpg"))
        assert (facts.latitude, facts.model) == (None, "Canon EOS R6")  # not shown, from now on
        (pictures / "new.jpg").write_bytes(photograph(colour="#111111"))
        library.index([pictures])  # not read, and what was kept is forgotten
    with sqlite3.connect(tmp_path / "lib" / "library.db") as connection:
        kept = [json.loads(row[0]) for row in connection.execute("SELECT facts FROM photo_facts")]
    connection.close()
    assert len([facts for facts in kept if facts.get("model")]) == 3
    assert not any(facts.keys() & {"latitude", "longitude", "altitude_m"} for facts in kept)


def test_command_line_shows_what_a_file_says(pictures: Path, tmp_path: Path) -> None:
    library = tmp_path / "lib"
    assert run_at(library, "index", pictures).returncode == 0
    told = run_at(library, "show", pictures / "sea.jpg", "--json")
    shown = json.loads(told.stdout)
    assert (shown["name"], shown["taken_at"]) == ("sea.jpg", "2023-08-05T18:30:12+00:00")
    assert (shown["photo"]["iso"], shown["photo"]["keywords"]) == (200, ["sea", "Föhr"])
    text = run_at(library, "show", pictures / "sea.jpg").stdout
    assert "f/2.8, 1/250 s, ISO 200, 35 mm" in text
    unknown = run_at(library, "show", "nothing.jpg")
    assert unknown.returncode == 1
    assert "not in this library" in unknown.stderr

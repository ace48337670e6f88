"""A server over a small library, and callers of every kind."""

from __future__ import annotations

import io
from collections.abc import Iterator
from pathlib import Path

import pytest
from PIL import Image
from starlette.testclient import TestClient

from lookalike import Library
from lookalike.api.app import create_app
from lookalike.settings import Settings
from lookalike.testing import FakeEmbedder

PASSWORD = "correct horse battery"
RED, BLUE = (220, 30, 30), (35, 60, 210)


def picture(colour: tuple[int, int, int] = RED, size: tuple[int, int] = (64, 48)) -> bytes:
    file = io.BytesIO()
    Image.new("RGB", size, colour).save(file, "PNG")
    return file.getvalue()


@pytest.fixture
def library(tmp_path: Path) -> Iterator[Library]:
    settings = Settings(
        decode_processes=1, max_query_upload_bytes=100_000, max_upload_bytes=500_000
    )
    with Library.open(tmp_path / "lib", settings=settings, embedder=FakeEmbedder()) as library:
        # Tests say themselves when the work is done.
        library.start_background = lambda: None  # type: ignore[method-assign]
        yield library


def connect(library: Library, *, client: tuple[str, int] = ("127.0.0.1", 50000)) -> TestClient:
    return TestClient(
        create_app(library),
        base_url="http://localhost",
        client=client,
        raise_server_exceptions=False,
    )


@pytest.fixture
def api(library: Library) -> Iterator[TestClient]:
    """As the owner of the machine: there are no users yet."""
    with connect(library) as client:
        yield client


@pytest.fixture
def stocked(library: Library) -> dict[str, str]:
    """Name -> id of two indexed uploads."""
    ids = {
        name: library.upload(picture(colour), name=name, folder="shop").id
        for name, colour in (("red.png", RED), ("blue.png", BLUE))
    }
    library.work()
    return ids

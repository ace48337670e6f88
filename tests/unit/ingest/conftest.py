"""A library in small: real store, real decoding processes, a model that sees colours."""

from __future__ import annotations

import os
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PIL import Image

from lookalike.images.decode import Limits
from lookalike.images.sandbox import DecodePool
from lookalike.ingest.run import index
from lookalike.stores.sqlite import SqliteStore
from lookalike.testing import FakeEmbedder
from lookalike.types import Asset, IndexReport, State

MAX_BYTES = 1024 * 1024
NOBODY = 65534


def make_picture(path: Path, colour: tuple[int, int, int] = (200, 30, 30), seed: int = 0) -> Path:
    """Writes a small picture; each seed makes other bytes."""
    noise = np.random.default_rng(seed).integers(-8, 8, (48, 64, 3))
    pixels = (np.array(colour) + noise).clip(0, 255).astype(np.uint8)
    path.parent.mkdir(parents=True, exist_ok=True)
    Image.fromarray(pixels).save(path, "png")
    return path


@dataclass
class MemoryThumbnails:
    """Thumbnails in a dictionary."""

    held: dict[str, bytes] = field(default_factory=dict)

    def put(self, key: str, data: bytes) -> None:
        self.held[key] = data


@dataclass
class Home:
    """What a run needs, and shorthands for what tests ask."""

    folder: Path
    store: SqliteStore
    pool: DecodePool
    embedder: Any = field(default_factory=FakeEmbedder)
    thumbnails: Any = field(default_factory=MemoryThumbnails)
    decoder: Any = None  # where not the pool itself

    @property
    def pictures(self) -> Path:
        return self.folder / "Pictures"

    def index(self, *roots: Path, **options: Any) -> IndexReport:
        return index(
            self.store,
            self.embedder,
            self.decoder or self.pool,
            self.thumbnails,
            roots or [self.pictures],
            **{"max_bytes": MAX_BYTES, **options},
        )

    def asset(self, path: Path) -> Asset:
        return self.store.find_asset(str(path))

    def states(self) -> dict[str, State]:
        """File name -> state, of everything that is known."""
        found = {}
        for root in self.store.list_roots():
            for path, file in self.store.known_files(root).items():
                found[Path(path).name] = file.state
        return found


@contextmanager
def unprivileged() -> Iterator[None]:
    """Permissions mean nothing to root, so tests of them step down."""
    if os.geteuid() != 0:
        yield
        return
    os.seteuid(NOBODY)
    try:
        yield
    finally:
        os.seteuid(0)


@pytest.fixture
def open_folder() -> Iterator[Path]:
    """A folder that the unprivileged user owns, as pytest's own are private."""
    with unprivileged():
        folder = Path(tempfile.mkdtemp())
    yield folder
    for path in folder.iterdir():
        path.chmod(0o755)
    shutil.rmtree(folder)


@pytest.fixture(scope="session")
def pool() -> Iterator[DecodePool]:
    limits = Limits(max_bytes=MAX_BYTES, max_pixels=1_000_000, max_avif_pixels=500_000)
    side_px = FakeEmbedder().image_size_px
    with DecodePool(processes=2, limits=limits, side_px=side_px, timeout_s=20) as pool:
        yield pool


@pytest.fixture
def home(tmp_path: Path, pool: DecodePool) -> Iterator[Home]:
    (tmp_path / "Pictures").mkdir()
    (tmp_path / "library").mkdir()
    store = SqliteStore.open(tmp_path / "library" / "library.db")
    yield Home(tmp_path, store, pool)
    store.close()

"""Makes a large library without any files: rows, vectors and a pool of real thumbnails.

Everything goes through the store's own methods, as indexing does it. The vectors are blends of
the model's background bank with the words that the queries are made of, so that a query finds
strong, likely and weak matches, as it does among photographs.
"""

from __future__ import annotations

import hashlib
import itertools
import os
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import numpy as np
from PIL import Image

from evaluation.ingest_throughput import make_scenes
from lookalike.arrays import Float16s, Float32s
from lookalike.blobs.local import LocalBlobs
from lookalike.images.palette import extract_palette
from lookalike.images.thumbnails import encode_thumbnail
from lookalike.layout import Layout
from lookalike.models.base import Embedder
from lookalike.stores.base import Indexed, NewAsset
from lookalike.stores.sqlite import SqliteStore
from lookalike.types import Source

CHUNK = 10_000
POOL = 400  # thumbnails that differ
TAGGED = 0.05  # of all assets
TAGS = ("campaign", "archive", "portrait session", "product", "events", "to review")
_LOOKS = ("red", "blue", "old", "wooden", "small", "white", "bright", "quiet")
_THINGS = ("boat", "house", "dog", "car", "bridge", "tree", "bicycle", "chair", "church", "horse")
_PLACES = ("on a beach", "in the snow", "at night", "by a lake", "in a city", "on a hill")
_SIZES_PX = ((4000, 3000), (3000, 4000), (6000, 4000), (2400, 2400), (1600, 900), (5000, 2000))
_MIMES = ("image/jpeg",) * 8 + ("image/png", "image/webp")
_FIRST_TAKEN = datetime(2012, 1, 1, tzinfo=UTC)
_STRENGTHS = (0.1, 0.55)  # how much of a picture's vector its words may be
_SAID = 1 / 8  # of the pictures show something that is searched for


def queries() -> Iterator[str]:
    """Words to search for, each time others."""
    said = [" ".join(words) for words in itertools.product(_LOOKS, _THINGS, _PLACES)]
    for round in itertools.count():
        for number in np.random.default_rng(round).permutation(len(said)):
            yield said[number] if not round else f"{said[number]} {round}"


def make_library(folder: Path, count: int, embedder: Embedder, *, first: int = 0) -> None:
    """`count` indexed assets in about 200 folders; `folder` holds a made library of `first`
    already, or none."""
    layout = Layout.find(folder, create=True)
    palettes = _put_thumbnails(layout.thumbnails, first, first + count)
    store = SqliteStore.open(layout.database)
    try:
        store.put_setting("model_id", embedder.model_id)
        vectors = _Vectors(embedder)
        for start in range(first, first + count, CHUNK):
            numbers = range(start, min(start + CHUNK, first + count))
            added = store.add_assets([_new(number) for number in numbers])
            drawn = vectors.draw(start, len(numbers))
            indexed = [
                _indexed(asset.key, number, vector, palettes[number % len(palettes)])
                for asset, number, vector in zip(added, numbers, drawn, strict=True)
            ]
            store.save_results(embedder.model_id, indexed, [])
            _tag(store, [asset.key for asset in added], start)
    finally:
        store.close()


class _Vectors:
    """Draws vectors of one distribution."""

    def __init__(self, embedder: Embedder) -> None:
        self._bank = embedder.background
        said = list(itertools.islice(queries(), len(_LOOKS) * len(_THINGS) * len(_PLACES)))
        self._words = embedder.embed_texts(said)

    def draw(self, seed: int, count: int) -> Float16s:
        """[count, dim], unit rows."""
        random = np.random.default_rng([1, seed])
        vectors = self._pick(random, count) + 0.7 * self._pick(random, count)
        strengths = random.uniform(*_STRENGTHS, (count, 1)) * (random.random((count, 1)) < _SAID)
        chosen = random.integers(0, len(self._words), count)
        vectors += strengths.astype(np.float32) * self._words[chosen]
        vectors /= np.linalg.norm(vectors, axis=1, keepdims=True)
        return vectors.astype(np.float16)

    def _pick(self, random: np.random.Generator, count: int) -> Float32s:
        return self._bank[random.integers(0, len(self._bank), count)]


def _new(number: int) -> NewAsset:
    folder = f"Shoots/{2012 + number % 12}/{_THINGS[number % 10]} {number % 17:02}"
    name = f"{_THINGS[number * 7 % 10]}-{number:06}.jpg"
    return NewAsset(
        name=name,
        folder=folder,
        path=f"/made/{folder}/{name}",
        source=Source.LINKED,
        size_bytes=_size_bytes(number),
        mtime_ns=1_400_000_000_000_000_000 + number * 1_000_000_000,
    )


def _indexed(key: int, number: int, vector: Float16s, palette: bytes) -> Indexed:
    random = np.random.default_rng([2, number])
    width_px, height_px = _SIZES_PX[number % POOL % len(_SIZES_PX)]
    return Indexed(
        key=key,
        size_bytes=_size_bytes(number),
        mtime_ns=1_400_000_000_000_000_000 + number * 1_000_000_000,
        mime=_MIMES[number % len(_MIMES)],
        width_px=width_px,
        height_px=height_px,
        sha256=_sha256(number),
        phash64=random.bytes(8),
        phash256=random.bytes(32),
        taken_at=_FIRST_TAKEN + timedelta(minutes=number * 7919 % 6_000_000),
        vector=vector,
        palette=palette,
    )


def _size_bytes(number: int) -> int:
    return 200_000 + number * 104_729 % 9_000_000


def _sha256(number: int) -> str:
    return hashlib.sha256(f"made picture {number}".encode()).hexdigest()


def _tag(store: SqliteStore, keys: list[int], seed: int) -> None:
    random = np.random.default_rng([3, seed])
    for tag in TAGS:
        chosen = random.choice(keys, max(1, int(len(keys) * TAGGED / len(TAGS))), replace=False)
        store.change_tags(chosen.tolist(), [tag], [])


def _put_thumbnails(folder: Path, first: int, end: int) -> list[bytes]:
    """Each asset's thumbnail is one of the pool, so the disk holds few of them. Returns the
    palettes of the pool."""
    blobs = LocalBlobs(folder, durable=False)
    pool = list(_scenes(min(POOL, end)))
    for number, picture in enumerate(pool):
        blobs.put(_sha256(number), encode_thumbnail(picture))
    for number in range(max(len(pool), first), end):
        source, target = blobs._path(_sha256(number % POOL)), blobs._path(_sha256(number))
        target.parent.mkdir(exist_ok=True)
        os.link(source, target)
    return [extract_palette(picture) for picture in pool]


def _scenes(count: int) -> Iterator[Image.Image]:
    """Pictures in the proportions of the assets that show them."""
    scenes = [Image.fromarray(pixels) for pixels in make_scenes((384, 384), 24)]
    for number in range(count):
        width_px, height_px = _SIZES_PX[number % len(_SIZES_PX)]
        scale = 384 / max(width_px, height_px)
        size_px = (round(width_px * scale), round(height_px * scale))
        scene = scenes[number % len(scenes)].rotate(90 * (number // len(scenes) % 4))
        yield scene.resize(size_px)

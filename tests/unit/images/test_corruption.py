"""Five hundred broken files: each gives a picture or a reason, and the pool lives on."""

from collections import Counter

import numpy as np
import pytest

from lookalike.errors import ImageError
from lookalike.images.decode import Limits
from lookalike.images.picture import Picture
from lookalike.images.sandbox import DecodePool
from lookalike.library import Library
from lookalike.settings import Settings
from lookalike.testing import FakeEmbedder

VARIANTS = 84  # of each type: 504 in all
TYPES = ("jpeg", "png", "webp", "gif", "avif", "svg")


def variants(make, kind: str):
    """Bit flips, truncations, wrong headers and torn middles of valid files of one type."""
    random = np.random.default_rng(TYPES.index(kind))
    valid = sources(make, kind)
    for number in range(VARIANTS):
        data = bytearray(valid[number % len(valid)])
        match number % 6:
            case 0 | 1:
                flip(data, random, count=int(random.integers(1, 20)), below=len(data))
            case 2:
                flip(data, random, count=3, below=min(64, len(data)))
            case 3:
                del data[int(random.integers(1, len(data))) :]
            case 4:
                other = make.file(TYPES[int(random.integers(len(TYPES)))])
                head = int(random.integers(1, 40))
                data[:head] = other[:head]
            case 5:
                start = int(random.integers(len(data)))
                end = min(len(data), start + int(random.integers(1, 200)))
                data[start:end] = random.bytes(int(random.integers(0, 200)))
        yield bytes(data)


def sources(make, kind: str) -> list[bytes]:
    if kind == "svg":
        return [make.file("svg"), make.svg("<text>words</text>", head='<?xml version="1.0"?>')]
    image = make.photo()
    frames = {"save_all": True, "append_images": [make.photo(seed=1)]}
    exif = image.getexif()
    exif[0x0112] = 6
    second = {
        "jpeg": {"progressive": True, "exif": exif},
        "png": {**frames, "exif": exif},
        "gif": frames,
        "webp": {**frames, "lossless": True},
        "avif": frames,
    }[kind]
    return [make.file(kind), make.encode(image, kind.upper(), **second)]


def flip(data: bytearray, random: np.random.Generator, *, count: int, below: int) -> None:
    for bit in random.integers(below * 8, size=count):
        data[bit // 8] ^= 1 << (bit % 8)


@pytest.mark.parametrize("kind", TYPES)
def test_corrupted_variants(make, kind):
    limits = Limits(max_bytes=10**6, max_pixels=4_000_000, max_avif_pixels=4_000_000)
    codes: Counter[str] = Counter()
    with DecodePool(processes=2, limits=limits, side_px=64, timeout_s=5) as pool:
        futures = [pool.submit(data) for data in variants(make, kind)]
        for future in futures:
            error = future.exception(timeout=60)
            if error is None:
                assert isinstance(future.result(), Picture)
                codes["picture"] += 1
            else:
                assert isinstance(error, ImageError)
                assert str(error)
                assert "\n" not in str(error)
                codes[error.code] += 1
        assert pool.prepare(make.file(kind)).width_px == 96
    assert codes.total() == VARIANTS
    assert codes["corrupt_image"] > 0
    print(kind, dict(codes))


def test_corrupted_variants_in_a_library_each_have_a_reason(make, tmp_path):
    folder = tmp_path / "pictures"
    folder.mkdir()
    for kind in TYPES:
        for number, data in enumerate(variants(make, kind)):
            (folder / f"{number}.{kind}").write_bytes(data)
    settings = Settings(max_pixels=4_000_000, max_avif_pixels=4_000_000, decode_timeout_s=5.0)
    with Library.open(tmp_path / "lib", settings=settings, embedder=FakeEmbedder()) as library:
        library.index([folder])
        coverage = library.status().coverage
        skipped = library.skipped()
    assert coverage.total == VARIANTS * len(TYPES)
    assert coverage.pending == 0
    assert coverage.indexed + len(skipped) == coverage.total
    assert len(skipped) == sum(coverage.skipped.values())
    assert all(asset.skip_reason and asset.skip_detail for asset in skipped)

"""Times a scan for duplicates of 100,000 real pictures, most of which look like others.

    python -m evaluation.long_scan DATA [--counts 25000 50000 100000] [--only products]
        [--share PERCENT] [--keep DIR] [--json FILE]

The library is made of all pictures in the zips in DATA, as they are, and of pictures made from
them: every product in two other hues, which is the same thing in another colour and no copy; the
four corners of every photograph, which do not overlap and are pictures of their own; and copies,
one or two of each picture, changed in one of the nineteen ways of `evaluation.duplicates`. Their
order is random, so that the first so many are a library of the same mix. All are hashed and
embedded as indexing does it; that takes about half an hour of processor time, and with `--keep` it
is done once.

Measured is the scan of the product, from nothing: seconds on the clock and of the processor, the
pairs that were looked at, and the most memory.
"""

from __future__ import annotations

import argparse
import io
import json
import random
import tempfile
import time
import zipfile
from collections import Counter
from collections.abc import Iterator
from concurrent.futures import ProcessPoolExecutor
from functools import lru_cache, partial
from multiprocessing import get_context
from pathlib import Path
from typing import Any
from zlib import crc32

import numpy as np
from PIL import Image

from evaluation.duplicates import CHANGES, CHUNK, Made, Shelf, encoded
from lookalike.models.registry import load

READ = 4096  # assets at a time
PRODUCTS = "products"
COUNTS = (25_000, 50_000, 100_000)
CORNER = 0.42  # of both sides: less than the smallest crop that is looked for
HUES = (85, 170)  # of 255 steps around the circle

Listed = tuple[str, str, str]  # stem of the archive, name in it, what is made of it


def list_pictures(data: Path) -> list[Listed]:
    """All pictures of the library in their order."""
    listed: list[Listed] = []
    for archive in sorted(data.glob("*.zip")):
        kinds = ["", *(f"hue {hue}" for hue in HUES), "copy 0"]
        if archive.stem != PRODUCTS:
            kinds = ["", *(f"corner {number}" for number in range(4)), "copy 0", "copy 1"]
        with zipfile.ZipFile(archive) as opened:
            for name in opened.namelist():
                listed += [(archive.stem, name, kind) for kind in kinds]
    random.Random(0).shuffle(listed)
    return listed


def make(name: str, kind: str, data: bytes) -> bytes:
    """A file with one of the pictures."""
    if not kind:
        return data
    with Image.open(io.BytesIO(data)) as opened:
        image = opened.convert("RGB")
    what, _, number = kind.partition(" ")
    if what == "copy":
        chance = random.Random(f"{name} {number}")
        change, _, _ = CHANGES[chance.choice([*CHANGES])]
        return change(image, encoded(image), chance)
    return encoded((_in_hue if what == "hue" else _corner)(image, int(number)))


def _in_hue(image: Image.Image, hue: int) -> Image.Image:
    hues, saturations, values = image.convert("HSV").split()
    moved = Image.fromarray(np.asarray(hues) + np.uint8(hue))
    return Image.merge("HSV", (moved, saturations, values)).convert("RGB")


def _corner(image: Image.Image, number: int) -> Image.Image:
    """Enlarged to the size of the whole, so that comparing it costs as much."""
    width, height = round(image.width * CORNER), round(image.height * CORNER)
    left, top = number % 2 * (image.width - width), number // 2 * (image.height - height)
    return image.resize(
        image.size, Image.Resampling.BICUBIC, box=(left, top, left + width, top + height)
    )


def files_of(data: Path, batch: list[Listed]) -> Iterator[Made]:
    """For a process of its own."""
    for stem, name, kind in batch:
        yield name, kind, make(name, kind, _archive(data / f"{stem}.zip").read(name))


_archive = lru_cache(zipfile.ZipFile)


class Pool:
    """The pictures in one library, made in their order; what is there is not made again."""

    def __init__(self, folder: Path, data: Path) -> None:
        folder.mkdir(parents=True, exist_ok=True)
        self._data, self._listed = data, list_pictures(data)
        self._shelf = Shelf(folder, load(threads=1))

    def fill(self, count: int, time_s: float) -> bool:
        """Makes pictures up to `count`, for so long at most. Returns whether all are there."""
        listed = self._listed[self._shelf.store.coverage().total : count]
        batches = [listed[start : start + CHUNK] for start in range(0, len(listed), CHUNK)]
        return self._shelf.fill(
            partial(files_of, self._data), batches, until_s=time.monotonic() + time_s
        )

    def scan(self, count: int, only: str | None, share: int) -> dict[str, Any]:
        """Of the first `count` pictures, in a library of their own; of those all that are made of
        so many in a hundred."""
        keys = self._shelf.store.contents().keys[:count]
        wanted = [
            crc32((stem + name).encode()) % 100 < share and only in {None, stem}
            for stem, name, _ in self._listed[: len(keys)]
        ]
        keys = keys[wanted]
        with tempfile.TemporaryDirectory() as folder:
            part = Shelf(Path(folder), self._shelf.embedder)
            part.thumbnails = self._shelf.thumbnails
            for start in range(0, len(keys), READ):
                part.take(self._shelf, keys[start : start + READ])
            pairs, facts = part.scan()
            part.store.close()
        facts["relations"] = dict(Counter(pair.relation.value for pair in pairs))
        return facts


def scan(folder: Path, data: Path, count: int, only: str | None, share: int) -> dict[str, Any]:
    """As a task of a process of its own, so that the peak of memory is that of one scan."""
    return Pool(folder, data).scan(count, only, share)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("data", type=Path, help="folder with zips of pictures")
    parser.add_argument("--counts", type=int, nargs="+", default=COUNTS, metavar="N")
    parser.add_argument("--only", metavar="STEM", help="scan what is made of this zip alone")
    parser.add_argument("--share", type=int, default=100, metavar="PERCENT", help="of originals")
    parser.add_argument("--keep", type=Path, metavar="DIR", help="keep the pictures for next time")
    parser.add_argument("--fill-s", type=float, default=float("inf"), metavar="S")
    parser.add_argument("--json", type=Path, metavar="FILE")
    given = parser.parse_args()
    results = []
    with tempfile.TemporaryDirectory() as scratch:
        folder = given.keep or Path(scratch)
        if not Pool(folder, given.data).fill(max(given.counts), given.fill_s):
            print("Time is up before all pictures are made; the next run goes on with --keep.")
            return
        for count in given.counts:
            with ProcessPoolExecutor(1, mp_context=get_context("spawn")) as fresh:
                facts = fresh.submit(
                    scan, folder, given.data, count, given.only, given.share
                ).result()
            results.append(facts)
            print(facts, flush=True)
    if given.json:
        given.json.write_text(json.dumps(results, indent=2), encoding="utf-8")


if __name__ == "__main__":
    main()

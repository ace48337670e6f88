"""Measures duplicates: recall of each change, wrong pairs, and names.

    python -m evaluation.duplicates [--photos ZIP] [--products ZIP] [--keep DIR] [--limit N]
        [--sheet FILE] [--json FILE]

Photographs are changed in nineteen ways. For each change, all originals and their copies go into
one library, and what the very scan of the product says of every two is compared with the truth. A
pair of two different photographs that is called anything above `same_scene` is a false positive.
The products are distinct pictures: every pair of them that is called so is put on the contact
sheet, to be looked at. The model, the hashes, the store and the index are those that ship.
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
from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from contextlib import contextmanager
from dataclasses import replace
from functools import lru_cache, partial
from multiprocessing import get_context
from pathlib import Path
from typing import Any, TypeVar

import numpy as np
from PIL import Image, ImageDraw, ImageEnhance, ImageOps

from evaluation import usage
from lookalike.blobs.local import LocalBlobs
from lookalike.images.decode import Limits
from lookalike.images.picture import Picture, prepare
from lookalike.models.registry import load
from lookalike.search import duplicates
from lookalike.stores.base import Indexed, NewAsset
from lookalike.stores.cache import open_index
from lookalike.stores.sqlite import SqliteStore
from lookalike.types import OTHER_PICTURES, Asset, Pair, Relation, Source

LIMITS = Limits(max_bytes=10**8, max_pixels=10**8, max_avif_pixels=10**8)
CHUNK = 64
R = Relation


def encoded(image: Image.Image, kind: str = "JPEG", quality: int = 92) -> bytes:
    buffer = io.BytesIO()
    image.save(buffer, kind, quality=quality)
    return buffer.getvalue()


def cropped(image: Image.Image, part: float, chance: random.Random) -> Image.Image:
    """Each side shorter by `part`, the place at random."""
    width, height = (round(side * (1 - part)) for side in image.size)
    x, y = chance.randint(0, image.width - width), chance.randint(0, image.height - height)
    return image.crop((x, y, x + width, y + height))


def with_text(image: Image.Image, chance: random.Random) -> Image.Image:
    image = image.copy()
    width, height = image.size
    ImageDraw.Draw(image).text(
        (width * chance.uniform(0.02, 0.3), height * chance.uniform(0.02, 0.85)),
        chance.choice(["Summer 2024", "SALE -50 %", "(c) J. Smith", "Hello world", "My holiday"]),
        fill=chance.choice(["white", "black", "yellow", "red"]),
        font_size=round(height * chance.uniform(0.06, 0.12)),
        stroke_width=chance.choice([0, 1]),
        stroke_fill="black",
    )
    return image


def with_logo(image: Image.Image, chance: random.Random) -> Image.Image:
    image = image.copy()
    side = round(min(image.size) * chance.uniform(0.1, 0.2))
    x = chance.choice([4, image.width - side - 4])
    y = chance.choice([4, image.height - side - 4])
    draw = ImageDraw.Draw(image)
    draw.ellipse((x, y, x + side, y + side), fill=tuple(chance.randrange(256) for _ in range(3)))
    draw.rectangle((x + side * 0.3, y + side * 0.4, x + side * 0.7, y + side * 0.6), fill="white")
    return image


def with_border(image: Image.Image, chance: random.Random) -> Image.Image:
    colour = chance.choice(["white", "black", tuple(chance.randrange(256) for _ in range(3))])
    return ImageOps.expand(image, round(min(image.size) * chance.uniform(0.03, 0.1)), fill=colour)


def brighter(image: Image.Image, factor: float) -> Image.Image:
    return ImageEnhance.Brightness(image).enhance(factor)


def turned(image: Image.Image, how: Image.Transpose) -> Image.Image:
    return image.transpose(how)


T = Image.Transpose
Change = Callable[[Image.Image, bytes, random.Random], bytes]
# name -> (how, the relations that are right, the least recall asked for)
CHANGES: dict[str, tuple[Change, set[Relation], float]] = {
    "half size": (
        lambda i, _o, _c: encoded(
            i.resize((i.width // 2, i.height // 2), Image.Resampling.LANCZOS)
        ),
        {R.RESIZED},
        0.99,
    ),
    "JPEG 30": (lambda i, _o, _c: encoded(i, quality=30), {R.RE_ENCODED}, 0.99),
    "WebP": (lambda i, _o, _c: encoded(i, "WEBP", 60), {R.RE_ENCODED}, 0.99),
    "AVIF": (lambda i, _o, _c: encoded(i, "AVIF", 50), {R.RE_ENCODED}, 0.99),
    "other metadata": (
        lambda _i, o, _c: o[:2] + b"\xff\xfe\x00\x08abcdef" + o[2:],
        {R.SAME_PIXELS},
        0.99,
    ),
    "brightness +20 %": (lambda i, _o, _c: encoded(brighter(i, 1.2)), {R.RECOLOURED}, 0.99),
    "brightness -20 %": (lambda i, _o, _c: encoded(brighter(i, 0.8)), {R.RECOLOURED}, 0.99),
    "contrast +20 %": (
        lambda i, _o, _c: encoded(ImageEnhance.Contrast(i).enhance(1.2)),
        {R.RECOLOURED},
        0.0,
    ),
    "grey": (lambda i, _o, _c: encoded(i.convert("L")), {R.RECOLOURED}, 0.0),
    "text": (lambda i, _o, c: encoded(with_text(i, c)), {R.OVERLAID}, 0.99),
    "logo": (lambda i, _o, c: encoded(with_logo(i, c)), {R.OVERLAID}, 0.0),
    "crop 5 %": (lambda i, _o, c: encoded(cropped(i, 0.05, c)), {R.CROPPED}, 0.97),
    "crop 10 %": (lambda i, _o, c: encoded(cropped(i, 0.10, c)), {R.CROPPED}, 0.90),
    "crop 20 %": (lambda i, _o, c: encoded(cropped(i, 0.20, c)), {R.CROPPED}, 0.70),
    "border": (lambda i, _o, c: encoded(with_border(i, c)), {R.PADDED}, 0.95),
    "mirrored": (lambda i, _o, _c: encoded(ImageOps.mirror(i)), {R.MIRRORED}, 0.97),
    "rotated 90": (lambda i, _o, _c: encoded(turned(i, T.ROTATE_90)), {R.ROTATED}, 0.97),
    "rotated 180": (lambda i, _o, _c: encoded(turned(i, T.ROTATE_180)), {R.ROTATED}, 0.97),
    "rotated 270": (lambda i, _o, _c: encoded(turned(i, T.ROTATE_270)), {R.ROTATED}, 0.97),
}


Made = tuple[str, str, bytes]  # picture, change, file
Batch = TypeVar("Batch")


def prepared(
    make: Callable[[Batch], Iterable[Made]], batch: Batch
) -> tuple[list[tuple[str, str, Picture]], np.ndarray]:
    """Pictures as indexing prepares them, and their vectors. For a process of its own."""
    embedder = _embedder()
    pictures = [
        (name, change, prepare(file, LIMITS, side_px=embedder.image_size_px))
        for name, change, file in make(batch)
    ]
    vectors = embedder.embed_images(np.stack([picture.pixels for _, _, picture in pictures]))
    no_pixels = np.empty((0, 0, 3), np.uint8)
    kept = [(name, how, replace(picture, pixels=no_pixels)) for name, how, picture in pictures]
    return kept, vectors.astype(np.float16)


_embedder = lru_cache(partial(load, threads=1))


class Shelf:
    """A library of pictures, compared as the product does it."""

    def __init__(self, folder: Path, embedder: Any) -> None:
        self.store = SqliteStore.open(folder / "library.db")
        self.embedder = embedder
        self.thumbnails = LocalBlobs(folder / "thumbnails", durable=False)
        self.named: dict[str, tuple[str, str]] = {}  # sha256 -> (picture, change)
        self._folder = folder

    def fill(
        self,
        make: Callable[[Batch], Iterable[Made]],
        batches: Iterable[Batch],
        until_s: float = float("inf"),
    ) -> bool:
        """Adds what `make` makes of each batch, on all cores, until the clock says so. Returns
        whether all are there."""
        with ProcessPoolExecutor(mp_context=get_context("spawn")) as processes:
            for pictures, vectors in processes.map(partial(prepared, make), batches):
                self.save(pictures, vectors)
                if time.monotonic() > until_s:
                    processes.shutdown(wait=False, cancel_futures=True)
                    return False
        return True

    def save(self, pictures: Sequence[tuple[str, str, Picture]], vectors: np.ndarray) -> None:
        for name, change, picture in pictures:
            self.thumbnails.put(picture.sha256, picture.thumbnail)
            self.named.setdefault(picture.sha256, (name, change))
        signatures = [picture.signature for _, _, picture in pictures]
        self.add([picture for _, _, picture in pictures], vectors, signatures)

    def take(self, other: Shelf, keys: np.ndarray) -> None:
        """Adds what another shelf with the same thumbnails knows."""
        assets = other.store.get_assets(keys.tolist())
        signatures = other.store.get_signatures([asset.sha256 or "" for asset in assets])
        vectors = other.store.vectors(self.embedder.model_id, keys)[1]
        self.add(assets, vectors, [signatures[asset.sha256 or ""] for asset in assets])

    def add(
        self,
        pictures: Sequence[Picture | Asset],
        vectors: np.ndarray,
        signatures: Sequence[bytes],
    ) -> None:
        """Adds pictures whose thumbnails are there."""
        start = self.store.coverage().total
        new = [
            NewAsset(
                name=f"{start + i}",
                folder="",
                path=f"/{start + i}",
                source=Source.LINKED,
                size_bytes=picture.size_bytes,
                mtime_ns=start + i,
            )
            for i, picture in enumerate(pictures)
        ]
        results = [
            Indexed(
                key=asset.key,
                size_bytes=picture.size_bytes,
                mtime_ns=asset.key,
                mime=picture.mime,
                width_px=picture.width_px,
                height_px=picture.height_px,
                sha256=picture.sha256,
                phash64=picture.phash64,
                phash256=picture.phash256,
                taken_at=None,
                vector=vector,
                signature=signature,
            )
            for asset, picture, vector, signature in zip(
                self.store.add_assets(new), pictures, vectors, signatures, strict=True
            )
        ]
        self.store.save_results(self.embedder.model_id, results, [])

    def part(self, folder: Path, changes: set[str]) -> Shelf:
        """A library of the pictures to which these changes were made."""
        chosen = Shelf(folder, self.embedder)
        chosen.thumbnails, chosen.named = self.thumbnails, self.named
        contents = self.store.contents()
        rows = [row for row, n in enumerate(contents.sha256) if self.named[n][1] in changes]
        chosen.take(self, contents.keys[rows])
        return chosen

    def scan(self) -> tuple[list[Pair], dict[str, float]]:
        model_id, dim = self.embedder.model_id, self.embedder.dim
        index = open_index(self._folder / "index.cache", self.store, model_id, dim)
        around = duplicates.Surroundings(
            store=self.store,
            index=index,
            model_id=model_id,
            read_thumbnail=self.thumbnails.get,
        )
        with usage.watched() as used:
            report = duplicates.scan(around)
        facts = {
            "assets": report.compared,
            "pairs_looked_at": report.looked_at,
            "took_s": round(report.took_s, 1),
            "cpu_s": round(used.cpu_s, 1),
            "peak_mb": round(used.peak_mb),
        }
        return self.store.list_pairs(), facts


def files_of(archive: Path, limit: int | None) -> Iterator[tuple[str, bytes]]:
    with zipfile.ZipFile(archive) as opened:
        names = [n for n in opened.namelist() if n.endswith((".webp", ".jpg", ".png"))][:limit]
        for name in names:
            yield name, opened.read(name)


def versions(name: str, data: bytes) -> list[tuple[str, bytes]]:
    with Image.open(io.BytesIO(data)) as opened:
        original = encoded(opened.convert("RGB"))
    image = Image.open(io.BytesIO(original)).convert("RGB")
    made = [("", original)]
    for change, (make, _, _) in CHANGES.items():
        made.append((change, make(image, original, random.Random(name + change))))
    return made


@contextmanager
def filled_shelf(
    kept: Path | None, archive: Path, limit: int | None, embedder: Any, *, change: bool
) -> Iterator[Shelf]:
    """A library of the pictures in `archive`; under `kept`, when that is given, it is kept, and
    used again by the next run, which then measures the scan alone."""
    with tempfile.TemporaryDirectory() as scratch:
        folder = (kept or Path(scratch)) / f"{archive.stem}-{limit or 'all'}"
        names = folder / "named.json"
        folder.mkdir(parents=True, exist_ok=True)
        shelf = Shelf(folder, embedder)
        if names.exists():
            shelf.named = {
                sha256: tuple(of) for sha256, of in json.loads(names.read_text()).items()
            }
            shelf.store.doubt_pairs()
        else:
            fill(shelf, archive, limit, change=change)
            names.write_text(json.dumps(shelf.named))
        yield shelf
        shelf.store.close()


def fill(shelf: Shelf, archive: Path, limit: int | None, *, change: bool) -> None:
    files, size = list(files_of(archive, limit)), 4 if change else CHUNK
    batches = [files[start : start + size] for start in range(0, len(files), size)]
    shelf.fill(partial(all_versions, change=change), batches)


def all_versions(files: Sequence[tuple[str, bytes]], *, change: bool) -> Iterator[Made]:
    for name, data in files:
        for what, file in versions(name, data) if change else [("", data)]:
            yield name, what, file


def measure_photos(
    archive: Path, limit: int | None, embedder: Any, kept: Path | None
) -> dict[str, Any]:
    """One library for each change, of all the originals and of each one's copy: were all versions
    in one, a copy that is missed could be found by way of another."""
    lines, wrong, cpu_s = [], [], 0.0
    with filled_shelf(kept, archive, limit, embedder, change=True) as shelf:
        for change, (_, right, asked) in CHANGES.items():
            with tempfile.TemporaryDirectory() as folder:
                part = shelf.part(Path(folder), {"", change})
                pairs, facts = part.scan()
                part.store.close()
            cpu_s += facts["cpu_s"]
            named: Counter[Relation] = Counter()
            for pair in pairs:
                if pair.relation not in OTHER_PICTURES:
                    ends = [shelf.named[name] for name in (pair.one, pair.other)]
                    if ends[0][0] == ends[1][0]:
                        named[pair.relation] += 1
                    else:
                        wrong.append((*ends[0], *ends[1], pair.relation.value, pair.confidence))
            pictures = sum(made == change for _, made in shelf.named.values())
            hits = sum(named.values())
            lines.append(
                {
                    "change": change,
                    "pictures": pictures,
                    "recall": hits / max(1, pictures),
                    "asked": asked,
                    "named_right": sum(named[relation] for relation in right) / max(1, hits),
                    "named": {relation.value: n for relation, n in named.most_common()},
                }
            )
            print(change, facts, lines[-1], flush=True)
    return {"cpu_s": round(cpu_s, 1), "changes": lines, "false_positives": wrong}


def measure_products(
    archive: Path, limit: int | None, embedder: Any, kept: Path | None, sheet: Path | None
) -> dict[str, Any]:
    with filled_shelf(kept, archive, limit, embedder, change=False) as shelf:
        pairs, facts = shelf.scan()
        called = [pair for pair in pairs if pair.relation not in OTHER_PICTURES]
        if sheet is not None and called:
            draw_sheet(called, shelf, sheet)
    return {
        "scan": facts,
        "pictures": len(shelf.named),
        "same_bytes": facts["assets"] - len(shelf.named),
        "called_above_same_scene": [
            (shelf.named[p.one][0], shelf.named[p.other][0], p.relation.value, p.confidence)
            for p in called
        ],
        "relations": Counter(pair.relation.value for pair in pairs),
    }


def draw_sheet(pairs: Sequence[Pair], shelf: Shelf, path: Path, columns: int = 3) -> None:
    wide, high = 460, 250
    rows = -(-len(pairs) // columns)
    sheet = Image.new("RGB", (wide * columns, high * rows), "grey")
    draw = ImageDraw.Draw(sheet)
    for place, pair in enumerate(pairs):
        x, y = place % columns * wide, place // columns * high
        for side, name in enumerate((pair.one, pair.other)):
            with Image.open(io.BytesIO(shelf.thumbnails.get(name) or b"")) as picture:
                picture.thumbnail((226, 226))
                sheet.paste(picture, (x + side * 228, y + 20))
        names = " ".join(shelf.named[name][0] for name in (pair.one, pair.other))
        draw.text((x, y + 4), f"{names} {pair.relation.value} {pair.confidence}", fill="yellow")
    sheet.save(path)


def show(results: dict[str, Any]) -> None:
    if photos := results.get("photos"):
        print(f"photographs: {photos['cpu_s']} CPU seconds")
        for line in photos["changes"]:
            asked = f"(asked {line['asked']:.0%})" if line["asked"] else ""
            print(
                f"  {line['change']:18} recall {line['recall']:7.2%} {asked:12} "
                f"named right {line['named_right']:7.2%}  {line['named']}"
            )
        print(f"  false positives: {len(photos['false_positives'])}")
        for wrong in photos["false_positives"]:
            print("   ", *wrong)
    if products := results.get("products"):
        print(f"products: {products['scan']} {dict(products['relations'])}")
        for called in products["called_above_same_scene"]:
            print("   ", *called)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--photos", type=Path, help="zip of photographs")
    parser.add_argument("--products", type=Path, help="zip of product photographs on white")
    parser.add_argument("--limit", type=int, help="pictures of each set, at most")
    parser.add_argument("--sheet", type=Path, help="where to draw the products that were called so")
    parser.add_argument("--keep", type=Path, metavar="DIR", help="keep the libraries for next time")
    parser.add_argument("--json", type=Path, metavar="FILE")
    given = parser.parse_args()
    embedder = load(threads=2)
    results: dict[str, Any] = {"model": embedder.model_id}
    if given.photos:
        results["photos"] = measure_photos(given.photos, given.limit, embedder, given.keep)
    if given.products:
        results["products"] = measure_products(
            given.products, given.limit, embedder, given.keep, given.sheet
        )
    show(results)
    if given.json:
        given.json.write_text(json.dumps(results, indent=2, default=dict), encoding="utf-8")


if __name__ == "__main__":
    main()

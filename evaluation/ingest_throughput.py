"""How close indexing comes to what the machine can do.

    python -m evaluation.ingest_throughput [--pictures DIR] [--embedder MODULE:CALLABLE] [--json F]

The limit is cores / (CPU seconds of decoding + CPU seconds of the model per picture). Decoding is
measured with one process on each core and the model with the threads that it uses, so that cores
which share their resources are measured as they are in use. All parts run in turns, `--repeats`
times, and the median of each counts. Beside the plain ratio stands the ratio to the cores that
other programs left free during the run, for machines that are not idle.

Last comes the rate at which a run passes over files of which none has changed.
"""

from __future__ import annotations

import argparse
import importlib
import json
import multiprocessing
import os
import shutil
import statistics
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from pathlib import Path

import numpy as np
from PIL import Image

from evaluation.processor_time import ProcessorWatch
from lookalike.blobs.local import LocalBlobs
from lookalike.images.decode import Limits
from lookalike.images.picture import prepare
from lookalike.images.sandbox import DecodePool
from lookalike.ingest.run import index
from lookalike.models.base import Embedder
from lookalike.stores.sqlite import SqliteStore
from lookalike.types import IndexReport

LIMITS = Limits(max_bytes=25 * 1024 * 1024, max_pixels=50_000_000, max_avif_pixels=25_000_000)
SIZES_PX = {"12 MP": (4000, 3000), "small": (640, 480)}
BATCH = 16


@dataclass(frozen=True)
class Throughput:
    """One row of the table; medians over the repeats."""

    pictures: str
    count: int
    decode_cpu_ms: float  # per picture
    model_cpu_ms: float  # per picture
    limit_per_s: float
    end_to_end_per_s: float
    ratio: float
    others_cores: float  # that other programs used meanwhile
    ratio_of_free: float


def main() -> None:
    arguments = parse_arguments()
    embedder = load_embedder(arguments.embedder)
    with tempfile.TemporaryDirectory(dir=arguments.work_dir) as folder:
        rows = []
        for name, count in (("12 MP", arguments.large), ("small", arguments.small)):
            pictures = Path(folder) / name.replace(" ", "")
            make_photographs(pictures, SIZES_PX[name], count, arguments.pictures)
            rows.append(measure(name, pictures, embedder, arguments.repeats))
        unchanged_per_s = measure_unchanged(Path(folder), embedder, arguments.unchanged)
    print_table(rows, embedder.model_id, unchanged_per_s)
    if arguments.json:
        result = {
            "model": embedder.model_id,
            "cores": count_cores(),
            "throughput": [asdict(row) for row in rows],
            "unchanged_files_per_s": unchanged_per_s,
        }
        arguments.json.write_text(json.dumps(result, indent=2) + "\n")


def parse_arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("--pictures", type=Path, help="folder of photographs to make them from")
    parser.add_argument("--embedder", default="lookalike.models.registry:load")
    parser.add_argument("--large", type=int, default=96, help="photographs of 12 MP")
    parser.add_argument("--small", type=int, default=800, help="small photographs")
    parser.add_argument("--unchanged", type=int, default=5000, help="files for the second run")
    parser.add_argument("--repeats", type=int, default=3)
    parser.add_argument("--work-dir", type=Path, help="where files are made; default: temporary")
    parser.add_argument("--json", type=Path)
    return parser.parse_args()


def load_embedder(place: str) -> Embedder:
    """Calls what `place` (module:callable) names."""
    module, _, name = place.partition(":")
    embedder: Embedder = getattr(importlib.import_module(module), name)()
    return embedder


# --- pictures -----------------------------------------------------------------------------------


def make_photographs(
    folder: Path, size_px: tuple[int, int], count: int, source: Path | None, distinct: int = 12
) -> None:
    """`count` JPEG files, `distinct` of them different; the others are copies."""
    folder.mkdir(parents=True)
    originals = []
    photographs = make_scenes(size_px, distinct) if source is None else enlarge(source, size_px)
    for n, pixels in zip(range(min(distinct, count)), photographs, strict=False):
        originals.append(folder / f"{n:05}.jpg")
        Image.fromarray(pixels).save(originals[-1], quality=90)
    for n in range(len(originals), count):
        shutil.copyfile(originals[n % len(originals)], folder / f"{n:05}.jpg")


def make_scenes(size_px: tuple[int, int], count: int) -> Iterator[np.ndarray]:
    """Noise of all scales, which compresses about as photographs do."""
    width_px, height_px = size_px
    for seed in range(count):
        random = np.random.default_rng(seed)
        scene = np.zeros((height_px, width_px, 3), np.float32)
        for cells in (4, 16, 64, 256):
            coarse = random.integers(0, 256, (cells, cells, 3), dtype=np.uint8)
            layer = Image.fromarray(coarse).resize(size_px, Image.Resampling.BICUBIC)
            scene += np.asarray(layer, np.float32) / cells**0.5
        yield add_grain(scene * (255 / scene.max()), random)


def enlarge(source: Path, size_px: tuple[int, int]) -> Iterator[np.ndarray]:
    """Photographs of a folder at another size, with the grain that enlarging takes away."""
    random = np.random.default_rng(0)
    files = sorted(path for path in source.rglob("*") if path.suffix.lower() in {".jpg", ".jpeg"})
    if not files:
        raise SystemExit(f"There is no JPEG file in {source}.")
    for path in files:
        with Image.open(path) as image:
            resized = image.convert("RGB").resize(size_px, Image.Resampling.BICUBIC)
        yield add_grain(np.asarray(resized, np.float32), random)


def add_grain(pixels: np.ndarray, random: np.random.Generator) -> np.ndarray:
    grain = random.standard_normal(pixels.shape[:2], np.float32)[..., None] * 4
    return (pixels + grain).clip(0, 255).astype(np.uint8)


# --- measuring ----------------------------------------------------------------------------------


def measure(name: str, pictures: Path, embedder: Embedder, repeats: int) -> Throughput:
    files = sorted(pictures.iterdir())
    decode_s, model_s, rates, others = [], [], [], []
    for _ in range(repeats):
        decode_s.append(measure_decode(files, embedder.image_size_px))
        model_s.append(measure_model(embedder, min(len(files), 20 * BATCH)))
        rate, other_cores = measure_end_to_end(pictures, len(files), embedder)
        rates.append(rate)
        others.append(other_cores)
    cpu_s = statistics.median(decode_s) + statistics.median(model_s)
    limit = count_cores() / cpu_s
    rate, other = statistics.median(rates), statistics.median(others)
    free = max(0.01, count_cores() - other)
    return Throughput(
        pictures=name,
        count=len(files),
        decode_cpu_ms=statistics.median(decode_s) * 1000,
        model_cpu_ms=statistics.median(model_s) * 1000,
        limit_per_s=limit,
        end_to_end_per_s=rate,
        ratio=rate / limit,
        others_cores=other,
        ratio_of_free=rate / (free / cpu_s),
    )


def measure_decode(files: Sequence[Path], side_px: int) -> float:
    """CPU seconds per picture, with a process on each core."""
    cores = count_cores()
    shares = [list(files[n::cores]) for n in range(cores)]
    context = multiprocessing.get_context("spawn")
    with ProcessPoolExecutor(cores, mp_context=context) as executor:
        spent = executor.map(decode_share, shares, [side_px] * cores)
        return sum(spent) / len(files)


def decode_share(files: Sequence[Path], side_px: int) -> float:
    """CPU seconds for all of `files`; the first is done once before to load the codecs."""
    prepare(files[0].read_bytes(), LIMITS, side_px=side_px)
    before_s = time.process_time()
    for path in files:
        prepare(path.read_bytes(), LIMITS, side_px=side_px)
    return time.process_time() - before_s


def measure_model(embedder: Embedder, count: int) -> float:
    """CPU seconds per picture, in batches, of all threads."""
    side = embedder.image_size_px
    images = np.random.default_rng(0).integers(0, 256, (BATCH, side, side, 3), dtype=np.uint8)
    embedder.embed_images(images)
    batches = max(1, count // BATCH)
    before_s = time.process_time()
    for _ in range(batches):
        embedder.embed_images(images)
    return (time.process_time() - before_s) / (batches * BATCH)


def measure_end_to_end(pictures: Path, count: int, embedder: Embedder) -> tuple[float, float]:
    """Pictures a second from an empty library to a full one, and cores that others used.

    The decoding processes are there already: their start is no cost of a picture.
    """
    with (
        tempfile.TemporaryDirectory(dir=pictures.parent) as folder,
        open_parts(Path(folder), embedder) as run,
    ):
        with ProcessorWatch() as watch:
            report = run(pictures)
        if report.indexed != count:
            raise SystemExit(f"Only {report.indexed} of {count} were indexed: {report}")
        return count / report.took_s, watch.others_cores


def measure_unchanged(folder: Path, embedder: Embedder, count: int) -> float:
    """Files a second when nothing has changed since the last run."""
    pictures = folder / "many"
    for n in range(count):
        path = pictures / f"{n // 500:03}" / f"{n:05}.png"
        path.parent.mkdir(parents=True, exist_ok=True)
        Image.new("RGB", (8, 8), (n % 256, n // 256 % 256, 0)).save(path)
    with open_parts(folder / "library", embedder) as run:
        run(pictures)
        seconds = [run(pictures).took_s for _ in range(3)]
    return count / statistics.median(seconds)


@contextmanager
def open_parts(folder: Path, embedder: Embedder) -> Iterator[Callable[[Path], IndexReport]]:
    """A new library in `folder`; yields a function that indexes a folder into it."""
    folder.mkdir(exist_ok=True)
    store = SqliteStore.open(folder / "library.db")
    thumbnails = LocalBlobs(folder / "thumbnails", durable=False)
    with DecodePool(
        processes=0, limits=LIMITS, side_px=embedder.image_size_px, timeout_s=20
    ) as pool:
        warm_up(pool)

        def run(pictures: Path) -> IndexReport:
            return index(
                store,
                embedder,
                pool,
                thumbnails,
                [pictures],
                max_bytes=LIMITS.max_bytes,
                batch_size=BATCH,
            )

        yield run
    store.close()


def warm_up(pool: DecodePool) -> None:
    """Starts every process of the pool."""
    drawing = b'<svg xmlns="http://www.w3.org/2000/svg" width="9" height="9"/>'
    for future in [pool.submit(drawing) for _ in range(2 * count_cores())]:
        future.result()


def count_cores() -> int:
    return len(os.sched_getaffinity(0))


# --- telling ------------------------------------------------------------------------------------


def print_table(rows: Sequence[Throughput], model_id: str, unchanged_per_s: float) -> None:
    print(f"{count_cores()} cores, model {model_id}")
    print(
        f"{'pictures':>9} {'count':>6} {'decode ms':>10} {'model ms':>9} {'limit/s':>8} "
        f"{'found/s':>8} {'ratio':>6} {'others':>7} {'of free':>8}"
    )
    for row in rows:
        print(
            f"{row.pictures:>9} {row.count:>6} {row.decode_cpu_ms:>10.1f} "
            f"{row.model_cpu_ms:>9.1f} {row.limit_per_s:>8.1f} {row.end_to_end_per_s:>8.1f} "
            f"{row.ratio:>6.2f} {row.others_cores:>7.2f} {row.ratio_of_free:>8.2f}"
        )
    print(f"nothing changed: {unchanged_per_s:,.0f} files/s")


if __name__ == "__main__":
    main()

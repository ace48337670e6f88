"""How often the picture that a caption was written for is found.

    python -m evaluation.relevance --tsv captions.tsv --pictures captions.zip [--json FILE]

Pictures go through the very decoding and the very model files that ship. `--pictures` is a
folder or a zip; the TSV holds `file<TAB>caption`. Prints R@1, R@5, R@10 and the median rank of
the right picture, and with `--bands` how far the bands can be trusted. `--haystack` adds the
pictures of other zips, which no caption is about; `--worst 24 --sheet FILE` draws the queries that
went worst, each with its own picture and the first results.
"""

from __future__ import annotations

import argparse
import json
import time
import zipfile
from collections.abc import Callable, Iterator
from dataclasses import asdict, dataclass, replace
from pathlib import Path

import numpy as np

from evaluation.which_model import add_model, open_model
from lookalike.images.decode import Limits
from lookalike.images.picture import prepare
from lookalike.models.base import Embedder

LIMITS = Limits(max_bytes=25 << 20, max_pixels=50_000_000, max_avif_pixels=25_000_000)
BATCH = 32


@dataclass(frozen=True)
class Captioned:
    """Pictures with their vectors, captions with theirs, and which belongs to which."""

    files: list[str]
    pictures: np.ndarray  # float32 [n, dim]
    captions: list[str]
    words: np.ndarray  # float32 [m, dim]
    own: np.ndarray  # int64 [m]: row in `pictures` of each caption


@dataclass(frozen=True)
class Recall:
    """Shares are 0 to 1."""

    pictures: int
    captions: int
    r_at_1: float
    r_at_5: float
    r_at_10: float
    r_at_50: float
    median_rank: float


def read_captions(tsv: Path) -> dict[str, list[str]]:
    """File -> its captions."""
    captions: dict[str, list[str]] = {}
    for line in tsv.read_text(encoding="utf-8").splitlines():
        file, _, caption = line.partition("\t")
        if caption.strip():
            captions.setdefault(file, []).append(caption.strip())
    return captions


def reader_of(pictures: Path) -> Callable[[str], bytes]:
    """Reads one file by name from a folder or a zip."""
    if pictures.is_dir():
        return lambda name: (pictures / name).read_bytes()
    archive = zipfile.ZipFile(pictures)
    members = {Path(member).name: member for member in archive.namelist()}
    return lambda name: archive.read(members[name])


def finder_of(places: list[Path]) -> Callable[[str], bytes]:
    """Reads a file by name from whichever of several folders or zips has it."""
    readers = {
        name: reader for place in places for reader in (reader_of(place),) for name in _names(place)
    }
    return lambda name: readers[name](name)


def embed(captions: dict[str, list[str]], pictures: Path, embedder: Embedder) -> Captioned:
    """Vectors of every picture and every caption."""
    files = sorted(captions)
    read = reader_of(pictures)
    side_px = embedder.image_size_px
    seen = [
        embedder.embed_images(
            np.stack([prepare(read(file), LIMITS, side_px=side_px).pixels for file in part])
        )
        for part in _parts(files)
    ]
    texts = [text for file in files for text in captions[file]]
    own = [row for row, file in enumerate(files) for _ in captions[file]]
    said = [embedder.embed_texts(part) for part in _parts(texts)]
    return Captioned(files, np.concatenate(seen), texts, np.concatenate(said), np.asarray(own))


def with_haystack(captioned: Captioned, archives: list[Path], embedder: Embedder) -> Captioned:
    """The same captions among more pictures."""
    side_px = embedder.image_size_px
    files, vectors = list(captioned.files), [captioned.pictures]
    for archive in archives:
        read = reader_of(archive)
        names = sorted(name for name in _names(archive) if name.lower().endswith(".webp"))
        for part in _parts(names):
            pixels = [prepare(read(name), LIMITS, side_px=side_px).pixels for name in part]
            vectors.append(embedder.embed_images(np.stack(pixels)))
        files += names
    return replace(captioned, files=files, pictures=np.concatenate(vectors))


def _names(pictures: Path) -> list[str]:
    if pictures.is_dir():
        return [file.name for file in pictures.iterdir()]
    return [Path(member).name for member in zipfile.ZipFile(pictures).namelist()]


def _parts(rows: list[str]) -> Iterator[list[str]]:
    for start in range(0, len(rows), BATCH):
        yield rows[start : start + BATCH]


def recall(captioned: Captioned) -> Recall:
    """Ranks each caption's own picture among all."""
    scores = captioned.words @ captioned.pictures.T
    own = scores[np.arange(len(scores)), captioned.own]
    better = (scores > own[:, None]).sum(1)
    at = {k: float((better < k).mean()) for k in (1, 5, 10, 50)}
    return Recall(
        pictures=len(captioned.files),
        captions=len(captioned.captions),
        r_at_1=at[1],
        r_at_5=at[5],
        r_at_10=at[10],
        r_at_50=at[50],
        median_rank=float(np.median(better)) + 1,
    )


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    add_model(parser)
    parser.add_argument("--tsv", type=Path, required=True)
    parser.add_argument("--pictures", type=Path, required=True)
    parser.add_argument("--bands", action="store_true", help="also judge the bands")
    parser.add_argument("--haystack", type=Path, nargs="*", default=[], help="more pictures")
    parser.add_argument("--worst", type=int, default=24, help="queries on the sheet")
    parser.add_argument("--sheet", type=Path, help="where to draw the worst queries")
    parser.add_argument("--json", type=Path)
    options = parser.parse_args()
    embedder = open_model(options)
    started = time.perf_counter()
    captioned = embed(read_captions(options.tsv), options.pictures, embedder)
    captioned = with_haystack(captioned, options.haystack, embedder)
    result = {"model": embedder.model_id, **asdict(recall(captioned))}
    result["took_s"] = round(time.perf_counter() - started, 1)
    if options.bands:
        from evaluation.bands import judge

        result |= judge(captioned, embedder)
    if options.sheet:
        from evaluation.sheets import save

        save(
            captioned,
            options.worst,
            finder_of([options.pictures, *options.haystack]),
            options.sheet,
        )
    for name, value in result.items():
        print(f"{name:24} {value:.3f}" if isinstance(value, float) else f"{name:24} {value}")
    if options.json:
        options.json.write_text(json.dumps(result, indent=2) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()

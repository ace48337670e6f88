"""Reads captioned pictures: a zip or folder of images beside a TSV `file<TAB>caption`."""

from __future__ import annotations

import io
import zipfile
from collections import defaultdict
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from PIL import Image


@dataclass(frozen=True)
class CaptionedSet:
    """Pictures and what is said of each."""

    name: str
    files: list[str]  # [n]
    images: np.ndarray  # uint8 [n, side, side, 3], squashed: the whole picture stays in view
    captions: list[list[str]]  # [n] one or more each

    def __len__(self) -> int:
        return len(self.files)

    def pick(self, rows: Sequence[int]) -> CaptionedSet:
        """The same set, these rows only."""
        return CaptionedSet(
            self.name,
            [self.files[i] for i in rows],
            self.images[np.asarray(rows)],
            [self.captions[i] for i in rows],
        )


def load(folder: Path, name: str, side_px: int) -> CaptionedSet:
    """Reads `name`.tsv and `name`.zip (or the folder `name`), pictures squashed to `side_px`."""
    captions: dict[str, list[str]] = defaultdict(list)
    for line in (folder / f"{name}.tsv").read_text(encoding="utf-8").splitlines():
        file, _, caption = line.partition("\t")
        if caption.strip():
            captions[file].append(caption.strip())
    files = sorted(captions)
    with ThreadPoolExecutor() as threads:
        images = list(threads.map(lambda data: _squash(data, side_px), _read(folder / name, files)))
    return CaptionedSet(name, files, np.stack(images), [captions[f] for f in files])


def _read(place: Path, files: Sequence[str]) -> Iterator[bytes]:
    """The bytes of each file, from `place`.zip or from the folder `place`."""
    archive = place.with_suffix(".zip")
    if archive.is_file():
        with zipfile.ZipFile(archive) as members:
            by_name = {Path(m).name: m for m in members.namelist()}
            for file in files:
                yield members.read(by_name[file])
    else:
        for file in files:
            yield (place / file).read_bytes()


def _squash(data: bytes, side_px: int) -> np.ndarray:
    with Image.open(io.BytesIO(data)) as image:
        rgb = image.convert("RGB")
        if rgb.size != (side_px, side_px):
            rgb = rgb.resize((side_px, side_px), Image.Resampling.BICUBIC, reducing_gap=2.0)
        return np.asarray(rgb)

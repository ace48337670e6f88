"""Uploads pictures without end, and prints the id of each that was acknowledged."""

from __future__ import annotations

import io
import sys
from itertools import count
from pathlib import Path

from PIL import Image

from lookalike import Library
from lookalike.settings import Settings
from lookalike.testing import FakeEmbedder


def main(folder: Path, start: int) -> None:
    settings = Settings(decode_processes=1, batch_size=4)
    with Library.open(folder, settings=settings, embedder=FakeEmbedder()) as library:
        library.start_background()
        for number in count(start):
            file = io.BytesIO()
            Image.new("RGB", (8, 8), (number % 256, number // 256 % 256, 9)).save(file, "PNG")
            asset = library.upload(file.getvalue(), name="a.png")
            print(asset.id, flush=True)


if __name__ == "__main__":
    main(Path(sys.argv[1]), int(sys.argv[2]))

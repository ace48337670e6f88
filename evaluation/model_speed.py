"""How quick the model is: pictures a second, and milliseconds a text query.

    python -m evaluation.model_speed [--threads N]

Only the model: pictures are in memory, texts are ten words long. Beside the wall clock stands the
processor time, which a busy machine changes less.
"""

from __future__ import annotations

import argparse
import time
from collections.abc import Callable

import numpy as np

from evaluation.results import show
from lookalike.models.registry import load

PICTURES, BATCH = 256, 32
QUERIES = 200
WORDS = "two brown dogs run along the beach near the water"


def timed(work: Callable[[], object], count: int) -> dict[str, float]:
    """Wall and processor time of one of `count`, ms."""
    wall, cpu = time.perf_counter(), time.process_time()
    work()
    return {
        "wall_ms": (time.perf_counter() - wall) / count * 1000,
        "processor_ms": (time.process_time() - cpu) / count * 1000,
    }


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--threads", type=int, default=2, help="for pictures; texts take one")
    options = parser.parse_args()
    seeing, reading = load(threads=options.threads), load(threads=1)
    side = seeing.image_size_px
    chance = np.random.default_rng(0)
    pixels = chance.integers(0, 256, (BATCH, side, side, 3), dtype=np.uint8)
    seeing.embed_images(pixels)
    reading.embed_texts([WORDS])
    pictures = timed(
        lambda: [seeing.embed_images(pixels) for _ in range(PICTURES // BATCH)], PICTURES
    )
    texts = timed(lambda: [reading.embed_texts([WORDS]) for _ in range(QUERIES)], QUERIES)
    show(
        {
            f"a picture, {options.threads} threads": pictures
            | {"pictures_a_second": 1000 / pictures["wall_ms"]},
            "a text, 1 thread": texts,
        },
        seeing.model_id,
    )


if __name__ == "__main__":
    main()

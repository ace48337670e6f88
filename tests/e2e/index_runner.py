"""One indexing run in a process of its own, for tests that interrupt or kill it.

    python index_runner.py LIBRARY PICTURES [--wait] [--hold]

Prints a JSON object a line: that it starts, progress, then the report or the error. With --hold
it stops at the first progress of the index stage until a line arrives on its standard input.
"""

from __future__ import annotations

import json
import sys
from dataclasses import asdict
from pathlib import Path

from lookalike.blobs.local import LocalBlobs
from lookalike.errors import LookalikeError
from lookalike.images.decode import Limits
from lookalike.images.sandbox import DecodePool
from lookalike.ingest.lock import hold_lock
from lookalike.ingest.run import index
from lookalike.stores.sqlite import SqliteStore
from lookalike.testing import FakeEmbedder
from lookalike.types import Progress

MAX_BYTES = 1024 * 1024


def main(library: Path, pictures: Path, *, wait: bool, hold: bool) -> None:
    holding = hold

    def tell(progress: Progress) -> None:
        nonlocal holding
        print(json.dumps(asdict(progress)), flush=True)
        if holding and progress.stage == "index":
            holding = False
            sys.stdin.readline()

    limits = Limits(max_bytes=MAX_BYTES, max_pixels=10**6, max_avif_pixels=10**6)
    embedder = FakeEmbedder()
    with (
        hold_lock(library / "index.lock", wait=wait, progress=tell),
        DecodePool(
            processes=2, limits=limits, side_px=embedder.image_size_px, timeout_s=20
        ) as pool,
    ):
        store = SqliteStore.open(library / "library.db")
        thumbnails = LocalBlobs(library / "thumbnails", durable=False)
        print(json.dumps({"stage": "start"}), flush=True)
        report = index(
            store,
            embedder,
            pool,
            thumbnails,
            [pictures],
            max_bytes=MAX_BYTES,
            batch_size=8,
            progress=tell,
        )
        store.close()
    print(json.dumps(asdict(report)), flush=True)


if __name__ == "__main__":
    try:
        main(
            Path(sys.argv[1]),
            Path(sys.argv[2]),
            wait="--wait" in sys.argv,
            hold="--hold" in sys.argv,
        )
    except LookalikeError as error:
        print(json.dumps({"error": error.code}), flush=True)

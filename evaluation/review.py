"""Measures the page of duplicates with 10,000 groups: a real `lookalike serve`, a real browser.

    python -m evaluation.review [--groups N] [--count N] [--library DIR] [--json FILE]

In a library of 100,000 made-up pictures, 10,000 groups of two to four are noted as a scan would.
Sorting them into groups, which a job does once after a scan, is measured by itself. Then the
server starts, and the page is opened again and again, without and with a filter.

Times are medians; `cpu_ms` of the server holds on a machine with other work, too.
"""

from __future__ import annotations

import argparse
import itertools
import json
import os
import tempfile
import time
from collections.abc import Iterator
from dataclasses import asdict
from pathlib import Path
from typing import Any

from evaluation.made_library import POOL, make_library
from evaluation.painting import measure, visit, watched_page
from evaluation.served import served
from lookalike.layout import Layout
from lookalike.library import Library
from lookalike.models.registry import load
from lookalike.search.scans import scan_name
from lookalike.stores.sqlite import SqliteStore
from lookalike.types import Pair, Relation

COUNT, GROUPS = 100_000, 10_000
VISITS = 15
FIRST_PAINT_BAR_MS = 500.0
_LARGEST = 4
_RELATIONS = (Relation.RESIZED, Relation.RE_ENCODED, Relation.CROPPED, Relation.RECOLOURED)


def note_pairs(folder: Path, groups: int, model_id: str) -> None:
    """As a scan that has compared everything."""
    store = SqliteStore.open(Layout.find(folder, create=False).database)
    try:
        names = store.contents().sha256
        pairs = [pair for number in range(groups) for pair in _pairs(number, names)]
        store.save_pairs(scan_name(model_id), pairs, store.generation(), is_last=True)
    finally:
        store.close()


def _pairs(number: int, names: list[str]) -> Iterator[Pair]:
    """Every two of one group, whose members show the same picture of the pool."""
    first = number // POOL * POOL * _LARGEST + number % POOL
    members = [names[first + POOL * place] for place in range(2 + number % (_LARGEST - 1))]
    for one, other in itertools.combinations(sorted(members), 2):
        yield Pair(
            one=one,
            other=other,
            relation=_RELATIONS[number % len(_RELATIONS)],
            confidence=0.8 + number % 19 / 100,
        )


def sort(folder: Path) -> dict[str, Any]:
    """What it takes to sort all pairs into groups, once."""
    with Library.open(folder, create=False) as library:
        started_s, used_s = time.perf_counter(), time.process_time()
        library.sort_duplicates()
        return {
            "sorting_s": round(time.perf_counter() - started_s, 1),
            "sorting_cpu_s": round(time.process_time() - used_s, 1),
            "groups": library.review(limit=1).total,
        }


def run(folder: Path, arguments: argparse.Namespace) -> dict[str, Any]:
    if not (folder / "library.db").exists():
        embedder = load(None, threads=os.cpu_count() or 1)
        make_library(folder, arguments.count, embedder)
        note_pairs(folder, arguments.groups, embedder.model_id)
    report = sort(folder)
    with served(folder) as server, watched_page(server) as page:
        first = visit(page, f"{server.url}/duplicates")
        report["first_visit_first_paint_ms"] = round(first["first"], 1)
        report["first_visit_pictures_ms"] = round(first["thumbnails"], 1)
        report["bar_first_paint_ms"] = FIRST_PAINT_BAR_MS
        filtered = "/duplicates?relation=resized&min_confidence=0.9"
        report["pages"] = [
            asdict(measure(page, server, path, [path] * arguments.visits))
            for path in ("/duplicates", filtered)
        ]
    return report


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawTextHelpFormatter
    )
    parser.add_argument("--count", type=int, default=COUNT, help="pictures in the library")
    parser.add_argument("--groups", type=int, default=GROUPS)
    parser.add_argument("--library", type=Path, help="made here and kept; default: temporary")
    parser.add_argument("--visits", type=int, default=VISITS)
    parser.add_argument("--json", type=Path, help="also write the numbers to this file")
    arguments = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="review-") as temporary:
        report = run(arguments.library or Path(temporary), arguments)
    text = json.dumps(report, indent=2)
    print(text)
    if arguments.json:
        arguments.json.write_text(text + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()

"""Measures the dashboard with a large library: a real `lookalike serve`, a real browser.

    python -m evaluation.dashboard [--count N] [--library DIR] [--workers N] [--json FILE]

A library of 100,000 made-up pictures is served on loopback and looked at with Chromium:

- text search: from the start of the navigation until the first results are painted, and until the
  last thumbnail has arrived; other words each time, so that the model runs each time;
- the library page: until its first paint, and until its pictures have arrived;
- memory of the server, all its processes together;
- 32 searchers at once for a minute, through the REST API and through the page; and, in turns with
  them, threads that call the search core in one process, without any server. A searcher's words are
  new each time.

Times are medians. `cpu_ms` is what the server, or the core, computed for one request, and
`client_cpu_ms` what the searchers took beside it on the same cores; on a
machine with other work only that and ratios within one run are worth comparing.
"""

from __future__ import annotations

import argparse
import itertools
import json
import os
import tempfile
import time
from collections.abc import Callable
from dataclasses import asdict
from pathlib import Path
from typing import Any, TypeVar
from urllib.parse import quote_plus

from evaluation.made_library import make_library, queries
from evaluation.painting import PageTimes, measure, watched_page
from evaluation.searchers import Crowd, ask_library, ask_over_http, sum_up
from evaluation.served import Served, served
from lookalike.library import Library
from lookalike.models.registry import load

T = TypeVar("T")

COUNT = 100_000
SEARCHES = 40
VISITS = 15
SEARCHERS = 32
CROWD_S = 60.0
TURNS = 4
BARS = {"search_painted_ms": 150.0, "library_first_paint_ms": 500.0, "memory_mb": 1200.0}


# --- the browser ----------------------------------------------------------------------------


def measure_pages(server: Served, searches: int, visits: int) -> list[PageTimes]:
    said = itertools.islice(queries(), 20, None)
    search = [f"/search?q={quote_plus(next(said))}" for _ in range(searches)]
    library = ["/library", "/library?sort=newest", "/library?folder=Shoots%2F2015"] * visits
    with watched_page(server) as page:
        return [
            measure(page, server, "text search", search),
            measure(page, server, "library page", library[:visits]),
        ]


# --- many searchers -------------------------------------------------------------------------


def measure_crowds(
    folder: Path, server: Served, searchers: int, wall_s: float
) -> list[dict[str, Any]]:
    """Each way with the core beside it."""
    ways = (
        ("REST search, 20 results", "/api/v1/search?text=", 20),
        ("results page", "/search?q=", 60),
    )
    return [_measure_crowd(folder, server, way, searchers=searchers, wall_s=wall_s) for way in ways]


def _measure_crowd(
    folder: Path, server: Served, way: tuple[str, str, int], *, searchers: int, wall_s: float
) -> dict[str, Any]:
    what, path, limit = way
    turn_s = wall_s / TURNS
    overs, cores = [], []
    cpu_s = {"server": 0.0, "client": 0.0, "core": 0.0}
    with Library.open(folder, create=False) as library:
        for words in itertools.islice(queries(), 5):  # loads the model and the index
            library.search(words, limit=limit)
        for _ in range(TURNS):  # in turns, so that both meet the same machine
            (over, server_s), client_s = _with_cpu(
                time.process_time,
                lambda: _with_cpu(
                    server.cpu_s, lambda: ask_over_http(what, server.url, path, searchers, turn_s)
                ),
            )
            core, core_s = _with_cpu(
                time.process_time, lambda: ask_library(library, limit, searchers, turn_s)
            )
            overs.append(over)
            cores.append(core)
            for name, used_s in zip(cpu_s, (server_s, client_s, core_s), strict=True):
                cpu_s[name] += used_s
    over, core = sum_up(overs), sum_up(cores)
    return {
        **asdict(over),
        "cpu_ms": _each_ms(cpu_s["server"], over),
        "client_cpu_ms": _each_ms(cpu_s["client"], over),
        "core_per_s": core.per_s,
        "core_cpu_ms": _each_ms(cpu_s["core"], core),
        "share_of_core": round(over.per_s / core.per_s, 2),
    }


def _with_cpu(read_s: Callable[[], float], run: Callable[[], T]) -> tuple[T, float]:
    began_s = read_s()
    got = run()
    return got, read_s() - began_s


def _each_ms(cpu_s: float, crowd: Crowd) -> float:
    return round(cpu_s / max(1, crowd.searches) * 1000, 1)


# --- report ---------------------------------------------------------------------------------


def run(folder: Path, arguments: argparse.Namespace) -> dict[str, Any]:
    if not (folder / "library.db").exists():
        began_s = time.monotonic()
        make_library(folder, arguments.count, load(None, threads=os.cpu_count() or 1))
        print(f"made {arguments.count:,} assets in {time.monotonic() - began_s:.0f} s", flush=True)
    options = ["--workers", str(arguments.workers)] if arguments.workers > 1 else []
    report: dict[str, Any] = {"assets": arguments.count, "workers": arguments.workers}
    with served(folder, *options) as server:
        report["pages"] = [
            asdict(row) for row in measure_pages(server, arguments.searches, arguments.visits)
        ]
        report["memory_mb"] = round(server.memory_mb())
        if arguments.crowd_s:
            report["crowds"] = measure_crowds(
                folder, server, arguments.searchers, arguments.crowd_s
            )
            report["memory_after_crowds_mb"] = round(server.memory_mb())
    return report


def show(report: dict[str, Any]) -> None:
    for name, value in report.items():
        if not isinstance(value, list):
            print(f"{name:24} {value}")
            continue
        print(f"\n{name}")
        for row in value:
            print("  " + "  ".join(f"{column}={cell}" for column, cell in row.items()))


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawTextHelpFormatter
    )
    parser.add_argument("--count", type=int, default=COUNT, help="pictures in the library")
    parser.add_argument("--library", type=Path, help="made here and kept; default: temporary")
    parser.add_argument("--workers", type=int, default=1, help="processes of the server")
    parser.add_argument("--searches", type=int, default=SEARCHES)
    parser.add_argument("--visits", type=int, default=VISITS, help="of the library page")
    parser.add_argument("--searchers", type=int, default=SEARCHERS)
    parser.add_argument("--crowd-s", type=float, default=CROWD_S, help="0 leaves the crowds out")
    parser.add_argument("--json", type=Path, help="also write the numbers to this file")
    arguments = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="dashboard-") as temporary:
        report = run(arguments.library or Path(temporary), arguments)
    show(report)
    print(f"\nbars: {BARS}; share_of_core at least 0.8, no errors")
    if arguments.json:
        arguments.json.write_text(json.dumps(report, indent=2) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()

"""Measures the dashboard with a large library: a real `lookalike serve`, a real browser.

    python -m evaluation.dashboard [--count N] [--library DIR] [--workers N] [--json FILE]

A library of 100,000 made-up pictures is served on loopback and looked at with Chromium:

- text search: from the start of the navigation until the first results, and all thumbnails that
  are in view, are painted; other words each time, so that the model runs each time;
- the library page: until its first paint, and until its pictures are painted;
- memory of the server, all its processes together;
- 32 searchers at once for a minute, through the REST API and through the page; and threads that
  call the search core in one process, without any server. A searcher's words are new each time.

Times are medians. `cpu_ms` is what the server, or the core, computed for one request; on a
machine with other work only that and ratios within one run are worth comparing.
"""

from __future__ import annotations

import argparse
import itertools
import json
import os
import re
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any
from urllib.parse import quote_plus
from urllib.request import urlopen

from playwright.sync_api import Page, sync_playwright

from evaluation.made_library import make_library, queries
from evaluation.searchers import Crowd, ask_library, ask_over_http
from lookalike.library import Library
from lookalike.models.registry import load

COUNT = 100_000
SEARCHES = 40
VISITS = 15
SEARCHERS = 32
CROWD_S = 60.0
VIEWPORT = {"width": 1440, "height": 900}
BARS = {"search_painted_ms": 150.0, "library_first_paint_ms": 500.0, "memory_mb": 1200.0}
_TICK_S = 1 / os.sysconf("SC_CLK_TCK")
_FIRST_ANSWER_S = 120
_QUIET_S = 10  # without any job, before anything is measured
# Runs in each page before anything else. A frame callback comes before its frame is painted, and
# what it posts runs after that.
_WATCH = """
  window.painted = new Promise((resolve) => {
    const times = {};
    const seen = (name) => new Promise((done) => requestAnimationFrame(() => {
      const channel = new MessageChannel();
      channel.port1.onmessage = () => { times[name] = performance.now(); done(); };
      channel.port2.postMessage(0);
    }));
    const inView = (image) => {
      const box = image.getBoundingClientRect();
      return box.width > 0 && box.top < innerHeight && box.bottom > 0;
    };
    const look = async () => {
      const cards = document.querySelectorAll("[data-results] .card");
      if (!cards.length) { requestAnimationFrame(look); return; }
      if (!times.results) await seen("results");
      const images = [...document.querySelectorAll("[data-results] .card img")].filter(inView);
      if (!images.length || images.some((image) => !image.complete)) {
        requestAnimationFrame(look);
        return;
      }
      await Promise.all(images.map((image) => image.decode().catch(() => {})));
      await seen("thumbnails");
      const [page] = performance.getEntriesByType("navigation");
      const paint = performance.getEntriesByName("first-contentful-paint")[0];
      resolve({ ...times, answer: page.responseEnd, bytes: page.decodedBodySize,
                first: paint ? paint.startTime : times.results, cards: cards.length });
    };
    requestAnimationFrame(look);
  });
"""


@dataclass(frozen=True, kw_only=True, slots=True)
class PageTimes:
    """Medians of many visits, in milliseconds from the start of the navigation."""

    what: str
    visits: int
    answer_ms: float  # the HTML has arrived
    first_paint_ms: float
    results_ms: float  # cards are painted
    results_p95_ms: float
    thumbnails_ms: float  # and so are the thumbnails in view
    server_cpu_ms: float
    html_kb: float


class Served:
    """A running `lookalike serve`."""

    def __init__(self, process: subprocess.Popen[str], url: str) -> None:
        self.url = url
        self._process = process

    def memory_mb(self) -> float:
        """Of all its processes; what they share counts once."""
        return sum(_proportional_kb(pid) for pid in self._pids()) / 1000

    def cpu_s(self) -> float:
        total = 0.0
        for pid in self._pids():
            fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
            total += (int(fields[11]) + int(fields[12])) * _TICK_S
        return total

    def _pids(self) -> list[int]:
        found, waiting = [], [self._process.pid]
        while waiting:
            pid = waiting.pop()
            found.append(pid)
            for task in Path(f"/proc/{pid}/task").glob("*/children"):
                waiting += [int(child) for child in task.read_text().split()]
        return found


@contextmanager
def served(folder: Path, *options: str) -> Iterator[Served]:
    """Serves a library on loopback, and waits for its first answer."""
    command = [str(Path(sys.executable).with_name("lookalike")), "serve", "--library", str(folder)]
    process = subprocess.Popen(
        [*command, "--port", "0", *options], stdout=subprocess.PIPE, text=True
    )
    try:
        assert process.stdout is not None
        found = re.search(r"http://\S+", process.stdout.readline())
        if found is None:
            raise SystemExit("The server did not start.")
        server = Served(process, found[0].rstrip("/"))
        for words in itertools.islice(queries(), 4 * _workers(options)):
            address = f"{server.url}/search?q={quote_plus(words)}"
            urlopen(address, timeout=_FIRST_ANSWER_S).read()
        _wait_until_idle(server)
        yield server
    finally:
        process.terminate()
        process.wait(60)


def _wait_until_idle(server: Served) -> None:
    """Work in the background, such as the map of a new library, is not what is measured."""
    quiet_since_s = time.monotonic()
    while time.monotonic() - quiet_since_s < _QUIET_S:
        numbers = urlopen(f"{server.url}/metrics", timeout=_FIRST_ANSWER_S).read().decode()
        if re.search(r"^lookalike_jobs\{.*\} [^0]", numbers, re.MULTILINE):
            quiet_since_s = time.monotonic()
        time.sleep(1)


def _workers(options: Sequence[str]) -> int:
    return int(options[options.index("--workers") + 1]) if "--workers" in options else 1


# --- the browser ----------------------------------------------------------------------------


def measure_pages(server: Served, searches: int, visits: int) -> list[PageTimes]:
    with sync_playwright() as playwright:
        chromium = shutil.which(os.environ.get("CHROMIUM", "chromium"))
        arguments = ["--no-sandbox", "--disable-gpu", "--no-first-run"]
        browser = playwright.chromium.launch(executable_path=chromium, args=arguments)
        page = browser.new_page(viewport=VIEWPORT)  # type: ignore[arg-type]
        page.add_init_script(_WATCH)
        said = itertools.islice(queries(), 20, None)
        search = [f"/search?q={quote_plus(next(said))}" for _ in range(searches)]
        library = ["/library", "/library?sort=newest", "/library?folder=Shoots%2F2015"] * visits
        rows = [
            _measure(page, server, "text search", search),
            _measure(page, server, "library page", library[:visits]),
        ]
        browser.close()
    return rows


def _measure(page: Page, server: Served, what: str, paths: list[str]) -> PageTimes:
    _visit(page, server.url + paths[0])  # the files of every page are cached from now on
    began_s = server.cpu_s()
    seen = [_visit(page, server.url + path) for path in paths]
    cpu_s = server.cpu_s() - began_s
    results = [times["results"] for times in seen]
    return PageTimes(
        what=what,
        visits=len(seen),
        answer_ms=_median(times["answer"] for times in seen),
        first_paint_ms=_median(times["first"] for times in seen),
        results_ms=_median(results),
        results_p95_ms=round(statistics.quantiles(results, n=20)[-1], 1),
        thumbnails_ms=_median(times["thumbnails"] for times in seen),
        server_cpu_ms=round(cpu_s / len(seen) * 1000, 1),
        html_kb=round(statistics.median(times["bytes"] for times in seen) / 1000, 1),
    )


def _visit(page: Page, url: str) -> dict[str, float]:
    page.goto(url, wait_until="commit")
    times: dict[str, float] = page.evaluate("window.painted")
    return times


def _median(values: Iterator[float] | list[float]) -> float:
    return round(statistics.median(values), 1)


# --- many searchers -------------------------------------------------------------------------


def measure_crowds(
    folder: Path, server: Served, searchers: int, wall_s: float
) -> list[dict[str, Any]]:
    """Each way with the core beside it, one after the other."""
    ways = (
        ("REST search, 20 results", "/api/v1/search?text=", 20),
        ("results page", "/search?q=", 60),
    )
    return [_measure_crowd(folder, server, way, searchers=searchers, wall_s=wall_s) for way in ways]


def _measure_crowd(
    folder: Path, server: Served, way: tuple[str, str, int], *, searchers: int, wall_s: float
) -> dict[str, Any]:
    what, path, limit = way
    over_http, http_cpu_s = _with_cpu(
        server.cpu_s, lambda: ask_over_http(what, server.url, path, searchers, wall_s)
    )
    with Library.open(folder, create=False) as library:
        for words in itertools.islice(queries(), 5):  # loads the model and the index
            library.search(words, limit=limit)
        core, core_cpu_s = _with_cpu(
            time.process_time, lambda: ask_library(library, limit, searchers, wall_s)
        )
    return {
        **asdict(over_http),
        "cpu_ms": _each_ms(http_cpu_s, over_http),
        "core_per_s": core.per_s,
        "core_cpu_ms": _each_ms(core_cpu_s, core),
        "share_of_core": round(over_http.per_s / core.per_s, 2),
    }


def _with_cpu(read_s: Any, run: Any) -> tuple[Crowd, float]:
    began_s = read_s()
    crowd: Crowd = run()
    return crowd, read_s() - began_s


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


def _proportional_kb(pid: int) -> int:
    rollup = Path(f"/proc/{pid}/smaps_rollup").read_text()
    found = re.search(r"^Pss:\s+(\d+)", rollup, re.MULTILINE)
    return int(found[1]) if found else 0


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

"""Measures the map of a large library in a real browser: the first look, and moving it.

    python -m evaluation.map [--count N] [--library DIR] [--arrange] [--json FILE]

A library of 100,000 made-up pictures is arranged, served on loopback and looked at with Chromium,
without a graphics card:

- payload: bytes of the points as they are sent, and of the page;
- first map: from the start of the navigation until it is drawn, cold (nothing cached, median of a
  few visits) and again (the points are known by their ETag);
- frames: gaps between frames while it is dragged, zoomed by the wheel over all of it, and moved
  close by among thumbnails; and what the page's own drawing took in each;
- with `--arrange`: processor time and memory of finding groups and laying out the map from the
  start, and of giving 1,000 more pictures their places, which must move nothing.

Gaps depend on other work on the machine; `draw` is the time of one drawing in the page.
"""

from __future__ import annotations

import argparse
import json
import os
import resource
import shutil
import statistics
import tempfile
import time
from collections.abc import Callable
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import numpy as np
from playwright.sync_api import Browser, Page, Response, sync_playwright

from evaluation.dashboard import COUNT, show
from evaluation.made_library import make_library
from evaluation.painting import VIEWPORT
from evaluation.served import Served, served
from lookalike.library import Library
from lookalike.models.registry import load

VISITS = 7
STEPS = 120
ADDED = 1000
# Each frame tells when it came; what is drawn in it runs in the same callback of the page.
_WATCH = """
  const real = window.requestAnimationFrame.bind(window);
  window.draws = [];
  window.requestAnimationFrame = (act) => real((now) => {
    const began = performance.now();
    act(now);
    window.draws.push(performance.now() - began);
  });
  window.frames = [];
  window.watchFrames = () => {
    window.draws.length = window.frames.length = 0;
    let last = performance.now();
    const tick = (now) => { window.frames.push(now - last); last = now; real(tick); };
    real(tick);
  };
  window.drawn = new Promise((resolve) => {
    const look = () => {
      if (!document.querySelector("[data-map][data-ready]")) { real(look); return; }
      const channel = new MessageChannel();
      channel.port1.onmessage = () => resolve(performance.now());
      channel.port2.postMessage(0);
    };
    real(look);
  });
"""


@dataclass(frozen=True, kw_only=True, slots=True)
class Frames:
    """Milliseconds of the frames of one movement."""

    what: str
    frames: int
    p50_ms: float
    p95_ms: float
    draw_p50_ms: float
    draw_p95_ms: float


def measure_map(server: Served) -> dict[str, Any]:
    with sync_playwright() as playwright:
        chromium = shutil.which(os.environ.get("CHROMIUM", "chromium"))
        arguments = ["--no-sandbox", "--disable-gpu", "--no-first-run"]
        browser = playwright.chromium.launch(executable_path=chromium, args=arguments)
        report = {**_look(browser, server), "frames": _move(browser, server)}
        browser.close()
    return report


def _look(browser: Browser, server: Served) -> dict[str, float]:
    points, page_url = f"{server.url}/api/v1/map", f"{server.url}/map"
    cold, again, sizes = [], [], {}
    for _ in range(VISITS):
        page = _open(browser)
        answers = _noted(page)
        cold.append(_visit(page, server))
        for answer in answers:
            if answer.url in (points, page_url):  # others, as that of events, never end
                sizes[answer.url] = answer.request.sizes()["responseBodySize"]
        again.append(_visit(page, server))
        page.context.close()
    return {
        "points_kb": round(sizes[points] / 1000, 1),
        "page_kb": round(sizes[page_url] / 1000, 1),
        "first_map_ms": round(statistics.median(cold)),
        "first_map_again_ms": round(statistics.median(again)),
    }


def _noted(page: Page) -> list[Response]:
    """All answers that the page gets from now on."""
    answers: list[Response] = []
    page.on("response", lambda answer: answers.append(answer))
    return answers


def _open(browser: Browser) -> Page:
    context = browser.new_context(viewport=VIEWPORT)  # type: ignore[arg-type]
    page = context.new_page()
    page.add_init_script(_WATCH)
    return page


def _visit(page: Page, server: Served) -> float:
    page.goto(f"{server.url}/map", wait_until="commit")
    drawn: float = page.evaluate("window.drawn")
    return drawn


def _move(browser: Browser, server: Served) -> list[dict[str, Any]]:
    page = _open(browser)
    _visit(page, server)
    box = page.locator("[data-map-canvas]").bounding_box()
    assert box is not None
    across, down = box["x"] + box["width"] / 2, box["y"] + box["height"] / 2
    page.mouse.move(across, down)

    def drag() -> None:
        page.mouse.down()
        for step in range(STEPS):
            page.mouse.move(across + 3 * (step % 60), down + 2 * (step % 40))
        page.mouse.up()

    def turn(by: int) -> None:
        for _ in range(STEPS):
            page.mouse.wheel(0, by)

    rows = [
        _frames(page, "dragged, all of it in view", drag),
        _frames(page, "zoomed in", lambda: turn(-30)),
        _frames(page, "dragged, close by", drag),
        _frames(page, "zoomed out", lambda: turn(30)),
    ]
    page.context.close()
    return [asdict(row) for row in rows]


def _frames(page: Page, what: str, act: Callable[[], None]) -> Frames:
    page.evaluate("window.watchFrames()")
    act()
    frames, draws = page.evaluate("[window.frames.slice(), window.draws.slice()]")
    return Frames(
        what=what,
        frames=len(frames),
        p50_ms=_share(frames, 50),
        p95_ms=_share(frames, 95),
        draw_p50_ms=_share(draws, 50),
        draw_p95_ms=_share(draws, 95),
    )


def _share(values: list[float], percent: int) -> float:
    return round(statistics.quantiles(values, n=100)[percent - 1], 1)


# --- the library ----------------------------------------------------------------------------


def measure_arranging(folder: Path, count: int) -> list[dict[str, Any]]:
    """Everything from the start, then 1,000 pictures more: by how much, and what moved."""
    with Library.open(folder, create=False) as library:
        anew = _arranged(library, "from the start", anew=True)
        before = library.places()
    make_library(folder, ADDED, load(None, threads=os.cpu_count() or 1), first=count)
    with Library.open(folder, create=False) as library:
        library.search("boat")  # reads what is new into the index
        joined = _arranged(library, f"{ADDED:,} more", anew=False)
        after = library.places()
    assert before is not None
    assert after is not None
    kept = np.isin(after.keys, before.keys)
    moved = int((after.points[kept] != before.points).any(axis=1).sum())
    return [anew, joined | {"moved": moved}]


def _arranged(library: Library, what: str, *, anew: bool) -> dict[str, Any]:
    began_s = time.process_time()
    report = library.arrange(anew=anew)
    return {
        "what": what,
        "pictures": report.pictures,
        "groups": report.groups,
        "cpu_s": round(time.process_time() - began_s, 1),
        "peak_mb": round(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024),
    }


def run(folder: Path, arguments: argparse.Namespace) -> dict[str, Any]:
    count, report = arguments.count, {"assets": arguments.count}
    if not (folder / "library.db").exists():
        make_library(folder, count, load(None, threads=os.cpu_count() or 1))
    if arguments.arrange:
        report["arranging"] = measure_arranging(folder, count)
    else:
        with Library.open(folder, create=False) as library:
            if not library.is_arranged():
                library.arrange()
    with served(folder) as server:
        return {**report, **measure_map(server), "server_mb": round(server.memory_mb())}


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawTextHelpFormatter
    )
    parser.add_argument("--count", type=int, default=COUNT, help="pictures in the library")
    parser.add_argument("--library", type=Path, help="made here and kept; default: temporary")
    parser.add_argument("--arrange", action="store_true", help="also measure arranging; adds 1,000")
    parser.add_argument("--json", type=Path, help="also write the numbers to this file")
    arguments = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="map-") as temporary:
        report = run(arguments.library or Path(temporary), arguments)
    show(report)
    if arguments.json:
        arguments.json.write_text(json.dumps(report, indent=2) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()

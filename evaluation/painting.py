"""What a person waits for on a page: times until something is painted, in a real Chromium."""

from __future__ import annotations

import os
import shutil
import statistics
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass

from playwright.sync_api import Page, sync_playwright

from evaluation.served import Served

VIEWPORT = {"width": 1440, "height": 900}
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
      const box = image?.getBoundingClientRect() ?? { width: 0 };
      return box.width > 0 && box.top < innerHeight && box.bottom > 0;
    };
    const look = async () => {
      const cards = [...document.querySelectorAll("[data-results] :is(.card, .copy)")];
      if (!cards.length) { requestAnimationFrame(look); return; }
      if (!times.results) await seen("results");
      const images = cards.map((card) => card.querySelector("img")).filter(inView);
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


@contextmanager
def watched_page() -> Iterator[Page]:
    """A page of a browser of its own, in which every visit is timed."""
    with sync_playwright() as playwright:
        chromium = shutil.which(os.environ.get("CHROMIUM", "chromium"))
        arguments = ["--no-sandbox", "--disable-gpu", "--no-first-run"]
        browser = playwright.chromium.launch(executable_path=chromium, args=arguments)
        page = browser.new_page(viewport=VIEWPORT)  # type: ignore[arg-type]
        page.add_init_script(_WATCH)
        yield page
        browser.close()


def measure(page: Page, server: Served, what: str, paths: Sequence[str]) -> PageTimes:
    visit(page, server.url + paths[0])  # the files of every page are cached from now on
    began_s = server.cpu_s()
    seen = [visit(page, server.url + path) for path in paths]
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


def visit(page: Page, url: str) -> dict[str, float]:
    page.goto(url, wait_until="commit")
    times: dict[str, float] = page.evaluate("window.painted")
    return times


def _median(values: Iterator[float] | list[float]) -> float:
    return round(statistics.median(values), 1)

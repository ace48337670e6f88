"""What a person waits for on a page: times until something is painted, in a real Chromium."""

from __future__ import annotations

import statistics
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass

from evaluation.plain_browser import PlainBrowser, plain_browser
from evaluation.served import Served

VIEWPORT = {"width": 1440, "height": 900}
_RESULTS = "[data-results]"


@dataclass(frozen=True, kw_only=True, slots=True)
class PageTimes:
    """Medians of many visits, in milliseconds from the start of the navigation."""

    what: str
    visits: int
    answer_ms: float  # the HTML has arrived
    first_paint_ms: float
    results_ms: float  # the largest text among the results is painted, or a picture
    results_p95_ms: float
    thumbnails_ms: float  # the last of those that were asked for has arrived
    server_cpu_ms: float
    html_kb: float


@contextmanager
def watched_page(server: Served) -> Iterator[PlainBrowser]:
    """A browser of its own, in which every visit is timed."""
    with plain_browser(server.url, (VIEWPORT["width"], VIEWPORT["height"])) as page:
        yield page


def measure(page: PlainBrowser, server: Served, what: str, paths: Sequence[str]) -> PageTimes:
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


def visit(page: PlainBrowser, url: str) -> dict[str, float]:
    """As `PlainBrowser.visit` says."""
    return page.visit(url, _RESULTS)


def _median(values: Iterator[float] | list[float]) -> float:
    return round(statistics.median(values), 1)

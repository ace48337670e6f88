"""Scrolling through 100,000 assets in Chromium: what stays in the page, and how smooth it is.

python -m evaluation.long_list [--count 100000] [--scroll 5000] [--keep FOLDER]
Makes rows and thumbnails (no picture is decoded), serves them on loopback, turns the wheel until
so many assets have passed, jumps back with the scroll bar, opens one and comes back to it.
"""

from __future__ import annotations

import argparse
import io
import os
import re
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import numpy as np
from PIL import Image
from playwright.sync_api import CDPSession, Page, sync_playwright

from lookalike.blobs.local import LocalBlobs
from lookalike.layout import Layout
from lookalike.stores.base import Indexed, NewAsset
from lookalike.stores.sqlite import SqliteStore
from lookalike.types import Source

CHROMIUM = shutil.which(os.environ.get("CHROMIUM", "chromium"))
ARGUMENTS = ["--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run"]
SIZES = ((384, 256), (256, 384), (384, 384), (384, 216), (384, 120))
CONTENTS = 200  # different thumbnails; assets share them
BATCH = 5000
WHEEL_PX = 600
FRAMES = """() => {
    window.frames = []; let last = performance.now();
    const tick = now => {
        window.frames.push(now - last); last = now; requestAnimationFrame(tick);
    };
    requestAnimationFrame(tick);
}"""


def fill(folder: Path, count: int) -> None:
    """A library of `count` linked assets with few different contents."""
    layout = Layout.find(folder, create=True)
    random = np.random.default_rng(5)
    thumbnails = LocalBlobs(layout.thumbnails, durable=False)
    for content in range(CONTENTS):
        width_px, height_px = SIZES[content % len(SIZES)]
        rough = random.integers(0, 256, (4, 6, 3), dtype=np.uint8)
        picture = Image.fromarray(rough).resize((width_px, height_px), Image.Resampling.BICUBIC)
        file = io.BytesIO()
        picture.save(file, "WEBP", quality=75)
        thumbnails.put(_sha256(content), file.getvalue())
    store = SqliteStore.open(layout.database)
    vector = np.zeros(8, np.float16)
    vector[0] = 1
    for start in range(0, count, BATCH):
        numbers = range(start, min(count, start + BATCH))
        added = store.add_assets([_new(number) for number in numbers])
        found = [_indexed(a.key, number, vector) for a, number in zip(added, numbers, strict=True)]
        store.save_results("made-up", found, [])
    store.close()


def _sha256(content: int) -> str:
    return f"{content:064x}"


def _new(number: int) -> NewAsset:
    folder = f"{number % 40:02}/{number % 7}"
    name = f"IMG_{number:07}.jpg"
    return NewAsset(
        name=name,
        folder=folder,
        path=f"/pictures/{folder}/{name}",
        source=Source.LINKED,
        size_bytes=1_000_000 + number,
        mtime_ns=number,
        root="/pictures",
    )


def _indexed(key: int, number: int, vector: np.ndarray) -> Indexed:  # type: ignore[type-arg]
    content = number * 7919 % CONTENTS
    width_px, height_px = SIZES[content % len(SIZES)]
    return Indexed(
        key=key,
        size_bytes=1_000_000 + number,
        mtime_ns=number,
        mime="image/jpeg",
        width_px=width_px * 10,
        height_px=height_px * 10,
        sha256=_sha256(content),
        phash64=number.to_bytes(8, "big"),
        phash256=number.to_bytes(32, "big"),
        taken_at=None,
        vector=vector,
    )


@contextmanager
def served(folder: Path) -> Iterator[str]:
    """The address of the library, while it is served."""
    command = [sys.executable, "-m", "lookalike.cli", "--library", str(folder), "serve"]
    with subprocess.Popen([*command, "--port", "0"], stdout=subprocess.PIPE, text=True) as server:
        assert server.stdout is not None
        found = re.search(r"http://\S+?(?=/ )", server.stdout.readline())
        try:
            if found is None:
                raise SystemExit("The server did not start.")
            yield found[0]
        finally:
            server.terminate()


def scroll(page: Page, metrics: CDPSession, passed: int, view: str) -> None:
    """Turns the wheel until `passed` assets are above the window, and says what it took."""
    _say(page, metrics, f"{view}: at the start")
    page.evaluate(FRAMES)
    began = time.perf_counter()
    while (at := _first_shown(page)) < passed:
        page.mouse.wheel(0, WHEEL_PX)
        page.wait_for_timeout(30)
    took_s = time.perf_counter() - began
    frames = np.array(page.evaluate("window.frames"))
    _say(page, metrics, f"{view}: {at:,} assets down")
    print(
        f"    {took_s:.0f} s; frames p50 {np.median(frames):.0f} ms, p95 "
        f"{np.percentile(frames, 95):.0f} ms, longest {frames.max():.0f} ms"
    )


def _first_shown(page: Page) -> int:
    """Its number, counted from the newest."""
    name = page.evaluate(
        "[...document.querySelectorAll('[data-results] li[data-id]')]"
        ".find(li => li.getBoundingClientRect().bottom > 80)?.querySelector('.file-name').title"
    )
    return page.evaluate("window.newest") - int(name[4:11]) if name else 0


def _say(page: Page, metrics: CDPSession, what: str) -> None:
    page.wait_for_timeout(500)
    metrics.send("HeapProfiler.collectGarbage")
    found = {m["name"]: m["value"] for m in metrics.send("Performance.getMetrics")["metrics"]}
    elements = page.evaluate("document.querySelectorAll('*').length")
    cards = page.evaluate("document.querySelectorAll('[data-results] li[data-id]').length")
    print(
        f"{what:28} {cards:5} cards, {elements:6,} elements, {found['Nodes']:8,.0f} nodes, "
        f"JavaScript heap {found['JSHeapUsedSize'] / 1e6:6.1f} MB"
    )


def look(page: Page, root: str, count: int, passed: int) -> None:
    metrics = page.context.new_cdp_session(page)
    metrics.send("Performance.enable")
    for view in ("grid", "list"):
        page.goto(f"{root}/library?view={view}")
        page.evaluate(f"window.newest = {count - 1}")
        page.mouse.move(700, 500)
        scroll(page, metrics, passed, view)
        before = _first_shown(page)
        page.evaluate("scrollTo(0, 0)")
        page.locator(f'[data-results] [title="IMG_{count - 1:07}.jpg"]').wait_for()
        _say(page, metrics, f"{view}: back at the top")
        page.evaluate("scrollTo(0, document.documentElement.scrollHeight)")
        page.wait_for_timeout(1500)
        print(f"    the scroll bar's end: asset {_first_shown(page):,} (was at {before:,})")
        place = _first_shown(page)
        page.evaluate(
            "[...document.querySelectorAll('[data-results] li[data-id]')]"
            ".find(li => li.getBoundingClientRect().top > 80).querySelector('a').click()"
        )
        page.wait_for_url("**/assets/*")
        page.go_back()
        page.evaluate(f"window.newest = {count - 1}")
        page.wait_for_timeout(1500)
        print(f"    opened one there and came back: asset {_first_shown(page):,} (was {place:,})")
        _say(page, metrics, f"{view}: after coming back")


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawTextHelpFormatter
    )
    parser.add_argument("--count", type=int, default=100_000)
    parser.add_argument("--scroll", type=int, default=5000, help="so many assets pass")
    parser.add_argument("--keep", type=Path, help="the library, to be made there once")
    arguments = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="long-list-") as temporary:
        folder = arguments.keep or Path(temporary) / "library"
        if not folder.exists():
            fill(folder, arguments.count)
        with served(folder) as root, sync_playwright() as playwright:
            browser = playwright.chromium.launch(executable_path=CHROMIUM, args=ARGUMENTS)
            page = browser.new_page(viewport={"width": 1440, "height": 900})
            page.on("pageerror", lambda error: print("error in the page:", error))
            look(page, root, arguments.count, arguments.scroll)
            browser.close()


if __name__ == "__main__":
    main()

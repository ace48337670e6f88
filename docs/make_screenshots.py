"""Pictures of every page, wide and narrow, light and dark.

python docs/make_screenshots.py LIBRARY FOLDER [PAGE ...]
Serves the library on a free port and looks at it with Chromium (CHROMIUM, else /usr/bin/chromium).
"""

from __future__ import annotations

import os
import re
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from playwright.sync_api import Browser, Page, sync_playwright

CHROMIUM = os.environ.get("CHROMIUM", "/usr/bin/chromium")
# It must neither need a display nor call home.
CHROMIUM_ARGUMENTS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]
WIDTHS_PX = {1440: 900, 390: 844}  # and the heights
PHOTOS = os.environ.get("PHOTOS", "")  # the folder whose largest photograph is shown alone
SETTLE_MS = 400  # for parts of a page that are fetched after it
SCHEMES = ("light", "dark")


@contextmanager
def served(library: Path) -> Iterator[str]:
    """The address of the library, while it is served."""
    command = [sys.executable, "-m", "lookalike.cli", "--library", str(library)]
    with subprocess.Popen(
        [*command, "serve", "--port", "0"], stdout=subprocess.PIPE, text=True
    ) as server:
        assert server.stdout is not None
        found = re.search(r"http://\S+?(?=/ )", server.stdout.readline())
        try:
            if found is None:
                raise SystemExit("The server did not start.")
            yield found[0]
        finally:
            server.terminate()


def first_asset(page: Page) -> str:
    """The address of the first picture of the library."""
    return page.locator(".card-link").first.get_attribute("href") or ""


def type_words(page: Page) -> None:
    page.locator("[data-words]").fill("flowers")
    page.locator("[data-words]").press("End")
    page.locator(".panel-list").wait_for()


def open_filters(page: Page) -> None:
    page.locator("[data-filters] summary").click()


def open_image_dialog(page: Page) -> None:
    page.locator("[data-by-image]").click()
    page.locator(".image-dialog").wait_for()


def open_region(page: Page) -> None:
    page.locator("[data-region-open]").click()
    page.locator(".region").wait_for()


def select_some(page: Page) -> None:
    for place in range(3):
        page.locator("[data-pick]").nth(place).evaluate("box => box.click()")


def show_keys(page: Page) -> None:
    page.keyboard.press("?")


def open_menu(page: Page) -> None:
    page.locator("[data-menu] > summary").click()


def zoom_in(page: Page) -> None:
    page.locator('[data-zoom="in"]').dblclick()


def nothing(_page: Page) -> None:
    """The page as it is."""


def pages(asset: str) -> dict[str, tuple[str, Callable[[Page], None]]]:
    """Name -> address, and what is done there."""
    like = asset.rpartition("/")[2]
    return {
        "library": ("/library", nothing),
        "library-list": ("/library?view=list&sort=name", nothing),
        "search": ("/search", nothing),
        "results": ("/search?q=animals", nothing),
        "results-combined": (f"/search?q=green&t=like:{like}&t=-0.5*text:people", nothing),
        "results-similar": (f"/search?t=like:{like}", nothing),
        "results-none": ("/search?q=cat&min_width=90000", nothing),
        "panel": ("/library", type_words),
        "filters": ("/search?q=water&type=jpeg&orientation=landscape", open_filters),
        "by-image": ("/library", open_image_dialog),
        "asset": (asset, nothing),
        "region": (asset, open_region),
        "selection": ("/library", select_some),
        "folder-menu": ("/library", open_menu),
        "keys": ("/library", show_keys),
        "asset-zoomed": (asset, zoom_in),
        "trash": ("/trash", nothing),
        "settings": ("/settings", nothing),
        "setup": ("/setup", nothing),
        "not-found": ("/assets/nothing", nothing),
    }


def shoot(browser: Browser, root: str, folder: Path, only: set[str]) -> None:
    """One file a page, width and scheme."""
    folder.mkdir(parents=True, exist_ok=True)
    for width_px, height_px in WIDTHS_PX.items():
        for scheme in SCHEMES:
            context = browser.new_context(
                viewport={"width": width_px, "height": height_px},
                color_scheme=scheme,  # type: ignore[arg-type]
                reduced_motion="reduce",
                has_touch=width_px < 600,
                is_mobile=width_px < 600,
            )
            page = context.new_page()
            page.goto(
                f"{root}/library?type=jpeg&orientation=landscape&sort=largest&folder={PHOTOS}"
            )
            for name, (address, act) in pages(first_asset(page)).items():
                if only and name not in only:
                    continue
                page.goto(root + address)
                act(page)
                page.evaluate(
                    "Promise.allSettled([...document.images].filter(i => i.loading !== 'lazy')"
                    ".map(i => i.decode()))"
                )
                page.wait_for_timeout(SETTLE_MS)
                page.screenshot(path=folder / f"{name}-{width_px}-{scheme}.png")
            context.close()


def main(arguments: list[str]) -> int:
    """Returns 0, or 2 for wrong usage."""
    if len(arguments) < 2:
        print(__doc__, file=sys.stderr)
        return 2
    library, folder, *only = arguments
    with served(Path(library)) as root, sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=CHROMIUM_ARGUMENTS)
        shoot(browser, root, Path(folder), set(only))
    print(f"The pictures are in {folder}")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))

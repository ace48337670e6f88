"""Pictures of every page, wide and narrow, light and dark.

python docs/make_screenshots.py LIBRARY FOLDER [PAGE ...]
Serves a copy of a library of the pictures that examples/own_pictures.py draws on a free port, and
looks at it with Chromium (CHROMIUM names another). First-run pages, and pictures of odd shapes, are
of a library of their own.
"""

from __future__ import annotations

import io
import os
import re
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from PIL import Image, ImageOps
from playwright.sync_api import Browser, Page, sync_playwright

CHROMIUM = shutil.which(os.environ.get("CHROMIUM", "chromium")) or "/usr/bin/chromium"
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
SHOWN = "skyline-at-dusk.jpg"  # the picture that is shown alone
LIKED = "sunset-over-the-bay.jpg"  # the one that is searched by
FULL_PAGES = frozenset({"settings", "settings-empty"})  # shown to their foot
SETTLE_MS = 400  # for parts of a page that are fetched after it
FILL_MS = 4000  # for the pictures of the map
SCHEMES = ("light", "dark")
LONG = "a name that goes on and on as careful people call their pictures, evening, 2024-07-14 "
ODD_SIZES_PX = {f"{LONG}1.png": (2400, 200), f"{LONG}2.png": (200, 1800), "dot.png": (24, 24)}


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


def asset_id(page: Page, root: str, name: str) -> str:
    """Of the picture with this name, else of any."""
    for query in (f"name={name}&", ""):
        assets = page.request.get(f"{root}/api/v1/assets?{query}limit=1").json()["assets"]
        if assets:
            return str(assets[0]["id"])
    raise SystemExit("The library is empty.")


def type_words(page: Page) -> None:
    page.locator("[data-words]").fill("red car")
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


def unfold(page: Page) -> None:
    toggles = page.locator(".variants-toggle summary")
    if toggles.count():
        toggles.first.click()


def open_group(page: Page) -> None:
    page.locator(".group").first.click()
    page.locator("[data-group]").wait_for()


def open_comparison(page: Page) -> None:
    page.locator("[data-compare]").first.click()
    page.locator(".compare-dialog").wait_for()


def open_rule(page: Page) -> None:
    page.locator("[data-rule-open]").click()


def open_more(page: Page) -> None:
    more = page.locator(".side-more")
    if more.is_visible():
        more.click()


def let_it_fill(page: Page) -> None:
    page.wait_for_timeout(FILL_MS)


def drag_over(page: Page) -> None:
    page.evaluate(
        """() => {
            const dataTransfer = new DataTransfer();
            dataTransfer.items.add(new File(["x"], "a.png", {type: "image/png"}));
            const options = {bubbles: true, cancelable: true, dataTransfer};
            for (const type of ["dragenter", "dragover"])
                document.querySelector("main").dispatchEvent(new DragEvent(type, options));
        }"""
    )


def nothing(_page: Page) -> None:
    """The page as it is."""


Act = Callable[[Page], None]


def pages(shown: str, liked: str) -> dict[str, tuple[str, Act]]:
    """Name -> address, and what is done there. Takes two asset ids."""
    return {
        "library": ("/library", nothing),
        "library-list": ("/library?view=list&sort=name", nothing),
        "search": ("/search", nothing),
        "results": ("/search?q=sunset+over+the+sea", nothing),
        "results-stack": ("/search?q=city+at+night", unfold),
        "results-combined": (f"/search?q=boat&t=like:{liked}&t=-0.5*text:clouds", nothing),
        "results-similar": (f"/search?t=like:{liked}", nothing),
        "results-none": ("/search?q=cat&min_width=90000", nothing),
        "panel": ("/library", type_words),
        "filters": ("/search?q=water&type=jpeg&orientation=landscape", open_filters),
        "by-image": ("/library", open_image_dialog),
        "dragging": ("/library", drag_over),
        "asset": (f"/assets/{shown}", nothing),
        "region": (f"/assets/{shown}", open_region),
        "selection": ("/library", select_some),
        "folder-menu": ("/library", open_menu),
        "keys": ("/library", show_keys),
        "asset-zoomed": (f"/assets/{shown}", zoom_in),
        "duplicates": ("/duplicates", nothing),
        "comparison": ("/duplicates", open_comparison),
        "rule": ("/duplicates", open_rule),
        "groups": ("/groups", nothing),
        "group": ("/groups", open_group),
        "map": ("/map", let_it_fill),
        "map-search": ("/map?q=boat", let_it_fill),
        "settings": ("/settings", nothing),
        "not-found": ("/assets/nothing", nothing),
    }


def used_pages() -> dict[str, tuple[str, Act]]:
    """Once somebody has decided about all duplicates, saved a search and put pictures away."""
    return {
        "duplicates-done": ("/duplicates", nothing),
        "journal": ("/duplicates/journal", nothing),
        "saved": ("/library", open_more),
        "trash": ("/trash", nothing),
    }


def use(page: Page, root: str) -> None:
    """Does what `used_pages` show."""
    api = f"{root}/api/v1"
    for group in page.request.get(f"{api}/duplicates").json()["groups"]:
        ids = [asset["asset_id"] for asset in group["assets"]]
        send(page, f"{api}/duplicates/decisions", {"verdict": "keep_all", "assets": ids})
    search = {"name": "Evenings by the sea", "query": "q=sunset+over+the+sea"}
    send(page, f"{api}/saved-searches", search)
    some = page.request.get(f"{api}/assets?limit=3").json()["assets"]
    send(page, f"{api}/assets/trash", {"ids": [asset["id"] for asset in some]})


def odd_pages() -> dict[str, tuple[str, Act]]:
    """One result, shapes that fit no row, and names that fit no line."""
    return {
        "odd-library": ("/library?sort=name", nothing),
        "odd-list": ("/library?view=list", nothing),
        "odd-results": ("/search?q=a+blue+sky&weak=1", nothing),
        "odd-picture": (
            "/library?sort=name",
            lambda page: page.locator(".card-link").first.click(),
        ),
        "one-result": ("/search?q=sky&max_mb=0.0002&weak=1", nothing),
        "groups-none": ("/groups", nothing),
        "map-none": ("/map", nothing),
    }


def add_odd_pictures(page: Page, root: str) -> None:
    """Uploads them, and waits until they can be searched."""
    for name, size_px in ODD_SIZES_PX.items():
        data = io.BytesIO()
        shade = Image.linear_gradient("L").resize(size_px)
        ImageOps.colorize(shade, "#2f6fd0", "#ffd9a0").save(data, "png")
        answer = page.request.post(
            f"{root}/api/v1/assets", params={"name": name}, data=data.getvalue()
        )
        assert answer.ok, answer.text()
    while page.request.get(f"{root}/api/v1/status").json()["coverage"]["pending"]:
        page.wait_for_timeout(SETTLE_MS)


def send(page: Page, url: str, body: dict[str, object]) -> None:
    """Asks the server for a change."""
    answer = page.request.post(url, data=body)
    assert answer.ok, answer.text()


def first_pages() -> dict[str, tuple[str, Act]]:
    """What a newcomer sees."""
    return {
        "first-library": ("/library", nothing),
        "first-search": ("/search?q=boat", nothing),
        "settings-empty": ("/settings", nothing),
        "setup": ("/setup?token=shown-in-the-terminal", nothing),
    }


def shoot(
    browser: Browser,
    root: str,
    folder: Path,
    only: set[str],
    find_pages: Callable[[Page], dict[str, tuple[str, Act]]],
) -> None:
    """One file a page, width and scheme; addresses that this version lacks are passed over."""
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
            for name, (address, act) in find_pages(page).items():
                if only and name not in only:
                    continue
                answer = page.goto(root + address)
                if answer is not None and answer.status == 404 and name != "not-found":
                    continue
                act(page)
                page.evaluate(
                    "Promise.allSettled([...document.images].filter(i => i.loading !== 'lazy')"
                    ".map(i => i.decode()))"
                )
                page.wait_for_timeout(SETTLE_MS)
                file = folder / f"{name}-{width_px}-{scheme}.png"
                page.screenshot(path=file, full_page=name in FULL_PAGES)
            context.close()


def main(arguments: list[str]) -> int:
    """Returns 0, or 2 for wrong usage."""
    if len(arguments) < 2:
        print(__doc__, file=sys.stderr)
        return 2
    library, folder, *only = arguments
    shots = Path(folder)
    shots.mkdir(parents=True, exist_ok=True)
    with sync_playwright() as playwright, tempfile.TemporaryDirectory() as scratch:
        copy, empty = Path(scratch) / "copy", Path(scratch) / "empty"
        shutil.copytree(library, copy)
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=CHROMIUM_ARGUMENTS)
        with served(copy) as root:

            def find_pages(page: Page) -> dict[str, tuple[str, Act]]:
                return pages(*(asset_id(page, root, name) for name in (SHOWN, LIKED)))

            shoot(browser, root, shots, set(only), find_pages)
            use(browser.new_page(), root)
            shoot(browser, root, shots, set(only), lambda _page: used_pages())
        with served(empty) as root:
            shoot(browser, root, shots, set(only), lambda _page: first_pages())
            add_odd_pictures(browser.new_page(), root)
            shoot(browser, root, shots, set(only), lambda _page: odd_pages())
            add = ["users", "add", "ada", "--role", "administrator", "--password", "for a moment"]
            subprocess.run(
                [sys.executable, "-m", "lookalike.cli", "--library", str(empty), *add],
                check=True,
                stdout=subprocess.DEVNULL,
            )
            sign_in = {"sign-in": ("/sign-in", nothing)}
            shoot(browser, root, shots, set(only), lambda _page: sign_in)
    print(f"The pictures are in {folder}")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))

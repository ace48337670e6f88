from __future__ import annotations

import base64
import re
import threading
from collections.abc import Callable
from pathlib import Path
from urllib.error import HTTPError
from urllib.request import urlopen

import pytest
from playwright.sync_api import Browser, Locator, Page, expect

from lookalike.errors import ModelUnavailable
from lookalike.library import Library
from tests.dashboard.conftest import SETTINGS, MakeSite, Site, served
from tests.dashboard.scenes import encode, scene, write_pictures

WANTED_WITH_THE_MODEL = {
    "red": {"red-chair.png", "red-cup.jpg", "red-label.png"},
    "blue": {"blue-bay.png", "blue-bay-copy.png", "panorama.jpg"},
    "green": {"tall-tree.png"},
    "yellow": {"autumn.png"},
}


def names(page: Page, band: str = "") -> list[str]:
    """The names of the pictures that are shown, in order."""
    scope = f'[data-band="{band}"] ' if band else "[data-results] "
    return page.locator(f"{scope}li[data-id] .file-name").evaluate_all(
        "names => names.map(name => name.title)"
    )


def follow(page: Page, link: Locator) -> list[str]:
    """The names on the page that a click leads to; a click alone does not wait for it."""
    with page.expect_navigation():
        link.click()
    return names(page)


def search(page: Page, site: Site, query: str) -> list[str]:
    page.goto(f"{site.url}/search?{query}")
    return names(page)


def asset_id(site: Site, name: str) -> str:
    found = site.library.list_assets(limit=100).assets
    return next(asset.id for asset in found if asset.name == name)


def test_search_by_words_finds_what_they_name(page: Page, site: Site) -> None:
    page.goto(site.url)
    page.get_by_role("combobox", name="Search").fill("red")
    page.get_by_role("combobox", name="Search").press("Enter")
    page.wait_for_url("**/search?q=red")
    assert set(names(page)[:2]) == {"red-chair.png", "red-cup.jpg"}
    assert "panorama.jpg" not in names(page, "strong")


def test_search_shows_bands_with_counts_and_hides_the_weaker(page: Page, site: Site) -> None:
    shown = search(page, site, "q=red")
    strong = names(page, "strong")
    assert strong
    assert shown[: len(strong)] == strong
    expect(page.locator(".summary")).to_contain_text(f"{len(strong)} strong")
    expect(page.locator('[data-band="strong"] .divider-count')).to_have_text(str(len(strong)))
    assert names(page, "weak") == []
    page.get_by_role("link", name="Show weaker").click()
    expect(page.locator('[data-band="weak"] h2')).to_contain_text("Weaker")
    assert len(names(page)) == 11
    expect(page.get_by_role("link", name=re.compile("Show .* weaker"))).to_have_count(0)
    search(page, site, "q=red")
    at_the_end = page.get_by_role("link", name=re.compile(r"^Show \d+ weaker$"))
    assert len(follow(page, at_the_end)) == 11


def test_search_that_nothing_stands_out_for_shows_the_nearest(page: Page, site: Site) -> None:
    search(page, site, "q=purring")
    expect(page.locator(".summary")).to_contain_text("None stands out")
    expect(page.locator('[data-band="weak"] h2')).to_contain_text("Nearest")
    expect(page.get_by_text("beside the point")).to_have_count(0)
    expect(page.get_by_role("link", name="weaker")).to_have_count(0)


def test_search_says_how_much_it_saw_and_why_not_all(page: Page, site: Site) -> None:
    search(page, site, "q=red")
    expect(page.locator(".coverage")).to_contain_text("Searched 11 of 12 images: 1 skipped (why?)")
    page.get_by_role("link", name="why?").click()
    expect(page.get_by_text("Damaged file")).to_be_visible()
    expect(page.get_by_role("link", name="damaged.png")).to_be_visible()


def test_search_by_uploaded_image_names_it_and_its_copy_first(page: Page, site: Site) -> None:
    page.goto(site.url)
    page.get_by_role("link", name="Search by image").click()
    dialog = page.get_by_role("dialog")
    expect(dialog.get_by_role("button", name="Search")).to_be_disabled()
    data = (site.library.original(site.library.asset(asset_id(site, "blue-bay.png")))).read_bytes()
    dialog.locator("input[type=file]").set_input_files(
        {"name": "bay.png", "mimeType": "image/png", "buffer": data}
    )
    page.wait_for_url(re.compile(r"/search\?t=image"))
    assert set(names(page, "copies")) == {"blue-bay.png", "blue-bay-copy.png"}
    expect(page.locator('[data-band="copies"]')).to_contain_text("Identical file")
    chip = page.locator(".chip")
    expect(chip).to_contain_text("Searching by image")
    assert chip.locator("img").evaluate("image => image.naturalWidth") == 240
    chip.get_by_role("link", name="Remove Searching by image").click()
    page.wait_for_url("**/search")


def test_search_by_image_that_is_too_large_is_refused_before_it_is_sent(
    page: Page, make_site: MakeSite
) -> None:
    site = make_site(max_query_upload_bytes=1000)
    posts: list[str] = []
    page.on("request", lambda r: posts.append(r.url) if r.method == "POST" else None)
    page.goto(f"{site.url}/search/image")
    page.locator("main input[type=file]").set_input_files(
        {"name": "big.png", "mimeType": "image/png", "buffer": b"x" * 2000}
    )
    expect(page.get_by_role("status").get_by_text("big.png has")).to_be_visible()
    assert posts == []


def test_search_by_address_of_an_image(
    page: Page, site: Site, picture_server: Callable[[bytes], str]
) -> None:
    url = picture_server(encode(scene("green", seed=99)))
    page.goto(f"{site.url}/library")
    page.get_by_role("link", name="Search by image").click()
    page.get_by_label("Address of an image").fill(url)
    page.get_by_role("dialog").get_by_role("button", name="Search").click()
    page.wait_for_url(re.compile(r"/search\?t=image"))
    assert names(page)[0] == "tall-tree.png"


def test_search_by_address_that_is_not_public_is_refused(page: Page, make_site: MakeSite) -> None:
    site = make_site()
    page.goto(f"{site.url}/search/image")
    page.get_by_label("Address of an image").fill("http://127.0.0.1/picture.png")
    page.locator("main").get_by_role("button", name="Search").click()
    expect(page.get_by_role("status").get_by_text("127.0.0.1")).to_be_visible()
    assert page.url.endswith("/search/image")


def test_search_by_pasted_image(page: Page, site: Site) -> None:
    page.goto(f"{site.url}/library")
    data = base64.b64encode(encode(scene("purple", seed=55))).decode()
    page.evaluate(
        """async data => {
            const bytes = Uint8Array.from(atob(data), c => c.charCodeAt(0));
            const clipboard = new DataTransfer();
            clipboard.items.add(new File([bytes], "pasted.png", {type: "image/png"}));
            document.dispatchEvent(new ClipboardEvent("paste", {clipboardData: clipboard}));
        }""",
        data,
    )
    page.wait_for_url(re.compile(r"/search\?t=image"))
    assert names(page)[0].startswith("a-very-long-name")


def test_search_by_dropped_image(page: Page, site: Site) -> None:
    page.goto(f"{site.url}/search")
    data = base64.b64encode(encode(scene("yellow", seed=56))).decode()
    page.evaluate(
        """async data => {
            const bytes = Uint8Array.from(atob(data), c => c.charCodeAt(0));
            const dataTransfer = new DataTransfer();
            dataTransfer.items.add(new File([bytes], "dropped.png", {type: "image/png"}));
            const field = document.querySelector(".field");
            const options = {bubbles: true, cancelable: true, dataTransfer};
            for (const type of ["dragenter", "dragover", "drop"]) {
                field.dispatchEvent(new DragEvent(type, options));
            }
        }""",
        data,
    )
    page.wait_for_url(re.compile(r"/search\?t=image"))
    assert names(page)[0] == "autumn.png"


def test_find_similar_from_a_card_and_from_the_page_of_a_picture(page: Page, site: Site) -> None:
    page.goto(f"{site.url}/assets/{asset_id(site, 'red-chair.png')}")
    similar = page.get_by_role("link", name="Find similar", exact=True)
    assert follow(page, similar)[:2] == ["red-chair.png", "red-cup.jpg"]
    expect(page.locator('[data-band="copies"]')).to_contain_text("This picture")
    page.get_by_role("link", name="Find similar to red-cup.jpg").click(force=True)
    expect(page.locator("[data-results] .file-name").first).to_have_attribute(
        "title", "red-cup.jpg"
    )


def test_more_and_less_like_a_picture_change_the_query(page: Page, site: Site) -> None:
    search(page, site, "q=red+green&weak=1")
    page.get_by_role("link", name="Less like red-chair.png").click(force=True)
    page.wait_for_url(re.compile(r"t=-0\.5"))
    expect(page.locator(".chip.is-minus")).to_contain_text("Like this picture")
    shown = search(page, site, page.url.partition("?")[2] + "&weak=1")
    assert shown.index("tall-tree.png") < shown.index("red-chair.png")
    page.get_by_role("link", name="turn it round").click()
    page.wait_for_url(re.compile(r"t=like"))
    shown = names(page)
    assert shown.index("red-chair.png") < shown.index("tall-tree.png")


def test_words_after_a_hyphen_count_against(page: Page, site: Site) -> None:
    assert search(page, site, "q=blue+yellow")[0] == "beach.png"
    no_yellow = search(page, site, "q=blue+yellow+-yellow&weak=1")
    assert no_yellow.index("blue-bay.png") < no_yellow.index("autumn.png")
    no_blue = search(page, site, "q=blue+yellow+-blue&weak=1")
    assert no_blue.index("autumn.png") < no_blue.index("blue-bay.png")


def test_weight_of_a_term_is_part_of_the_address(page: Page, site: Site) -> None:
    like = asset_id(site, "red-chair.png")
    page.goto(f"{site.url}/search?q=blue&t=like:{like}")
    page.locator(".chip").hover()
    page.get_by_role("link", name="weight ×2").click()
    page.wait_for_url(re.compile(r"t=2(\*|%2A)like"))
    assert names(page)[0] == "red-chair.png"


def test_filters_narrow_the_search_and_can_be_taken_away(page: Page, site: Site) -> None:
    search(page, site, "q=red")
    page.locator("[data-filters] summary").click()
    page.get_by_label("JPEG").check()
    page.get_by_role("button", name="Apply").click()
    page.wait_for_url(re.compile("type=jpeg"))
    assert set(names(page)) <= {"red-cup.jpg", "panorama.jpg"}
    assert names(page)[0] == "red-cup.jpg"
    assert "red-chair.png" in follow(page, page.get_by_role("link", name="Remove the filter JPEG"))


def test_filters_of_shape_folder_and_size(page: Page, site: Site) -> None:
    assert search(page, site, "q=green&orientation=portrait&weak=1") == [
        "tall-tree.png",
        "red-label.png",
    ]
    inside = search(page, site, "q=blue&folder=album/shop&weak=1")
    assert inside[0] == "blue-bay-copy.png"
    assert "blue-bay.png" not in inside
    below = set(search(page, site, "q=blue&folder=album/trips&weak=1"))
    assert {"blue-bay.png", "tall-tree.png"} <= below
    for address in ("/search?q=blue&folder=trips&weak=1", "/library?folder=trips"):
        page.goto(f"{site.url}{address}")  # a folder of this name lies elsewhere
        assert names(page) == []
    assert search(page, site, "q=blue&min_width=800&weak=1") == ["panorama.jpg"]


def test_filter_that_nothing_passes_offers_a_way_out(page: Page, site: Site) -> None:
    assert search(page, site, "q=red&min_width=50000") == []
    assert "red-chair.png" in follow(page, page.get_by_role("link", name="Clear the filters"))


def test_wrong_filter_is_one_clear_line(page: Page, site: Site) -> None:
    answer = page.goto(f"{site.url}/search?q=red&after=yesterday")
    assert answer is not None
    assert answer.status == 400
    expect(page.get_by_text("after is a day such as 2024-12-31")).to_be_visible()


def test_sorting_orders_within_the_relevant(page: Page, site: Site) -> None:
    relevant = search(page, site, "q=red")
    page.get_by_label("Sort by").select_option("largest")
    page.wait_for_url(re.compile("sort=largest"))
    assert sorted(names(page)) == sorted(relevant)
    assert names(page)[0] == "red-cup.jpg"


def test_panel_shows_live_results_and_takes_arrow_keys(page: Page, site: Site) -> None:
    page.goto(f"{site.url}/library")
    field = page.get_by_role("combobox", name="Search")
    field.press_sequentially("blue")
    options = page.locator("#panel-list").get_by_role("option")
    expect(page.get_by_role("group", name="Pictures").get_by_role("option")).to_have_count(6)
    expect(page.get_by_role("group", name="Files")).to_contain_text("blue-bay.png")
    field.press("ArrowDown")
    expect(options.first).to_have_attribute("aria-selected", "true")
    field.press("ArrowDown")
    first = page.get_by_role("group", name="Pictures").get_by_role("option").first
    expect(first).to_have_attribute("aria-selected", "true")
    name = first.get_attribute("title")
    field.press("Enter")
    page.wait_for_url(re.compile("/assets/"))
    expect(page.get_by_role("heading", level=1)).to_have_text(name or "")


def test_panel_closes_with_escape(page: Page, site: Site) -> None:
    page.goto(f"{site.url}/library")
    page.keyboard.press("/")
    field = page.get_by_role("combobox", name="Search")
    expect(field).to_be_focused()
    field.press_sequentially("bay")
    expect(page.locator("#panel-list")).to_be_visible()
    field.press("Escape")
    expect(page.locator("#panel-list")).to_be_hidden()


def test_region_of_a_picture_is_searched_by(page: Page, site: Site) -> None:
    page.goto(f"{site.url}/assets/{asset_id(site, 'beach.png')}")
    part = page.get_by_role("button", name="Search by a part")
    part.click()
    part.click()  # thought better of
    expect(page.locator(".region")).to_have_count(0)
    part.click()
    expect(page.locator(".region")).to_be_focused()
    box = page.locator("[data-preview]").bounding_box()
    assert box is not None
    # The right half of the beach is yellow.
    page.mouse.move(box["x"] + box["width"] * 0.55, box["y"] + box["height"] * 0.1)
    page.mouse.down()
    page.mouse.move(box["x"] + box["width"] * 0.95, box["y"] + box["height"] * 0.9, steps=4)
    page.mouse.up()
    page.wait_for_url(re.compile(r"/search\?t=like"))
    assert names(page)[0] == "autumn.png"
    expect(page.locator(".chip")).to_contain_text("Part of a picture")
    assert page.locator(".chip img").evaluate("image => image.naturalWidth") in range(90, 100)


def test_region_of_an_uploaded_image_is_searched_by(page: Page, site: Site) -> None:
    page.goto(f"{site.url}/search/image")
    data = encode(scene("blue", "green", seed=72))
    page.locator("main input[type=file]").set_input_files(
        {"name": "a.png", "mimeType": "image/png", "buffer": data}
    )
    page.wait_for_url(re.compile(r"/search\?t=image"))  # with its scripts
    page.get_by_role("button", name="Search by a part of it").click()
    page.get_by_role("dialog").get_by_role("button", name="Cancel").click()
    expect(page.get_by_role("dialog")).to_have_count(0)
    page.get_by_role("button", name="Search by a part of it").click()
    expect(page.locator(".region")).to_be_focused()
    for _ in range(10):
        page.keyboard.press("ArrowRight")
    page.keyboard.press("Enter")
    page.wait_for_url(re.compile(r"(@|%40)500(,|%2C)250"))
    assert names(page)[0] == "tall-tree.png"


def test_region_is_drawn_with_the_keyboard(page: Page, site: Site) -> None:
    page.goto(f"{site.url}/assets/{asset_id(site, 'beach.png')}")
    page.get_by_role("button", name="Search by a part").press("Enter")
    expect(page.locator(".region")).to_be_focused()
    for _ in range(10):
        page.keyboard.press("ArrowLeft")
    for _ in range(4):
        page.keyboard.press("Shift+ArrowLeft")
    page.keyboard.press("Enter")
    page.wait_for_url(re.compile(r"@0(,|%2C)250"))
    assert names(page)[0] in {"panorama.jpg", "blue-bay.png", "blue-bay-copy.png"}


def test_address_of_an_image_search_works_in_another_browser(
    page: Page, site: Site, browser: Browser
) -> None:
    page.goto(f"{site.url}/search/image")
    page.locator("main input[type=file]").set_input_files(
        {"name": "a.png", "mimeType": "image/png", "buffer": encode(scene("green", seed=70))}
    )
    page.wait_for_url(re.compile(r"/search\?t=image"))
    shown = names(page)
    page.go_back()
    page.go_forward()
    assert names(page) == shown
    other = browser.new_page()
    other.goto(page.url)
    assert names(other) == shown
    other.close()


def test_search_works_without_scripts(browser: Browser, site: Site) -> None:
    context = browser.new_context(java_script_enabled=False)
    page = context.new_page()
    for address in ("/settings", f"/assets/{asset_id(site, 'beach.png')}", "/library"):
        page.goto(f"{site.url}{address}")
        expect(page.locator("[data-scripted]").first).to_be_attached()
        expect(page.locator("[data-scripted]:visible")).to_have_count(0)
    page.get_by_role("searchbox", name="Search").fill("green")
    with page.expect_navigation():
        page.get_by_role("searchbox", name="Search").press("Enter")
    assert names(page)[0] == "tall-tree.png"
    page.goto(f"{site.url}/search/image")
    expect(page.locator("input[type=file]")).to_be_in_viewport()
    expect(page.locator("input[type=file]")).to_have_css("opacity", "1")
    page.locator("input[type=file]").set_input_files(
        {"name": "a.png", "mimeType": "image/png", "buffer": encode(scene("yellow", seed=71))}
    )
    button = page.locator("main").get_by_role("button", name="Search")
    assert follow(page, button)[0] == "autumn.png"
    page.get_by_role("link", name="Remove Searching by image").click()
    expect(page.get_by_text("Describe a picture, or show one")).to_be_visible()
    context.close()


def test_search_by_image_works_without_scripts_for_whoever_is_signed_in(
    browser: Browser, make_site: MakeSite, tmp_path: Path
) -> None:
    album = tmp_path / "album"
    write_pictures(album)
    site = make_site(album)
    site.library.accounts.add_user("ada", "correct horse battery", "administrator")
    context = browser.new_context(java_script_enabled=False)
    page = context.new_page()
    page.goto(f"{site.url}/search/image")
    page.get_by_label("Name").fill("ada")
    page.get_by_label("Password").fill("correct horse battery")
    with page.expect_navigation():
        page.get_by_role("button", name="Sign in").click()
    page.locator("input[type=file]").set_input_files(
        {"name": "a.png", "mimeType": "image/png", "buffer": encode(scene("yellow", seed=71))}
    )
    button = page.locator("main").get_by_role("button", name="Search")
    assert follow(page, button)[0] == "autumn.png"
    context.close()


def test_image_that_is_none_is_refused_without_scripts(browser: Browser, site: Site) -> None:
    context = browser.new_context(java_script_enabled=False)
    page = context.new_page()
    page.goto(f"{site.url}/search/image")
    page.locator("input[type=file]").set_input_files(
        {"name": "a.png", "mimeType": "image/png", "buffer": b"no picture"}
    )
    page.locator("main").get_by_role("button", name="Search").click()
    expect(page.get_by_role("alert")).to_be_visible()
    context.close()


def test_more_results_come_while_scrolling(page: Page, make_site: MakeSite, tmp_path: Path) -> None:
    folder = tmp_path / "many"
    folder.mkdir()
    for number in range(130):
        scene("red", seed=number, size=(60, 40)).save(folder / f"red-{number:03}.png")
    site = make_site(folder)
    page.goto(f"{site.url}/library?sort=name")
    seen = dict.fromkeys(names(page))
    assert list(seen) == [f"red-{number:03}.png" for number in range(60)]
    while "red-129.png" not in seen:  # what is far above leaves the page meanwhile
        page.mouse.wheel(0, 500)
        page.wait_for_timeout(50)
        seen |= dict.fromkeys(names(page))
    assert list(seen) == [f"red-{number:03}.png" for number in range(130)]
    page.goto(f"{site.url}/search?q=red")
    for _ in range(6):
        page.mouse.wheel(0, 20_000)
        page.wait_for_timeout(50)
    expect(page.locator("li[data-id]")).to_have_count(130)
    assert len(set(names(page))) == 130


def test_search_with_the_shipped_model(page: Page, pictures: Path, tmp_path: Path) -> None:
    with Library.open(tmp_path / "library", settings=SETTINGS) as library:
        library.index([pictures])
        with served(library) as site:
            for colour, wanted in WANTED_WITH_THE_MODEL.items():
                assert search(page, site, f"q={colour}&weak=1")[0] in wanted


def test_visual_search_that_is_off_answers_403_and_says_so(page: Page, make_site: MakeSite) -> None:
    site = make_site(visual_search=False)
    answer = page.goto(f"{site.url}/search?q=red")
    assert answer is not None
    assert answer.status == 403
    expect(page.get_by_role("heading", name="Visual search is switched off")).to_be_visible()


# --- pages that begin before their search has ended -------------------------------------------


def test_page_begins_while_it_is_searched(
    make_site: MakeSite, pictures: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    site = make_site(pictures)
    may_end = threading.Event()
    outline = site.library.outline

    def wait(*terms: object, **options: object) -> object:
        assert may_end.wait(60)
        return outline(*terms, **options)  # type: ignore[arg-type]

    monkeypatch.setattr(site.library, "outline", wait)
    with urlopen(f"{site.url}/search?q=red", timeout=60) as answer:
        top = ""
        while "</nav>" not in top:  # comes while the search waits
            line = answer.readline().decode()
            assert line, "the page ended"
            top += line
        may_end.set()
        rest = answer.read().decode()
    assert "<title>red · Lookalike</title>" in top
    assert 'role="search"' in top
    assert rest.startswith('<main id="main"')
    assert "red-chair.png" in rest
    assert rest.rstrip().endswith("</html>")


@pytest.mark.parametrize(
    ("error", "message"),
    [
        (ModelUnavailable("The model is gone."), "The model is gone."),
        (ZeroDivisionError("secret"), "ran into a problem of its own"),
    ],
)
def test_search_that_fails_after_its_page_began_says_why(
    page: Page,
    make_site: MakeSite,
    pictures: Path,
    monkeypatch: pytest.MonkeyPatch,
    error: Exception,
    message: str,
) -> None:
    site = make_site(pictures)

    def fail(*_: object, **__: object) -> None:
        raise error

    monkeypatch.setattr(site.library, "outline", fail)
    page.goto(f"{site.url}/search?q=red")
    expect(page.get_by_role("main")).to_contain_text(message)
    expect(page.get_by_role("main")).not_to_contain_text("secret")
    expect(page.get_by_role("link", name="Back to the library")).to_be_visible()


def test_query_that_is_wrong_is_told_by_the_status(site: Site) -> None:
    for query in ("t=like:nothing", "q=red&t=like:nothing"):
        with pytest.raises(HTTPError) as caught:
            urlopen(f"{site.url}/search?{query}", timeout=60)
        assert caught.value.code == 404
        assert "is not in this library" in caught.value.read().decode()

"""Ways of an image into a query: what is said while it is dragged, and when it is refused."""

from __future__ import annotations

import re

from playwright.sync_api import Page, expect

from tests.dashboard.conftest import MakeSite, Site
from tests.dashboard.test_search_pages import asset_id, names

DRAG_FILE = """([place, type]) => {
    const dataTransfer = new DataTransfer();
    dataTransfer.items.add(new File(["x"], "a.png", {type: "image/png"}));
    const options = {bubbles: true, cancelable: true, dataTransfer};
    document.querySelector(place).dispatchEvent(new DragEvent(type, options));
}"""


def test_refusals_are_said_inside_the_open_dialog(page: Page, make_site: MakeSite) -> None:
    site = make_site(max_query_upload_bytes=1000)
    page.goto(f"{site.url}/library")
    page.get_by_role("link", name="Search by image").click()
    dialog = page.get_by_role("dialog")
    file = dialog.locator("input[type=file]")
    file.set_input_files({"name": "big.png", "mimeType": "image/png", "buffer": b"x" * 2000})
    expect(dialog.get_by_role("alert")).to_contain_text("big.png has")
    file.set_input_files({"name": "a.png", "mimeType": "image/png", "buffer": b"no picture"})
    expect(dialog.get_by_role("alert")).to_contain_text("none of jpeg")
    dialog.get_by_label("Address of an image").fill("http://127.0.0.1/picture.png")
    expect(dialog.get_by_role("alert")).to_have_count(0)
    dialog.get_by_role("button", name="Search").click()
    expect(dialog.get_by_role("alert")).to_contain_text("127.0.0.1")
    expect(dialog.get_by_role("button", name="Search")).to_be_enabled()
    expect(page.locator(".notice")).to_have_count(0)
    dialog.get_by_role("button", name="Cancel").click()
    page.get_by_role("link", name="Search by image").click()
    expect(dialog.get_by_role("alert")).to_have_count(0)


def test_page_says_what_a_drop_will_do(page: Page, site: Site) -> None:
    page.goto(f"{site.url}/library")
    field, hint = page.locator(".field"), page.locator("[data-drop-hint]")
    page.evaluate(DRAG_FILE, ["main", "dragenter"])
    page.evaluate(DRAG_FILE, ["main", "dragover"])
    expect(hint).to_have_text("Drop here to upload to the library")
    expect(page.get_by_placeholder("Drop here to search by it")).to_be_visible()
    expect(field).not_to_have_class(re.compile("is-target"))
    page.evaluate(DRAG_FILE, [".field", "dragover"])
    expect(hint).to_have_text("Searches by this image, uploads nothing")
    expect(field).to_have_class(re.compile("is-target"))
    page.evaluate(DRAG_FILE, ["main", "dragleave"])
    expect(hint).to_be_hidden()
    expect(field).not_to_have_class(re.compile("is-target|is-droppable"))
    expect(page.get_by_placeholder("Search pictures")).to_be_visible()


def test_card_that_is_dragged_to_the_field_is_searched_by(page: Page, site: Site) -> None:
    page.goto(f"{site.url}/library?sort=name")
    card = page.locator("li[data-id]", has_text="autumn.png").locator(".card-link")
    with page.expect_navigation():
        card.drag_to(page.locator(".field"), target_position={"x": 60, "y": 20})
    assert names(page)[0] == "autumn.png"
    assert page.url.endswith(f"t=like%3A{asset_id(site, 'autumn.png')}")

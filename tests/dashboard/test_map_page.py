from __future__ import annotations

import re

import numpy as np
from playwright.sync_api import Page, Request, expect

from lookalike.api.points import encode_points
from tests.dashboard.conftest import Site
from tests.dashboard.test_accessibility import check
from tests.dashboard.test_group_pages import grouped  # noqa: F401

MANY = 20_000
CARD_AWAY_PX = 14  # from its picture


def open_map(page: Page, site: Site, query: str = "") -> None:
    page.goto(f"{site.url}/map{query}")
    expect(page.locator("[data-map][data-ready]")).to_be_visible()


def expect_ground(page: Page, colour: list[int]) -> None:
    """Waits until the map's ground is drawn in this colour, which may take some frames."""
    page.locator("[data-map-canvas]").evaluate(
        """async (canvas, colour) => {
            const ground = () => canvas.getContext("2d").getImageData(2, 2, 1, 1).data.join();
            for (let frame = 0; ground() !== colour; frame += 1) {
                if (frame > 600) throw new Error(`The ground is ${ground()}.`);
                await new Promise(requestAnimationFrame);
            }
        }""",
        ",".join(map(str, colour)),
    )


def test_map_shows_thumbnails_and_is_used_by_keys_and_mouse(page: Page, grouped: Site) -> None:  # noqa: F811
    page.goto(f"{grouped.url}/groups")
    with page.expect_response("**/map/thumbnails/*"), page.expect_navigation():
        page.get_by_role("link", name="Map", exact=True).click()
    expect(page.locator('[data-map][data-ready="66"]')).to_be_visible()
    views = page.get_by_role("navigation", name="Shown as")
    expect(views.locator("[aria-current=page]")).to_have_text("Map")
    sections = page.get_by_role("navigation", name="Sections")
    expect(sections.locator("[aria-current=page]")).to_have_text("Groups")
    with page.expect_navigation():
        views.get_by_role("link", name="Groups").click()
    expect(views.locator("[aria-current=page]")).to_have_text("Groups")
    page.go_back()
    expect(page.locator("[data-map][data-ready]")).to_be_visible()
    expect(page.locator("[data-region]")).to_have_count(3)
    assert check(page) == []
    said, card = page.locator("[data-map-said]"), page.locator("[data-map-card]")
    page.locator("[data-map-canvas]").focus()
    page.keyboard.press("ArrowRight")
    expect(said).to_have_text(re.compile(r"(red|blue|green)-\d+\.png, among “"))
    for key in ("+", "Shift+ArrowLeft", "-", "0", *["ArrowLeft"] * 66):  # to the left edge
        page.keyboard.press(key)
    expect(card.locator(".map-card-name")).to_contain_text(".png")
    page.keyboard.press("ArrowLeft")
    expect(said).to_have_text("There is nothing further in this direction.")
    page.keyboard.press("ArrowRight")  # there it came from
    expect(said).to_have_text(re.compile(r"(red|blue|green)-\d+\.png, among “"))
    page.keyboard.press("Escape")
    expect(card).to_be_hidden()
    page.keyboard.press("ArrowRight")
    expect(card).to_contain_text(".png")
    name = card.locator(".map-card-name").inner_text()
    assert check(page) == []
    with page.expect_navigation():
        page.keyboard.press("Enter")
    expect(page.get_by_role("heading", level=1)).to_contain_text(name)

    open_map(page, grouped)
    page.get_by_role("button", name="Zoom in").click()
    page.get_by_role("button", name="Show all of the map").click()
    canvas = page.locator("[data-map-canvas]")
    canvas.focus()
    page.keyboard.press("ArrowRight")
    expect(card).to_contain_text(".png")
    beside = card.bounding_box()
    assert beside is not None
    page.keyboard.press("Escape")
    expect(card).to_be_hidden()
    y = beside["y"] + beside["height"] / 2
    for x in (beside["x"] - CARD_AWAY_PX, beside["x"] + beside["width"] + CARD_AWAY_PX):
        page.mouse.move(x, y)
        if "is-over" in (canvas.get_attribute("class") or ""):
            break
    expect(card).to_contain_text(".png")
    with page.expect_navigation():
        page.mouse.click(x, y)
    assert "/assets/" in page.url


def test_map_highlights_a_search(page: Page, grouped: Site) -> None:  # noqa: F811
    open_map(page, grouped, "?q=red")
    expect(page.locator("[data-map-status]")).to_have_text(
        re.compile(r"^[1-9]\d* pictures for red highlighted\.$")
    )
    views = page.get_by_role("navigation", name="Shown as")
    expect(views.get_by_role("link", name="Groups")).to_have_attribute("href", "/groups?q=red")
    expect(page.get_by_role("link", name="All results")).to_have_attribute("href", "/search?q=red")


def test_map_is_drawn_anew_when_the_colours_change(page: Page, grouped: Site) -> None:  # noqa: F811
    page.emulate_media(color_scheme="light")
    open_map(page, grouped)
    expect_ground(page, [246, 246, 244, 255])
    page.emulate_media(color_scheme="dark")
    expect_ground(page, [27, 28, 27, 255])
    page.get_by_role("button", name="Use light colours").click()
    page.locator('html[data-theme="light"]').wait_for()
    expect_ground(page, [246, 246, 244, 255])


def test_map_of_many_pictures_loads_few_thumbnails_and_only_from_near(
    page: Page,
    grouped: Site,  # noqa: F811
) -> None:
    random = np.random.default_rng(3)
    points = random.uniform(-1, 1, (MANY, 2)).astype(np.float32)
    payload = encode_points(np.arange(1, MANY + 1), np.full(MANY, -1), points)
    page.route("**/api/v1/map", lambda route: route.fulfill(body=payload))
    asked: list[str] = []

    def note(request: Request) -> None:
        if "/map/thumbnails/" in request.url:
            asked.append(request.url)

    page.on("request", note)
    open_map(page, grouped)
    colours = page.locator("[data-map-canvas]").evaluate(
        "canvas => new Set(new Uint32Array(canvas.getContext('2d')"
        ".getImageData(0, 0, canvas.width, canvas.height).data.buffer)).size"
    )
    assert colours > 1  # there are dots
    assert asked == []
    page.locator("[data-map-canvas]").focus()
    with page.expect_request("**/map/thumbnails/*"):
        for _ in range(9):
            page.keyboard.press("+")
    assert len(asked) < 400

"""Why a picture matched, on its page."""

from __future__ import annotations

from urllib.parse import quote

import pytest
from playwright.sync_api import Page, expect

from lookalike.dashboard.explanations import describe
from tests.dashboard.conftest import Site
from tests.dashboard.test_search_pages import asset_id, search


def test_page_reached_from_a_search_says_what_each_term_did(page: Page, site: Site) -> None:
    search(page, site, "q=yellow+without+red")
    card = page.locator('li[data-id]:has([title="beach.png"])')
    card.hover()
    with page.expect_navigation():
        card.get_by_role("link", name="Why beach.png matched").click()
    why = page.get_by_role("region", name="Why this matched")
    expect(why.locator("li")).to_have_count(2)
    expect(why.locator("li").first).to_contain_text("yellow")
    expect(why.locator("li").last).to_contain_text("Less of −\u2009red")
    expect(why.locator("li").last).to_contain_text("little of it is seen")
    expect(page.get_by_role("combobox", name="Search")).to_have_value("yellow without red")
    with page.expect_navigation():
        why.get_by_role("link", name="Back to the results").click()
    assert page.url == f"{site.url}/search?q=yellow+without+red"


def test_where_a_term_is_seen_is_laid_over_the_picture(page: Page, site: Site) -> None:
    asset = asset_id(site, "beach.png")
    page.goto(f"{site.url}/assets/{asset}?from={quote('/search?q=yellow&t=text:blue')}")
    yellow = page.get_by_role("button", name="Show where: yellow")
    yellow.click()
    expect(yellow).to_have_attribute("aria-pressed", "true")
    heat = page.get_by_role("img", name="yellow: on the right")
    expect(heat).to_be_visible()
    expect(page.locator(".why li").first).to_contain_text("seen on the right")
    over, under = page.locator(".heat-frame").bounding_box(), page.locator("[data-preview]")
    assert over == pytest.approx(under.bounding_box(), abs=1)
    shades = heat.locator("rect").evaluate_all(
        "rects => rects.map(r => +r.getAttribute('fill-opacity'))"
    )
    assert max(shades[::12]) > 0.7  # dark on the left
    assert max(shades[11::12]) < 0.1
    blue = page.get_by_role("button", name="Show where: blue")
    blue.click()
    expect(page.get_by_role("img", name="blue: on the left")).to_be_visible()
    expect(heat).to_have_count(0)
    expect(yellow).to_have_attribute("aria-pressed", "false")
    blue.click()
    expect(page.locator(".heat")).to_have_count(0)


@pytest.mark.parametrize(
    "came", ["", "/search", "/search?q=", "https://evil.example/search?q=a", "/search?t=nonsense"]
)
def test_page_reached_otherwise_explains_nothing(page: Page, site: Site, came: str) -> None:
    asset = asset_id(site, "beach.png")
    page.goto(f"{site.url}/assets/{asset}?from={quote(came)}")
    expect(page.get_by_role("heading", name="beach.png")).to_be_visible()
    expect(page.locator(".why")).to_have_count(0)


@pytest.mark.parametrize(
    ("rows", "where"),
    [
        ([[1.0, 0, 0], [0, 0, 0], [0, 0, 0]], "at the top on the left"),
        ([[0, 0, 0], [0, 1.0, 0], [0, 0, 0]], "in the middle"),
        ([[0, 0, 0], [0, 0, 0], [0, 1.0, 0]], "at the bottom"),
        ([[0, 0, 0], [0, 0, 0.8], [0, 0, 0]], "on the right"),
        ([[1.0, 1, 1], [1, 1, 1], [0, 0, 0]], "in most of the picture"),
        ([[0.2, 0, 0], [0, 0, 0], [0, 0, 0]], "nowhere in particular"),
        ([], "nowhere in particular"),
    ],
)
def test_describe_says_where_a_map_is_warm(rows: list[list[float]], where: str) -> None:
    assert describe(rows) == where

from __future__ import annotations

from playwright.sync_api import Page, expect

from tests.dashboard.conftest import Site
from tests.dashboard.test_search_pages import asset_id, follow, names, search

RED = {"red-chair.png", "red-cup.jpg", "red-label.png", "berries.webp"}


def test_filter_by_colour_narrows_the_library_and_a_search(page: Page, site: Site) -> None:
    page.goto(f"{site.url}/library")
    page.locator("[data-filters] summary").click()
    page.get_by_role("radio", name="Red", exact=True).check()
    with page.expect_navigation():
        page.get_by_role("button", name="Apply").click()
    assert set(names(page)) == RED
    expect(page.get_by_role("link", name="Remove the filter Red")).to_be_visible()
    search(page, site, "q=white&weak=1&colour=red")
    assert set(names(page)) == RED


def test_picked_colour_filters_and_ranks(page: Page, site: Site) -> None:
    page.goto(f"{site.url}/library")
    page.locator("[data-filters] summary").click()
    picker = page.get_by_label("Pick a colour")
    picker.fill("#2a9a33")
    expect(page.get_by_role("radio", name="Your own colour")).to_be_checked()
    with page.expect_navigation():
        page.get_by_role("button", name="Apply").click()
    assert set(names(page)) == {"tall-tree.png", "berries.webp"}
    assert "colour=2a9a33" in page.url
    page.locator("[data-filters] summary").click()
    assert page.get_by_label("Pick a colour").input_value() == "#2a9a33"
    shown = follow(page, page.get_by_role("button", name="Rank by this colour instead"))
    assert shown == ["tall-tree.png", "berries.webp"]
    assert "t=colour%3A2a9a33" in page.url
    chip = page.locator(".chip")
    assert chip.locator("circle").get_attribute("fill") == "#2a9a33"
    turned = follow(page, page.get_by_role("link", name="#2a9a33 counts for; turn it round"))
    assert turned
    assert not {"tall-tree.png", "berries.webp"} & set(turned)


def test_palette_of_a_picture_leads_to_its_colours(page: Page, site: Site) -> None:
    page.goto(f"{site.url}/assets/{asset_id(site, 'beach.png')}")
    colours = page.get_by_role("list", name="Colours").get_by_role("link")
    expect(colours).to_have_count(2)
    yellow = colours.last.locator("rect").get_attribute("fill")
    assert yellow is not None
    assert yellow.startswith(("#f4e", "#f5e", "#f3e"))
    found = follow(page, colours.last)
    assert found[:2] == ["autumn.png", "beach.png"]


def test_colour_terms_work_without_scripts_and_refuse_nonsense(page: Page, site: Site) -> None:
    assert search(page, site, "t=colour:blue")[-1] == "beach.png"
    page.goto(f"{site.url}/search?t=colour:reddish")
    expect(page.get_by_role("main")).to_contain_text("is not a colour")

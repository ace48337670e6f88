from __future__ import annotations

from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.dashboard.conftest import MakeSite, Site
from tests.dashboard.scenes import scene
from tests.dashboard.test_accessibility import check
from tests.dashboard.test_search_pages import follow, names


@pytest.fixture
def grouped(make_site: MakeSite, tmp_path: Path) -> Site:
    """Sixty-six pictures in three colours, arranged."""
    folder = tmp_path / "album"
    folder.mkdir()
    for number in range(66):
        colour = ("red", "blue", "green")[number % 3]
        scene(colour, seed=number).save(folder / f"{colour}-{number}.png")
    site = make_site(folder)
    site.library.arrange(anew=True)
    return site


def test_groups_are_browsed_and_turned_into_tags_and_searches(page: Page, grouped: Site) -> None:
    page.goto(f"{grouped.url}/library")
    with page.expect_navigation():
        page.get_by_role("link", name="Groups").click()
    expect(page.locator(".group")).to_have_count(3)
    assert check(page) == []
    shown = follow(page, page.locator(".group").first)
    colour = shown[0].split("-")[0]
    assert len(shown) == 22
    assert all(name.startswith(colour) for name in shown)
    assert check(page) == []
    page.get_by_role("button", name="Tag all").click()
    page.get_by_role("dialog").get_by_label("Tag").fill("mine")
    page.get_by_role("dialog").get_by_role("button", name="Tag").click()
    expect(page.get_by_role("status")).to_contain_text("22 pictures tagged")
    assert ("mine", 22) in grouped.library.tags()
    page.get_by_role("button", name="To a folder").click()
    page.get_by_role("dialog").get_by_label("Folder").fill("best")
    page.get_by_role("dialog").get_by_role("button", name="Move").click()
    expect(page.get_by_role("status")).to_contain_text("22 in linked folders tagged “best”")
    page.locator("[data-notices]").get_by_role("button", name="Undo").last.click()
    expect(page.get_by_role("status")).to_contain_text("Undone.")
    assert grouped.library.tags() == [("mine", 22)]
    page.get_by_role("button", name="Rename").click()
    page.get_by_role("dialog").get_by_label("Name").fill("My favourites")
    page.get_by_role("dialog").get_by_role("button", name="Rename").click()
    expect(page.get_by_role("heading", level=1)).to_contain_text("My favourites")
    page.get_by_role("button", name="Save as a search").click()
    page.get_by_role("dialog").get_by_role("button", name="Save").click()
    saved = page.get_by_role("link", name="My favourites")
    expect(saved).to_be_visible()
    found = follow(page, saved)
    assert all(name.startswith(colour) for name in found[:5])
    assert check(page) == []
    page.get_by_role("button", name="Remove the saved search My favourites").click()
    expect(page.get_by_role("link", name="My favourites")).to_have_count(0)


def test_group_pages_have_no_serious_violation(page: Page, grouped: Site) -> None:
    page.goto(f"{grouped.url}/groups")
    first = page.locator(".group").first.get_attribute("href")
    found = {}
    for scheme in ("light", "dark"):
        page.emulate_media(color_scheme=scheme, reduced_motion="reduce")
        for width_px in (1280, 390):
            page.set_viewport_size({"width": width_px, "height": 844})
            for address in ("/groups", first, "/map", "/map?q=red"):
                page.goto(f"{grouped.url}{address}")
                too_wide = page.evaluate("document.documentElement.scrollWidth - innerWidth")
                found[scheme, width_px, address] = [*check(page), *["too wide"] * (too_wide > 0)]
    assert {case: lines for case, lines in found.items() if lines} == {}


def test_results_are_grouped_and_a_search_is_saved(page: Page, grouped: Site) -> None:
    page.goto(f"{grouped.url}/search?q=red&weak=1")
    page.get_by_role("button", name="Save search").click()
    page.get_by_role("dialog").get_by_role("button", name="Save").click()
    expect(page.get_by_role("link", name="red", exact=True)).to_be_visible()
    assert grouped.library.saved_searches()[0].query == "q=red&weak=1"
    with page.expect_navigation():
        page.get_by_role("link", name="Group these").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Groups of these results")
    if page.locator(".group").count():
        assert all(name.startswith("red") for name in follow(page, page.locator(".group").first))


def test_saved_searches_and_folders_are_reached_on_a_phone_without_scripts(
    browser: Browser, make_site: MakeSite, pictures: Path
) -> None:
    site = make_site(pictures)
    site.library.save_search("Red things", "q=red&weak=1")
    context = browser.new_context(
        viewport={"width": 390, "height": 844},
        is_mobile=True,
        has_touch=True,
        java_script_enabled=False,
    )
    page = context.new_page()
    page.goto(f"{site.url}/settings")
    more = page.get_by_role("button", name="More", exact=True)
    saved = page.get_by_role("link", name="Red things")
    expect(saved).to_be_hidden()
    more.tap()
    assert "red-chair.png" in follow(page, saved)
    page.goto(f"{site.url}/library")
    more.tap()
    sections = page.get_by_role("navigation", name="Sections")
    expect(sections.get_by_role("link", name="Trash")).to_be_visible()
    follow(page, sections.get_by_role("link", name="album"))
    assert page.url.endswith("/library?folder=album")
    page.locator("[data-filters] summary").tap()
    page.get_by_role("checkbox", name="WebP", exact=True).check()
    follow(page, page.get_by_role("button", name="Apply"))  # nothing lies over it
    assert "type=webp" in page.url
    context.close()


def test_groups_that_are_not_there_say_so(page: Page, site: Site) -> None:
    page.goto(f"{site.url}/groups")
    expect(page.get_by_role("main")).to_contain_text("No groups yet")
    for address in ("/groups/999", "/groups/x", "/groups/1?part=7"):
        response = page.goto(site.url + address)
        assert response is not None
        assert response.status == 404
    assert names(page) == []

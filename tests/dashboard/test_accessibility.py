from __future__ import annotations

from pathlib import Path

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Page, expect

from lookalike.types import Role
from tests.dashboard.conftest import MakeSite, Site
from tests.dashboard.test_search_pages import asset_id

SCHEMES = ("light", "dark")
PAGES = (
    "/library",
    "/library?view=list",
    "/library?folder=album/trips&type=png",
    "/search",
    "/search?q=red&weak=1",
    "/search?q=red&min_width=9000",
    "/search?q=shop+umbrela+without+red",
    "/search?q=blue&t=like:{asset}&t=-0.5*text:red&t=colour:2460d8&colour=blue",
    "/search/image",
    "/assets/{asset}",
    "/assets/{asset}?from=/search?q%3Dblue+without+red",
    "/assets/nothing",
    "/duplicates",
    "/duplicates/compare?a={asset}&b={copy}",
    "/duplicates/journal",
    "/trash",
    "/settings",
    "/setup",
)


def check(page: Page) -> list[str]:
    """The serious and critical violations of the page as it stands."""
    found = Axe().run(page).response["violations"]
    return [
        f"{violation['id']}: {node['html'][:150]} {node.get('failureSummary', '')[:200]}"
        for violation in found
        if violation["impact"] in {"serious", "critical"}
        for node in violation["nodes"]
    ]


@pytest.mark.parametrize("scheme", SCHEMES)
@pytest.mark.parametrize("width_px", [1280, 390])
def test_pages_have_no_serious_violation(
    browser: Browser, site: Site, scheme: str, width_px: int
) -> None:
    context = browser.new_context(
        color_scheme=scheme,  # type: ignore[arg-type]
        viewport={"width": width_px, "height": 844},
        reduced_motion="reduce",
        has_touch=width_px < 600,
        is_mobile=width_px < 600,
    )
    page = context.new_page()
    site.library.compare()  # so that there is a group to decide about
    assert site.library.review().total == 1
    asset, copy = asset_id(site, "blue-bay.png"), asset_id(site, "blue-bay-copy.png")
    found = {}
    for address in PAGES:
        page.goto(site.url + address.format(asset=asset, copy=copy))
        expect(page.locator(".skeleton")).to_have_count(0)
        found[address] = check(page)
        too_wide = page.evaluate("document.documentElement.scrollWidth - innerWidth")
        assert too_wide <= 0, f"{address} is {too_wide} px wider than the window"
    context.close()
    assert {address: lines for address, lines in found.items() if lines} == {}


@pytest.mark.parametrize("scheme", SCHEMES)
def test_open_panels_have_no_serious_violation(browser: Browser, site: Site, scheme: str) -> None:
    context = browser.new_context(color_scheme=scheme, reduced_motion="reduce")  # type: ignore[arg-type]
    page = context.new_page()
    page.goto(f"{site.url}/library")
    page.get_by_role("combobox", name="Search").press_sequentially("blue")
    expect(page.locator("#panel-list")).to_be_visible()
    found = check(page)
    page.goto(f"{site.url}/search?q=blue")
    page.locator(".variants-toggle summary").click()
    expect(page.locator(".is-variant")).to_be_visible()
    found += check(page)
    page.goto(f"{site.url}/search?q=red&type=png")
    page.locator("[data-filters] summary").click()
    found += check(page)
    page.goto(f"{site.url}/library")
    page.get_by_role("link", name="Search by image").click()
    expect(page.get_by_role("dialog")).to_be_visible()
    found += check(page)
    page.goto(f"{site.url}/library")
    page.get_by_label("Select beach.png").check()
    found += check(page)
    page.get_by_label("More for this folder").click()
    expect(page.get_by_role("link", name="Download everything")).to_be_visible()
    found += check(page)
    page.keyboard.press("Escape")
    page.get_by_role("button", name="Keys").click()
    expect(page.get_by_role("dialog", name="Keys")).to_be_visible()
    found += check(page)
    page.goto(f"{site.url}/assets/{asset_id(site, 'blue-bay.png')}")
    page.get_by_role("button", name="Add a description").click()
    page.get_by_role("button", name="Add a field").click()
    found += check(page)
    page.get_by_role("button", name="Search by a part").click()
    expect(page.locator(".region")).to_be_visible()
    found += check(page)
    site.library.compare()
    page.goto(f"{site.url}/duplicates")
    page.get_by_role("button", name="By a rule").click()
    expect(page.get_by_role("dialog", name="Decide by a rule")).to_be_visible()
    found += check(page)
    context.close()
    assert found == []


def test_sign_in_page_has_no_serious_violation(page: Page, make_site: MakeSite) -> None:
    site = make_site()
    site.library.accounts.add_user("ada", "correct horse battery", Role.ADMINISTRATOR)
    page.goto(f"{site.url}/library")
    assert check(page) == []


def test_long_names_and_odd_shapes_do_not_widen_the_page(
    page: Page, make_site: MakeSite, tmp_path: Path
) -> None:
    from tests.dashboard.scenes import scene

    folder = tmp_path / "odd"
    folder.mkdir()
    scene("red", size=(2000, 20)).save(folder / f"{'panorama' * 20}.png")
    scene("blue", size=(20, 1500)).save(folder / f"{'a b ' * 40}.png")
    site = make_site(folder)
    for width_px in (1440, 390):
        page.set_viewport_size({"width": width_px, "height": 800})
        for address in ("/library", "/library?view=list", "/search?q=red"):
            page.goto(site.url + address)
            assert page.evaluate("document.documentElement.scrollWidth") <= width_px
        page.locator(".card-link").first.click()
        assert page.evaluate("document.documentElement.scrollWidth") <= width_px

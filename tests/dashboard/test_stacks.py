"""Near-copies in results, under the best of them."""

from __future__ import annotations

import pytest
from playwright.sync_api import Browser, expect

from tests.dashboard.conftest import Site
from tests.dashboard.test_search_pages import follow, names, search


@pytest.mark.parametrize("has_scripts", [True, False])
def test_near_copies_are_one_card_that_unfolds_in_place(
    browser: Browser, site: Site, has_scripts: bool
) -> None:
    context = browser.new_context(java_script_enabled=has_scripts)
    page = context.new_page()
    search(page, site, "q=blue")
    stack = page.locator(".is-stack")
    variant = page.locator(".is-variant")
    expect(stack).to_have_count(1)
    both = {"blue-bay.png", "blue-bay-copy.png"}
    shown, hidden = (card.locator(".file-name").get_attribute("title") for card in (stack, variant))
    assert {shown, hidden} == both
    expect(variant).to_be_hidden()
    summary = stack.locator("summary")
    expect(summary).to_have_text("+1 variant")
    summary.focus()
    summary.press("Enter")
    expect(variant).to_be_visible()
    expect(variant).to_contain_text("Identical file")
    beside = [card.bounding_box() or {} for card in (stack, variant)]
    assert beside[0]["y"] == beside[1]["y"]
    count = int(page.locator(".divider-count").first.inner_text())
    single = follow(page, page.get_by_role("link", name="Unstack variants"))
    assert both <= set(single)
    expect(page.locator(".divider-count").first).to_have_text(str(count + 1))
    expect(stack).to_have_count(0)
    follow(page, page.get_by_role("link", name="Stack variants"))
    expect(stack).to_have_count(1)
    context.close()


def test_copies_of_the_query_are_listed_one_by_one(browser: Browser, site: Site) -> None:
    page = browser.new_page()
    found = site.library.list_assets(limit=100).assets
    bay = next(asset for asset in found if asset.name == "blue-bay.png")
    search(page, site, f"t=like:{bay.id}")
    assert names(page, "copies") == ["blue-bay.png", "blue-bay-copy.png"]
    expect(page.locator('[data-band="copies"] .is-stack')).to_have_count(0)
    page.close()

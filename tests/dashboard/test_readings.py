"""What the results page says about the words of a query."""

from __future__ import annotations

from pathlib import Path

from playwright.sync_api import Page, expect

from tests.dashboard.conftest import MakeSite, Site
from tests.dashboard.scenes import scene
from tests.dashboard.test_search_pages import asset_id, follow, names, search


def test_words_without_are_a_chip_that_can_be_undone(page: Page, site: Site) -> None:
    search(page, site, "q=green+without+red&weak=1")
    first = names(page)
    assert first.index("tall-tree.png") < first.index("berries.webp")
    line = page.locator("[data-reading]")
    expect(line).to_contain_text("Read as green")
    chip = line.locator(".chip.is-minus")
    expect(chip.locator(".chip-label")).to_have_text("red")
    follow(page, chip.get_by_role("link", name="Do not take out red"))
    assert "literal=1" in page.url
    expect(line).to_contain_text("The words are taken literally.")
    expect(page.get_by_role("combobox", name="Search")).to_have_value("green without red")
    with page.expect_navigation():
        page.get_by_label("Sort by").select_option("newest")
    expect(line).to_contain_text("The words are taken literally.")
    follow(page, line.get_by_role("link", name="Read them as a sentence"))
    expect(chip).to_be_visible()
    assert "literal" not in page.url


def test_words_that_are_a_name_offer_that_filter(
    page: Page, make_site: MakeSite, pictures: Path
) -> None:
    site = make_site(pictures)
    site.library.tag([asset_id(site, "autumn.png")], add=["Shop"])
    search(page, site, "q=shop")
    offers = page.locator("[data-reading] .filter-chip")
    expect(offers).to_have_text(["Only with the tag “Shop” (1)", "Only in the folder “shop” (5)"])
    assert follow(page, offers.first) == ["autumn.png"]
    expect(offers).to_have_text(["Only in the folder “shop” (5)"])
    search(page, site, "q=red-cup")
    found = follow(page, page.get_by_role("link", name="Only the file “red-cup.jpg”"))
    assert found == ["red-cup.jpg"]
    with page.expect_navigation():
        page.get_by_label("Sort by").select_option("newest")
    assert names(page) == ["red-cup.jpg"]
    expect(page.get_by_role("link", name="Remove the filter Named “red-cup.jpg”")).to_be_visible()


def test_words_that_are_the_name_of_several_folders_offer_each(
    page: Page, make_site: MakeSite, pictures: Path, tmp_path: Path
) -> None:
    other = tmp_path / "more/trips/shop"
    other.mkdir(parents=True)
    scene("red", seed=60).save(other / "red-bag.png")
    site = make_site(pictures, tmp_path / "more")
    search(page, site, "q=shop")
    offers = page.locator("[data-reading] .filter-chip")
    expect(offers).to_have_text(
        ["Only in the folder “album/shop” (6)", "Only in the folder “more/trips/shop” (1)"]
    )
    assert follow(page, offers.last) == ["red-bag.png"]
    expect(offers).to_have_text(["Only in the folder “album/shop” (6)"])


def test_a_typo_is_pointed_out_and_never_changed(page: Page, site: Site) -> None:
    search(page, site, "q=blue+umbrela")
    expect(page.get_by_role("combobox", name="Search")).to_have_value("blue umbrela")
    follow(page, page.get_by_role("link", name="blue umbrella", exact=True))
    expect(page.get_by_role("combobox", name="Search")).to_have_value("blue umbrella")
    expect(page.locator("[data-reading]")).to_have_count(0)


def test_a_name_in_quotes_comes_first_and_says_so(page: Page, site: Site) -> None:
    assert search(page, site, "q=%22panorama%22+red")[0] == "panorama.jpg"
    first = page.locator('[data-band="strong"] li[data-id]').first
    expect(first).to_contain_text("In its name")

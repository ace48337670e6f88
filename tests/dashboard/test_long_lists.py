"""The library page with many files in it: scrolling, coming back, choosing, folders, downloads."""

from __future__ import annotations

import re
import zipfile
from pathlib import Path

import pytest
from playwright.sync_api import Download, Page, expect

from lookalike.stores.base import NewAsset
from lookalike.types import Source
from tests.dashboard.conftest import MakeSite, Site
from tests.dashboard.scenes import encode, scene, write_pictures
from tests.dashboard.test_search_pages import asset_id, names

MANY = 900


def packed(download: Download) -> set[str]:
    """The names in a zip that the browser saved."""
    with zipfile.ZipFile(download.path()) as archive:
        assert archive.testzip() is None
        return set(archive.namelist())


@pytest.fixture
def crowded(make_site: MakeSite) -> Site:
    """Many files, of which nothing is known but their names."""
    site = make_site()
    site.library._store.add_assets(
        [
            NewAsset(
                name=f"file-{number:04}.tiff",
                folder="scans",
                path=f"/scans/file-{number:04}.tiff",
                source=Source.LINKED,
                size_bytes=number,
                mtime_ns=1,
                skip_reason="unsupported_type",
                skip_detail="It is a TIFF.",
            )
            for number in range(MANY)
        ]
    )
    return site


def scroll_to(page: Page, name: str) -> None:
    """Turns the wheel until a file is there."""
    page.mouse.move(640, 500)
    while not page.locator(f'[data-results] [title="{name}"]').count():
        page.mouse.wheel(0, 1500)
        page.evaluate("new Promise(requestAnimationFrame)")


@pytest.mark.parametrize("view", ["grid", "list"])
def test_long_list_keeps_few_cards_and_its_place(page: Page, crowded: Site, view: str) -> None:
    page.goto(f"{crowded.url}/library?sort=name&view={view}")
    cards = page.locator("[data-results] li[data-id]")
    most = 0
    for number in range(0, MANY, 90):
        scroll_to(page, f"file-{number:04}.tiff")
        most = max(most, cards.count())
    assert most < 260
    before = page.evaluate("document.querySelectorAll('*').length")

    # A picture is opened far down, and Back leads to it.
    deep = page.locator('li[data-id]:has([title="file-0810.tiff"]) > a')
    deep.scroll_into_view_if_needed()
    deep.focus()
    place = deep.bounding_box()
    with page.expect_navigation():
        page.keyboard.press("Enter")
    expect(page.get_by_role("heading", level=1)).to_contain_text("file-0810.tiff")
    page.go_back()
    expect(deep).to_be_focused()
    back = deep.bounding_box()
    assert place is not None
    assert back is not None
    assert abs(back["y"] - place["y"]) < 40
    assert page.evaluate("document.querySelectorAll('*').length") < before + 1500

    # From there up row by row nothing is skipped, and keys lead to both ends.
    page.keyboard.press("Home")
    first = page.locator('li[data-id]:has([title="file-0000.tiff"]) > a')
    expect(first).to_be_focused()
    assert names(page)[:3] == ["file-0000.tiff", "file-0001.tiff", "file-0002.tiff"]
    page.keyboard.press("End")
    last = page.locator(f'li[data-id]:has([title="file-{MANY - 1:04}.tiff"]) > a')
    for _ in range(4):  # what is not loaded yet comes when the end is near
        if last.count():
            break
        page.keyboard.press("End")
    shown = names(page)
    assert shown == sorted(shown)
    assert len(set(shown)) == len(shown)


def test_selection_outlasts_the_cards_and_reaches_over_them(page: Page, crowded: Site) -> None:
    page.goto(f"{crowded.url}/library?sort=name")
    page.get_by_label("Select file-0002.tiff").check()
    scroll_to(page, "file-0400.tiff")
    page.get_by_label("Select file-0400.tiff").click(modifiers=["Shift"])
    expect(page.get_by_text("399 selected")).to_be_visible()
    page.keyboard.press("Home")
    expect(page.get_by_label("Select file-0002.tiff")).to_be_checked()
    expect(page.get_by_label("Select file-0001.tiff")).not_to_be_checked()
    page.keyboard.press("Escape")
    expect(page.get_by_text("399 selected")).to_be_hidden()

    first = page.locator('li[data-id]:has([title="file-0000.tiff"]) > a')
    first.focus()
    page.keyboard.press("x")
    page.keyboard.press("Shift+ArrowRight")
    page.keyboard.press("Shift+ArrowRight")
    expect(page.get_by_text("3 selected")).to_be_visible()
    page.keyboard.press("Delete")
    expect(page.get_by_text("3 pictures in the trash.")).to_be_visible()
    expect(first).to_be_hidden()
    page.get_by_role("button", name="Undo").click()
    expect(first).to_be_visible()
    assert crowded.library.coverage().trashed == 0


def test_what_was_trashed_is_in_no_range_and_does_not_come_back_with_the_page(
    page: Page, crowded: Site
) -> None:
    page.goto(f"{crowded.url}/library?sort=name")
    page.get_by_label("Select file-0001.tiff").check()
    page.keyboard.press("Delete")
    expect(page.get_by_text("1 picture in the trash.")).to_be_visible()
    page.get_by_label("Select file-0000.tiff").check()
    page.get_by_label("Select file-0003.tiff").click(modifiers=["Shift"])
    expect(page.get_by_text("3 selected")).to_be_visible()
    page.keyboard.press("Escape")
    with page.expect_navigation():
        page.locator('li[data-id]:has([title="file-0004.tiff"]) > a').click()
    crowded.library.trash(["/scans/file-0003.tiff"])
    page.go_back()
    expect(page.locator('[title="file-0004.tiff"]')).to_be_visible()
    assert names(page)[:4] == [f"file-000{number}.tiff" for number in (0, 2, 4, 5)]


def test_what_is_not_searchable_is_shown_with_its_reason(
    page: Page, make_site: MakeSite, tmp_path: Path
) -> None:
    album = tmp_path / "album"
    write_pictures(album)
    site = make_site(album)
    (album / "shop/red-cup.jpg").unlink()
    site.library.index([album])
    page.goto(f"{site.url}/library")
    states = page.get_by_role("navigation", name="State")
    with page.expect_navigation():
        states.get_by_role("link", name="Not searchable 1").click()
    assert names(page) == ["damaged.png"]
    expect(page.locator(".card .note")).to_have_text("Damaged file")
    with page.expect_navigation():
        states.get_by_role("link", name="Missing 1").click()
    assert names(page) == ["red-cup.jpg"]
    expect(page.locator(".card .note")).to_have_text("File missing")
    with page.expect_navigation():
        states.get_by_role("link", name="All").click()
    assert len(names(page)) == 11


def test_folder_is_made_filled_renamed_downloaded_and_deleted(
    page: Page, make_site: MakeSite, tmp_path: Path
) -> None:
    album = tmp_path / "album"
    write_pictures(album)
    site = make_site(album)
    page.goto(f"{site.url}/library")
    menu = page.get_by_label("More for this folder")
    menu.click()
    page.get_by_role("button", name="New folder").click()
    page.get_by_label("Name", exact=True).fill("campaign")
    with page.expect_navigation():
        page.get_by_role("button", name="Make folder").click()
    expect(page.get_by_role("heading", name="This folder is empty")).to_be_visible()

    page.locator("[data-upload]").set_input_files(
        {"name": "green.png", "mimeType": "image/png", "buffer": encode(scene("green"))}
    )
    expect(page.locator('.card [title="green.png"]')).to_be_visible()
    menu.click()
    expect(page.get_by_role("button", name="Delete folder")).to_have_count(0)
    page.get_by_role("button", name="Rename or move folder").click()
    page.get_by_label("Path").fill("2024/spring")
    with page.expect_navigation():
        page.get_by_role("button", name="Rename", exact=True).click()
    expect(page.get_by_role("heading", level=1)).to_contain_text("spring")
    assert site.library.list_assets(folder="2024/spring").total == 1

    menu.click()
    with page.expect_download() as saved:
        page.get_by_role("link", name="Download this folder").click()
    assert (saved.value.suggested_filename, packed(saved.value)) == ("spring.zip", {"green.png"})

    page.get_by_label("Select green.png").check()
    page.get_by_role("toolbar").get_by_role("button", name="Move").click()
    page.get_by_label("Folder, or nothing").fill("")
    page.get_by_role("dialog").get_by_role("button", name="Move").click()
    expect(page.get_by_text("1 picture moved.")).to_be_visible()
    expect(page.locator(".card:visible")).to_have_count(0)
    page.locator("[data-notices]").get_by_role("button", name="Undo").click()
    expect(page.locator(".card:visible")).to_have_count(1)
    expect(page.get_by_text("Undone.")).to_be_visible()
    assert site.library.list_assets(folder="2024/spring").total == 1
    site.library.move([asset_id(site, "green.png")], "")
    page.reload()
    menu.click()
    with page.expect_navigation():
        page.get_by_role("button", name="Delete folder").click()
    expect(page.get_by_text("The folder 2024/spring is gone.")).to_be_visible()
    assert "2024/spring" not in {folder.path for folder in site.library.folders()}

    # What lies in a linked folder is only looked at.
    page.goto(f"{site.url}/library?folder=album/shop")
    menu.click()
    expect(page.get_by_role("button", name="Rename or move folder")).to_have_count(0)
    with page.expect_download() as saved:
        page.get_by_role("link", name="Download this folder").click()
    assert len(packed(saved.value)) == 6


def test_seven_tabs_follow_the_work_and_still_load(
    page: Page, make_site: MakeSite, tmp_path: Path
) -> None:
    """A stream for each would use up the connections that a browser opens to one server."""
    site = make_site()
    tabs = [page] + [page.context.new_page() for _ in range(7)]
    for tab in tabs:
        tab.goto(f"{site.url}/library")
    site.library.upload(encode(scene("blue", seed=3)), name="blue.png")
    for tab in tabs:
        expect(tab.locator(".card img")).to_be_visible()
    tabs[0].close()
    site.library.upload(encode(scene("red", seed=3)), name="red.png")
    with tabs[1].expect_navigation(url=re.compile("sort=name")):
        tabs[1].get_by_label("Sort by").select_option("name")
    expect(tabs[1].locator(".card img")).to_have_count(2)

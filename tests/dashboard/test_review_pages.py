"""Deciding about duplicates in a real browser."""

from __future__ import annotations

from pathlib import Path

from playwright.sync_api import Page, expect

from tests.dashboard.conftest import MakeSite
from tests.dashboard.test_accessibility import check
from tests.e2e.test_duplicates import make_pictures


def test_groups_are_decided_by_keyboard_and_compared(
    page: Page, make_site: MakeSite, tmp_path: Path
) -> None:
    site = make_site(make_pictures(tmp_path / "album"))
    site.library.compare()
    page.goto(f"{site.url}/duplicates")
    expect(page.get_by_role("heading", level=1)).to_contain_text("1 group")
    assert check(page) == []
    page.keyboard.press("n")
    page.keyboard.press("c")
    expect(page.get_by_role("dialog")).to_contain_text("Dimensions")
    page.keyboard.press("3")
    expect(page.locator("[data-difference-text]")).to_contain_text("differs")
    assert check(page) == []
    page.keyboard.press("Escape")
    page.keyboard.press("k")
    expect(page.locator("main .empty")).to_be_visible()
    assert site.library.status().coverage.trashed == 4

"""Changing the model in the browser: getting ready, side by side, over, back."""

from __future__ import annotations

import time
from pathlib import Path

from playwright.sync_api import Page, expect

from lookalike.library.models import Models
from lookalike.settings import Settings
from tests.dashboard.conftest import MakeSite, Site
from tests.dashboard.test_accessibility import check
from tests.unit.models import tiny


def await_jobs(site: Site) -> None:
    """Until all is done that was asked for, which takes a busy machine its time; then it is for
    the page to notice."""
    for _ in range(1200):
        if not site.library.jobs(open_only=True):
            return
        time.sleep(0.1)
    raise TimeoutError(site.library.jobs(open_only=True))


def test_model_is_changed_compared_and_changed_back(
    page: Page, make_site: MakeSite, pictures: Path, tmp_path: Path
) -> None:
    shelf = str(tmp_path / "models")
    Models(Settings(models_folder=shelf)).add(tiny.write_model(tmp_path / "my-clip"))
    site = make_site(pictures, models_folder=shelf)
    for query in ("red", "blue -green"):
        page.goto(f"{site.url}/search?q={query}")
    page.goto(f"{site.url}/settings/compare-models")
    expect(page).to_have_url(f"{site.url}/settings#model")

    model = page.get_by_role("region", name="Model")
    model.get_by_label("Change to").select_option("my-clip")
    with page.expect_navigation():
        model.get_by_role("button", name="Get ready").click()
    await_jobs(site)
    expect(model.get_by_role("button", name="Change over")).to_be_visible()
    assert site.library.model_use().model_id == "fake-colours-1"
    assert check(page) == []

    model.get_by_role("link", name="Compare both").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Compare models")
    first = page.get_by_role("region", name="blue -green")
    expect(first.locator(".contrast-side")).to_have_count(2)
    expect(first.locator(".contrast-picture img").first).to_be_visible()
    expect(page.get_by_role("region", name="red")).to_be_visible()
    assert check(page) == []
    page.get_by_label("Compare on something else").fill("yellow")
    page.get_by_role("button", name="Compare", exact=True).click()
    expect(page.locator(".contrast")).to_have_count(1)

    with page.expect_navigation():
        page.get_by_role("button", name="Change over").click()
    await_jobs(site)
    expect(model.get_by_text("Pictures and words are compared with my-clip")).to_be_visible()
    page.goto(f"{site.url}/search?q=red&weak=1")
    expect(page.locator(".card").first).to_be_visible()

    page.goto(f"{site.url}/settings")
    with page.expect_navigation():
        model.get_by_role("button", name="Go back").click()
    await_jobs(site)
    expect(model.get_by_role("button", name="Change over")).to_be_visible()
    model.get_by_role("button", name="Do not change").click()
    with page.expect_navigation():
        page.get_by_role("dialog").get_by_role("button", name="Do not change").click()
    expect(model.get_by_role("button", name="Go back")).to_be_visible()
    model.get_by_role("button", name="Forget", exact=True).click()
    with page.expect_navigation():
        page.get_by_role("dialog").get_by_role("button", name="Forget").click()
    await_jobs(site)
    expect(model.get_by_role("button", name="Go back")).to_have_count(0)

    with page.expect_navigation():
        model.get_by_role("button", name="Stop remembering").click()
    assert site.library.recent_searches() == []
    page.goto(f"{site.url}/search?q=green")
    assert site.library.recent_searches() == []

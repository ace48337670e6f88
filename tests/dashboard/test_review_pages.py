"""Deciding about duplicates in a real browser."""

from __future__ import annotations

from pathlib import Path

from playwright.sync_api import Page, expect

from lookalike.types import Role
from tests.dashboard.conftest import MakeSite, Site
from tests.dashboard.scenes import scene
from tests.dashboard.test_accessibility import check
from tests.dashboard.test_search_pages import asset_id
from tests.e2e.test_duplicates import make_pictures

PASSWORD = "correct horse battery"


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
    assert trashed(site) == 4
    kept = "Kept lake.jpg"
    expect(page.locator("[data-notices]")).to_contain_text(kept)
    with page.expect_navigation():
        page.locator("[data-notices]").get_by_role("button", name="Undo").click()
    expect(page.locator("[data-copy]")).to_have_count(5)
    assert trashed(site) == 0

    page.keyboard.press("n")
    page.keyboard.press("k")
    expect(page.locator("main .empty")).to_be_visible()
    page.reload()  # the notice is gone now
    expect(page.locator("[data-notices] .notice")).to_have_count(0)
    expect(page.get_by_role("region", name="Decided last")).to_contain_text(kept)
    assert check(page) == []
    with page.expect_navigation():
        page.keyboard.press("u")
    expect(page.locator("[data-copy]")).to_have_count(5)
    page.get_by_role("button", name="Not duplicates").click()
    expect(page.locator("main .empty")).to_be_visible()
    last = page.get_by_role("region", name="Decided last")
    with page.expect_navigation():
        last.get_by_role("button", name="Undo").click()
    expect(page.locator("[data-copy]")).to_have_count(5)
    assert site.library.decisions() == []


def test_copies_are_seen_to_their_edges(page: Page, make_site: MakeSite, tmp_path: Path) -> None:
    for name in ("tall.png", "again.png"):
        scene("green", "yellow", size=(180, 300)).save(tmp_path / name)
    site = make_site(tmp_path)
    site.library.compare()
    page.goto(f"{site.url}/duplicates")
    expect(page.locator("[data-copy]")).to_have_count(2)
    for frame in page.locator("[data-copy] .frame").all():
        height_px = "one => one.getBoundingClientRect().height"
        assert frame.locator("img").evaluate(height_px) <= frame.evaluate(height_px)


def test_decisions_and_rules_are_taken_back_and_viewers_are_refused(
    page: Page, make_site: MakeSite, tmp_path: Path
) -> None:
    site = make_site(make_pictures(tmp_path / "album"))
    site.library.compare()
    page.goto(f"{site.url}/duplicates")
    page.get_by_role("button", name="Put lake copy.jpg in the trash").click()
    page.locator("[data-notices]").get_by_role("button", name="Undo").click()
    expect(page.locator("[data-notices]")).to_contain_text("Undone.")
    expect(page.locator("[data-copy]")).to_have_count(5)
    assert trashed(site) == 0

    page.get_by_role("button", name="Put lake small.jpg in the trash").click()
    expect(page.locator("[data-copy]")).to_have_count(4)
    with page.expect_navigation():
        page.get_by_role("link", name="Decided").click()
    with page.expect_navigation():
        page.get_by_role("button", name="Undo").click()
    expect(page.locator(".journal .is-undone")).to_have_count(2)
    assert trashed(site) == 0

    page.goto(f"{site.url}/duplicates")
    page.get_by_role("button", name="By a rule").click()
    page.get_by_label("the largest").check()
    with page.expect_navigation():
        page.get_by_role("button", name="Show what would change").click()
    expect(page.locator(".plan-line")).to_contain_text("lake small.jpg")
    assert check(page) == []
    assert trashed(site) == 0
    page.get_by_role("button", name="Carry it out").click()
    expect(page.locator(".plan-outcome")).to_contain_text("1 group decided")
    expect(page.locator(".plan-outcome")).to_contain_text("takes back 1 decision: 4 pictures")
    assert trashed(site) == 4
    page.get_by_role("button", name="Undo all of it").click()
    expect(page.locator(".plan-outcome")).to_contain_text("1 decision undone")
    expect(page.get_by_role("button", name="Undo all of it")).to_have_count(0)
    assert trashed(site) == 0

    site.library.accounts.add_user("ada", PASSWORD, Role.ADMINISTRATOR)
    site.library.accounts.add_user("vera", PASSWORD, Role.VIEWER)
    page.goto(f"{site.url}/sign-in")
    page.get_by_label("Name").fill("vera")
    page.get_by_label("Password").fill(PASSWORD)
    with page.expect_navigation():
        page.get_by_role("button", name="Sign in").click()
    page.goto(f"{site.url}/duplicates")
    expect(page.locator("[data-copy]")).to_have_count(5)
    expect(page.locator("[data-decide], [data-rule-open]")).to_have_count(0)
    ids = [copy.asset.id for copy in site.library.review().groups[0].group.duplicates]
    status = page.evaluate(
        """async (assets) => (await fetch("/api/v1/duplicates/decisions", {
            method: "POST", body: JSON.stringify({verdict: "keep_all", assets}),
            headers: {"X-CSRF-Token": document.body.dataset.csrf,
                      "Content-Type": "application/json"},
        })).status""",
        ids,
    )
    assert status == 403


def test_merging_is_a_choice_that_is_remembered(
    page: Page, make_site: MakeSite, tmp_path: Path
) -> None:
    site = make_site(make_pictures(tmp_path / "album"))
    site.library.compare()
    (group,) = site.library.review().groups
    kept, copy, *_ = (one.asset for one in group.group.duplicates)
    site.library.edit(copy.id, tags=["from a copy"])
    page.goto(f"{site.url}/duplicates")
    choice = page.get_by_label("Give tags, descriptions and custom metadata of the others")
    expect(choice.first).to_be_checked()
    page.keyboard.press("m")
    expect(choice.first).not_to_be_checked()
    page.reload()
    expect(choice.first).not_to_be_checked()
    page.keyboard.press("n")
    page.keyboard.press("c")
    dialog = page.get_by_role("dialog")
    expect(dialog.get_by_role("checkbox")).not_to_be_checked()
    page.keyboard.press("Escape")
    page.keyboard.press("k")
    expect(page.locator("main .empty")).to_be_visible()
    assert site.library.asset(kept.id).tags == ()
    site.library.undo(site.library.last_decision().id)

    page.goto(f"{site.url}/duplicates")
    page.get_by_role("button", name="By a rule").click()
    rule = page.get_by_role("dialog").get_by_role("checkbox")
    expect(rule).not_to_be_checked()
    rule.check()
    page.get_by_role("button", name="Cancel").click()
    expect(choice.first).to_be_checked()
    page.keyboard.press("n")
    page.keyboard.press("k")
    expect(page.locator("main .empty")).to_be_visible()
    assert site.library.asset(kept.id).tags == ("from a copy",)


def test_comparison_says_what_uses_a_picture(
    page: Page, make_site: MakeSite, tmp_path: Path
) -> None:
    site = make_site(make_pictures(tmp_path / "album"))
    site.library.compare()
    (group,) = site.library.review().groups
    kept, copy, other, *_ = (one.asset for one in group.group.duplicates)
    site.library.save_search("Lakes", f"t=like%3A{other.id}")
    site.library.keep(kept, [copy])
    page.goto(f"{site.url}/duplicates/compare?a={kept.id}&b={other.id}")
    row = page.get_by_role("row", name="Used by")
    expect(row.get_by_role("cell")).to_have_text(
        ["1 trashed copy leads to it", "the saved search “Lakes”"]
    )


def test_links_to_a_copy_lead_to_the_kept_one(
    page: Page, make_site: MakeSite, tmp_path: Path
) -> None:
    site = make_site(make_pictures(tmp_path / "album"))
    site.library.compare()
    copy, kept = asset_id(site, "lake small.jpg"), asset_id(site, "lake.jpg")
    entry = site.library.keep(kept, [copy])
    page.goto(f"{site.url}/assets/{copy}")
    assert f"/assets/{kept}" in page.url
    assert check(page) == []
    expect(page.get_by_role("heading", level=1)).to_have_text("lake.jpg")
    small = page.request.get(f"{site.url}/assets/{copy}/original").body()
    assert small == (tmp_path / "album/lake.jpg").read_bytes()
    with page.expect_navigation():
        page.get_by_role("link", name="lake small.jpg").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("lake small.jpg")
    download = page.locator("[data-download]").get_attribute("href")
    own = page.request.get(f"{site.url}{download}").body()
    assert own == (tmp_path / "album/lake small.jpg").read_bytes()

    page.goto(f"{site.url}/trash")
    with page.expect_navigation():
        page.locator(".card-link").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("lake small.jpg")
    page.goto(f"{site.url}/assets/{kept}?for=nothing")
    expect(page.get_by_role("status").filter(has_text="kept instead")).to_have_count(0)

    site.library.undo(entry.id)
    page.goto(f"{site.url}/assets/{copy}")
    expect(page.get_by_role("heading", level=1)).to_have_text("lake small.jpg")
    site.library.keep(kept, [copy])
    site.library.empty_trash()
    page.goto(f"{site.url}/assets/{copy}")
    expect(page.get_by_role("heading", level=1)).to_have_text("lake.jpg")
    expect(page.get_by_role("status").filter(has_text="kept instead")).to_contain_text("is gone")


def trashed(site: Site) -> int:
    return site.library.status().coverage.trashed

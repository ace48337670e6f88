"""Settings: what is switched, who may sign in, and folders that are watched."""

from __future__ import annotations

from pathlib import Path

from playwright.sync_api import Browser, Page, expect

from tests.dashboard.conftest import MakeSite, Site
from tests.dashboard.scenes import scene
from tests.dashboard.test_accessibility import check

PASSWORD, OTHER = "correct horse battery", "another horse battery"


def sign_in(page: Page, site: Site, name: str, password: str) -> None:
    page.goto(f"{site.url}/sign-in")
    page.get_by_label("Name").fill(name)
    page.get_by_label("Password").fill(password)
    with page.expect_navigation():
        page.get_by_role("button", name="Sign in").click()


def test_newcomer_links_a_folder_and_sees_what_is_put_into_it(
    page: Page, make_site: MakeSite, tmp_path: Path
) -> None:
    folder = tmp_path / "album"
    folder.mkdir()
    site = make_site()
    page.goto(site.url)
    page.get_by_role("combobox", name="Search").press_sequentially("red")
    expect(page.locator("#panel-list")).to_contain_text("Nothing is searchable yet")
    page.keyboard.press("Escape")
    expect(page.get_by_text("Choose pictures to upload")).to_be_visible()
    assert check(page) == []
    page.get_by_label("Folder on the computer").fill(str(folder / "nothing"))
    page.get_by_role("button", name="Link folder").click()
    expect(page.locator(".notice")).to_contain_text("nothing")
    page.get_by_label("Folder on the computer").fill(str(folder))
    with page.expect_navigation():
        page.get_by_role("button", name="Link folder").click()
    page.goto(f"{site.url}/settings")
    switch = page.get_by_role("switch", name="Watch album for changes")
    expect(switch).to_be_checked()
    assert check(page) == []
    expect(page.get_by_text("Watched: changes are noticed")).to_be_visible()
    expect(page.locator("[data-indexing]")).to_be_hidden()
    page.goto(f"{site.url}/library")
    scene("red").save(folder / "rose.png")
    expect(page.locator("li[data-id]")).to_contain_text("rose.png")  # without a reload
    page.goto(f"{site.url}/settings")
    with page.expect_navigation():
        page.get_by_role("switch").click()
    expect(page.get_by_role("switch")).not_to_be_checked()
    expect(page.get_by_text("Looked through when asked")).to_be_visible()
    assert [one.is_on for one in site.library.watched_folders()] == [False]


def test_people_get_other_roles_and_passwords(
    page: Page, browser: Browser, make_site: MakeSite
) -> None:
    site = make_site()
    accounts = site.library.accounts
    accounts.add_user("ada", PASSWORD, "administrator")
    accounts.add_user("ben", PASSWORD, "viewer")
    sign_in(page, site, "ada", PASSWORD)
    page.goto(f"{site.url}/settings")
    with page.expect_navigation():
        page.get_by_label("Role of ben").select_option("editor")
    expect(page.get_by_text("ben has another role.")).to_be_visible()
    expect(page.get_by_label("Role of ben")).to_have_value("editor")
    assert check(page) == []
    page.get_by_label("Role of ada").select_option("viewer")
    expect(page.locator(".notice", has_text="administrator")).to_be_visible()
    expect(page.get_by_label("Role of ada")).to_have_value("administrator")
    # A refusal leaves what was typed, and the button sends once.
    new = page.locator('form[data-api="POST /api/v1/users"]')
    new.get_by_label("Name").fill("ben")
    new.get_by_label("Password").fill(OTHER)
    new.get_by_role("button").click()
    expect(page.locator(".notice", has_text="already")).to_be_visible()
    expect(new.get_by_label("Name")).to_have_value("ben")
    page.reload()
    page.get_by_role("button", name="Reset password").click()
    page.get_by_label("New password, of at least ten letters").fill(OTHER)
    with page.expect_navigation():
        page.get_by_role("button", name="Save").click()
    expect(page.get_by_text("ben has a new password and is signed out.")).to_be_visible()

    context = browser.new_context()
    theirs = context.new_page()
    sign_in(theirs, site, "ben", OTHER)
    theirs.goto(f"{site.url}/settings")
    expect(theirs.get_by_role("heading", name="People")).to_have_count(0)
    theirs.get_by_text("Change your password").click()
    theirs.get_by_label("The present one").fill("a wrong password")
    theirs.get_by_label("The new one").fill(PASSWORD)
    theirs.get_by_role("button", name="Change password").click()
    expect(theirs.locator(".notice")).to_contain_text("The name or the password is wrong.")
    theirs.get_by_label("The present one").fill(OTHER)
    with theirs.expect_navigation():
        theirs.get_by_role("button", name="Change password").click()
    expect(theirs.get_by_text("Your password is changed.")).to_be_visible()
    expect(theirs.get_by_text("Signed in as ben.")).to_be_visible()
    context.close()
    accounts.sign_in("ben", PASSWORD)


def test_stranger_is_asked_to_sign_in_in_the_middle_of_the_page(
    page: Page, make_site: MakeSite
) -> None:
    site = make_site()
    site.library.accounts.add_user("ada", PASSWORD, "administrator")
    page.goto(f"{site.url}/library")
    box = page.get_by_role("heading", name="Sign in").bounding_box()
    assert box is not None
    assert 400 < box["x"] < 520  # of 1280

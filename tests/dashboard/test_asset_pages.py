"""The page of one picture: looking closely, and changing what is said about it."""

from __future__ import annotations

import re
from pathlib import Path

from playwright.sync_api import Locator, Page, expect

from lookalike.types import Role, State
from tests.dashboard.conftest import MakeSite, Site
from tests.dashboard.scenes import encode, scene, write_pictures
from tests.dashboard.test_search_pages import asset_id, names
from tests.photographs import XMP, camera_exif, photograph

PASSWORD = "correct horse battery"


def open_read(page: Page, url: str) -> None:
    """Opens the page of an upload, and waits until it shows the picture."""
    page.goto(url)
    expect(page.locator("[data-preview]")).to_be_visible()
    page.wait_for_function("document.querySelector('[data-preview]')?.naturalWidth > 0")


def upload(site: Site, name: str = "bay.png", folder: str = "trips", seed: int = 1) -> str:
    """An upload, which is read in the background; its page."""
    asset = site.library.upload(
        encode(scene("blue", seed=seed, size=(800, 600))), name=name, folder=folder
    )
    return f"{site.url}/assets/{asset.id}"


def group(page: Page, name: str) -> Locator:
    return page.get_by_role("region", name=name)


def test_tags_and_description_are_edited_in_place_and_undone(
    page: Page, make_site: MakeSite, tmp_path: Path
) -> None:
    album = tmp_path / "album"
    write_pictures(album)
    site = make_site(album)
    page.goto(f"{site.url}/assets/{asset_id(site, 'beach.png')}")
    tags = page.get_by_label("Add a tag")
    tags.fill("summer, sea")
    tags.press("Enter")
    expect(page.get_by_text("Tags saved.")).to_be_visible()
    group(page, "Tags").get_by_role("button", name="Remove the tag sea").click()
    expect(group(page, "Tags").get_by_role("link")).to_have_text(["summer"])
    expect(page.locator("[aria-busy]")).to_have_count(0)
    expect(group(page, "Tags").get_by_role("link")).to_have_text(["summer"])
    page.get_by_role("button", name="Undo").last.click()
    expect(group(page, "Tags").get_by_role("link")).to_have_text(["sea", "summer"])

    # What the server refuses goes back to what it was.
    tags.fill("x" * 100 + "y")
    page.evaluate("document.querySelector('.add-tag input').removeAttribute('maxlength')")
    tags.fill("x" * 101)
    tags.press("Enter")
    expect(page.get_by_text("A tag is 1 to 100 letters")).to_be_visible()
    expect(group(page, "Tags").get_by_role("link")).to_have_text(["sea", "summer"])

    page.get_by_role("button", name="Add a description").click()
    page.get_by_label("Description", exact=True).last.fill("At low tide\nwith <b>dog</b>")
    page.keyboard.press("Control+Enter")
    expect(page.get_by_text("Description saved.")).to_be_visible()
    expect(page.locator(".description")).to_have_text("At low tide\nwith <b>dog</b>")
    page.reload()
    expect(page.locator(".description")).to_have_text("At low tide\nwith <b>dog</b>")
    expect(page.get_by_text("A linked file is never changed")).to_be_visible()
    expect(page.get_by_label("More for this picture")).to_have_count(0)
    with page.expect_navigation():
        page.get_by_role("link", name="summer", exact=True).click()
    assert names(page) == ["beach.png"]


def test_custom_metadata_keeps_its_kinds(page: Page, make_site: MakeSite) -> None:
    site = make_site()
    open_read(page, upload(site))
    part = group(page, "Custom metadata")

    def add(name: str, kind: str, value: str) -> None:
        part.get_by_role("button", name="Add a field").click()
        part.get_by_label("Name").fill(name)
        part.get_by_label("Kind").select_option(label=kind)
        field = part.get_by_label("Value")
        if kind == "Yes or no":
            field.select_option(label=value)
        else:
            field.fill(value)
        part.get_by_role("button", name="Save").click()

    add("sku", "Text", "007")
    add("weight", "Number", "1,5 kg")
    expect(part.get_by_role("alert")).to_have_text("1,5 kg is not a number.")
    part.get_by_label("Value").fill("1.5")
    part.get_by_role("button", name="Save").click()
    add("cleared", "Yes or no", "Yes")
    add("sizes", "List or object (JSON)", '["a4", 3, null]')
    expect(part.locator("dt")).to_have_text(["sku", "weight", "cleared", "sizes"])
    expect(page.locator("[aria-busy]")).to_have_count(0)
    add("sku", "Text", "again")
    expect(part.get_by_role("alert")).to_have_text("There is a field sku already.")
    part.get_by_role("button", name="Cancel").click()

    part.get_by_role("button", name="Edit weight").click()
    part.get_by_label("Name").fill("grams")
    part.get_by_label("Value").fill("1500")
    part.get_by_role("button", name="Save").click()
    part.get_by_role("button", name="Remove cleared").click()
    expect(page.locator("[aria-busy]")).to_have_count(0)
    (asset,) = site.library.list_assets().assets
    assert asset.metadata == {"sku": "007", "grams": 1500, "sizes": ["a4", 3, None]}
    page.get_by_role("button", name="Undo").last.click()
    expect(part.locator("dt")).to_have_text(["sku", "grams", "cleared", "sizes"])
    page.reload()
    expect(part.locator("dd").nth(0)).to_have_text("007")


def test_open_form_of_a_field_outlasts_changes_of_others(page: Page, make_site: MakeSite) -> None:
    site = make_site()
    address = upload(site)
    open_read(page, address)
    (asset,) = site.library.list_assets().assets
    site.library.edit(asset.id, metadata={"a": "1", "b": "2", "c": "3"})
    page.reload()
    part = group(page, "Custom metadata")
    part.get_by_role("button", name="Edit a").click()
    part.get_by_role("button", name="Edit b").click()
    part.get_by_role("button", name="Cancel").click()
    expect(part.locator("dt:visible")).to_have_text(["a", "b", "c"])
    part.get_by_role("button", name="Edit a").click()
    part.get_by_label("Value").fill("typed")
    part.get_by_role("button", name="Remove b").click()
    expect(part.get_by_label("Value")).to_have_value("typed")
    part.get_by_role("button", name="Save").click()
    expect(page.locator("[aria-busy]")).to_have_count(0)
    (asset,) = site.library.list_assets().assets
    assert asset.metadata == {"a": "typed", "c": "3"}
    expect(part.get_by_role("button", name="Add a field")).to_be_visible()
    # Only what was done last can be taken back.
    expect(page.get_by_role("button", name="Undo")).to_have_count(1)


def test_upload_is_renamed_moved_replaced_and_put_in_the_trash(
    page: Page, make_site: MakeSite
) -> None:
    site = make_site()
    upload(site, "taken.png", seed=5)
    open_read(page, upload(site))
    menu = page.get_by_label("More for this picture")
    heading = page.get_by_role("heading", level=1)

    def choose(what: str) -> None:
        menu.click()
        page.get_by_role("button", name=what).click()

    choose("Rename")
    page.get_by_role("textbox", name="Name").fill("taken.png")
    page.get_by_role("dialog").get_by_role("button", name="Rename").click()
    expect(page.get_by_text("trips has a file named taken.png already.")).to_be_visible()
    expect(heading).to_have_text("bay.png")
    choose("Rename")
    page.get_by_role("textbox", name="Name").fill("cove.png")
    page.get_by_role("dialog").get_by_role("button", name="Rename").click()
    expect(page.get_by_text("Renamed.")).to_be_visible()
    expect(heading).to_have_text("cove.png")
    assert "cove.png" in page.title()

    choose("Move")
    page.get_by_label("Folder, or nothing").fill("2024/sea")
    page.get_by_role("dialog").get_by_role("button", name="Move").click()
    expect(page.get_by_text("Moved to 2024/sea.")).to_be_visible()
    expect(page.get_by_role("navigation", name="Folder")).to_contain_text("Library2024sea")
    page.get_by_role("button", name="Undo").last.click()
    expect(page.get_by_role("navigation", name="Folder")).to_contain_text("Librarytrips")

    before = page.locator("[data-preview]").get_attribute("src")
    with page.expect_file_chooser() as chooser:
        choose("Replace the file")
    chooser.value.set_files(
        {"name": "x.png", "mimeType": "image/png", "buffer": encode(scene("red", size=(90, 60)))}
    )
    with page.expect_navigation():
        page.get_by_role("dialog").get_by_role("button", name="Replace").click()
    expect(page.get_by_label("About this picture")).to_contain_text("90 × 60 px")
    assert page.locator("[data-preview]").get_attribute("src") != before
    expect(heading).to_have_text("cove.png")

    address = page.url
    with page.expect_navigation():
        page.get_by_role("button", name="Trash").click()
    expect(page.get_by_text("is in the trash.")).to_be_visible()
    with page.expect_navigation():
        page.get_by_role("button", name="Undo").click()
    assert site.library.list_assets(states=[State.TRASHED]).total == 0
    page.goto(address)
    expect(page.get_by_role("button", name="Trash")).to_be_visible()


def test_picture_is_looked_at_closely(page: Page, make_site: MakeSite) -> None:
    site = make_site()
    open_read(page, upload(site))
    picture, shown = page.locator("[data-preview]"), page.locator("[data-zoom-scale]")
    stage = page.get_by_role("group", name=re.compile("^Picture"))

    def left() -> float:
        box = picture.bounding_box()
        assert box is not None
        return box["x"]

    at_first = left()
    stage.focus()
    for _ in range(3):
        page.keyboard.press("+")
    expect(shown).not_to_have_text("Fit")
    zoomed = left()
    assert zoomed < at_first
    page.keyboard.press("ArrowRight")
    assert left() < zoomed
    page.keyboard.press("0")
    expect(shown).to_have_text("Fit")
    assert left() == at_first

    box = stage.bounding_box()
    assert box is not None
    page.mouse.dblclick(box["x"] + 200, box["y"] + 200)
    expect(shown).not_to_have_text("Fit")
    before = left()
    page.mouse.move(box["x"] + 200, box["y"] + 200)
    page.mouse.down()
    page.mouse.move(box["x"] + 150, box["y"] + 200, steps=3)
    page.mouse.up()
    assert left() == before - 50
    page.mouse.wheel(0, 3000)
    expect(shown).to_have_text("Fit")
    page.get_by_role("button", name="Zoom in").click()
    expect(shown).not_to_have_text("Fit")
    page.get_by_role("button", name="Search by a part").click()
    expect(page.locator(".region")).to_be_visible()
    expect(shown).to_have_text("Fit")


def test_viewer_sees_what_is_said_and_cannot_change_it(page: Page, make_site: MakeSite) -> None:
    site = make_site()
    address = upload(site)
    (asset,) = site.library.list_assets().assets
    site.library.edit(asset, tags=["sea"], metadata={"sku": 7, "ok": True, "list": ["ä"]})
    site.library.accounts.add_user("ada", PASSWORD, Role.ADMINISTRATOR)
    site.library.accounts.add_user("vera", PASSWORD, Role.VIEWER)
    page.goto(f"{site.url}/sign-in")
    page.get_by_label("Name").fill("vera")
    page.get_by_label("Password").fill(PASSWORD)
    with page.expect_navigation():
        page.get_by_role("button", name="Sign in").click()
    page.goto(address)
    expect(group(page, "Custom metadata").locator("dd")).to_have_text(["7", "Yes", '["ä"]'])
    expect(group(page, "Tags")).to_contain_text("sea")
    expect(page.get_by_label("Add a tag")).to_have_count(0)
    expect(page.get_by_role("button", name="Add a field")).to_have_count(0)
    expect(page.get_by_label("More for this picture")).to_have_count(0)
    for method, path in (("PATCH", ""), ("PUT", "/original"), ("DELETE", "")):
        status = page.evaluate(
            """async ([method, path]) => (await fetch(path, {
                method, body: method === "DELETE" ? undefined : "{}",
                headers: {"X-CSRF-Token": document.body.dataset.csrf,
                          "Content-Type": "application/json"},
            })).status""",
            [method, f"/api/v1/assets/{asset.id}{path}"],
        )
        assert status == 403, method


def test_what_the_file_says_is_shown_in_words(
    page: Page, make_site: MakeSite, tmp_path: Path
) -> None:
    (tmp_path / "album").mkdir()
    exif = camera_exif(Model="<b>Canon</b> EOS R6")
    (tmp_path / "album/sea.jpg").write_bytes(photograph(exif=exif, xmp=XMP.encode()))
    site = make_site(tmp_path / "album")
    id = asset_id(site, "sea.jpg")
    page.goto(f"{site.url}/assets/{id}")
    said = group(page, "From the file")
    expect(said.get_by_text("f/2.8, 1/250 s, ISO 200, 35 mm")).to_be_visible()
    expect(said.get_by_text("<b>Canon</b> EOS R6")).to_be_visible()
    expect(said.get_by_text("54.70425° N, 8.50000° W, −4 m")).to_be_visible()
    expect(said.get_by_text("sea, Föhr")).to_be_visible()
    expect(group(page, "Details")).to_contain_text("5 August 2023, 18:30")
    photo = page.request.get(f"{site.url}/api/v1/assets/{id}").json()["photo"]
    assert (photo["f_number"], photo["latitude"], photo["title"]) == (2.8, 54.70425, "Ebbe & Flut")

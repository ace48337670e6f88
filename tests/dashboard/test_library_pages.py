from __future__ import annotations

import base64
import re
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect

from lookalike.types import Role, State
from tests.dashboard.conftest import MakeSite, Site
from tests.dashboard.scenes import encode, scene, write_pictures
from tests.dashboard.test_long_lists import packed
from tests.dashboard.test_search_pages import asset_id, names

PASSWORD = "correct horse battery"


@pytest.fixture
def album(tmp_path: Path) -> Path:
    folder = tmp_path / "album"
    write_pictures(folder)
    return folder


def drop_file(page: Page, selector: str, name: str, data: bytes) -> None:
    page.evaluate(
        """([selector, name, data]) => {
            const bytes = Uint8Array.from(atob(data), c => c.charCodeAt(0));
            const dataTransfer = new DataTransfer();
            dataTransfer.items.add(new File([bytes], name, {type: "image/png"}));
            const options = {bubbles: true, cancelable: true, dataTransfer};
            const target = document.querySelector(selector);
            for (const type of ["dragenter", "dragover", "drop"]) {
                target.dispatchEvent(new DragEvent(type, options));
            }
        }""",
        [selector, name, base64.b64encode(data).decode()],
    )


# --- going through the library ------------------------------------------------------------


def test_library_shows_folders_and_what_is_below_them(page: Page, site: Site) -> None:
    page.goto(f"{site.url}/")
    expect(page.get_by_role("heading", level=1)).to_contain_text("12 files")
    page.get_by_role("navigation", name="Sections").get_by_role("link", name="album").click()
    page.locator(".subfolders").get_by_role("link", name="trips").click()
    expect(page.get_by_role("navigation", name="Folder")).to_contain_text("Library")
    assert set(names(page)) == {
        "panorama.jpg",
        "blue-bay.png",
        "beach.png",
        "tall-tree.png",
        "berries.webp",
        "autumn.png",
    }
    with page.expect_navigation():
        page.locator(".subfolders").get_by_role("link", name="wood").click()
    assert set(names(page)) == {"tall-tree.png", "berries.webp", "autumn.png"}


def test_library_is_sorted_and_filtered(page: Page, site: Site) -> None:
    page.goto(f"{site.url}/library?folder=album/trips")
    page.get_by_label("Sort by").select_option("name")
    page.wait_for_url(re.compile("sort=name"))
    assert names(page) == sorted(names(page))
    page.goto(f"{site.url}/search?type=webp")
    page.wait_for_url(re.compile(r"/library\?type=webp"))
    assert names(page) == ["berries.webp"]


def test_library_as_a_list_shows_size_and_date(page: Page, site: Site) -> None:
    page.goto(f"{site.url}/library")
    page.get_by_role("link", name="List").click()
    row = page.locator(".row", has_text="panorama.jpg")
    expect(row).to_contain_text("900 × 200")
    expect(row).to_contain_text("JPEG")


def test_arrow_keys_go_from_card_to_card(page: Page, site: Site) -> None:
    page.goto(f"{site.url}/library?sort=name")
    page.locator(".card-link").first.focus()
    page.keyboard.press("ArrowRight")
    assert (
        page.evaluate("document.activeElement.querySelector('.file-name').title") == names(page)[1]
    )
    page.keyboard.press("ArrowDown")
    page.keyboard.press("ArrowUp")
    page.keyboard.press("End")
    assert (
        page.evaluate("document.activeElement.querySelector('.file-name').title") == names(page)[-1]
    )


# --- one picture --------------------------------------------------------------------------


def test_asset_page_shows_the_picture_facts_and_look_alikes(page: Page, site: Site) -> None:
    page.goto(f"{site.url}/assets/{asset_id(site, 'blue-bay.png')}")
    assert page.locator("[data-preview]").evaluate("image => image.decode().then(() => 1)") == 1
    expect(page.get_by_label("About this picture")).to_contain_text("240 × 180 px")
    strip = page.locator(".strip .file-name")
    expect(strip.first).to_have_attribute("title", "blue-bay-copy.png")
    expect(page.locator(".neighbours .note").first).to_have_text("Identical file")


def test_asset_that_is_skipped_says_why_and_offers_no_search(page: Page, site: Site) -> None:
    page.goto(f"{site.url}/assets/{asset_id(site, 'damaged.png')}")
    expect(page.locator(".problem")).to_contain_text("Damaged file")
    expect(page.get_by_role("link", name="Find similar")).to_have_count(0)


def test_asset_that_is_unknown_is_404(page: Page, site: Site) -> None:
    for name in ("nothing", "%2Fetc%2Fpasswd", "..%2f..%2fetc%2fpasswd"):
        answer = page.goto(f"{site.url}/assets/{name}")
        assert answer is not None
        assert answer.status == 404


# --- many pictures, trash, uploads --------------------------------------------------------


def test_selected_pictures_go_to_the_trash_and_come_back(
    page: Page, make_site: MakeSite, album: Path
) -> None:
    site = make_site(album)
    page.goto(f"{site.url}/library?sort=name")
    first, third = names(page)[0], names(page)[2]
    page.get_by_label(f"Select {first}").check()
    page.get_by_label(f"Select {third}").click(modifiers=["Shift"])
    expect(page.get_by_text("3 selected")).to_be_visible()
    page.get_by_role("toolbar").get_by_role("button", name="Trash").click()
    expect(page.get_by_text("3 pictures in the trash.")).to_be_visible()
    page.get_by_role("button", name="Undo").click()
    expect(page.locator(f'.card:visible [title="{first}"]')).to_be_visible()
    assert site.library.coverage().trashed == 0

    page.get_by_label(f"Select {first}").check()
    page.get_by_role("toolbar").get_by_role("button", name="Trash").click()
    expect(page.get_by_text("1 picture in the trash.")).to_be_visible()
    page.get_by_role("link", name="Trash").click()
    page.wait_for_url("**/trash")
    assert names(page) == [first]
    page.get_by_label(f"Select {first}").check()
    page.get_by_role("button", name="Restore", exact=True).click()
    expect(page.get_by_text("1 picture restored.")).to_be_visible()
    page.goto(f"{site.url}/library?sort=name")
    assert names(page)[0] == first


def test_trash_is_emptied_after_a_question(page: Page, make_site: MakeSite, album: Path) -> None:
    site = make_site(album)
    site.library.trash([asset_id(site, "beach.png")])
    page.goto(f"{site.url}/trash")
    page.get_by_role("button", name="Empty the trash").click()
    page.get_by_role("dialog").get_by_role("button", name="Empty the trash").click()
    expect(page.get_by_role("heading", name="The trash is empty")).to_be_visible()
    assert site.library.list_assets(states=[State.TRASHED]).assets == ()
    assert (album / "trips/sea/beach.png").exists()


def test_trash_tells_its_size_and_gives_all_back(
    page: Page, make_site: MakeSite, album: Path
) -> None:
    site = make_site(album)
    names_before = {asset.name for asset in site.library.list_assets().assets}
    ids = [asset.id for asset in site.library.list_assets(limit=3).assets]
    size_bytes = sum(asset.size_bytes for asset in site.library.assets(ids))
    site.library.trash(ids)
    page.goto(f"{site.url}/trash")
    expect(page.get_by_role("heading", level=1)).to_contain_text("3 files,")
    assert size_bytes == site.library.measure_trash()[1]
    first = names(page)[0]
    page.get_by_label(f"Select {first}").check()
    page.get_by_role("button", name="Restore", exact=True).click()
    expect(page.get_by_text("1 picture restored.")).to_be_visible()
    with page.expect_navigation():
        page.get_by_role("button", name="Restore all").click()
    expect(page.get_by_text("Everything is back where it was.")).to_be_visible()
    expect(page.get_by_role("heading", name="The trash is empty")).to_be_visible()
    assert {asset.name for asset in site.library.list_assets().assets} == names_before


def test_cards_show_their_colour_until_the_picture_is_there(page: Page, site: Site) -> None:
    page.route("**/thumbnail*", lambda route: route.abort())
    page.goto(f"{site.url}/library?sort=name")
    tint = page.locator('li:has([title="blue-bay.png"]) .tint')
    colour = tint.evaluate("one => getComputedStyle(one).color.match(/\\d+/g).map(Number)")
    assert colour[2] > 150 > max(colour[:2])
    card = page.locator('li:has([title="blue-bay.png"])')
    tinted, framed = (
        card.locator(part).evaluate("one => Math.round(one.getBoundingClientRect().width)")
        for part in (".tint", ".frame")
    )
    assert tinted == framed


def test_keys_are_listed_on_a_sheet(page: Page, site: Site) -> None:
    page.goto(f"{site.url}/library")
    page.keyboard.press("?")
    sheet = page.get_by_role("dialog", name="Keys")
    expect(sheet).to_contain_text("Go to the search field")
    page.keyboard.press("Escape")
    expect(sheet).to_have_count(0)
    page.get_by_role("combobox", name="Search").press_sequentially("why?")
    expect(sheet).to_have_count(0)
    page.get_by_role("button", name="Keys").click()
    expect(sheet).to_be_visible()


def test_selected_pictures_are_tagged(page: Page, make_site: MakeSite, album: Path) -> None:
    site = make_site(album)
    page.goto(f"{site.url}/library")
    page.get_by_label("Select beach.png").check()
    page.get_by_label("Select red-cup.jpg").check()
    page.get_by_role("toolbar").get_by_role("button", name="Tag").click()
    page.get_by_label("Tags to add").fill("summer")
    page.get_by_role("button", name="Add").click()
    expect(page.get_by_text("2 pictures tagged.")).to_be_visible()
    assert site.library.tags() == [("summer", 2)]
    page.goto(f"{site.url}/library?tag=summer")
    assert set(names(page)) == {"beach.png", "red-cup.jpg"}
    page.get_by_label("Select beach.png").check()
    page.get_by_role("toolbar").get_by_role("button", name="Tag").click()
    page.get_by_label("Tags to add").fill("summer, sea")
    page.get_by_role("button", name="Add").click()
    page.locator("[data-notices]").get_by_role("button", name="Undo").click()
    expect(page.get_by_text("Undone.")).to_be_visible()
    assert site.library.tags() == [("summer", 2)]  # it had that before


def test_dropped_file_is_uploaded_and_turns_searchable(page: Page, make_site: MakeSite) -> None:
    site = make_site()
    page.goto(f"{site.url}/library")
    expect(page.get_by_role("heading", name="Your library is empty")).to_be_visible()
    drop_file(page, "main", "green-field.png", encode(scene("green", seed=30)))
    expect(page.locator('[title="green-field.png"]').first).to_be_visible()
    expect(page.locator(".card img")).to_be_visible()  # it was indexed meanwhile
    page.goto(f"{site.url}/search?q=green")
    assert names(page) == ["green-field.png"]


def test_upload_that_is_refused_says_why(page: Page, make_site: MakeSite) -> None:
    site = make_site()
    page.goto(f"{site.url}/library")
    page.locator("[data-upload]").set_input_files(
        {"name": "program.exe", "mimeType": "application/octet-stream", "buffer": b"MZ\x90\x00"}
    )
    expect(page.locator(".tray .reason")).to_contain_text("program.exe is no picture")


# --- settings -----------------------------------------------------------------------------


def test_folder_is_linked_and_read_while_one_looks(
    page: Page, make_site: MakeSite, album: Path
) -> None:
    site = make_site()
    page.goto(f"{site.url}/settings")
    page.get_by_label("Folder on the computer").fill(str(album))
    page.get_by_role("button", name="Link folder").click()
    expect(page.get_by_text("11 of 12 images are searchable")).to_be_visible(timeout=20_000)
    expect(page.get_by_role("heading", name="Skipped files")).to_be_visible()
    page.goto(f"{site.url}/library")
    assert len(names(page)) == 12


def test_folder_that_is_not_there_is_refused(page: Page, make_site: MakeSite) -> None:
    site = make_site()
    page.goto(f"{site.url}/settings")
    page.get_by_label("Folder on the computer").fill("/no/such/folder")
    page.get_by_role("button", name="Link folder").click()
    expect(page.get_by_role("status").get_by_text("/no/such/folder")).to_be_visible()


def test_visual_search_is_switched_off_asked_for_and_granted(
    page: Page, make_site: MakeSite, album: Path
) -> None:
    site = make_site(album)
    page.goto(f"{site.url}/settings")
    page.get_by_role("button", name="Switch off").click()
    page.get_by_role("dialog").get_by_role("button", name="Switch off").click()
    expect(page.get_by_text("Off: searches by looks are refused")).to_be_visible()

    answer = page.goto(f"{site.url}/search?q=red")
    assert answer is not None
    assert answer.status == 403
    page.get_by_role("button", name="Request access").click()
    expect(page.get_by_text("An administrator will see your request.")).to_be_visible()

    page.goto(f"{site.url}/settings")
    page.get_by_role("button", name="Grant and switch on").click()
    expect(page.get_by_text("On: pictures are found")).to_be_visible()
    page.goto(f"{site.url}/search?q=red")
    assert "red-chair.png" in names(page)


def test_api_key_is_shown_once_and_works_until_it_is_revoked(
    page: Page, make_site: MakeSite
) -> None:
    site = make_site()
    page.goto(f"{site.url}/settings")
    form = page.locator('form[data-api="POST /api/v1/keys"]')
    form.get_by_label("Name").fill("importer")
    form.get_by_role("button", name="Make a key").click()
    shown = page.locator("[data-shown]")
    expect(shown).to_contain_text("lk_")
    secret = shown.inner_text().rpartition(" ")[2]
    assert site.library.accounts.key(secret) is not None
    # Work that ends in the background does not take it away.
    site.library.upload(encode(scene("red")), name="a.png")
    while site.library.list_assets().assets[0].state is State.PENDING:
        page.wait_for_timeout(50)
    page.wait_for_timeout(1000)
    expect(shown).to_contain_text(secret)
    page.reload()
    expect(page.get_by_text(secret)).to_have_count(0)
    page.get_by_role("button", name="Revoke").click()
    page.get_by_role("dialog").get_by_role("button", name="Revoke").click()
    expect(page.get_by_role("button", name="Revoke")).to_have_count(0)
    assert site.library.accounts.key(secret) is None


# --- people -------------------------------------------------------------------------------


def test_stranger_signs_in_and_gets_where_they_wanted(
    page: Page, make_site: MakeSite, album: Path
) -> None:
    site = make_site(album)
    site.library.accounts.add_user("ada", PASSWORD, Role.ADMINISTRATOR)
    page.goto(f"{site.url}/search?q=red")
    page.wait_for_url(re.compile("/sign-in"))
    expect(page.get_by_role("navigation", name="Sections")).to_have_count(0)
    page.get_by_label("Name").fill("ada")
    page.get_by_label("Password").fill("wrong password")
    page.get_by_role("button", name="Sign in").click()
    expect(page.get_by_role("alert")).to_contain_text("wrong")
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("button", name="Sign in").click()
    page.wait_for_url(re.compile(r"/search\?q=red"))
    assert "red-chair.png" in names(page)
    page.goto(f"{site.url}/settings")
    page.get_by_role("button", name="Sign out").click()
    page.goto(f"{site.url}/library")
    page.wait_for_url(re.compile("/sign-in"))


def test_viewer_can_search_and_change_nothing(page: Page, make_site: MakeSite, album: Path) -> None:
    site = make_site(album)
    site.library.accounts.add_user("ada", PASSWORD, Role.ADMINISTRATOR)
    site.library.accounts.add_user("vera", PASSWORD, Role.VIEWER)
    page.goto(f"{site.url}/sign-in")
    page.get_by_label("Name").fill("vera")
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("button", name="Sign in").click()
    page.wait_for_url("**/library")
    assert len(names(page)) == 12
    page.get_by_label("Select beach.png").check()
    tools = page.get_by_role("toolbar", name="Selected pictures")
    expect(tools.get_by_role("button", name="Download")).to_be_visible()
    for name in ("Tag", "Move", "Trash"):
        expect(tools.get_by_role("button", name=name)).to_have_count(0)
    with page.expect_download() as saved:
        tools.get_by_role("button", name="Download").click()
    assert packed(saved.value) == {"beach.png"}
    expect(page.get_by_label("More for this folder")).to_be_visible()
    expect(page.get_by_text("New folder")).to_have_count(0)
    expect(page.get_by_text("Upload", exact=True)).to_have_count(0)
    answer = page.goto(f"{site.url}/trash")
    assert answer is not None
    assert answer.status == 403
    page.goto(f"{site.url}/settings")
    expect(page.get_by_role("heading", name="People")).to_have_count(0)
    refused = page.evaluate(
        """async id => {
            const token = document.body.dataset.csrf;
            const answer = await fetch(`/api/v1/assets/${id}`, {
                method: "DELETE", headers: {"X-CSRF-Token": token},
            });
            return answer.status;
        }""",
        asset_id(site, "beach.png"),
    )
    assert refused == 403
    page.goto(f"{site.url}/search?q=red")
    assert "red-chair.png" in names(page)


def test_first_administrator_comes_in_by_the_link_alone(page: Page, make_site: MakeSite) -> None:
    site = make_site(open_on_loopback=False)
    page.goto(f"{site.url}/library")
    expect(page.get_by_text("Nobody can sign in yet.")).to_be_visible()
    token = site.library.accounts.make_setup_link()
    page.goto(f"{site.url}/setup?token={token}")
    page.get_by_label("Your name").fill("ada")
    page.get_by_label("A password").fill(PASSWORD)
    page.get_by_role("button", name="Begin").click()
    page.wait_for_url("**/library")
    expect(page.get_by_role("button", name="Link folder")).to_be_visible()  # where to begin
    page.goto(f"{site.url}/settings")
    expect(page.get_by_text("Signed in as ada.")).to_be_visible()


# --- colours ------------------------------------------------------------------------------


def test_colours_are_remembered_with_and_without_scripts(browser: Browser, site: Site) -> None:
    for scripts in (True, False):
        context = browser.new_context(java_script_enabled=scripts)
        page = context.new_page()
        page.goto(f"{site.url}/library")
        page.get_by_role("button", name="Use dark colours").click()
        page.goto(f"{site.url}/search")
        expect(page.locator("html")).to_have_attribute("data-theme", "dark")
        context.close()

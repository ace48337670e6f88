"""Uploads by drop, by folder and in the face of trouble."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from playwright.sync_api import Locator, Page, Route, expect

from lookalike.types import Asset
from tests.dashboard.conftest import MakeSite, Site
from tests.dashboard.scenes import encode, scene
from tests.dashboard.test_accessibility import check
from tests.dashboard.test_search_pages import names

LARGE_PX = (1400, 1100)  # about 2 MB as a PNG, since noise does not pack


def drop(page: Page, *paths: Path) -> None:
    """What the browser does when files or folders of the disk are dropped on the page."""
    session = page.context.new_cdp_session(page)
    data = {"items": [], "files": [str(path) for path in paths], "dragOperationsMask": 1}
    for kind in ("dragEnter", "dragOver", "drop"):
        session.send("Input.dispatchDragEvent", {"type": kind, "x": 640, "y": 500, "data": data})


def tray(page: Page) -> Locator:
    return page.get_by_role("region", name="Uploads")


def assets(site: Site) -> dict[str, Asset]:
    found = site.library.list_assets(sort="name").assets
    return {f"{asset.folder}/{asset.name}".lstrip("/"): asset for asset in found}


def test_dropped_folder_keeps_its_structure_and_shows_up_by_itself(
    page: Page, make_site: MakeSite, tmp_path: Path
) -> None:
    holiday = tmp_path / "holiday"
    (holiday / "sea" / "empty").mkdir(parents=True)
    for number, place in enumerate(("a.png", "sea/b.png", "sea/c.png")):
        (holiday / place).write_bytes(encode(scene("blue", seed=number)))
    (holiday / ".DS_Store").write_bytes(b"x")
    (holiday / "Thumbs.db").write_bytes(b"x")
    (holiday / "notes.exe").write_bytes(b"MZ\x90\x00")
    site = make_site()
    site.library.upload(encode(scene("red")), name="first.png")
    page.goto(f"{site.url}/library")
    expect(page.locator(".card img")).to_have_count(1)
    drop(page, holiday)
    expect(page.get_by_text("3 files uploaded")).to_be_visible()
    expect(tray(page).locator(".reason")).to_contain_text("notes.exe is no picture")
    assert set(assets(site)) == {
        "first.png",
        "holiday/a.png",
        "holiday/sea/b.png",
        "holiday/sea/c.png",
    }
    # They are on the page at once, and turn searchable without it being loaded again.
    expect(page.locator("[data-results] li[data-id]")).to_have_count(4)
    expect(page.locator(".card img")).to_have_count(4)
    expect(page.get_by_role("heading", level=1)).to_contain_text("4 files")
    expect(page.locator(".subfolders")).to_contain_text("holiday")
    tray(page).get_by_role("button", name="Close").click()
    expect(tray(page)).to_be_hidden()


def test_all_of_many_new_files_are_on_the_page(
    page: Page, make_site: MakeSite, tmp_path: Path
) -> None:
    many = tmp_path / "many"
    many.mkdir()
    for number in range(70):  # more than a page of the list
        (many / f"{number:02}.png").write_bytes(
            encode(scene("blue", seed=number + 1, size=(64, 48)))
        )
    site = make_site()
    site.library.upload(encode(scene("red")), name="first.png")
    page.goto(f"{site.url}/library")
    drop(page, many)
    expect(page.get_by_text("70 files uploaded")).to_be_visible(timeout=60_000)
    expect(page.locator("[data-results] li[data-id]")).to_have_count(71)
    assert names(page)[-1] == "first.png"


def test_card_that_is_replaced_while_one_drags_over_it_takes_the_drop(
    page: Page, make_site: MakeSite, tmp_path: Path
) -> None:
    site = make_site()
    site.library.upload(encode(scene("red")), name="first.png")
    path = tmp_path / "second.png"
    path.write_bytes(encode(scene("blue")))
    page.goto(f"{site.url}/library")
    expect(page.locator(".card img")).to_have_count(1)
    box = page.locator(".card img").bounding_box()
    assert box is not None
    session = page.context.new_cdp_session(page)
    data = {"items": [], "files": [str(path)], "dragOperationsMask": 1}
    at = {"x": box["x"] + box["width"] / 2, "y": box["y"] + box["height"] / 2, "data": data}
    hint = page.get_by_text("Drop here to upload to the library")
    for kind in ("dragEnter", "dragOver"):
        session.send("Input.dispatchDragEvent", {"type": kind, **at})
    expect(hint).to_be_visible()
    page.evaluate("document.querySelector('li[data-id]').outerHTML += ''")
    session.send("Input.dispatchDragEvent", {"type": "drop", **at})
    expect(page.get_by_text("1 file uploaded")).to_be_visible()
    expect(hint).to_be_hidden()


def test_name_that_is_taken_is_asked_about_once(
    page: Page, make_site: MakeSite, tmp_path: Path
) -> None:
    site = make_site()
    for name in ("a.png", "b.png"):
        site.library.upload(encode(scene("red", seed=1)), name=name)
    before = assets(site)
    paths = [tmp_path / name for name in ("a.png", "b.png", "c.png")]
    for number, path in enumerate(paths):
        path.write_bytes(encode(scene("blue", seed=number)))
    page.goto(f"{site.url}/library?sort=name")
    dialog = page.get_by_role("dialog")

    drop(page, paths[0])
    expect(dialog).to_contain_text("a.png is there already")
    with page.expect_navigation():
        dialog.get_by_role("button", name="Keep both").click()
    assert set(assets(site)) == {"a.png", "a (2).png", "b.png"}

    for number, path in enumerate(paths[:2]):
        path.write_bytes(encode(scene("green", seed=number)))
    drop(page, *paths)
    expect(dialog).to_contain_text("2 names are taken")
    with page.expect_navigation():
        dialog.get_by_role("button", name="Replace").click()
    after = assets(site)
    assert set(after) == {"a.png", "a (2).png", "b.png", "c.png"}
    assert after["a.png"].id == before["a.png"].id
    assert after["a.png"].sha256 != before["a.png"].sha256

    paths[2].write_bytes(encode(scene("red", seed=2)))
    drop(page, *paths)  # two of them are here, so that their names are no question
    expect(dialog).to_contain_text("c.png is there already")
    dialog.get_by_role("button", name="Skip it").click()
    expect(tray(page).get_by_role("link", name="You already have this")).to_have_count(2)
    tray(page).get_by_role("button", name="Close").click()
    expect(tray(page)).to_be_hidden()
    assert set(assets(site)) == set(after)


def test_slow_uploads_tell_their_rate_and_are_cancelled(
    page: Page, make_site: MakeSite, tmp_path: Path
) -> None:
    paths = [tmp_path / f"large-{number}.png" for number in range(3)]
    for number, path in enumerate(paths):
        path.write_bytes(encode(scene("green", seed=number, size=LARGE_PX)))
    site = make_site()
    page.goto(f"{site.url}/library")
    session = page.context.new_cdp_session(page)
    session.send("Network.enable")
    slow = {"offline": False, "latency": 0, "downloadThroughput": -1, "uploadThroughput": 60_000}
    session.send("Network.emulateNetworkConditions", slow)
    drop(page, *paths)
    expect(tray(page).get_by_role("heading")).to_have_text("Uploads: 0 of 3")
    expect(tray(page).locator(".tray-rate")).to_have_text(
        re.compile(r"[\d.]+ [KM]B of [\d.]+ MB, [\d.]+ [KM]?B/s, \d+ (s|min) left")
    )
    expect(tray(page).get_by_role("progressbar")).to_have_count(3)  # two of files, one of all
    tray(page).get_by_role("button", name="Cancel large-2.png").click()
    expect(tray(page).locator("li", has_text="large-2.png")).to_contain_text("Cancelled")
    tray(page).get_by_role("button", name="Cancel large-0.png").click()
    expect(tray(page).locator("li", has_text="large-0.png")).to_contain_text("Cancelled")
    session.send("Network.emulateNetworkConditions", slow | {"uploadThroughput": -1})
    expect(page.locator('.card [title="large-1.png"]')).to_be_visible()
    assert set(assets(site)) == {"large-1.png"}


def test_upload_that_broke_off_is_tried_again(
    page: Page, make_site: MakeSite, tmp_path: Path
) -> None:
    paths = [tmp_path / f"{number}.png" for number in range(2)]
    for number, path in enumerate(paths):
        path.write_bytes(encode(scene("red", seed=number)))
    site = make_site()
    page.goto(f"{site.url}/library")
    broken: list[str] = []

    def break_off(route: Route) -> None:
        broken.append(route.request.url)
        route.abort("connectionreset")

    page.route("**/api/v1/assets?*", break_off)
    drop(page, *paths)
    expect(tray(page).locator(".reason")).to_have_text(["The connection was lost."] * 2)
    page.unroute("**/api/v1/assets?*")
    tray(page).get_by_role("button", name="Try 2 again").click()
    expect(page.locator(".card")).to_have_count(2)
    assert len(broken) == 2
    assert set(assets(site)) == {"0.png", "1.png"}


def test_chosen_folder_is_uploaded_whole(page: Page, make_site: MakeSite, tmp_path: Path) -> None:
    folder = tmp_path / "shop"
    (folder / "shoes").mkdir(parents=True)
    (folder / "shoes/red.png").write_bytes(encode(scene("red")))
    site = make_site()
    page.goto(f"{site.url}/library")
    page.locator("[data-upload-folder]").set_input_files(folder)
    expect(page.locator(".card")).to_have_count(1)
    assert names(page) == ["red.png"]
    assert set(assets(site)) == {"shop/shoes/red.png"}


def test_file_that_is_here_already_is_asked_about(
    page: Page, make_site: MakeSite, tmp_path: Path
) -> None:
    site = make_site()
    known = [encode(scene("red", seed=seed)) for seed in range(2)]
    ids = [site.library.upload(data, name=f"{i}.png").id for i, data in enumerate(known)]
    paths = [tmp_path / "again.png", tmp_path / "twice.png"]
    for path, data in zip(paths, known, strict=True):
        path.write_bytes(data)
    sent: list[str] = []
    page.on("request", lambda request: sent.append(f"{request.method} {request.url}"))
    page.goto(f"{site.url}/library")
    drop(page, *paths)
    links = tray(page).get_by_role("link", name="You already have this")
    expect(links).to_have_count(2)
    assert not [one for one in sent if "/api/v1/assets?" in one]  # nothing was sent to find out
    assert links.first.get_attribute("href") == f"/assets/{ids[0]}"
    assert check(page) == []
    assert set(assets(site)) == {"0.png", "1.png"}
    tray(page).get_by_role("button", name="Skip again.png").click()
    expect(links).to_have_count(1)
    tray(page).get_by_role("button", name="Keep both: twice.png").click()
    expect(page.get_by_text("1 file uploaded")).to_be_visible()
    expect(tray(page)).to_be_hidden()
    assert set(assets(site)) == {"0.png", "1.png", "twice.png"}


@pytest.mark.parametrize("trouble", ["no hash", "no answer"])
def test_file_that_is_here_is_found_out_on_arrival_where_it_cannot_be_before(
    page: Page, make_site: MakeSite, tmp_path: Path, trouble: str
) -> None:
    """Pages on plain http have no hash; a check that fails keeps nobody from uploading."""
    site = make_site()
    known = encode(scene("red", seed=1))
    site.library.upload(known, name="known.png")
    (tmp_path / "again.png").write_bytes(known)
    (tmp_path / "new.png").write_bytes(encode(scene("blue", seed=2)))
    if trouble == "no hash":
        page.add_init_script("Object.defineProperty(crypto, 'subtle', { value: undefined })")
    else:
        page.route("**/api/v1/assets/here", lambda route: route.abort())
    page.goto(f"{site.url}/library")
    drop(page, tmp_path / "again.png", tmp_path / "new.png")
    expect(tray(page).get_by_role("link", name="You already have this")).to_have_count(1)
    expect(page.get_by_text("1 file uploaded")).to_be_visible()
    assert set(assets(site)) == {"known.png", "new.png"}

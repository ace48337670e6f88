"""The REST API: what it answers when all is well."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from starlette.testclient import TestClient

from lookalike import Library

from .conftest import BLUE, RED, picture


def names(answer) -> list[str]:  # type: ignore[no-untyped-def]
    assert answer.status_code == 200, answer.text
    body = answer.json()
    if "results" in body:
        return [result["asset"]["name"] for result in body["results"]]
    return [asset["name"] for asset in body["assets"]]


# --- search -------------------------------------------------------------------------------


@pytest.mark.parametrize("text", ["red", "blue"])
def test_search_by_words(api: TestClient, stocked: dict[str, str], text: str) -> None:
    answer = api.get("/api/v1/search", params={"text": text})
    assert names(answer)[0] == f"{text}.png"
    assert answer.json()["coverage"]["indexed"] == 2


def test_search_by_image_in_a_form(api: TestClient, stocked: dict[str, str]) -> None:
    files = {"image": ("query.png", picture(BLUE), "image/png")}
    answer = api.post("/api/v1/search", files=files, data={"limit": "1"})
    assert names(answer) == ["blue.png"]
    assert answer.json()["results"][0]["relation"] == "identical"
    rest = api.post("/api/v1/search", files=files, data={"cursor": answer.json()["next_cursor"]})
    assert names(rest) == ["red.png"]
    less = {"minus_image": ("query.png", picture(BLUE), "image/png")}
    assert names(api.post("/api/v1/search", files=less, data={"text": "red"}))[0] == "red.png"


def test_more_searches_at_once_than_are_worked_on(
    api: TestClient, library: Library, stocked: dict[str, str]
) -> None:
    count = 4 * library.searches_at_once
    asked = ["red", "blue"] * (count // 2)

    def search(words: str) -> str:
        return names(api.get("/api/v1/search", params={"text": words}))[0]

    with ThreadPoolExecutor(count) as pool:
        assert list(pool.map(search, asked)) == [f"{words}.png" for words in asked]


def test_search_by_asset_and_with_filters(api: TestClient, stocked: dict[str, str]) -> None:
    assert names(api.get("/api/v1/search", params={"like": stocked["red.png"]}))[0] == "red.png"
    assert names(api.get(f"/api/v1/assets/{stocked['blue.png']}/similar"))[0] == "blue.png"
    params = {"text": "red", "name": "blue", "in": "shop", "type": "png", "min_width": "64"}
    assert names(api.get("/api/v1/search", params=params)) == ["blue.png"]
    assert names(api.get("/api/v1/search", params={"text": "red", "type": "gif"})) == []


def test_search_says_how_it_read_the_words_and_what_else_they_may_mean(
    api: TestClient, stocked: dict[str, str]
) -> None:
    api.patch(f"/api/v1/assets/{stocked['red.png']}", json={"tags": ["Red"]})
    body = api.get("/api/v1/search", params={"text": "red without blue"}).json()
    assert body["terms"] == [
        {"text": "red", "weight": 1.0, "phrases": []},
        {"text": "blue", "weight": -0.5, "phrases": []},
    ]
    assert body["suggestions"] == [
        {"kind": "tag", "value": "Red", "count": 1},
        {"kind": "name", "value": "red.png", "count": 1},
    ]
    literal = api.get("/api/v1/search", params={"text": "red without blue", "literal": "1"}).json()
    assert [term["text"] for term in literal["terms"]] == ["red without blue"]
    quoted = api.get("/api/v1/search", params={"text": '"BLUE.png"'}).json()
    assert quoted["results"][0]["asset"]["name"] == "blue.png"
    assert quoted["results"][0]["named"] == "name"
    typo = api.get("/api/v1/search", params={"text": "blue umbrela", "minus_text": "x"}).json()
    assert typo["suggestions"] == [{"kind": "spelling", "value": "blue umbrella", "count": 0}]


def test_search_by_a_pending_asset_says_that_it_is_not_indexed_yet(
    api: TestClient, library: Library
) -> None:
    asset = library.upload(picture(), name="new.png")
    answer = api.get(f"/api/v1/assets/{asset.id}/similar")
    assert answer.status_code == 409
    assert answer.json()["error"]["code"] == "not_indexed_yet"
    page = api.get(f"/search?t=like:{asset.id}")
    assert page.status_code == 409
    assert "new.png is not yet indexed; try again in a moment." in page.text


def test_near_copies_are_variants_or_results(api: TestClient, library: Library) -> None:
    for name in ("one.png", "two.png"):
        library.upload(picture(), name=name)
    library.work()
    [result] = api.get("/api/v1/search?text=red").json()["results"]
    [variant] = result["variants"]
    assert {result["asset"]["name"], variant["asset"]["name"]} == {"one.png", "two.png"}
    assert variant["relation"] == "identical"
    single = api.get("/api/v1/search?text=red&stack=0").json()["results"]
    assert [len(one["variants"]) for one in single] == [0, 0]


def test_explanation_of_a_match(api: TestClient, stocked: dict[str, str]) -> None:
    address = f"/api/v1/assets/{stocked['red.png']}/explanation"
    params = {"text": "red without blue", "like": stocked["blue.png"]}
    body = api.get(address, params=params).json()
    assert (body["asset_id"], body["name"]) == (stocked["red.png"], "red.png")
    assert [(t["kind"], t["value"], t["weight"]) for t in body["terms"]] == [
        ("text", "red", 1.0),
        ("text", "blue", -0.5),
        ("like", stocked["blue.png"], 1.0),
    ]
    assert sum(term["contribution"] for term in body["terms"]) == pytest.approx(
        body["standing"], abs=0.03
    )
    assert len(body["terms"][0]["heat"]) == len(body["terms"][0]["heat"][0]) == 12
    quick = api.get(address, params=params | {"heat": "0"}).json()
    assert [term["heat"] for term in quick["terms"]] == [[], [], []]
    assert api.get(address).status_code == 400
    assert api.get("/api/v1/assets/nothing/explanation", params=params).status_code == 404


def test_names_that_match(api: TestClient, stocked: dict[str, str]) -> None:
    body = api.get("/api/v1/names", params={"text": "SHO"}).json()
    assert (body["folders"], body["assets"]) == (["shop"], [])


# --- assets -------------------------------------------------------------------------------


def test_list_in_pages(api: TestClient, stocked: dict[str, str]) -> None:
    first = api.get("/api/v1/assets", params={"limit": 1, "sort": "name", "folder": "shop"})
    assert names(first) == ["blue.png"]
    assert first.json()["total"] == 2
    params = {"sort": "name", "folder": "shop", "cursor": first.json()["next_cursor"]}
    assert names(api.get("/api/v1/assets", params=params)) == ["red.png"]
    assert names(api.get("/api/v1/assets", params={"folder": ""})) == []
    assert names(api.get("/api/v1/assets", params={"state": ["pending", "trashed"]})) == []


def test_upload_raw_and_as_a_form(api: TestClient, library: Library) -> None:
    params = {"name": "a.png", "folder": "x"}
    raw = api.post("/api/v1/assets", params=params, content=picture())
    assert (raw.status_code, raw.json()["name"], raw.json()["state"]) == (201, "a.png", "pending")
    form = api.post(
        "/api/v1/assets", files={"file": ("a.png", picture(), "image/png")}, data={"folder": "x"}
    )
    assert (form.status_code, form.json()["name"]) == (201, "a (2).png")
    replaced = api.post(
        "/api/v1/assets", params=params | {"on_collision": "replace"}, content=picture(BLUE)
    )
    assert replaced.json()["id"] == raw.json()["id"]
    again = api.put(f"/api/v1/assets/{raw.json()['id']}/original", content=picture(RED))
    assert again.json()["sha256"] == raw.json()["sha256"]
    library.work()
    assert names(api.get("/api/v1/search", params={"text": "red"}))[0].startswith("a")


def test_upload_of_known_bytes_is_kept_asked_about_or_skipped(
    api: TestClient, library: Library
) -> None:
    first = api.post("/api/v1/assets", params={"name": "a.png"}, content=picture()).json()

    def send(policy: str, data: bytes = picture()) -> tuple[int, dict[str, object]]:
        params = {"name": "b.png", "if_duplicate": policy}
        answer = api.post("/api/v1/assets", params=params, content=data)
        return answer.status_code, answer.json()

    status, body = send("ask")
    assert (status, body["error"]["code"]) == (409, "already_here")  # type: ignore[index]
    assert body["error"]["asset_id"] == first["id"]  # type: ignore[index]
    status, body = send("skip")
    assert (status, body["id"]) == (200, first["id"])
    form = api.post(
        "/api/v1/assets", files={"file": ("c.png", picture())}, data={"if_duplicate": "skip"}
    )
    assert (form.status_code, form.json()["id"]) == (200, first["id"])
    assert send("perhaps")[0] == 400
    assert library.list_assets().total == 1
    assert send("ask", picture(BLUE))[0] == 201
    assert send("keep")[0] == 201
    assert library.list_assets().total == 3
    for asset in library.list_assets().assets:
        library.trash([asset])
    assert send("ask")[0] == 201  # what is in the trash does not count


def test_edit_trash_restore_and_empty(api: TestClient, stocked: dict[str, str]) -> None:
    url = f"/api/v1/assets/{stocked['red.png']}"
    edited = api.patch(url, json={"name": "rot.png", "tags": ["a"], "metadata": {"sku": 1}})
    assert (edited.json()["name"], edited.json()["tags"]) == ("rot.png", ["a"])
    assert api.get(url).json() == edited.json()
    assert api.get("/api/v1/tags").json() == {"tags": [{"name": "a", "assets": 1}]}
    assert api.delete(url).json()["state"] == "trashed"
    assert names(api.get("/api/v1/assets")) == ["blue.png"]
    assert api.post(f"{url}/restore").json()["state"] == "indexed"
    ids = [*stocked.values()]
    tagged = api.post("/api/v1/assets/tag", json={"ids": ids, "add": ["b"]}).json()
    moved = api.post("/api/v1/assets/move", json={"ids": ids, "folder": "y"}).json()
    assert (tagged["count"], moved["count"]) == (2, 2)
    undo = f"/api/v1/edits/{tagged['edit']}/undo"
    assert api.post(undo).json() == {"count": 2}
    assert api.get("/api/v1/tags").json() == {"tags": [{"name": "a", "assets": 1}]}
    assert (api.post(undo).status_code, api.post("/api/v1/edits/99/undo").status_code) == (409, 404)
    folders = api.get("/api/v1/folders").json()["folders"]
    assert [(folder["path"], folder["total"]) for folder in folders] == [("y", 2)]
    assert api.post("/api/v1/assets/trash", json={"ids": ids}).json() == {"count": 2}
    assert api.post("/api/v1/assets/restore", json={"ids": ids[:1]}).json() == {"count": 1}
    assert api.delete("/api/v1/trash").json() == {"count": 1}
    assert api.get(f"/api/v1/assets/{ids[1]}").status_code == 404


def test_empty_folder_is_made_and_forgotten(api: TestClient) -> None:
    assert api.post("/api/v1/folders", json={"path": "/new/one"}).json() == {"path": "new/one"}
    assert len(api.get("/api/v1/folders").json()["folders"]) == 2
    assert api.delete("/api/v1/folders", params={"path": "new/one"}).status_code == 200
    assert api.get("/api/v1/folders").json() == {"folders": []}


# --- bytes --------------------------------------------------------------------------------


def test_original_in_ranges_and_from_the_cache(api: TestClient, stocked: dict[str, str]) -> None:
    asset = api.get(f"/api/v1/assets/{stocked['red.png']}").json()
    whole = api.get(asset["original_url"])
    assert (whole.content, whole.headers["content-type"]) == (picture(RED), "image/png")
    assert "immutable" in whole.headers["cache-control"]
    assert whole.headers["content-disposition"].startswith("inline")
    part = api.get(asset["original_url"], headers={"range": "bytes=1-3"})
    assert (part.status_code, part.content) == (206, b"PNG")
    cached = api.get(asset["original_url"], headers={"if-none-match": whole.headers["etag"]})
    assert (cached.status_code, cached.content) == (304, b"")
    plain = api.get(asset["original_url"].split("?")[0], params={"download": True})
    assert "immutable" not in plain.headers["cache-control"]
    assert plain.headers["content-disposition"].startswith("attachment")


def test_thumbnail_from_the_cache(api: TestClient, stocked: dict[str, str]) -> None:
    asset = api.get(f"/api/v1/assets/{stocked['red.png']}").json()
    small = api.get(asset["thumbnail_url"])
    assert (small.headers["content-type"], small.content[8:12]) == ("image/webp", b"WEBP")
    assert "immutable" in small.headers["cache-control"]
    headers = {"if-none-match": small.headers["etag"]}
    assert api.get(asset["thumbnail_url"], headers=headers).status_code == 304


def test_drawing_cannot_run(api: TestClient, library: Library) -> None:
    drawing = b'<svg xmlns="http://www.w3.org/2000/svg" width="9" height="9"><script/></svg>'
    id = api.post("/api/v1/assets", params={"name": "a.svg"}, content=drawing).json()["id"]
    library.work()
    sent = api.get(f"/api/v1/assets/{id}/original")
    assert sent.content == drawing
    assert "sandbox" in sent.headers["content-security-policy"]
    assert "script-src" not in sent.headers["content-security-policy"]
    assert sent.headers["content-disposition"].startswith("attachment")
    assert sent.headers["x-content-type-options"] == "nosniff"


def test_page_that_poses_as_a_picture_is_no_page(api: TestClient) -> None:
    id = api.post(
        "/api/v1/assets", params={"name": "a.pdf"}, content=b"<script>alert(1)</script>"
    ).json()["id"]
    sent = api.get(f"/api/v1/assets/{id}/original")
    assert sent.headers["content-type"] == "application/octet-stream"
    assert sent.headers["content-disposition"].startswith("attachment")


# --- work ---------------------------------------------------------------------------------


def test_linked_folder_by_a_job(api: TestClient, library: Library, tmp_path: Path) -> None:
    folder = tmp_path / "pictures"
    folder.mkdir()
    (folder / "red.png").write_bytes(picture(RED))
    job = api.post("/api/v1/linked-folders", json={"path": str(folder)})
    assert (job.status_code, job.json()["state"]) == (202, "queued")
    library.work()
    assert api.get(f"/api/v1/jobs/{job.json()['id']}").json()["state"] == "done"
    assert api.get("/api/v1/linked-folders").json() == {"folders": [str(folder)]}
    watched = {"path": str(folder), "is_on": True, "problem": ""}
    assert api.get("/api/v1/linked-folders/watch").json() == {"folders": [watched]}
    off = api.put("/api/v1/linked-folders/watch", json={"path": str(folder), "on": False})
    assert off.json() == watched | {"is_on": False}
    again = api.post("/api/v1/linked-folders/rescan").json()["jobs"]
    open_jobs = api.get("/api/v1/jobs", params={"open": True}).json()["jobs"]
    assert [one["id"] for one in open_jobs] == [one["id"] for one in again]
    assert api.delete(f"/api/v1/jobs/{again[0]['id']}").json()["state"] == "cancelled"
    api.delete("/api/v1/linked-folders", params={"path": str(folder)})
    library.work()
    assert api.get("/api/v1/status").json()["coverage"]["total"] == 0


def test_visual_search_is_switched_and_requested(api: TestClient, stocked: dict[str, str]) -> None:
    assert api.get("/api/v1/status").json()["visual_search"] is True
    assert api.put("/api/v1/visual-search", json={"on": False}).json() == {"on": False}
    assert api.post("/api/v1/visual-search/requests").status_code == 201
    assert len(api.get("/api/v1/visual-search/requests").json()["requests"]) == 1
    api.put("/api/v1/visual-search", json={"on": True})
    assert api.get("/api/v1/visual-search/requests").json() == {"requests": []}
    activity = api.get("/api/v1/activity", params={"limit": 2}).json()["activity"]
    assert [one["what"] for one in activity] == ["visual_search_on", "visual_search_off"]
    older = api.get("/api/v1/activity", params={"before": activity[1]["id"]}).json()["activity"]
    assert [one["what"] for one in older] == ["upload", "upload"]


def test_name_that_is_not_utf8_can_be_answered(
    api: TestClient, library: Library, tmp_path: Path
) -> None:
    library.upload(picture(), name="café ☕ \U0001f426.png")
    assert names(api.get("/api/v1/assets")) == ["café ☕ \U0001f426.png"]

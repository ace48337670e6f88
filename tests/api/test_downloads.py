"""Many files at once, and the folders they are in."""

from __future__ import annotations

import hashlib
import http.client
import io
import threading
import zipfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
import uvicorn
from starlette.testclient import TestClient

from lookalike import Library
from lookalike.api.app import create_app

from .conftest import BLUE, PASSWORD, RED, connect, picture


def unpack(answer) -> dict[str, bytes]:  # type: ignore[no-untyped-def]
    assert answer.status_code == 200, answer.text
    assert answer.headers["content-type"] == "application/zip"
    assert int(answer.headers["content-length"]) == len(answer.content)
    with zipfile.ZipFile(io.BytesIO(answer.content)) as archive:
        return {name: archive.read(name) for name in archive.namelist()}


def test_selection_is_downloaded_below_the_folder_it_shares(
    api: TestClient, library: Library, stocked: dict[str, str]
) -> None:
    other = library.upload(picture(BLUE, (20, 20)), name="RED.png", folder="shop/old").id
    ids = [stocked["red.png"], other, stocked["red.png"]]
    answer = api.post("/api/v1/downloads", json={"ids": ids})
    assert unpack(answer) == {"red.png": picture(RED), "old/RED.png": picture(BLUE, (20, 20))}
    assert answer.headers["content-disposition"].startswith("attachment")
    assert api.post("/api/v1/downloads", json={"ids": ["nothing"]}).status_code == 404
    assert api.post("/api/v1/downloads", json={"ids": []}).status_code == 404


def test_folder_is_downloaded_with_what_is_below_but_not_its_namesakes(
    api: TestClient, library: Library, stocked: dict[str, str]
) -> None:
    library.upload(picture(RED), name="a.png", folder="shop/old")
    library.upload(picture(RED), name="b.png", folder="elsewhere/shop")
    library.trash([stocked["blue.png"]])
    answer = api.get("/api/v1/downloads", params={"in": "shop"})
    assert set(unpack(answer)) == {"red.png", "old/a.png"}
    assert "shop.zip" in answer.headers["content-disposition"]
    whole = unpack(api.get("/api/v1/downloads"))
    assert set(whole) == {"shop/red.png", "shop/old/a.png", "elsewhere/shop/b.png"}
    assert set(unpack(api.get("/api/v1/downloads", params={"name": "a.png"}))) == {"shop/old/a.png"}
    assert api.get("/api/v1/downloads", params={"in": "nowhere"}).status_code == 404
    assert {one.what for one in library.activity(50)} >= {"download"}


def test_download_breaks_off_visibly_when_a_file_vanishes(library: Library, tmp_path: Path) -> None:
    folder = tmp_path / "linked"
    folder.mkdir()
    for name in ("a.mp4", "b.mp4"):
        with (folder / name).open("wb") as file:
            file.truncate(64_000_000)
    library.index([folder])
    with served(library) as address:
        connection = http.client.HTTPConnection(address)
        connection.request("GET", "/api/v1/downloads")
        answer = connection.getresponse()
        assert answer.length is not None
        assert answer.length > 128_000_000
        answer.read(1000)
        (folder / "b.mp4").unlink()
        with pytest.raises(http.client.IncompleteRead):
            answer.read()
        connection.close()


@contextmanager
def served(library: Library) -> Iterator[str]:
    """A real server, since the test client knows no connection that breaks off."""
    config = uvicorn.Config(create_app(library), host="127.0.0.1", port=0, log_level="critical")
    server = uvicorn.Server(config)
    thread = threading.Thread(target=server.run)
    thread.start()
    waiting = threading.Event()
    while not server.started and thread.is_alive():
        waiting.wait(0.01)
    try:
        yield f"127.0.0.1:{server.servers[0].sockets[0].getsockname()[1]}"
    finally:
        server.should_exit = True
        thread.join()


def test_folder_is_renamed_with_all_that_is_in_it(
    api: TestClient, library: Library, stocked: dict[str, str]
) -> None:
    library.make_folder("shop/empty")
    library.make_folder("taken")
    path = {"path": "shop", "new_path": "sold/2024"}
    assert api.patch("/api/v1/folders", json=path).json() == {"path": "sold/2024"}
    assert library.asset(stocked["red.png"]).folder == "sold/2024"
    folders = {folder.path: folder.total for folder in library.folders()}
    assert folders == {"sold": 2, "sold/2024": 2, "sold/2024/empty": 0, "taken": 0}
    for new_path, status in (("taken", 409), ("sold/2024/in", 409), ("..", 400), ("", 400)):
        body = {"path": "sold/2024", "new_path": new_path}
        assert api.patch("/api/v1/folders", json=body).status_code == status, new_path
    body = {"path": "nowhere", "new_path": "x"}
    assert api.patch("/api/v1/folders", json=body).status_code == 404


def test_trash_is_measured_and_restored_as_a_whole(
    api: TestClient, library: Library, stocked: dict[str, str]
) -> None:
    library.trash(list(stocked.values()))
    size_bytes = len(picture(RED)) + len(picture(BLUE))
    assert api.get("/api/v1/trash").json() == {"count": 2, "bytes": size_bytes}
    assert api.post("/api/v1/trash/restore").json() == {"count": 2}
    assert api.get("/api/v1/trash").json() == {"count": 0, "bytes": 0}
    assert library.coverage().indexed == 2


def test_names_that_are_taken_are_told_before_an_upload(
    api: TestClient, stocked: dict[str, str]
) -> None:
    names = ["red.png", "RED.png", "../red.png", "new.png", "", "blue.png"]
    answer = api.post("/api/v1/assets/taken", json={"folder": "shop", "names": names})
    assert answer.json() == {"taken": ["red.png", "../red.png", "blue.png"]}
    elsewhere = api.post("/api/v1/assets/taken", json={"folder": "", "names": names})
    assert elsewhere.json() == {"taken": []}
    bad = api.post("/api/v1/assets/taken", json={"folder": "..", "names": names})
    assert (bad.status_code, bad.json()["error"]["code"]) == (400, "bad_name")


def test_files_that_are_here_are_told_before_an_upload_to_who_may_upload(
    library: Library, stocked: dict[str, str]
) -> None:
    known, trashed, other = (
        hashlib.sha256(data).hexdigest() for data in (picture(RED), picture(BLUE), b"other")
    )
    library.trash([stocked["blue.png"]])
    library.accounts.add_user("ada", PASSWORD, "administrator")
    keys = {role: library.accounts.add_key(role, role)[1] for role in ("viewer", "editor")}
    files = {"sizes": [len(picture(RED)), 1], "sha256": [known, trashed, other]}
    with connect(library) as api:
        api.headers["authorization"] = f"Bearer {keys['editor']}"
        answer = api.post("/api/v1/assets/here", json=files)
        assert answer.json() == {
            "sizes": [len(picture(RED))],
            "here": {known: {"asset_id": stocked["red.png"], "name": "red.png", "folder": "shop"}},
        }
        assert api.post("/api/v1/assets/here", json={}).json() == {"sizes": [], "here": {}}
        for bad in ({"sha256": ["A" * 64]}, {"sha256": ["../x"]}, {"sizes": [-1]}, {"names": []}):
            assert api.post("/api/v1/assets/here", json=bad).status_code == 422, bad
        many = {"sizes": [1] * 10_001}
        assert api.post("/api/v1/assets/here", json=many).status_code == 422
        api.headers["authorization"] = f"Bearer {keys['viewer']}"
        assert api.post("/api/v1/assets/here", json=files).status_code == 403


def test_viewer_downloads_and_changes_nothing(library: Library, stocked: dict[str, str]) -> None:
    library.accounts.add_user("ada", PASSWORD, "administrator")
    _, key = library.accounts.add_key("reader", "viewer")
    with connect(library) as api:
        api.headers["authorization"] = f"Bearer {key}"
        ids = {"ids": [stocked["red.png"]]}
        assert set(unpack(api.post("/api/v1/downloads", json=ids))) == {"red.png"}
        rename = api.patch("/api/v1/folders", json={"path": "shop", "new_path": "x"})
        assert rename.status_code == 403
        assert api.post("/api/v1/trash/restore").status_code == 403
        del api.headers["authorization"]
        assert api.get("/api/v1/downloads").status_code == 401


def test_pages_give_files_to_who_is_signed_in_and_shows_the_token(
    library: Library, stocked: dict[str, str]
) -> None:
    library.accounts.add_user("ada", PASSWORD, "administrator")
    library.accounts.add_user("vera", PASSWORD, "viewer")
    red = stocked["red.png"]
    with connect(library) as api:
        for path in ("/download", f"/library/cards?ids={red}"):
            answer = api.get(path, follow_redirects=False)
            assert (answer.status_code, answer.headers["location"][:8]) == (303, "/sign-in")
        assert api.post("/download", data={"ids": red}).status_code == 401
        signed_in = api.post("/api/v1/session", json={"name": "vera", "password": PASSWORD})
        own = {"origin": "http://localhost"}
        assert api.post("/download", data={"ids": red}, headers=own).status_code == 403
        fields = {"ids": f"{red},{red},../x", "csrf": signed_in.json()["csrf_token"]}
        assert set(unpack(api.post("/download", data=fields, headers=own))) == {"red.png"}
        gone = api.post("/download", data=fields | {"ids": "nothing"}, headers=own)
        assert gone.status_code == 404
        cards = api.get(f"/library/cards?view=list&ids=nothing,{stocked['blue.png']},{red}")
        assert cards.text.index("blue.png") < cards.text.index("red.png")


def test_cards_are_of_the_library_or_of_the_trash(
    library: Library, stocked: dict[str, str]
) -> None:
    red, blue = stocked["red.png"], stocked["blue.png"]
    library.trash([red])
    with connect(library) as api:
        address = f"/library/cards?ids={red},{blue}"
        for of, shown in (("library", [blue]), ("trash", [red]), ("any", [red, blue])):
            cards = api.get(f"{address}&of={of}").text
            assert [one for one in (red, blue) if f'data-id="{one}"' in cards] == shown

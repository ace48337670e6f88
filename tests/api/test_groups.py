"""Groups, the map and saved searches over HTTP, and who may do what with them."""

from __future__ import annotations

import struct
from collections.abc import Iterator

import numpy as np
import pytest
from starlette.testclient import TestClient

from lookalike import Library
from tests.api.conftest import BLUE, RED, connect, picture

EACH = 12


@pytest.fixture
def grouped(library: Library) -> Iterator[TestClient]:
    """A library of two kinds of pictures, grouped."""
    for kind, (r, g, b) in {"red": RED, "blue": BLUE}.items():
        for number in range(EACH):
            shade = (max(0, r - number), g, max(0, b - number))
            library.upload(picture(shade, (64, 40 + number)), name=f"{kind}-{number}.png")
    with connect(library) as api:
        assert api.post("/api/v1/groups/arrange", json={"anew": True}).status_code == 202
        library.work()
        yield api


def test_groups_are_listed_named_and_opened(grouped: TestClient) -> None:
    listed = grouped.get("/api/v1/groups").json()
    assert sorted(group["size"] for group in listed["groups"]) == [EACH, EACH]
    first = listed["groups"][0]
    one = grouped.get(f"/api/v1/groups/{first['id']}").json()
    kinds = {asset["name"].partition("-")[0] for asset in one["assets"]}
    assert len(one["assets"]) == EACH
    assert len(kinds) == 1
    named = grouped.patch(f"/api/v1/groups/{first['id']}", json={"label": "Signs"})
    assert named.json()["label"] == "Signs"
    assert grouped.get("/api/v1/groups/999999").status_code == 404


def test_map_has_a_point_for_each_picture(grouped: TestClient, library: Library) -> None:
    answer = grouped.get("/api/v1/map")
    assert answer.status_code == 200
    assert answer.headers["content-encoding"] == "gzip"
    count, reach = struct.unpack_from("<If", answer.content)
    gaps, groups = np.frombuffer(answer.content, "<i4", 2 * count, 8).reshape(2, count)
    x, y = np.frombuffer(answer.content, "<u2", 2 * count, 8 + 8 * count).reshape(2, count)
    assert len(answer.content) == 8 + 12 * count
    places = library.places()
    assert places is not None
    assert np.cumsum(gaps).tolist() == places.keys.tolist()
    assert groups.tolist() == places.groups.tolist()
    points = (np.stack([x, y], axis=1) / 65535 * 2 - 1) * reach
    np.testing.assert_allclose(points, places.points, atol=1e-4)


def test_map_that_is_known_is_not_sent_again(grouped: TestClient, library: Library) -> None:
    tag = grouped.get("/api/v1/map").headers["etag"]
    again = grouped.get("/api/v1/map", headers={"if-none-match": tag})
    assert (again.status_code, again.content) == (304, b"")
    library.trash(library.assets_by_key(library.places().keys[:1].tolist()))
    changed = grouped.get("/api/v1/map", headers={"if-none-match": tag})
    assert changed.status_code == 200
    assert struct.unpack_from("<I", changed.content) == (2 * EACH - 1,)


def test_map_of_a_new_library_is_empty(api: TestClient) -> None:
    assert struct.unpack("<If", api.get("/api/v1/map").content) == (0, 1)


def test_searches_are_saved_and_forgotten(api: TestClient) -> None:
    saved = api.post("/api/v1/saved-searches", json={"name": "Red ones", "query": "q=red"})
    assert saved.status_code == 201
    (kept,) = api.get("/api/v1/saved-searches").json()["searches"]
    assert kept["name"] == "Red ones"
    assert api.delete(f"/api/v1/saved-searches/{kept['id']}").status_code == 204
    assert api.get("/api/v1/saved-searches").json()["searches"] == []


def test_viewers_look_and_change_nothing(library: Library, api: TestClient) -> None:
    _, secret = library.accounts.add_key("looker", "viewer")
    headers = {"authorization": f"Bearer {secret}"}
    for path in ("/groups", "/map", "/saved-searches"):
        assert api.get(f"/api/v1{path}", headers=headers).status_code == 200
    changes = [
        ("POST", "/groups/arrange", {"anew": True}),
        ("PATCH", "/groups/1", {"label": "Mine"}),
        ("POST", "/assets/file-away", {"ids": [], "folder": "there"}),
        ("POST", "/saved-searches", {"name": "Mine", "query": "q=red"}),
        ("DELETE", "/saved-searches/1", None),
    ]
    for method, path, body in changes:
        refused = api.request(method, f"/api/v1{path}", json=body, headers=headers)
        assert (path, refused.status_code) == (path, 403)

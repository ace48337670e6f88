"""Groups, the map and saved searches over HTTP, and who may do what with them."""

from __future__ import annotations

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


def test_map_has_a_point_for_each_picture(grouped: TestClient) -> None:
    answer = grouped.get("/api/v1/map")
    assert answer.status_code == 200
    row = np.dtype([("x", "<f4"), ("y", "<f4"), ("key", "<i4"), ("group", "<i4")])
    points = np.frombuffer(answer.content, row)
    assert len(np.unique(points["key"])) == len(points) == 2 * EACH
    assert np.isfinite(points["x"]).all()


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

"""Reviewing duplicates over the API."""

from __future__ import annotations

import io
from collections.abc import Iterator

import pytest
from PIL import Image
from starlette.testclient import TestClient

from lookalike import Library
from lookalike.types import Role
from tests.e2e.test_duplicates import photo

from .conftest import PASSWORD, connect
from .test_auth import code, sign_in

V1 = "/api/v1"
D = f"{V1}/duplicates"


def jpeg(image: Image.Image, quality: int = 90) -> bytes:
    file = io.BytesIO()
    image.save(file, "JPEG", quality=quality)
    return file.getvalue()


@pytest.fixture
def ids(library: Library) -> dict[str, str]:
    """A lake with a small and a turned copy, a hill that is there twice."""
    lake, hill = photo(0), photo(1)
    files = {
        "lake.jpg": jpeg(lake),
        "lake small.jpg": jpeg(lake.resize((240, 160))),
        "lake turned.jpg": jpeg(lake.rotate(180)),
        "hill.jpg": jpeg(hill),
        "hill copy.jpg": jpeg(hill),
    }
    found = {name: library.upload(data, name=name, folder="a").id for name, data in files.items()}
    library.work()
    library.compare()
    return found


@pytest.fixture
def api(library: Library, ids: dict[str, str]) -> Iterator[TestClient]:
    with connect(library) as client:
        yield client


def originals(api: TestClient, **params: object) -> list[int]:
    answer = api.get(D, params=params)  # type: ignore[arg-type]
    assert answer.status_code == 200, answer.text
    return [len(group["assets"]) for group in answer.json()["groups"]]


def test_groups_are_listed_in_pages_and_filtered(api: TestClient, ids: dict[str, str]) -> None:
    body = api.get(D, params={"limit": 1}).json()
    assert (body["total"], body["copies"], body["waiting"]) == (2, 3, 0)
    (group,) = body["groups"]
    assert {"original", "reason", "note", "confidence", "gain_bytes", "assets"} == set(group)
    assert group["assets"][0]["relation"] == "original"
    rest = api.get(D, params={"cursor": body["next_cursor"]}).json()
    assert (len(rest["groups"]), rest["next_cursor"]) == (1, None)
    assert originals(api, relation=["rotated", "mirrored"]) == [3]
    assert originals(api, min_confidence=1) == [2]
    own = api.get(f"{V1}/assets/{ids['hill.jpg']}/duplicates").json()["groups"]
    assert [len(one["assets"]) for one in own] == [2]


@pytest.mark.parametrize(
    ("params", "expected"),
    [
        ({"relation": "cousin"}, "bad_filter"),
        ({"min_confidence": "much"}, "bad_filter"),
        ({"min_confidence": "nan"}, "bad_filter"),
        ({"min_confidence": "2"}, "bad_filter"),
        ({"cursor": "x"}, "bad_cursor"),
        ({"limit": "0"}, "query_error"),
    ],
)
def test_wrong_filter_is_refused(api: TestClient, params: dict[str, str], expected: str) -> None:
    assert code(api.get(D, params=params)) == (400, expected)


def test_decision_is_carried_out_written_down_and_undone(
    api: TestClient, ids: dict[str, str]
) -> None:
    small, lake = ids["lake small.jpg"], ids["lake.jpg"]
    api.patch(f"{V1}/assets/{small}", json={"tags": ["sea"]})
    body = {"verdict": "trash", "keep": lake, "assets": [small], "merge": True}
    answer = api.post(f"{D}/decisions", json=body)
    assert answer.status_code == 201, answer.text
    entry = answer.json()
    assert (entry["verdict"], entry["kept"], entry["trashed"]) == ("trash", lake, 1)
    assert api.get(f"{V1}/assets/{lake}").json()["tags"] == ["sea"]
    assert [e["id"] for e in api.get(f"{D}/journal").json()["entries"]] == [entry["id"]]
    undone = api.post(f"{D}/journal/{entry['id']}/undo")
    assert undone.json()["undone_at"]
    assert api.get(f"{V1}/assets/{lake}").json()["tags"] == []
    assert code(api.post(f"{D}/journal/{entry['id']}/undo")) == (409, "undo_impossible")
    assert code(api.post(f"{D}/undo")) == (404, "entry_not_found")


def test_words_about_pictures_hide_groups(api: TestClient, ids: dict[str, str]) -> None:
    hills = [ids["hill.jpg"], ids["hill copy.jpg"]]
    answer = api.post(f"{D}/decisions", json={"verdict": "keep_all", "assets": hills})
    assert answer.status_code == 201
    assert originals(api) == [3]
    body = {
        "verdict": "not_duplicates",
        "assets": [ids["lake turned.jpg"]],
        "others": [ids["lake.jpg"], ids["lake small.jpg"]],
    }
    assert api.post(f"{D}/decisions", json=body).status_code == 201
    assert originals(api) == [2]
    assert api.post(f"{D}/undo").json()["entry"]["verdict"] == "not_duplicates"
    assert originals(api) == [3]


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        ({"verdict": "burn", "assets": []}, (400, "query_error")),
        ({"verdict": "trash", "assets": ["x"]}, (400, "input_error")),
        ({"verdict": "keep_all", "assets": []}, (400, "input_error")),
        ({"verdict": "keep_all", "assets": ["x", "y"]}, (404, "asset_not_found")),
        ({"verdict": "keep_all"}, (422, "bad_request")),
    ],
)
def test_wrong_decision_changes_nothing(
    api: TestClient, body: dict[str, object], expected: tuple[int, str]
) -> None:
    assert code(api.post(f"{D}/decisions", json=body)) == expected
    assert api.get(f"{D}/journal").json()["entries"] == []


def test_links_to_a_trashed_copy_lead_to_the_kept_one(api: TestClient, ids: dict[str, str]) -> None:
    small, lake = ids["lake small.jpg"], ids["lake.jpg"]
    before = api.get(f"{V1}/assets/{small}").json()
    assert "kept_as" not in before
    body = {"verdict": "trash", "keep": lake, "assets": [small]}
    api.post(f"{D}/decisions", json=body)
    copy = api.get(f"{V1}/assets/{small}").json()
    assert (copy["state"], copy["kept_as"]) == ("trashed", lake)
    for what in ("original", "thumbnail"):
        led = api.get(f"{V1}/assets/{small}/{what}", follow_redirects=False)
        assert (led.status_code, led.headers["location"]) == (302, f"{V1}/assets/{lake}/{what}")
    # Whoever names the very content gets it while it is there: the trash is looked through so.
    assert api.get(before["original_url"], follow_redirects=False).status_code == 200
    api.delete(f"{V1}/trash")
    led = api.get(f"{V1}/assets/{small}", follow_redirects=False)
    assert (led.status_code, led.headers["location"]) == (308, f"{V1}/assets/{lake}")
    assert (
        api.get(before["original_url"]).content == api.get(f"{V1}/assets/{lake}/original").content
    )
    assert code(api.patch(f"{V1}/assets/{small}", json={"tags": []})) == (404, "asset_not_found")


def test_rule_is_planned_carried_out_and_undone(
    api: TestClient, library: Library, ids: dict[str, str]
) -> None:
    answer = api.post(f"{D}/plans", json={"keep": "original", "merge": True})
    assert answer.status_code == 201, answer.text
    plan = answer.json()
    assert (plan["groups"], plan["trashed"], plan["applied_at"]) == (2, 3, None)
    named = {one["name"] for change in plan["changes"] for one in change["trashed"]}
    assert len(named) == 3
    assert plan["size_bytes"] == sum(change["size_bytes"] for change in plan["changes"])
    assert plan["size_bytes"] > plan["freed_bytes"] > plan["linked_bytes"] == 0
    assert originals(api) == [3, 2]
    job = api.post(f"{D}/plans/{plan['id']}/apply")
    assert job.status_code == 202
    library.work()
    assert originals(api) == []
    assert api.get(f"{V1}/jobs/{job.json()['id']}").json()["message"] == "2 groups decided."
    assert api.get(f"{D}/plans/{plan['id']}").json()["applied_at"]
    assert code(api.post(f"{D}/plans/{plan['id']}/apply")) == (409, "conflict")
    last = api.post(f"{D}/undo")
    assert (last.status_code, last.json()["job"]["kind"]) == (202, "undo_plan")
    library.work()
    assert originals(api) == [3, 2]
    assert code(api.get(f"{D}/plans/99")) == (404, "plan_not_found")
    assert code(api.post(f"{D}/plans", json={"keep": "best"})) == (400, "query_error")
    assert code(api.post(f"{D}/plans", json={"keep": "folder"})) == (400, "input_error")


def test_suggestion_comes_with_enough_decisions(api: TestClient) -> None:
    assert api.get(f"{D}/suggestion").json() == {"suggestion": None}


@pytest.mark.parametrize("role", list(Role))
def test_viewers_look_and_editors_decide(library: Library, ids: dict[str, str], role: Role) -> None:
    library.accounts.add_user("root", PASSWORD, Role.ADMINISTRATOR)
    library.accounts.add_user(role.value, PASSWORD, role)
    decision = {"verdict": "keep_all", "assets": [ids["hill.jpg"], ids["hill copy.jpg"]]}
    with connect(library) as client:
        assert code(client.get(D)) == (401, "bad_credentials")
        sign_in(client, role.value)
        for needed, method, path, body in [
            (Role.VIEWER, "GET", "", None),
            (Role.VIEWER, "GET", "/journal", None),
            (Role.VIEWER, "GET", "/suggestion", None),
            (Role.EDITOR, "POST", "/decisions", decision),
            (Role.EDITOR, "POST", "/journal/1/undo", None),
            (Role.EDITOR, "POST", "/decisions", decision),
            (Role.EDITOR, "POST", "/undo", None),
            (Role.EDITOR, "POST", "/plans", {"keep": "original"}),
            (Role.EDITOR, "GET", "/plans/1", None),
            (Role.EDITOR, "POST", "/plans/1/apply", None),
            (Role.EDITOR, "POST", "/plans/1/undo", None),
        ]:
            answer = client.request(method, D + path, json=body)
            if role.covers(needed):
                assert answer.status_code < 300, (path, answer.text)
            else:
                assert code(answer) == (403, "not_allowed"), path

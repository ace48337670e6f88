"""Each way in which a request to the REST API can fail: status, code, and always one shape."""

from __future__ import annotations

from pathlib import Path

import pytest
from starlette.testclient import TestClient

from lookalike import Library

from .conftest import picture

V1 = "/api/v1"
IMAGE = {"image": ("a.png", picture(), "image/png")}
# What is sent -> status and code.
TABLE = {
    "unknown address": ("GET", "/nothing", {}, 404, "not_found"),
    "empty query": ("GET", "/search", {}, 400, "empty_query"),
    "limit too large": ("GET", "/search?text=a&limit=9999", {}, 400, "query_error"),
    "limit no number": ("GET", "/search?text=a&limit=x", {}, 400, "query_error"),
    "bad filter": ("GET", "/search?text=a&type=bmp", {}, 400, "bad_filter"),
    "number no number": ("GET", "/search?text=a&min_width=-1", {}, 400, "bad_filter"),
    "date no date": ("GET", "/search?text=a&after=soon", {}, 400, "bad_filter"),
    "bad cursor": ("GET", "/search?text=a&cursor=x", {}, 400, "bad_cursor"),
    "bad list cursor": ("GET", "/assets?cursor=x", {}, 400, "bad_cursor"),
    "unknown order": ("GET", "/assets?order=up", {}, 400, "query_error"),
    "unknown sort": ("GET", "/assets?sort=colour", {}, 400, "query_error"),
    "unknown state": ("GET", "/assets?state=lost", {}, 400, "query_error"),
    "like an unknown asset": ("GET", "/search?like=unknown", {}, 404, "asset_not_found"),
    "address of this machine": (
        "GET",
        "/search?url=http://127.0.0.1/a.png",
        {},
        400,
        "forbidden_address",
    ),
    "address of no kind": ("GET", "/search?url=file:///etc/passwd", {}, 400, "bad_scheme"),
    "query image too large": (
        "POST",
        "/search",
        {"files": {"image": ("a.png", b"x" * 100_001, "image/png")}},
        413,
        "too_many_bytes",
    ),
    "query much too large": (
        "POST",
        "/search",
        {"files": {"image": ("a.png", b"x" * 400_000, "image/png")}},
        413,
        "too_many_bytes",
    ),
    "query image of no type": (
        "POST",
        "/search",
        {"files": {"image": ("a.png", b"nothing", "image/png")}},
        415,
        "unsupported_type",
    ),
    "query image that is broken": (
        "POST",
        "/search",
        {"files": {"image": ("a.png", picture()[:60], "image/png")}},
        422,
        "corrupt_image",
    ),
    "form without end": (
        "POST",
        "/search",
        {"content": b"--x\r\nnothing", "headers": {"content-type": "multipart/form-data"}},
        400,
        "http_error",
    ),
    "unknown asset": ("GET", "/assets/unknown", {}, 404, "asset_not_found"),
    "thumbnail of unknown": ("GET", "/assets/unknown/thumbnail", {}, 404, "asset_not_found"),
    "original of unknown": ("GET", "/assets/unknown/original", {}, 404, "asset_not_found"),
    "trash of unknown": (
        "POST",
        "/assets/trash",
        {"json": {"ids": ["unknown"]}},
        404,
        "asset_not_found",
    ),
    "edit of unknown": ("PATCH", "/assets/unknown", {"json": {}}, 404, "asset_not_found"),
    "upload without a name": ("POST", "/assets", {"content": b"x"}, 400, "bad_name"),
    "upload with a bad name": ("POST", "/assets?name=..", {"content": b"x"}, 400, "bad_name"),
    "upload of a program": (
        "POST",
        "/assets?name=a.exe",
        {"content": b"MZ"},
        415,
        "unsupported_type",
    ),
    "upload too large": (
        "POST",
        "/assets?name=a.png",
        {"content": b"x" * 500_001},
        413,
        "too_many_bytes",
    ),
    "upload too large in a form": (
        "POST",
        "/assets",
        {"files": {"file": ("a.png", b"x" * 500_001, "image/png")}},
        413,
        "too_many_bytes",
    ),
    "upload much too large": (
        "POST",
        "/assets?name=a.png",
        {"content": b"x" * 1_000_000},
        413,
        "too_many_bytes",
    ),
    "upload form without a file": (
        "POST",
        "/assets",
        {"files": {"other": ("a.png", b"x", "image/png")}},
        400,
        "input_error",
    ),
    "unknown way with collisions": (
        "POST",
        "/assets?name=a.png&on_collision=guess",
        {"content": picture()},
        400,
        "input_error",
    ),
    "body that is no JSON": (
        "POST",
        "/folders",
        {"content": b"{", "headers": {"content-type": "application/json"}},
        422,
        "bad_request",
    ),
    "body with an unknown field": (
        "POST",
        "/folders",
        {"json": {"path": "a", "colour": 1}},
        422,
        "bad_request",
    ),
    "body without a field": ("POST", "/folders", {"json": {}}, 422, "bad_request"),
    "folder with a bad name": ("POST", "/folders", {"json": {"path": "../x"}}, 400, "bad_name"),
    "link to nothing": (
        "POST",
        "/linked-folders",
        {"json": {"path": "/nothing/there"}},
        404,
        "folder_not_found",
    ),
    "unlink of unknown": ("DELETE", "/linked-folders?path=/x", {}, 404, "folder_not_found"),
    "unknown job": ("GET", "/jobs/77", {}, 404, "job_not_found"),
    "job out of range": ("GET", f"/jobs/{10**30}", {}, 404, "job_not_found"),
    "job no number": ("GET", "/jobs/x", {}, 422, "bad_request"),
    "unknown user": ("DELETE", "/users/nobody", {}, 404, "user_not_found"),
    "unknown key": ("DELETE", "/keys/nothing", {}, 404, "key_not_found"),
    "unknown role": (
        "POST",
        "/keys",
        {"json": {"name": "a", "role": "owner"}},
        400,
        "input_error",
    ),
    "password too short": (
        "POST",
        "/users",
        {"json": {"name": "a", "password": "short", "role": "viewer"}},
        400,
        "input_error",
    ),
    "wrong password": (
        "POST",
        "/session",
        {"json": {"name": "a", "password": "wrong"}},
        401,
        "bad_credentials",
    ),
    "made-up set-up link": (
        "POST",
        "/setup",
        {"json": {"token": "x", "name": "a", "password": "x" * 10}},
        401,
        "bad_credentials",
    ),
    "made-up key": (
        "GET",
        "/status",
        {"headers": {"authorization": "Bearer lk_x"}},
        401,
        "bad_credentials",
    ),
    "from another site": (
        "POST",
        "/folders",
        {"json": {"path": "a"}, "headers": {"origin": "http://evil.example"}},
        403,
        "other_site",
    ),
    "from an address that is none": (
        "POST",
        "/folders",
        {"json": {"path": "a"}, "headers": {"origin": "http://["}},
        403,
        "other_site",
    ),
    "asset of a home that is not": ("GET", "/assets/~nobodyhere", {}, 404, "asset_not_found"),
    "asset that is no text": ("GET", "/assets/%00", {}, 404, "asset_not_found"),
    "like what is no text": ("GET", "/search?like=%00", {}, 404, "asset_not_found"),
    "half of a character": (
        "POST",
        "/session",
        {"content": b'{"name": "\\ud800", "password": "x"}'},
        422,
        "bad_request",
    ),
    "activity before too much": ("GET", f"/activity?before={2**63}", {}, 422, "bad_request"),
    "journal before too much": (
        "GET",
        f"/duplicates/journal?before={2**63}",
        {},
        422,
        "bad_request",
    ),
    "saved search too high": ("DELETE", f"/saved-searches/{2**63}", {}, 422, "bad_request"),
    "group too high": ("PATCH", f"/groups/{2**63}", {"json": {"label": "a"}}, 422, "bad_request"),
    "too many parts": (
        "GET",
        "/search?text=a" + "".join(f"+-ab{n}" for n in range(31)),
        {},
        400,
        "query_error",
    ),
    "text too long": ("POST", "/search", {"data": {"text": "a " * 6000}}, 400, "query_error"),
    "too many ids to read": (
        "POST",
        "/assets/trash",
        {"content": b" " * 400_000},
        413,
        "too_many_bytes",
    ),
    "first user who may not": (
        "POST",
        "/users",
        {"json": {"name": "a", "password": "x" * 10, "role": "viewer"}},
        409,
        "conflict",
    ),
    "by another name": (
        "GET",
        "/status",
        {"headers": {"host": "evil.example"}},
        421,
        "unknown_host",
    ),
}


def check(answer, status: int, code: str) -> str:  # type: ignore[no-untyped-def]
    """The message, after a look at everything else."""
    assert (answer.status_code, answer.json()["error"]["code"]) == (status, code), answer.text
    assert list(answer.json()) == ["error"]
    assert sorted(answer.json()["error"]) == ["code", "message"]
    message: str = answer.json()["error"]["message"]
    assert message
    assert "\n" not in message
    return message


@pytest.mark.parametrize("case", TABLE)
def test_error_has_its_status_and_one_shape(api: TestClient, case: str) -> None:
    method, path, request, status, code = TABLE[case]
    check(api.request(method, V1 + path, **request), status, code)


def test_error_of_visual_search_switched_off(api: TestClient, library: Library) -> None:
    library.set_visual_search(False)
    message = check(api.get(f"{V1}/search?text=a"), 403, "visual_search_disabled")
    assert "administrator" in message


def test_error_names_both_sizes(api: TestClient) -> None:
    files = {"image": ("a.png", b"x" * 100_001, "image/png")}
    message = check(api.post(f"{V1}/search", files=files), 413, "too_many_bytes")
    assert "100,001" in message
    assert "100,000" in message


def test_error_of_a_taken_name_and_a_linked_file(
    api: TestClient, library: Library, tmp_path: Path
) -> None:
    (tmp_path / "p").mkdir()
    (tmp_path / "p" / "a.png").write_bytes(picture())
    library.index([tmp_path / "p"])
    linked = library.asset(tmp_path / "p" / "a.png")
    check(api.patch(f"{V1}/assets/{linked.id}", json={"name": "b.png"}), 409, "linked_asset")
    url = f"{V1}/assets?name=a.png&folder=p&on_collision="
    check(api.post(f"{url}error", content=picture()), 409, "already_exists")
    check(api.post(f"{url}replace", content=picture()), 409, "linked_asset")
    check(
        api.post(f"{V1}/linked-folders", json={"path": str(tmp_path / "p")}), 409, "already_exists"
    )
    check(api.delete(f"{V1}/folders?path=p"), 409, "conflict")


def test_error_of_a_file_that_is_gone(api: TestClient, library: Library) -> None:
    asset = library.upload(picture(), name="a.png")
    check(api.get(f"{V1}/assets/{asset.id}/thumbnail"), 404, "asset_not_found")
    library.original(asset).unlink()
    check(api.get(f"{V1}/assets/{asset.id}/original"), 404, "asset_not_found")


def test_error_of_a_closed_library(api: TestClient, library: Library) -> None:
    library._store.close()
    check(api.get(f"{V1}/assets"), 503, "store_unavailable")


def test_error_that_nobody_foresaw_tells_nothing(
    api: TestClient, library: Library, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail() -> None:
        raise ValueError("secret")

    monkeypatch.setattr(library, "folders", fail)
    assert "secret" not in check(api.get(f"{V1}/folders"), 500, "internal_error")


def test_error_of_too_many_addresses(api: TestClient) -> None:
    for _ in range(30):
        check(api.get(f"{V1}/search?url=http://127.0.0.1/"), 400, "forbidden_address")
    answer = api.get(f"{V1}/search?url=http://127.0.0.1/")
    check(answer, 429, "too_many_fetches")
    assert answer.headers["retry-after"] == "60"

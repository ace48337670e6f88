"""Who is let in, and what each may do."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from starlette.testclient import TestClient

from lookalike import Library
from lookalike.types import Role

from .conftest import PASSWORD, connect, picture

V1 = "/api/v1"


@pytest.fixture
def people(library: Library) -> None:
    for role in sorted(Role):  # the administrator comes first
        library.accounts.add_user(role.value, PASSWORD, role)


@pytest.fixture
def stranger(library: Library, people: None) -> Iterator[TestClient]:
    with connect(library) as client:
        yield client


def sign_in(client: TestClient, name: str) -> dict[str, str]:
    answer = client.post(f"{V1}/session", json={"name": name, "password": PASSWORD})
    assert answer.status_code == 201, answer.text
    client.headers["x-csrf-token"] = answer.json()["csrf_token"]
    client.headers["origin"] = "http://localhost"
    return answer.json()


def code(answer) -> tuple[int, str]:  # type: ignore[no-untyped-def]
    return answer.status_code, answer.json().get("error", {}).get("code", "")


def test_library_without_users_is_open_to_this_machine_only(library: Library) -> None:
    with connect(library) as here:
        assert here.get(f"{V1}/session").json()["role"] == "administrator"
        forwarded = here.get(f"{V1}/status", headers={"x-forwarded-for": "203.0.113.9"})
        assert code(forwarded) == (401, "bad_credentials")
    with connect(library, client=("192.0.2.7", 50000)) as elsewhere:
        assert code(elsewhere.get(f"{V1}/status")) == (401, "bad_credentials")


def test_stranger_may_nothing(stranger: TestClient) -> None:
    for path in ("/status", "/assets", "/search?text=a", "/folders", "/users", "/session"):
        answer = stranger.get(V1 + path)
        assert code(answer) == (401, "bad_credentials"), path
        assert answer.headers["www-authenticate"] == "Bearer"


@pytest.mark.parametrize("role", list(Role))
def test_role_is_enforced_for_every_action(
    stranger: TestClient, library: Library, role: Role
) -> None:
    id = library.upload(picture(), name="a.png").id
    sign_in(stranger, role.value)
    for needed, method, path, request in [
        (Role.VIEWER, "GET", "/assets", {}),
        (Role.VIEWER, "GET", f"/assets/{id}/original", {}),
        (Role.VIEWER, "POST", "/visual-search/requests", {}),
        (Role.EDITOR, "POST", "/assets?name=b.png", {"content": picture()}),
        (Role.EDITOR, "PATCH", f"/assets/{id}", {"json": {"tags": ["a"]}}),
        (Role.EDITOR, "DELETE", f"/assets/{id}", {}),
        (Role.EDITOR, "POST", "/assets/restore", {"json": {"ids": [id]}}),
        (Role.EDITOR, "POST", "/assets/tag", {"json": {"ids": [id], "add": ["x"]}}),
        (Role.EDITOR, "POST", "/edits/1/undo", {}),
        (Role.EDITOR, "POST", "/folders", {"json": {"path": "x"}}),
        (Role.EDITOR, "GET", "/jobs", {}),
        (Role.EDITOR, "POST", "/duplicates/compare", {}),
        (Role.ADMINISTRATOR, "DELETE", "/trash", {}),
        (Role.ADMINISTRATOR, "GET", "/users", {}),
        (Role.ADMINISTRATOR, "GET", "/keys", {}),
        (Role.ADMINISTRATOR, "GET", "/activity", {}),
        (Role.ADMINISTRATOR, "GET", "/linked-folders", {}),
        (Role.ADMINISTRATOR, "PUT", "/visual-search", {"json": {"on": True}}),
        (Role.ADMINISTRATOR, "GET", "/models", {}),
        (Role.ADMINISTRATOR, "PUT", "/search-history", {"json": {"on": True}}),
    ]:
        answer = stranger.request(method, V1 + path, **request)
        if role.covers(needed):
            assert answer.status_code < 300, (path, answer.text)
        else:
            assert code(answer) == (403, "not_allowed"), path


def test_session_cookie_is_kept_from_scripts_and_ends(stranger: TestClient) -> None:
    answer = stranger.post(f"{V1}/session", json={"name": "VIEWER", "password": PASSWORD})
    cookie = answer.headers["set-cookie"].lower()
    assert "httponly" in cookie
    assert "samesite=lax" in cookie
    token = stranger.cookies["lookalike_session"]
    headers = {"x-csrf-token": answer.json()["csrf_token"], "origin": "http://localhost"}
    assert stranger.delete(f"{V1}/session", headers=headers).status_code == 200
    stranger.cookies.set("lookalike_session", token)
    assert code(stranger.get(f"{V1}/status")) == (401, "bad_credentials")


def test_session_needs_its_token_for_changes(stranger: TestClient) -> None:
    sign_in(stranger, "editor")
    for token in ("", "x"):
        stranger.headers["x-csrf-token"] = token
        assert code(stranger.post(f"{V1}/folders", json={"path": "x"})) == (403, "not_allowed")
    assert stranger.get(f"{V1}/status").status_code == 200


def test_log_in_is_limited(stranger: TestClient, library: Library) -> None:
    wrong = {"name": "editor", "password": "wrong password"}
    for _ in range(5):
        assert code(stranger.post(f"{V1}/session", json=wrong))[0] == 401
    right = wrong | {"password": PASSWORD}
    answer = stranger.post(f"{V1}/session", json=right)
    assert code(answer) == (429, "too_many_attempts")
    assert "retry-after" in answer.headers
    assert stranger.post(f"{V1}/session", json=right | {"name": "viewer"}).status_code == 201
    # Another address is not held up by it.
    assert library.accounts.sign_in("editor", PASSWORD, address="192.0.2.9")[1].name == "editor"


def test_log_ins_are_counted_for_whom_a_proxy_here_asks(stranger: TestClient) -> None:
    wrong = {"name": "viewer", "password": "wrong password"}

    def ask(address: str, body: dict[str, str]) -> int:
        forwarded = {"x-forwarded-for": f"198.51.100.9, {address}"}
        return stranger.post(f"{V1}/session", json=body, headers=forwarded).status_code

    assert [ask("203.0.113.1", wrong) for _ in range(6)] == [401] * 5 + [429]
    assert ask("203.0.113.2", wrong | {"password": PASSWORD}) == 201
    with connect(stranger.app.state.library, client=("192.0.2.5", 5)) as remote:  # type: ignore[attr-defined]
        codes = {
            remote.post(
                f"{V1}/session", json=wrong, headers={"x-forwarded-for": f"203.0.113.{number}"}
            ).status_code
            for number in range(6)
        }
    assert codes == {401, 429}  # only a proxy on this machine is believed


def test_api_key_is_shown_once_has_a_role_and_can_be_revoked(
    stranger: TestClient, library: Library
) -> None:
    sign_in(stranger, "administrator")
    made = stranger.post(f"{V1}/keys", json={"name": "shop", "role": "editor"}).json()
    listed = stranger.get(f"{V1}/keys").json()["keys"]
    assert made["key"] not in str(listed)
    assert [(key["name"], key["created_by"]) for key in listed] == [("shop", "administrator")]
    with connect(library) as program:
        for headers in ({"authorization": f"Bearer {made['key']}"}, {"x-api-key": made["key"]}):
            assert program.get(f"{V1}/session", headers=headers).json()["role"] == "editor"
            assert code(program.get(f"{V1}/users", headers=headers)) == (403, "not_allowed")
            made_folder = program.post(f"{V1}/folders", json={"path": "x"}, headers=headers)
            assert made_folder.status_code == 201
        stranger.delete(f"{V1}/keys/{made['id']}")
        assert code(program.get(f"{V1}/status", headers=headers)) == (401, "bad_credentials")


def test_wrong_key_is_not_made_good_by_a_session(stranger: TestClient) -> None:
    sign_in(stranger, "viewer")
    answer = stranger.get(f"{V1}/status", headers={"authorization": "Bearer lk_wrong"})
    assert code(answer) == (401, "bad_credentials")


def test_no_key_after_bearer_is_as_if_none_was_sent(stranger: TestClient) -> None:
    sign_in(stranger, "viewer")
    for headers in ({"authorization": "Bearer "}, {"x-api-key": ""}):
        assert stranger.get(f"{V1}/session", headers=headers).json()["role"] == "viewer"


def test_users_are_added_changed_and_removed(stranger: TestClient, library: Library) -> None:
    sign_in(stranger, "administrator")
    new = {"name": "Ann", "password": PASSWORD, "role": "viewer"}
    assert stranger.post(f"{V1}/users", json=new).status_code == 201
    assert code(stranger.post(f"{V1}/users", json=new | {"name": "ann"})) == (409, "already_exists")
    token, _ = library.accounts.sign_in("ann", PASSWORD)
    assert stranger.patch(f"{V1}/users/Ann", json={"password": "another one"}).status_code == 200
    assert library.accounts.session_user(token) is None
    for answer in (
        stranger.delete(f"{V1}/users/administrator"),
        stranger.patch(f"{V1}/users/administrator", json={"role": "viewer"}),
    ):
        assert code(answer) == (409, "conflict")
    assert stranger.delete(f"{V1}/users/ann").status_code == 200
    names = [user["name"] for user in stranger.get(f"{V1}/users").json()["users"]]
    assert names == ["administrator", "editor", "viewer"]


def test_first_administrator_comes_by_a_link_that_works_once(
    library: Library, api: TestClient
) -> None:
    old = library.accounts.make_setup_link()
    token = library.accounts.make_setup_link()
    given = {"token": old, "name": "ann", "password": PASSWORD}
    assert code(api.post(f"{V1}/setup", json=given)) == (401, "bad_credentials")
    made = api.post(f"{V1}/setup", json=given | {"token": token})
    assert (made.status_code, made.json()["role"]) == (201, "administrator")
    again = api.post(f"{V1}/setup", json=given | {"token": token, "name": "bob"})
    assert code(again) == (401, "bad_credentials")
    assert library.accounts.make_setup_link() is None
    assert code(api.get(f"{V1}/status")) == (401, "bad_credentials")  # open no more


def test_no_secret_is_kept(library: Library, people: None) -> None:
    session, _ = library.accounts.sign_in("viewer", PASSWORD)
    _, key = library.accounts.add_key("shop", "viewer")
    files = [p for p in library.folder.iterdir() if p.name.startswith("library.db")]
    kept = b"".join(file.read_bytes() for file in files)
    assert b"$argon2id$" in kept
    for secret in (session, key, PASSWORD):
        assert secret.encode() not in kept

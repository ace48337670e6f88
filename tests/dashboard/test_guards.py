from __future__ import annotations

import http.client
import json
from pathlib import Path
from urllib.parse import urlsplit

import pytest

from lookalike.api.guards import CONTENT_SECURITY_POLICY
from lookalike.api.server import is_loopback
from lookalike.dashboard.rendering import STATIC
from lookalike.library import Library
from lookalike.testing import FakeEmbedder
from lookalike.types import Role
from tests.dashboard.conftest import SETTINGS, MakeSite, Site, served
from tests.dashboard.test_search_pages import asset_id

THEME = b"theme=dark&back=/library"
FORM = {"content-type": "application/x-www-form-urlencoded"}


def ask(
    site: Site,
    path: str,
    *,
    method: str = "GET",
    body: bytes | None = None,
    headers: dict[str, str] | None = None,
) -> http.client.HTTPResponse:
    parts = urlsplit(site.url)
    connection = http.client.HTTPConnection(parts.hostname or "", parts.port, timeout=30)
    connection.request(method, path, body, headers or {})
    answer = connection.getresponse()
    answer.body = answer.read()  # type: ignore[attr-defined]
    connection.close()
    return answer


def own(site: Site) -> dict[str, str]:
    return {"origin": site.url}


@pytest.mark.parametrize(
    "host", ["attacker.example", "attacker.example:80", "", "127.0.0.1.evil.example"]
)
def test_host_that_is_not_ours_is_refused(site: Site, host: str) -> None:
    assert ask(site, "/library", headers={"host": host}).status == 421


@pytest.mark.parametrize("host", ["localhost", "127.0.0.1:1234", "[::1]:99", "LOCALHOST"])
def test_host_that_is_ours_is_answered(site: Site, host: str) -> None:
    assert ask(site, "/healthz", headers={"host": host}).status == 200


@pytest.mark.parametrize(
    "headers",
    [
        {"origin": "http://attacker.example"},
        {"origin": "null"},
        {"sec-fetch-site": "cross-site"},
        {"sec-fetch-site": "same-site"},
        {"cookie": "theme=dark"},
    ],
)
@pytest.mark.parametrize("path", ["/theme", "/search/image", "/api/v1/assets/trash"])
def test_post_from_another_site_is_refused(site: Site, headers: dict[str, str], path: str) -> None:
    answer = ask(site, path, method="POST", body=THEME, headers=FORM | headers)
    assert answer.status == 403


def test_post_of_our_own_page_is_taken(site: Site) -> None:
    answer = ask(site, "/theme", method="POST", body=THEME, headers=FORM | own(site))
    assert answer.status == 303
    assert answer.headers["location"] == "/library"


@pytest.mark.parametrize(
    "back", ["//attacker.example", "https://attacker.example", "/\\attacker.example"]
)
def test_going_back_stays_on_this_site(site: Site, back: str) -> None:
    body = f"theme=dark&back={back}".encode()
    answer = ask(site, "/theme", method="POST", body=body, headers=FORM | own(site))
    assert answer.headers["location"] == "/library"


def test_every_answer_has_the_security_headers(site: Site) -> None:
    for path in ("/library", "/nothing", "/api/v1/status", "/healthz", "/static/x/app.css"):
        answer = ask(site, path)
        assert answer.headers["content-security-policy"] == CONTENT_SECURITY_POLICY, path
        assert answer.headers["x-content-type-options"] == "nosniff"
        assert answer.headers["x-frame-options"] == "DENY"
    assert "unsafe-inline" not in CONTENT_SECURITY_POLICY


def test_body_over_its_limit_is_refused_with_and_without_a_length(site: Site) -> None:
    data = b'--b\r\ncontent-disposition: form-data; name="image"; filename="a.png"\r\n\r\n'
    data += b"x" * (SETTINGS.max_query_upload_bytes + 1_000_000)
    kind = {"content-type": "multipart/form-data; boundary=b"}
    answer = ask(site, "/search/image", method="POST", body=data, headers=kind | own(site))
    assert answer.status == 413
    parts = urlsplit(site.url)
    connection = http.client.HTTPConnection(parts.hostname or "", parts.port, timeout=30)
    chunks = (data[start : start + 65536] for start in range(0, len(data), 65536))
    try:
        connection.request("POST", "/search/image", chunks, kind | own(site), encode_chunked=True)
        assert connection.getresponse().status == 413
    except (BrokenPipeError, ConnectionResetError):
        pass  # it stopped reading before everything was sent
    connection.close()


def test_uploaded_query_image_over_its_limit_is_refused_with_both_sizes(
    make_site: MakeSite,
) -> None:
    site = make_site(max_query_upload_bytes=2048)
    data = b'--b\r\ncontent-disposition: form-data; name="image"; filename="a.png"\r\n\r\n'
    data += b"x" * 5000 + b"\r\n--b--\r\n"
    headers = {"content-type": "multipart/form-data; boundary=b", "accept": "application/json"}
    answer = ask(site, "/search/image", method="POST", body=data, headers=headers | own(site))
    assert answer.status == 413
    error = json.loads(answer.body)["error"]  # type: ignore[attr-defined]
    assert error["code"] == "too_many_bytes"
    assert "5.0 KB" in error["message"]


def test_original_is_sent_in_parts_and_not_twice(site: Site) -> None:
    path = f"/assets/{asset_id(site, 'panorama.jpg')}/original"
    whole = ask(site, path)
    assert whole.headers["content-type"] == "image/jpeg"
    part = ask(site, path, headers={"range": "bytes=10-19"})
    assert part.status == 206
    assert part.body == whole.body[10:20]  # type: ignore[attr-defined]
    again = ask(site, path, headers={"if-none-match": whole.headers["etag"]})
    assert again.status == 304


def test_thumbnail_and_static_files_are_cached_for_good(site: Site) -> None:
    path = f"/assets/{asset_id(site, 'panorama.jpg')}/thumbnail"
    first = ask(site, path)
    assert "immutable" in first.headers["cache-control"]
    assert ask(site, path, headers={"if-none-match": first.headers["etag"]}).status == 304
    for name in ("app.js", "site.css"):
        assert "immutable" in ask(site, f"/static/x/{name}").headers["cache-control"]


def test_version_in_an_address_stays_out_of_the_headers(site: Site) -> None:
    for version in ("%E4%B8%AD", "%22%0d%0ax-other:%20yes"):
        answer = ask(site, f"/static/{version}/site.css")
        assert answer.status == 200
        assert "x-other" not in answer.headers


def test_every_style_sheet_reaches_a_page(site: Site) -> None:
    sent = ask(site, "/static/x/site.css").body.decode()  # type: ignore[attr-defined]
    pages = "".join(file.read_text() for file in (STATIC.parent / "templates").glob("*.html"))
    for sheet in STATIC.glob("*.css"):
        linked = f'href="{{{{ frame.static }}}}/{sheet.name}"' in pages
        assert (sheet.read_text() in sent) != linked, sheet.name


def test_svg_is_sent_so_that_nothing_in_it_can_run(make_site: MakeSite, tmp_path: Path) -> None:
    folder = tmp_path / "drawings"
    folder.mkdir()
    (folder / "a.svg").write_text(
        '<svg xmlns="http://www.w3.org/2000/svg" width="40" height="40">'
        "<script>alert(1)</script><rect width='40' height='40' fill='red'/></svg>"
    )
    site = make_site(folder)
    answer = ask(site, f"/assets/{asset_id(site, 'a.svg')}/original")
    policy = answer.headers["content-security-policy"]
    assert "sandbox" in policy
    assert "default-src 'none'" in policy
    assert "script-src" not in policy
    assert answer.headers["content-disposition"].startswith("attachment")


def test_address_is_looked_up_among_pages_or_below_the_api(site: Site) -> None:
    """Nothing else is anywhere; a page is only read, and the API answers in its own shape."""
    for path in ("/api", "/api/v1/library", "/nothing", "/search/nothing"):
        answer = ask(site, path)
        assert answer.status == 404
        is_page = answer.headers["content-type"].startswith("text/html")
        assert is_page is not path.startswith("/api/"), path
    assert ask(site, "/library", method="POST").status == 405
    assert ask(site, "/api/v1/assets").status == 200


@pytest.mark.parametrize(
    "path",
    [
        "/library",
        "/search?q=red",
        "/search/panel?q=red",
        "/settings",
        "/trash",
        "/events",
        "/crops?t=like:x@0,0,10,10",
        "/query-images/" + "0" * 64,
        "/assets/{asset}",
        "/assets/{asset}/original",
        "/assets/{asset}/thumbnail",
        "/assets/{asset}/neighbours",
        "/api/v1/assets",
    ],
)
def test_stranger_sees_nothing(locked_site: Site, path: str) -> None:
    path = path.format(asset=asset_id(locked_site, "beach.png"))
    answer = ask(locked_site, path)
    assert (answer.status, "/sign-in" in answer.headers.get("location", "")) in {
        (303, True),
        (401, False),
    }
    assert b"beach" not in answer.body  # type: ignore[attr-defined]


@pytest.fixture(scope="module")
def locked_site(pictures: Path, tmp_path_factory: pytest.TempPathFactory):
    folder = tmp_path_factory.mktemp("locked") / "library"
    with Library.open(folder, settings=SETTINGS, embedder=FakeEmbedder()) as library:
        library.index([pictures])
        library.accounts.add_user("ada", "correct horse battery", Role.ADMINISTRATOR)
        with served(library) as site:
            yield site


def test_signed_in_form_without_its_token_is_refused(locked_site: Site) -> None:
    body = b"name=ada&password=correct+horse+battery"
    signed = ask(locked_site, "/sign-in", method="POST", body=body, headers=FORM | own(locked_site))
    cookie = signed.headers["set-cookie"]
    assert "HttpOnly" in cookie
    assert "samesite=lax" in cookie.lower()
    headers = FORM | own(locked_site) | {"cookie": cookie.partition(";")[0]}
    assert ask(locked_site, "/library", headers=headers).status == 200
    answer = ask(locked_site, "/sign-out", method="POST", body=b"csrf=wrong", headers=headers)
    assert answer.status == 403


def test_fetching_addresses_is_limited(make_site: MakeSite) -> None:
    site = make_site()
    headers = FORM | own(site) | {"accept": "application/json"}
    messages = [
        ask(site, "/search/image", method="POST", body=b"url=http://10.0.0.1/", headers=headers)
        for _ in range(31)
    ]
    assert b"too_many_fetches" in messages[-1].body  # type: ignore[attr-defined]
    assert messages[-1].status == 429


@pytest.mark.parametrize(
    ("host", "expected"),
    [("127.0.0.1", True), ("::1", True), ("localhost", True), ("0.0.0.0", False), ("nas", False)],
)
def test_loopback_is_told_from_what_others_reach(host: str, expected: bool) -> None:
    assert is_loopback(host) is expected

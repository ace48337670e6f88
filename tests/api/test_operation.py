"""Health, metrics and the log of requests."""

from __future__ import annotations

import io
import json

import pytest
from starlette.testclient import TestClient

from lookalike import Library
from lookalike.api.app import create_app
from lookalike.api.watching import log_to
from lookalike.types import Role
from tests.api.conftest import PASSWORD, connect


def test_metrics_count_requests_by_route_and_assets_by_state(
    api: TestClient, stocked: dict[str, str]
) -> None:
    for id in stocked.values():
        assert api.get(f"/assets/{id}").status_code == 200
        assert api.get(f"/api/v1/assets/{id}").status_code == 200
    assert api.get("/nothing/of/the/kind").status_code == 404
    text = api.get("/metrics").text
    assert 'lookalike_requests_total{method="GET",route="/assets/{id}",status="200"} 2.0' in text
    assert 'route="/api/v1/assets/{id}",status="200"} 2.0' in text
    assert 'lookalike_request_duration_seconds_count{route="/assets/{id}"} 2.0' in text
    assert 'lookalike_assets{state="indexed"} 2.0' in text
    assert 'lookalike_jobs{state="running"} 0.0' in text
    assert not any(id in text for id in stocked.values())
    assert "of/the/kind" not in text


def test_metrics_tell_where_the_time_of_a_search_goes(
    api: TestClient, stocked: dict[str, str]
) -> None:
    for _ in range(3):
        assert api.get("/api/v1/search?text=red").status_code == 200
    text = api.get("/metrics").text
    for stage in ("embed", "filter", "rank", "relations", "stack", "read"):
        assert f'lookalike_search_duration_seconds_count{{stage="{stage}"}} 3.0' in text


def test_metrics_of_others_are_for_administrators(library: Library) -> None:
    library.accounts.add_user("ann", PASSWORD, Role.ADMINISTRATOR)
    _, viewer = library.accounts.add_key("reader", Role.VIEWER)
    _, administrator = library.accounts.add_key("prometheus", Role.ADMINISTRATOR)
    with connect(library, client=("203.0.113.9", 50000)) as stranger:
        for key, status in ((None, 401), (viewer, 403), (administrator, 200)):
            headers = {"authorization": f"Bearer {key}"} if key else {}
            assert stranger.get("/metrics", headers=headers).status_code == status
    with connect(library) as near:
        assert near.get("/metrics").status_code == 200
        through_a_proxy = {"x-forwarded-for": "203.0.113.9"}
        assert near.get("/metrics", headers=through_a_proxy).status_code == 401


@pytest.mark.parametrize("log_format", ["text", "json"])
def test_log_names_the_request_and_keeps_what_is_secret(
    library: Library, stocked: dict[str, str], log_format: str
) -> None:
    library.accounts.add_user("ann", PASSWORD, Role.ADMINISTRATOR)
    _, secret = library.accounts.add_key("robot", Role.VIEWER)
    lines = io.StringIO()
    app = create_app(library, log=log_to(lines, log_format))
    with TestClient(app, base_url="http://localhost", client=("127.0.0.1", 1)) as client:
        headers = {"authorization": f"Bearer {secret}"}
        client.get("/api/v1/search?text=private+words", headers=headers)
        client.get(f"/query-images/{'ab' * 32}", headers=headers)
        client.get("/a%0Aforged=line%20x")
    written = lines.getvalue()
    assert len(written.splitlines()) == 3
    for hidden in (secret, "private", "ab" * 32, "\nforged"):
        assert hidden not in written
    first = written.splitlines()[0]
    if log_format == "json":
        answer = json.loads(first)
        assert (answer["method"], answer["path"]) == ("GET", "/api/v1/search")
        assert (answer["status"], answer["user"]) == (200, "robot")
        assert answer["ms"] > 0
    else:
        assert "method=GET path=/api/v1/search" in first
        assert "status=200" in first
        assert first.endswith("user=robot")


def test_health_and_readiness_need_no_log_in(library: Library) -> None:
    library.accounts.add_user("ann", PASSWORD, Role.ADMINISTRATOR)
    with connect(library, client=("203.0.113.9", 50000)) as stranger:
        assert stranger.get("/healthz").json() == {"status": "ok"}
        assert stranger.get("/readyz").json() == {"status": "ready"}

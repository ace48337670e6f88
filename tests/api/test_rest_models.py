"""Models over HTTP."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from starlette.testclient import TestClient

from lookalike import Library
from lookalike.library.models import Models
from tests.unit.models import tiny

V1 = "/api/v1"


def test_change_of_models_from_beginning_to_end(
    api: TestClient, library: Library, stocked: dict[str, str], tmp_path: Path
) -> None:
    library.settings = replace(library.settings, models_folder=str(tmp_path / "models"))
    Models(library.settings).add(tiny.write_model(tmp_path / "mine"))
    listed = api.get(f"{V1}/models").json()
    assert {"mine", "clip-vit-b32"} <= {model["name"] for model in listed["models"]}
    assert listed["library"]["change"] is None

    begun = api.post(f"{V1}/models/change", json={"name": "mine"})
    assert begun.status_code == 202
    change = begun.json()["change"]
    assert (change["ready"], change["done"], change["total"]) == (False, 0, len(stocked))
    assert {"rate_per_s", "remaining_s"} <= change["job"].keys()
    assert api.post(f"{V1}/models/change/switch").status_code == 409
    library.work()
    assert api.get(f"{V1}/models/change").json()["change"]["ready"] is True
    job = api.post(f"{V1}/models/change/switch").json()
    library.work()
    assert api.get(f"{V1}/jobs/{job['id']}").json()["state"] == "done"
    used = api.get(f"{V1}/models/change").json()
    assert used["model_id"].startswith("mine@")
    assert used["kept"] == [{"model_id": "fake-colours-1", "vectors": len(stocked)}]
    assert len(api.get(f"{V1}/search", params={"text": "red"}).json()["results"]) == len(stocked)

    assert api.delete(f"{V1}/models/mine/vectors").status_code == 409
    assert api.delete(f"{V1}/models/fake-colours-1/vectors").status_code == 202
    library.work()
    assert api.get(f"{V1}/models/change").json()["kept"] == []


def test_wrong_requests_about_models_are_answered_with_a_reason(
    api: TestClient, stocked: dict[str, str]
) -> None:
    unknown = api.post(f"{V1}/models/change", json={"name": "nothing"})
    assert (unknown.status_code, unknown.json()["error"]["code"]) == (409, "model_unavailable")
    assert api.post(f"{V1}/models/change", json={"name": "../x"}).status_code == 400
    assert api.delete(f"{V1}/models/change").status_code == 409
    assert api.post(f"{V1}/models/change", json={"other": 1}).status_code == 422


def test_searches_are_remembered_so_that_models_can_be_compared_on_them(
    api: TestClient, library: Library, stocked: dict[str, str]
) -> None:
    def ask(**params: str) -> list[str]:
        library._spared_s = float("-inf")
        assert api.get(f"{V1}/search", params=params).status_code == 200
        return library.recent_searches()

    assert ask(text="red car", minus_text="blue", by_colour="red") == [
        "q=red+car&t=-0.5%2Atext%3Ablue&t=colour%3Ared"
    ]
    like = f"t=like%3A{stocked['red.png']}"
    assert ask(like=stocked["red.png"])[0] == like
    assert ask(text="sea", literal="1")[0] == "q=sea&literal=1"
    library.remember_search("q=somebody")
    api.get(f"{V1}/search", params={"text": "a program that asks all the time"})
    assert library.recent_searches()[0] == "q=somebody"
    library.set_remembers_searches(False)
    assert ask(text="green") == []


def test_search_history_is_switched_and_forgotten(api: TestClient, library: Library) -> None:
    library.remember_search("q=a")
    assert api.delete(f"{V1}/search-history").json() == {"on": True}
    library.remember_search("q=b")
    assert api.put(f"{V1}/search-history", json={"on": False}).json() == {"on": False}
    library.remember_search("q=c")
    assert library.recent_searches() == []

"""A new generation of the model that ships, as the pages show it."""

from __future__ import annotations

import threading
from collections.abc import Iterator, Sequence
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from lookalike import Library
from lookalike.models import registry
from lookalike.models.registry import SHIPPED
from lookalike.settings import Settings
from lookalike.stores.embeddings import OwnVector
from tests.dashboard.conftest import Site, served
from tests.dashboard.test_accessibility import check
from tests.e2e.test_model_change import write_pictures
from tests.unit.models import tiny

COUNT = 24


@pytest.fixture
def gate() -> threading.Event:
    """Opened when the renewal may go on after its first pictures."""
    return threading.Event()


@pytest.fixture
def site(tmp_path: Path, gate: threading.Event, monkeypatch: pytest.MonkeyPatch) -> Iterator[Site]:
    """A library that has just got a new generation."""
    settings = Settings(
        models_folder=str(tmp_path / "models"), decode_processes=1, model_threads=1, batch_size=4
    )
    for version in ("1", "2"):
        files = tiny.write_generation(tmp_path / version, version, seed=int(version))
        monkeypatch.setitem(registry.FOLDERS, SHIPPED, files)
        if version == "1":
            with Library.open(tmp_path / "library", settings=settings) as library:
                library.index([write_pictures(tmp_path / "pictures", COUNT)])
    with Library.open(tmp_path / "library", settings=settings) as library:
        real = library._store.save_vectors

        def save(model_id: str, vectors: Sequence[OwnVector]) -> None:
            real(model_id, vectors)
            gate.wait()

        monkeypatch.setattr(library._store, "save_vectors", save)
        try:
            with served(library) as site:
                yield site
        finally:
            gate.set()


def test_renewal_shows_how_far_it_is_and_ends_by_itself(
    page: Page, site: Site, gate: threading.Event
) -> None:
    page.goto(f"{site.url}/search?q=red&weak=1")
    expect(page.locator(".coverage")).to_contain_text("wait for the renewed model")
    expect(page.locator(".coverage")).to_contain_text(f"of {COUNT} images")
    assert check(page) == []
    page.goto(f"{site.url}/library")
    expect(page.locator(".card")).to_have_count(COUNT)
    expect(page.get_by_text("Pending")).to_have_count(0)
    page.locator(".card a").first.click()
    expect(page.locator(".strip .card").first).to_be_visible()

    page.goto(f"{site.url}/settings")
    model = page.get_by_role("region", name="Model")
    expect(model.get_by_role("heading", name="The model was renewed")).to_be_visible()
    expect(model.locator("[data-model-text]")).to_contain_text(f"of {COUNT} pictures")
    assert check(page) == []
    gate.set()
    expect(model.get_by_role("heading", name="The model was renewed")).to_have_count(0)
    assert site.library.renewal() is None
    page.goto(f"{site.url}/search?q=red&weak=1")
    expect(page.locator(".coverage")).to_contain_text(f"Searched {COUNT} of {COUNT} images in")
